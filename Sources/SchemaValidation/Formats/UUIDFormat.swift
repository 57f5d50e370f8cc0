/// `uuid`: RFC 4122 section 3.
enum UUIDFormat {
  static func isUUID(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count == 36 else { return false }
    for (index, byte) in text.enumerated() {
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return false }
      } else {
        guard byte.isHexadecimal else { return false }
      }
    }
    return true
  }
}
