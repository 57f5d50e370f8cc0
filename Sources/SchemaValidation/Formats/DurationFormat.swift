/// `duration`: RFC 3339 appendix A. A unit may only be followed by the next smaller one, and weeks stand alone.
enum DurationFormat {
  static func isDuration(_ text: ByteScanner) -> Bool {
    var text = text
    guard text.take(UInt8(ascii: "P")) else { return false }
    if text.current != UInt8(ascii: "T") {
      guard let isWeeks = units("YMD", orAlone: UInt8(ascii: "W"), &text) else { return false }
      if text.isAtEnd { return true }
      if isWeeks { return false }
    }
    return text.take(UInt8(ascii: "T")) && units("HMS", orAlone: nil, &text) != nil && text.isAtEnd
  }

  /// One or more of the units, without a gap between them. Returns whether it was the one that stands alone, or nil.
  private static func units(_ names: StaticString, orAlone: UInt8?, _ text: inout ByteScanner) -> Bool? {
    var next: Int?
    while let byte = text.current, byte.isDigit {
      _ = text.skipDigits()
      guard let unit = text.current else { return nil }
      text.position += 1
      if unit == orAlone { return next == nil ? true : nil }
      guard let index = (0..<3).first(where: { names.utf8Start[$0] == unit }), next == nil || next == index else { return nil }
      next = index + 1
    }
    return next == nil ? nil : false
  }
}
