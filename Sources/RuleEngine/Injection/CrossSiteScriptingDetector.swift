/// `@detectXSS`: whether a value, put into a page, would start script.
///
/// The value is read as HTML from each place in which it may stand: text, a tag, and an attribute's value without quotes or with one
/// of three kinds. Dangerous are tags that run or load, events, style, and addresses of schemes that run. Linear in the value's
/// size; allocates nothing.
public enum CrossSiteScriptingDetector {
  /// A value without any of these bytes is harmless.
  static let neededBytes = Array("<=:&".utf8)

  /// - Returns: whether `value` is dangerous in any of the places.
  public static func detect(_ value: UnsafeBufferPointer<UInt8>) -> Bool { inspect(value).isFound }

  /// - Returns: the answer, and the bytes that were looked at in all readings together.
  static func inspect(_ value: UnsafeBufferPointer<UInt8>) -> (isFound: Bool, steps: Int) {
    let marks = HTMLMarks(value)
    var steps = value.count
    if marks.hasColon, isScript(value) { return (true, steps) }
    // Without a tag and without an attribute there is nothing to find.
    guard marks.hasLess || marks.hasEqual else { return (false, steps) }
    // Counted, not iterated: a list of all cases would be allocated.
    var number: UInt8 = 0
    while let start = HTMLScanner.Start(rawValue: number) {
      number += 1
      switch start {
      case .text where !marks.hasLess, .single where !marks.hasSingleQuote, .double where !marks.hasDoubleQuote,
        .back where !marks.hasBackQuote:
        continue
      case .tag, .unquoted, .single, .double, .back: if !marks.hasEqual { continue }
      case .text: break
      }
      var scanner = HTMLScanner(value, start: start)
      var isFound = scanner.findsScript()
      steps += scanner.steps
      if !isFound, marks.hasLess, marks.hasExclamation {
        scanner = HTMLScanner(value, start: start, hasLongComments: true)
        isFound = scanner.findsScript()
        steps += scanner.steps
      }
      if isFound { return (true, steps) }
    }
    return (false, steps)
  }

  /// A value that is an address with code. "JavaScript: The Good Parts" is a book.
  private static func isScript(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    var address = ScriptAddress(value)
    guard value.count > 12, address.isDangerous(), let colon = value.firstIndex(where: { $0 == 0x3A || $0 == 0x26 }) else { return false }
    let rest = value[(colon + 1)...]
    return rest.first.map { $0 > 0x20 } ?? false
      && rest.contains { $0 == 0x28 || $0 == 0x3D || $0 == 0x60 || $0 == 0x5B || $0 == 0x25 || $0 == 0x2C }
  }
}

/// What one pass over the bytes says about a value: most have nothing of a page.
private struct HTMLMarks {
  var hasLess = false
  var hasEqual = false
  var hasColon = false
  var hasExclamation = false
  var hasSingleQuote = false
  var hasDoubleQuote = false
  var hasBackQuote = false

  init(_ value: UnsafeBufferPointer<UInt8>) {
    for byte in value {
      switch byte {
      case 0x3C: hasLess = true
      case 0x3D: hasEqual = true
      case 0x3A, 0x26: hasColon = true
      case 0x21: hasExclamation = true
      case 0x27: hasSingleQuote = true
      case 0x22: hasDoubleQuote = true
      case 0x60: hasBackQuote = true
      default: break
      }
    }
  }
}
