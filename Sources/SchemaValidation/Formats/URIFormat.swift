/// `uri`, `uri-reference` (RFC 3986 appendix A), `iri` and `iri-reference` (RFC 3987 section 2.2).
struct URIFormat {
  private let text: UnsafeBufferPointer<UInt8>
  private let isInternational: Bool

  init(_ text: UnsafeBufferPointer<UInt8>, isInternational: Bool) {
    self.text = text
    self.isInternational = isInternational
  }

  /// With a scheme.
  func isAbsolute() -> Bool {
    guard let colon = schemeEnd() else { return false }
    return isRest(from: colon + 1, allowsColonFirst: true)
  }

  /// With or without one.
  func isReference() -> Bool {
    isAbsolute() || isRest(from: 0, allowsColonFirst: false)
  }

  /// `ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) ":"`: where the colon is.
  private func schemeEnd() -> Int? {
    guard let first = text.first, first.isLetter else { return nil }
    for index in text.indices {
      let byte = text[index]
      if byte == UInt8(ascii: ":") { return index }
      guard byte.isLetter || byte.isDigit || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") else {
        return nil
      }
    }
    return nil
  }

  /// Authority, path, query and fragment.
  private func isRest(from start: Int, allowsColonFirst: Bool) -> Bool {
    var index = start
    if index + 1 < text.count, text[index] == UInt8(ascii: "/"), text[index + 1] == UInt8(ascii: "/") {
      let end = self.end(from: index + 2, at: "/?#")
      guard isAuthority(index + 2, end) else { return false }
      index = end
    } else if !allowsColonFirst {
      // The first part of a relative path has no colon, or it would be a scheme.
      let end = self.end(from: index, at: "/?#")
      guard !text[index..<end].contains(UInt8(ascii: ":")) else { return false }
    }
    let pathEnd = end(from: index, at: "?#")
    guard isEach(index, pathEnd, .path) else { return false }
    index = pathEnd
    if index < text.count, text[index] == UInt8(ascii: "?") {
      let queryEnd = end(from: index + 1, at: "#")
      guard isEach(index + 1, queryEnd, .query) else { return false }
      index = queryEnd
    }
    guard index < text.count else { return true }
    return isEach(index + 1, text.count, .fragment)
  }

  private func end(from start: Int, at stops: StaticString) -> Int {
    var index = start
    while index < text.count {
      for stop in 0..<stops.utf8CodeUnitCount where text[index] == stops.utf8Start[stop] { return index }
      index += 1
    }
    return index
  }

  private func isAuthority(_ start: Int, _ end: Int) -> Bool {
    var start = start
    if let at = text[start..<end].lastIndex(of: UInt8(ascii: "@")) {
      guard isEach(start, at, .userinfo) else { return false }
      start = at + 1
    }
    var hostEnd = end
    if start < end, text[start] == UInt8(ascii: "[") {
      guard let close = text[start..<end].firstIndex(of: UInt8(ascii: "]")) else { return false }
      guard isLiteral(text[(start + 1)..<close]) else { return false }
      hostEnd = close + 1
      guard hostEnd == end || text[hostEnd] == UInt8(ascii: ":") else { return false }
    } else {
      if let colon = text[start..<end].firstIndex(of: UInt8(ascii: ":")) { hostEnd = colon }
      guard isEach(start, hostEnd, .name) else { return false }
    }
    guard hostEnd < end else { return true }
    return text[(hostEnd + 1)..<end].allSatisfy(\.isDigit)
  }

  /// `IPv6address / IPvFuture`
  private func isLiteral(_ literal: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    guard let first = literal.first, first | 0x20 == UInt8(ascii: "v") else { return IPAddressFormat.isIPv6(literal) }
    guard let dot = literal.firstIndex(of: UInt8(ascii: ".")) else { return false }
    let version = literal[(literal.startIndex + 1)..<dot]
    let address = literal[(dot + 1)...]
    return !version.isEmpty && version.allSatisfy(\.isHexadecimal) && !address.isEmpty
      && address.allSatisfy { Self.isUnreserved($0) || Self.isSubDelimiter($0) || $0 == UInt8(ascii: ":") }
  }

  // MARK: Characters

  private enum Part { case userinfo, name, path, query, fragment }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: "~")
  }

  private static func isSubDelimiter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"),
      UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="):
      true
    default: false
    }
  }

  private func isEach(_ start: Int, _ end: Int, _ part: Part) -> Bool {
    var index = start
    while index < end {
      let byte = text[index]
      if byte == UInt8(ascii: "%") {
        guard index + 2 < end, text[index + 1].isHexadecimal, text[index + 2].isHexadecimal else { return false }
        index += 3
      } else if byte >= 0x80 {
        guard isInternational else { return false }
        let (scalar, length) = UTF8Scalars.scalar(text, at: index)
        guard Self.isInternational(scalar) || (part == .query && Self.isPrivate(scalar)) else { return false }
        index += length
      } else {
        guard Self.isUnreserved(byte) || Self.isSubDelimiter(byte) || Self.isAllowed(byte, in: part) else { return false }
        index += 1
      }
    }
    return true
  }

  private static func isAllowed(_ byte: UInt8, in part: Part) -> Bool {
    switch byte {
    case UInt8(ascii: ":"): part != .name
    case UInt8(ascii: "@"), UInt8(ascii: "/"): part == .path || part == .query || part == .fragment
    case UInt8(ascii: "?"): part == .query || part == .fragment
    default: false
    }
  }

  /// `ucschar`
  static func isInternational(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0xA0...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFEF: true
    // Planes 1 to 14 but for their last two characters; plane 14 from E1000 on.
    case 0x10000...0xEFFFD: scalar & 0xFFFF <= 0xFFFD && (scalar < 0xE0000 || scalar >= 0xE1000)
    default: false
    }
  }

  /// `iprivate`
  static func isPrivate(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0xE000...0xF8FF, 0xF0000...0xFFFFD, 0x100000...0x10FFFD: true
    default: false
    }
  }
}
