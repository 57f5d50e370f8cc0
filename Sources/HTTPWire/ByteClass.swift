/// Questions about single bytes that the grammar of HTTP asks.
enum ByteClass {
  /// `tchar` of RFC 9110 section 5.6.2.
  @inline(__always)
  static func isToken(_ byte: UInt8) -> Bool {
    byte < 128 && (byte < 64 ? tokenLow >> UInt64(byte) : tokenHigh >> UInt64(byte &- 64)) & 1 == 1
  }

  private static let tokenLow = mask("!#$%&'*+-.0123456789", from: 0)
  private static let tokenHigh = mask("ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~", from: 64)

  private static func mask(_ characters: StaticString, from base: UInt8) -> UInt64 {
    var mask: UInt64 = 0
    for byte in UnsafeBufferPointer(start: characters.utf8Start, count: characters.utf8CodeUnitCount) {
      mask |= 1 << UInt64(byte &- base)
    }
    return mask
  }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// A hexadecimal digit's value, or 255.
  @inline(__always)
  static func hexValue(_ byte: UInt8) -> UInt8 {
    if isDigit(byte) { return byte &- 0x30 }
    let letter = (byte | 0x20) &- 0x61
    return letter < 6 ? letter &+ 10 : 255
  }

  /// Space or horizontal tab.
  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

extension Sequence where Element == UInt8 {
  /// Whether these bytes are `text`, case and all.
  @inline(__always)
  func equals(_ text: StaticString) -> Bool {
    elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
