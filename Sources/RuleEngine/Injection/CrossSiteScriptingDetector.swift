/// `@detectXSS`: whether a value, put into a page, would start script.
///
/// The value is read as HTML from five starting points: text, and the value of an attribute without quotes or with one of three
/// kinds. Dangerous are tags that run or load, event attributes, style with expressions, and URLs of schemes that run.
public enum CrossSiteScriptingDetector {
  public static func detect(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    guard value.contains(where: { $0 == 0x3C || $0 == 0x3D || $0 == 0x3A }) else { return false }
    for start in HTMLScanner.Start.allCases {
      switch start {
      case .single where !value.contains(0x27), .double where !value.contains(0x22), .back where !value.contains(0x60): continue
      default: break
      }
      var scanner = HTMLScanner(value, start: start)
      if scanner.findsScript() { return true }
    }
    return false
  }
}

/// Walks through HTML as a lenient browser does.
struct HTMLScanner {
  enum Start: CaseIterable { case text, unquoted, single, double, back }

  private let text: UnsafeBufferPointer<UInt8>
  private let start: Start
  private var index = 0

  init(_ text: UnsafeBufferPointer<UInt8>, start: Start) {
    self.text = text
    self.start = start
  }

  private static let dangerousTags: Set<[UInt8]> = Set(
    ("applet base comment embed frame frameset handler iframe import isindex link listener meta noscript object script style vmlframe xml xss svg "
      + "math animate set bgsound layer ilayer")
      .split(separator: " ").map { Array($0.utf8) })
  private static let urlAttributes: Set<[UInt8]> = Set(
    "action by background dataformatas datasrc dynsrc filter folder formaction from handler href lowsrc poster src srcdoc to values xlink:href xmlns"
      .split(separator: " ").map { Array($0.utf8) })

  mutating func findsScript() -> Bool {
    switch start {
    case .text: break
    case .unquoted:
      // The value's own URL counts, and what follows it in the same tag.
      if Self.isDangerousURL(value(from: 0, to: unquotedEnd(from: 0))) && text.count > 12 { return true }
      index = unquotedEnd(from: 0)
      if tagContinues() { return true }
    case .single: if leavesQuote(0x27) { return true }
    case .double: if leavesQuote(0x22) { return true }
    case .back: if leavesQuote(0x60) { return true }
    }
    while index < text.count {
      if text[index] == 0x3C {
        index += 1
        if tag() { return true }
      } else {
        index += 1
      }
    }
    return false
  }

  private mutating func leavesQuote(_ quote: UInt8) -> Bool {
    while index < text.count, text[index] != quote { index += 1 }
    guard index < text.count else { return false }
    index += 1
    return tagContinues()
  }

  private func unquotedEnd(from start: Int) -> Int {
    var end = start
    while end < text.count, !isSpace(text[end]), text[end] != 0x3E { end += 1 }
    return end
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 9 < 5 || byte == 0 }

  private func value(from start: Int, to end: Int) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: text[start..<end]) }

  /// After `<`.
  private mutating func tag() -> Bool {
    guard index < text.count else { return false }
    switch text[index] {
    case 0x21: return markup()
    case 0x3F: return instruction()
    case 0x2F:
      index += 1
      return false
    default: break
    }
    guard (text[index] | 0x20) &- 0x61 < 26 || text[index] == 0 else { return false }
    var name: [UInt8] = []
    while index < text.count, !isSpace(text[index]) || text[index] == 0, text[index] != 0x3E, text[index] != 0x2F {
      // NUL bytes in a name are skipped by old browsers.
      if text[index] != 0, name.count < 32 { name.append(lowercase(text[index])) }
      index += 1
    }
    if Self.dangerousTags.contains(name) || name.starts(with: "svg".utf8) || name.starts(with: "xsl".utf8) { return true }
    return attributes()
  }

  /// `<!doctype`, `<!entity`, comments that old browsers run.
  private mutating func markup() -> Bool {
    let rest = text[index...].prefix(64).map { lowercase($0) }
    if rest.starts(with: "!doctype".utf8) || rest.starts(with: "!entity".utf8) || rest.starts(with: "![cdata[".utf8) { return true }
    if rest.starts(with: "!--".utf8) {
      let inner = rest.dropFirst(3)
      if inner.starts(with: "[if".utf8) || inner.contains(0x60) { return true }
      index += 3
      while index < text.count, text[index] != 0x3E { index += 1 }
      return false
    }
    return rest.contains(0x60)
  }

  private mutating func instruction() -> Bool {
    let rest = text[index...].prefix(32).map { lowercase($0) }
    return rest.starts(with: "?import".utf8) || rest.starts(with: "?xml".utf8)
  }

  /// The rest of a tag into which the value stands: only if it goes on with an attribute, or ends the tag.
  private mutating func tagContinues() -> Bool { attributes() }

  private mutating func attributes() -> Bool {
    while index < text.count {
      while index < text.count, isSpace(text[index]) || text[index] == 0x2F || text[index] == 0x22 || text[index] == 0x27 { index += 1 }
      guard index < text.count else { return false }
      if text[index] == 0x3E {
        index += 1
        return false
      }
      if text[index] == 0x3C { return false }
      var name: [UInt8] = []
      while index < text.count, !isSpace(text[index]) || text[index] == 0, text[index] != 0x3D, text[index] != 0x3E, text[index] != 0x2F {
        if text[index] != 0, name.count < 64 { name.append(lowercase(text[index])) }
        index += 1
      }
      while index < text.count, isSpace(text[index]) { index += 1 }
      guard index < text.count, text[index] == 0x3D else {
        if name.isEmpty { index += 1 }
        continue
      }
      index += 1
      while index < text.count, isSpace(text[index]) { index += 1 }
      let valueStart: Int
      let valueEnd: Int
      if index < text.count, text[index] == 0x22 || text[index] == 0x27 || text[index] == 0x60 {
        let quote = text[index]
        valueStart = index + 1
        var end = valueStart
        while end < text.count, text[end] != quote { end += 1 }
        valueEnd = end
        index = min(end + 1, text.count)
      } else {
        valueStart = min(index, text.count)
        valueEnd = unquotedEnd(from: valueStart)
        index = valueEnd
      }
      if isDangerous(name, value(from: valueStart, to: valueEnd)) { return true }
    }
    return false
  }

  private func isDangerous(_ name: [UInt8], _ value: UnsafeBufferPointer<UInt8>) -> Bool {
    // Event attributes: on and letters only.
    if name.count >= 5, name[0] == 0x6F, name[1] == 0x6E, name.allSatisfy({ $0 &- 0x61 < 26 }) { return true }
    if name.elementsEqual("style".utf8) || name.starts(with: "xmlns".utf8) || name.elementsEqual("xlink:href".utf8)
      || name.elementsEqual("datasrc".utf8)
      || name.elementsEqual("dataformatas".utf8) || name.elementsEqual("srcdoc".utf8)
      || name.elementsEqual("formaction".utf8) && !value.isEmpty
    {
      return true
    }
    return Self.urlAttributes.contains(name) && Self.isDangerousURL(value)
  }

  /// Whether a URL runs script: entities decoded, control bytes and blanks skipped, as browsers do.
  private static func isDangerousURL(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    var decoded: [UInt8] = []
    let bytes = EntityDecoding.decode(value, into: &decoded) ? decoded : Array(value.prefix(256))
    var scheme: [UInt8] = []
    for byte in bytes where byte > 0x20 && byte != 0x7F && byte < 0x80 {
      scheme.append(lowercase(byte))
      if scheme.count >= 16 { break }
    }
    return ["javascript:", "java:", "vbscript:", "data:", "view-source:", "livescript:", "mocha:"].contains { scheme.starts(with: $0.utf8) }
  }
}
