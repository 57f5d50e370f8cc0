/// The value of a string in quotes (section 2.9.4).
enum GraphQLString {
  /// Escapes undone; those that are none stay, since a server may forgive them.
  static func decoded(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
    guard text.contains(UInt8(ascii: "\\")) else { return Array(text) }
    var output: [UInt8] = []
    var index = text.startIndex
    while index < text.endIndex {
      let byte = text[index]
      guard byte == UInt8(ascii: "\\"), index + 1 < text.endIndex else {
        output.append(byte)
        index += 1
        continue
      }
      index += 2
      switch text[index - 1] {
      case UInt8(ascii: "n"): output.append(0x0A)
      case UInt8(ascii: "t"): output.append(0x09)
      case UInt8(ascii: "r"): output.append(0x0D)
      case UInt8(ascii: "b"): output.append(0x08)
      case UInt8(ascii: "f"): output.append(0x0C)
      case UInt8(ascii: "u"): output += scalar(text, &index)
      case let other: output.append(other)
      }
    }
    return output
  }

  /// `\uXXXX`, a pair of surrogates, or `\u{X…}`; `index` stands after the `u`.
  private static func scalar(_ text: Slice<UnsafeBufferPointer<UInt8>>, _ index: inout Int) -> [UInt8] {
    func hexadecimal(_ range: Range<Int>) -> UInt32? {
      guard range.upperBound <= text.endIndex, !range.isEmpty, range.count <= 8 else { return nil }
      return UInt32(String(decoding: text[range], as: UTF8.self), radix: 16)
    }
    var value: UInt32?
    if index < text.endIndex, text[index] == UInt8(ascii: "{") {
      if let close = text[index...].firstIndex(of: UInt8(ascii: "}")) {
        value = hexadecimal((index + 1)..<close)
        index = close + 1
      }
    } else if let unit = hexadecimal(index..<(index + 4)) {
      index += 4
      value = unit
      if unit & 0xFC00 == 0xD800, index + 6 <= text.endIndex, text[index] == UInt8(ascii: "\\"), text[index + 1] == UInt8(ascii: "u"),
        let low = hexadecimal((index + 2)..<(index + 6)), low & 0xFC00 == 0xDC00
      {
        value = 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF
        index += 6
      }
    }
    guard let value else { return Array("\\u".utf8) }
    return Array(String(UnicodeScalar(value) ?? "\u{FFFD}").utf8)
  }
}
