/// Which characters a text holds (YAML 1.2, section 5.1).
enum YAMLCharacters {
  /// Whether the text is UTF-8 of printable characters and newlines alone: no tabs, no carriage returns, no marks of byte order, and none
  /// of the Unicode characters that end a line in YAML 1.1.
  static func arePlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = 0
    while index < text.count {
      // Eight printable ASCII characters at once.
      if index + 8 <= text.count {
        let word = UnsafeRawPointer(text.baseAddress! + index).loadUnaligned(as: UInt64.self)
        let isBelowSpace = word &- 0x2020_2020_2020_2020
        let isDelete = (word ^ 0x7F7F_7F7F_7F7F_7F7F) &- 0x0101_0101_0101_0101
        if (word | isBelowSpace | isDelete) & 0x8080_8080_8080_8080 == 0 {
          index += 8
          continue
        }
      }
      let byte = text[index]
      if byte == 0x0A || (byte >= 0x20 && byte < 0x7F) {
        index += 1
        continue
      }
      guard byte >= 0xC2 else { return false }
      let count = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
      guard byte < 0xF5, index + count <= text.count else { return false }
      var scalar = UInt32(byte) & (count == 2 ? 0x1F : count == 3 ? 0x0F : 0x07)
      for offset in 1..<count {
        let next = text[index + offset]
        guard next & 0xC0 == 0x80 else { return false }
        scalar = scalar << 6 | UInt32(next & 0x3F)
      }
      guard isPlain(scalar, count) else { return false }
      index += count
    }
    return true
  }

  private static func isPlain(_ scalar: UInt32, _ count: Int) -> Bool {
    switch count {
    case 2: scalar >= 0xA0
    case 3:
      scalar >= 0x800 && !(0xD800...0xDFFF).contains(scalar) && scalar != 0x2028 && scalar != 0x2029 && scalar < 0xFFFE && scalar != 0xFEFF
    default: scalar >= 0x10000 && scalar <= 0x10FFFF
    }
  }
}
