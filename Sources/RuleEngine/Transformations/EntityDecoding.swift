/// `htmlEntityDecode`.
enum EntityDecoding {
  private static let names: [(name: [UInt8], byte: UInt8)] = [
    (Array("quot".utf8), 0x22), (Array("amp".utf8), 0x26), (Array("lt".utf8), 0x3C), (Array("gt".utf8), 0x3E), (Array("nbsp".utf8), 0xA0),
  ]

  /// `&#ddd;`, `&#xHH;` (low byte; semicolon optional) and five named entities, case aside; others stay.
  static func decode(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    guard var index = Bytes.first(input, where: { $0 == 0x26 }) else { return false }
    Bytes.begin(&output, with: input, upTo: index)
    var isChanged = false
    while index < input.count {
      if input[index] == 0x26, let (byte, length) = entity(input, at: index) {
        output.append(byte)
        isChanged = true
        index += length
        if index < input.count, input[index] == 0x3B { index += 1 }
      } else {
        output.append(input[index])
        index += 1
      }
    }
    return isChanged
  }

  /// The entity at `start` without its semicolon.
  private static func entity(_ input: UnsafeBufferPointer<UInt8>, at start: Int) -> (UInt8, length: Int)? {
    var index = start + 1
    guard index < input.count else { return nil }
    if input[index] == 0x23 {
      index += 1
      let isHex = index < input.count && input[index] | 0x20 == 0x78
      if isHex { index += 1 }
      let digits = index
      var value: UInt32 = 0
      while index < input.count {
        let digit = isHex ? Bytes.hexValue(input[index]) : input[index] &- 0x30
        guard digit < (isHex ? 16 : 10) else { break }
        value = (value &* (isHex ? 16 : 10)) &+ UInt32(digit)
        index += 1
      }
      return index > digits ? (UInt8(truncatingIfNeeded: value), index - start) : nil
    }
    for (name, byte) in names where index + name.count <= input.count {
      if name.indices.allSatisfy({ input[index + $0] | 0x20 == name[$0] }) {
        // The name ends here: `&gtx` is no entity.
        let end = index + name.count
        if end < input.count, input[end] &- 0x30 < 10 || (input[end] | 0x20) &- 0x61 < 26 { continue }
        return (byte, end - start)
      }
    }
    return nil
  }
}
