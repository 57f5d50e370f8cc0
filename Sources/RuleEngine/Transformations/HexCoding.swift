/// `hexDecode`, `hexEncode`, `sqlHexDecode`.
enum HexCoding {
  /// Pairs of digits; an odd tail is dropped. A byte that is no digit counts by its low bits, as in ModSecurity.
  static func decode(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    guard !input.isEmpty else { return false }
    output.removeAll()
    var index = 0
    while index + 1 < input.count {
      output.append(digit(input[index]) &* 16 &+ digit(input[index + 1]))
      index += 2
    }
    return true
  }

  private static func digit(_ byte: UInt8) -> UInt8 { byte >= 0x41 ? (byte & 0xDF) &- 0x41 &+ 10 : byte &- 0x30 }

  static func encode(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    guard !input.isEmpty else { return false }
    output.removeAll()
    for byte in input {
      output.append(Bytes.hexDigits[Int(byte >> 4)])
      output.append(Bytes.hexDigits[Int(byte & 15)])
    }
    return true
  }

  /// `0xHH…` runs become bytes.
  static func decodeSQL(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    var index = 0
    while index < input.count, !isSQLStart(input, at: index) { index += 1 }
    guard index < input.count else { return false }
    Bytes.begin(&output, with: input, upTo: index)
    while index < input.count {
      guard isSQLStart(input, at: index) else {
        output.append(input[index])
        index += 1
        continue
      }
      index += 2
      while index + 1 < input.count, Bytes.isHex(input[index]), Bytes.isHex(input[index + 1]) {
        output.append(Bytes.hexValue(input[index]) << 4 | Bytes.hexValue(input[index + 1]))
        index += 2
      }
    }
    return true
  }

  @inline(__always)
  private static func isSQLStart(_ input: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    input[index] == 0x30 && index + 3 < input.count && input[index + 1] | 0x20 == 0x78 && Bytes.isHex(input[index + 2])
      && Bytes.isHex(input[index + 3])
  }
}
