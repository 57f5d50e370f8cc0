/// `@detectSQLi`: whether a value, put into a statement, would change what the statement does.
///
/// ```
///  bytes ─ SQLTokenizer ─► tokens ─ SQLFolder ─► SQLShape ─ SQLFingerprints ─► attack or not
///            (once for each place in which the value may stand, and for each dialect that reads it differently)
/// ```
///
/// The table of fingerprints is derived by the `fingerprints` tool of this package from a grammar of injections, payloads and
/// harmless lines. Linear in the value's size; allocates only the fingerprint that it returns.
public enum SQLInjectionDetector {
  /// A value without any of these bytes is harmless: what is not plain, and the `-` of a `--` at the end.
  static let neededBytes = (0...255).filter { !SQLMarks.isPlain($0) || $0 == UInt8(ascii: "-") }

  /// - Returns: the letters of the fingerprint that was found (`Q&1=`), or nil for a harmless value.
  public static func detect(_ value: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard let found = fingerprint(of: value, in: SQLFingerprints.shared) else { return nil }
    return (0..<8).reversed().map { UInt8(truncatingIfNeeded: found >> UInt64(8 * $0)) }.filter { $0 != 0 }
  }

  package static func fingerprint(of value: UnsafeBufferPointer<UInt8>, in table: SQLFingerprints) -> UInt64? {
    var found: UInt64?
    forEachShape(of: value) { shape in
      found = table.match(shape)
      return found == nil
    }
    return found
  }

  /// Calls `body` for each reading of `value`, each time that its shape has grown by a symbol, until it returns false. Plain words
  /// have no reading.
  /// - Returns: bytes that were looked at in all readings together.
  @discardableResult @inline(__always)
  package static func forEachShape(of value: UnsafeBufferPointer<UInt8>, _ body: (SQLShape) -> Bool) -> Int {
    let marks = SQLMarks(value)
    var steps = value.count
    guard marks.isWorthReading else { return steps }
    // Counted, not iterated: a list of all cases would be allocated.
    var number: UInt8 = 0
    while let context = SQLTokenizer.Context(rawValue: number) {
      number += 1
      switch context {
      case .single where !marks.hasSingleQuote, .double where !marks.hasDoubleQuote: continue
      default: break
      }
      var folder = SQLFolder(SQLTokenizer(value, context: context))
      guard folder.read(body, &steps) else { return steps }
      guard folder.tokenizer.sawDialectMark else { continue }
      folder = SQLFolder(SQLTokenizer(value, context: context, dialect: .mySQL))
      guard folder.read(body, &steps) else { return steps }
    }
    return steps
  }
}

extension SQLFolder {
  /// Grows to the end of the value, or until `body` returns false, which is the answer then.
  @inline(__always)
  fileprivate mutating func read(_ body: (SQLShape) -> Bool, _ steps: inout Int) -> Bool {
    defer { steps += tokenizer.steps }
    while grow() {
      guard body(shape) else { return false }
    }
    return true
  }
}

/// What one pass over the bytes says about a value: most values are single words, numbers and dates, and need no second pass.
struct SQLMarks {
  private(set) var hasSingleQuote = false
  private(set) var hasDoubleQuote = false
  private(set) var isWorthReading = false

  init(_ value: UnsafeBufferPointer<UInt8>) {
    guard value.count >= 3 else { return }
    for byte in value where !Self.isPlain(byte) {
      isWorthReading = true
      if byte == 0x27 { hasSingleQuote = true } else if byte == 0x22 { hasDoubleQuote = true }
    }
    // `1--` cuts the rest of a statement off.
    if value[value.count - 1] == 0x2D, value[value.count - 2] == 0x2D { isWorthReading = true }
  }

  /// Letters, digits, `_`, `.`, `-` and what is not ASCII: without a blank, a quote, an operator or a parenthesis there is no statement.
  @inline(__always)
  static func isPlain(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte == 0x2D || byte == 0x2E || byte >= 0x80 && byte != 0xA0
  }
}
