/// `@validateUrlEncoding` and `@validateUtf8Encoding`; both match what is NOT valid.
enum Encoding {
  static func hasBadEscape(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = 0
    while index < value.count {
      if value[index] == 0x25 {
        guard index + 2 < value.count, Bytes.isHex(value[index + 1]), Bytes.isHex(value[index + 2]) else { return true }
        index += 2
      }
      index += 1
    }
    return false
  }

  /// Overlong forms, surrogates, values above 10FFFF, stray and missing continuation bytes (RFC 3629 section 3).
  static func isInvalidUTF8(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = 0
    while index < value.count {
      let lead = value[index]
      if lead < 0x80 {
        index += 1
        continue
      }
      let length: Int
      let second: ClosedRange<UInt8>
      switch lead {
      case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
      case 0xE0: (length, second) = (3, 0xA0...0xBF)
      case 0xED: (length, second) = (3, 0x80...0x9F)
      case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
      case 0xF0: (length, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
      case 0xF4: (length, second) = (4, 0x80...0x8F)
      default: return true
      }
      guard index + length <= value.count, second.contains(value[index + 1]) else { return true }
      for offset in 2..<max(2, length) where value[index + offset] & 0xC0 != 0x80 { return true }
      index += length
    }
    return false
  }
}
