import CGramScan

/// `urlDecode`, `urlDecodeUni`, `urlEncode`.
enum URLDecoding {
  /// `%HH` and `+`; with `unicode` also `%uHHHH`. What is not valid stays as it is.
  static func decode(
    _ input: UnsafeBufferPointer<UInt8>, unicode: Bool, map: [UInt16: UInt8]?, into output: inout OutputBytes
  ) -> Bool {
    guard let base = input.baseAddress else { return false }
    var index = ropeline_find_either(base, input.count, 0x25, 0x2B)
    guard index < input.count else { return false }
    Bytes.begin(&output, with: input, upTo: index)
    var isChanged = false
    output.write { start in
      var end = start
      while index < input.count {
        // What stands for itself up to the next mark.
        let plain = ropeline_find_either(base + index, input.count - index, 0x25, 0x2B)
        end.update(from: base + index, count: plain)
        end += plain
        index += plain
        guard index < input.count else { break }
        var byte = input[index]
        var length = 1
        if byte == 0x2B {
          byte = 0x20
          isChanged = true
        } else if byte == 0x25 {
          if unicode, index + 5 < input.count, input[index + 1] | 0x20 == 0x75, (2...5).allSatisfy({ Bytes.isHex(input[index + $0]) }) {
            byte = mapped(input, at: index + 2, map)
            length = 6
          } else if index + 2 < input.count, Bytes.isHex(input[index + 1]), Bytes.isHex(input[index + 2]) {
            byte = Bytes.hexValue(input[index + 1]) << 4 | Bytes.hexValue(input[index + 2])
            length = 3
          }
          if length > 1 { isChanged = true }
        }
        end.pointee = byte
        end += 1
        index += length
      }
      return end
    }
    return isChanged
  }

  /// The byte for four hex digits: mapped, or the low byte, full-width forms shifted to ASCII.
  private static func mapped(_ input: UnsafeBufferPointer<UInt8>, at index: Int, _ map: [UInt16: UInt8]?) -> UInt8 {
    let high = Bytes.hexValue(input[index]) << 4 | Bytes.hexValue(input[index + 1])
    let low = Bytes.hexValue(input[index + 2]) << 4 | Bytes.hexValue(input[index + 3])
    if let byte = map?[UInt16(high) << 8 | UInt16(low)] { return byte }
    return high == 0xFF && low > 0 && low < 0x5F ? low &+ 0x20 : low
  }

  /// Everything but letters, digits and `*` as `%hh`, a blank as `+`.
  static func encode(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    guard let first = Bytes.first(input, where: { !isPlain($0) }) else { return false }
    Bytes.begin(&output, with: input, upTo: first)
    for byte in input[first...] {
      if byte == 0x20 {
        output.append(0x2B)
      } else if isPlain(byte) {
        output.append(byte)
      } else {
        output.append(0x25)
        output.append(Bytes.hexDigits[Int(byte >> 4)])
        output.append(Bytes.hexDigits[Int(byte & 15)])
      }
    }
    return true
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte == 0x2A || byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
  }
}
