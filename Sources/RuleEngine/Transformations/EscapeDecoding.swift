/// `jsDecode`, `cssDecode`, `escapeSeqDecode`.
enum EscapeDecoding {
  /// `\uHHHH` (low byte, full-width forms shifted to ASCII), `\xHH`, up to three octal digits, control letters; any other byte
  /// loses its backslash.
  static func javaScript(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    guard var index = Bytes.first(input, where: { $0 == 0x5C }), index + 1 < input.count else { return false }
    Bytes.begin(&output, with: input, upTo: index)
    while index < input.count {
      guard input[index] == 0x5C, index + 1 < input.count else {
        // A backslash at the end stays.
        output.append(input[index])
        index += 1
        continue
      }
      let next = input[index + 1]
      if next == 0x75, index + 5 < input.count, (2...5).allSatisfy({ Bytes.isHex(input[index + $0]) }) {
        let high = Bytes.hexValue(input[index + 2]) << 4 | Bytes.hexValue(input[index + 3])
        let low = Bytes.hexValue(input[index + 4]) << 4 | Bytes.hexValue(input[index + 5])
        output.append(high == 0xFF && low > 0 && low < 0x5F ? low &+ 0x20 : low)
        index += 6
      } else if next == 0x78, index + 3 < input.count, Bytes.isHex(input[index + 2]), Bytes.isHex(input[index + 3]) {
        output.append(Bytes.hexValue(input[index + 2]) << 4 | Bytes.hexValue(input[index + 3]))
        index += 4
      } else if next &- 0x30 < 8 {
        let (value, length) = octal(input, at: index + 1)
        output.append(value)
        index += 1 + length
      } else {
        output.append(control(next) ?? next)
        index += 2
      }
    }
    return true
  }

  /// The escapes of ANSI C; any other byte loses its backslash.
  static func ansiC(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    guard var index = Bytes.first(input, where: { $0 == 0x5C }) else { return false }
    Bytes.begin(&output, with: input, upTo: index)
    var isChanged = false
    while index < input.count {
      guard input[index] == 0x5C, index + 1 < input.count else {
        output.append(input[index])
        index += 1
        continue
      }
      let next = input[index + 1]
      if next | 0x20 == 0x78, index + 3 < input.count, Bytes.isHex(input[index + 2]), Bytes.isHex(input[index + 3]) {
        output.append(Bytes.hexValue(input[index + 2]) << 4 | Bytes.hexValue(input[index + 3]))
        index += 4
        isChanged = true
      } else if next | 0x20 == 0x78, index + 3 < input.count, Bytes.isHex(input[index + 2]) || Bytes.isHex(input[index + 3]) {
        // Half a hex escape stays as it is.
        output.append(contentsOf: UnsafeBufferPointer(rebasing: input[index..<index + 4]))
        index += 4
      } else if next &- 0x30 < 8 {
        // Three digits always; only the low byte counts.
        var value = 0
        index += 1
        for _ in 0..<3 where index < input.count && input[index] &- 0x30 < 8 {
          value = value * 8 + Int(input[index] &- 0x30)
          index += 1
        }
        output.append(UInt8(truncatingIfNeeded: value))
        isChanged = true
      } else {
        output.append(control(next) ?? next)
        index += 2
        isChanged = true
      }
    }
    return isChanged
  }

  /// Up to three octal digits; a third one only while the value stays a byte.
  private static func octal(_ input: UnsafeBufferPointer<UInt8>, at start: Int) -> (UInt8, length: Int) {
    var value = 0
    var length = 0
    while length < 3, start + length < input.count, input[start + length] &- 0x30 < 8 {
      let next = value * 8 + Int(input[start + length] &- 0x30)
      if next > 255 { break }
      value = next
      length += 1
    }
    return (UInt8(value), length)
  }

  private static func control(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "a"): 7
    case UInt8(ascii: "b"): 8
    case UInt8(ascii: "f"): 12
    case UInt8(ascii: "n"): 10
    case UInt8(ascii: "r"): 13
    case UInt8(ascii: "t"): 9
    case UInt8(ascii: "v"): 11
    default: nil
    }
  }

  /// A backslash and one to six hex digits are a byte, a blank after them goes; an escaped newline vanishes.
  static func css(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    guard var index = Bytes.first(input, where: { $0 == 0x5C }) else { return false }
    Bytes.begin(&output, with: input, upTo: index)
    while index < input.count {
      guard input[index] == 0x5C else {
        output.append(input[index])
        index += 1
        continue
      }
      index += 1
      guard index < input.count else { break }  // A lone backslash at the end is dropped.
      var digits = 0
      while digits < 6, index + digits < input.count, Bytes.isHex(input[index + digits]) { digits += 1 }
      if digits > 0 {
        output.append(hexEscape(input, at: index, digits: digits))
        index += digits
        if index < input.count, Bytes.isSpace(input[index]) { index += 1 }
      } else if input[index] == 0x0A {
        index += 1
      } else {
        output.append(input[index])
        index += 1
      }
    }
    return true
  }

  /// The last two digits as a byte; a full-width form is shifted to ASCII.
  private static func hexEscape(_ input: UnsafeBufferPointer<UInt8>, at index: Int, digits: Int) -> UInt8 {
    if digits == 1 { return Bytes.hexValue(input[index]) }
    let end = index + digits
    let low = Bytes.hexValue(input[end - 2]) << 4 | Bytes.hexValue(input[end - 1])
    guard digits >= 4, low > 0, low < 0x5F, input[end - 4] | 0x20 == 0x66, input[end - 3] | 0x20 == 0x66 else { return low }
    for leading in index..<(end - 4) where input[leading] != 0x30 { return low }
    return low &+ 0x20
  }
}
