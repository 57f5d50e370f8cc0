import Glibc

/// Questions about single bytes that the grammar of HTTP asks.
enum ByteClass {
  /// `tchar` of RFC 9110 section 5.6.2.
  @inline(__always)
  static func isToken(_ byte: UInt8) -> Bool {
    byte < 128 && (byte < 64 ? tokenLow >> UInt64(byte) : tokenHigh >> UInt64(byte &- 64)) & 1 == 1
  }

  /// One bit for each of `!#$%&'*+-.` and the digits; literals, since a computed constant would be looked up at each byte.
  private static var tokenLow: UInt64 { 0x03FF_6CFA_0000_0000 }
  /// One bit for each letter and each of ``^_`|~``, from 64 on.
  private static var tokenHigh: UInt64 { 0x57FF_FFFF_C7FF_FFFE }

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

extension UnsafeRawBufferPointer {
  /// Whether a control byte stands there, horizontal tab excepted.
  func hasControl(_ range: Range<Int>) -> Bool {
    guard let base = baseAddress else { return false }
    var index = range.lowerBound
    // Eight at a time: subtracting borrows into the highest bit of a byte that is less, and that had no such bit before. A word
    // in which a tab may be is looked at byte by byte.
    while index + 8 <= range.upperBound {
      let word = (base + index).loadUnaligned(as: UInt64.self)
      let deletes = word ^ 0x7F7F_7F7F_7F7F_7F7F
      let below = (word &- 0x2020_2020_2020_2020) & ~word
      if (below | (deletes &- 0x0101_0101_0101_0101) & ~deletes) & 0x8080_8080_8080_8080 != 0,
        (index..<(index + 8)).contains(where: { isControl(self[$0]) })
      {
        return true
      }
      index += 8
    }
    while index < range.upperBound {
      if isControl(self[index]) { return true }
      index += 1
    }
    return false
  }

  @inline(__always)
  private func isControl(_ byte: UInt8) -> Bool { (byte < 0x20 && byte != 0x09) || byte == 0x7F }

  /// Whether a byte beyond ASCII stands there.
  func hasHighByte(_ range: Range<Int>) -> Bool {
    guard let base = baseAddress else { return false }
    var index = range.lowerBound
    while index + 8 <= range.upperBound {
      if (base + index).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return true }
      index += 8
    }
    while index < range.upperBound {
      if self[index] >= 0x80 { return true }
      index += 1
    }
    return false
  }

  /// Where `byte` stands first.
  @inline(__always)
  func first(_ byte: UInt8, in range: Range<Int>) -> Int? {
    guard let base = baseAddress, !range.isEmpty, let found = memchr(base + range.lowerBound, Int32(byte), range.count) else { return nil }
    return UnsafeRawPointer(found) - base
  }

  /// Whether these bytes are `text`, case and all.
  @inline(__always)
  func equals(_ range: Range<Int>, _ text: StaticString) -> Bool {
    guard let base = baseAddress, range.count == text.utf8CodeUnitCount else { return false }
    return memcmp(base + range.lowerBound, text.utf8Start, range.count) == 0
  }
}

extension Sequence where Element == UInt8 {
  /// Whether these bytes are `text`, case and all.
  @inline(__always)
  func equals(_ text: StaticString) -> Bool {
    elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
