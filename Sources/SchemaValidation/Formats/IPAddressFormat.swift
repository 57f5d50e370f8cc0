/// `ipv4` (RFC 2673 section 3.2) and `ipv6` (RFC 4291 section 2.2), without zones and masks.
enum IPAddressFormat {
  static func isIPv4(_ text: UnsafeBufferPointer<UInt8>) -> Bool { isIPv4(text[...]) }

  static func isIPv4(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    var value = 0
    var digits = 0
    var dots = 0
    for byte in text {
      if byte == UInt8(ascii: ".") {
        guard digits > 0, dots < 3 else { return false }
        dots += 1
        digits = 0
        value = 0
      } else {
        guard byte.isDigit, digits == 0 || value > 0 else { return false }
        value = value * 10 + Int(byte &- 0x30)
        digits += 1
        guard value <= 255 else { return false }
      }
    }
    return dots == 3 && digits > 0
  }

  static func isIPv6(_ text: UnsafeBufferPointer<UInt8>) -> Bool { isIPv6(text[...]) }

  static func isIPv6(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    var groups = 0
    var hasGap = false
    var index = text.startIndex
    guard text.count >= 2 else { return false }
    if text[index] == UInt8(ascii: ":") {
      guard text[index + 1] == UInt8(ascii: ":") else { return false }
      hasGap = true
      index += 2
    }
    // Each round begins where a group may begin.
    while index < text.endIndex {
      let start = index
      while index < text.endIndex, text[index].isHexadecimal, index - start < 5 { index += 1 }
      if index < text.endIndex, text[index] == UInt8(ascii: ".") {
        guard isIPv4(text[start...]) else { return false }
        groups += 2
        break
      }
      guard index > start, index - start <= 4 else { return false }
      groups += 1
      if index == text.endIndex { break }
      guard text[index] == UInt8(ascii: ":") else { return false }
      index += 1
      if index == text.endIndex { return false }
      if text[index] == UInt8(ascii: ":") {
        guard !hasGap else { return false }
        hasGap = true
        index += 1
      }
    }
    return hasGap ? groups <= 7 : groups == 8
  }
}
