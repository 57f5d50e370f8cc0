/// Builds the JSON text of a parameter from texts on the wire.
enum ParameterText {
  /// A scalar: a number or word where the shape allows it and the text is one, else a string. What does not fit is left to the
  /// schema to refuse.
  static func scalar(_ text: [UInt8], _ shape: OpenAPIShape) -> [UInt8] {
    var kinds: OpenAPIScalars = .string
    if case .scalar(let scalars) = shape { kinds = scalars }
    if kinds.contains(.number), isNumber(text) { return text }
    if kinds.contains(.boolean), text == Array("true".utf8) || text == Array("false".utf8) { return text }
    if kinds.contains(.null), !kinds.contains(.string), text.isEmpty || text == Array("null".utf8) { return Array("null".utf8) }
    return string(text)
  }

  static func array(_ items: [[UInt8]], _ shape: OpenAPIShape) -> [UInt8] {
    var output: [UInt8] = [UInt8(ascii: "[")]
    for (index, item) in items.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      output += scalar(item, shape)
    }
    return output + [UInt8(ascii: "]")]
  }

  static func object(_ members: [(name: [UInt8], value: [UInt8])], _ shapes: [String: OpenAPIShape]) -> [UInt8] {
    var output: [UInt8] = [UInt8(ascii: "{")]
    for (index, member) in members.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      output += string(member.name)
      output.append(UInt8(ascii: ":"))
      output += scalar(member.value, shapes[String(decoding: member.name, as: UTF8.self)] ?? .scalar(.string))
    }
    return output + [UInt8(ascii: "}")]
  }

  /// Values that are JSON already.
  static func object(_ members: [(name: [UInt8], json: [UInt8])]) -> [UInt8] {
    var output: [UInt8] = [UInt8(ascii: "{")]
    for (index, member) in members.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      output += string(member.name) + [UInt8(ascii: ":")] + member.json
    }
    return output + [UInt8(ascii: "}")]
  }

  static func list(_ items: [[UInt8]]) -> [UInt8] {
    [UInt8(ascii: "[")] + items.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
  }

  /// Bytes that are no UTF-8 stay as they are, and the reader refuses them.
  static func string(_ text: [UInt8]) -> [UInt8] {
    var output: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
      case 0..<0x20: appendControl(byte, to: &output)
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
    return output
  }

  /// `\u00xx`
  static func appendControl(_ byte: UInt8, to output: inout [UInt8]) {
    output += "\\u00".utf8
    for digit in [byte >> 4, byte & 15] { output.append(digit < 10 ? digit + 0x30 : digit + 0x57) }
  }

  /// RFC 8259 section 6.
  private static func isNumber(_ text: [UInt8]) -> Bool {
    var rest = text[...]
    func digits() -> Int {
      let run = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
      rest = rest.dropFirst(run)
      return run
    }
    if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    let startsWithZero = rest.first == 0x30
    let count = digits()
    guard count > 0, count == 1 || !startsWithZero else { return false }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      guard digits() > 0 else { return false }
    }
    if let byte = rest.first, byte | 0x20 == UInt8(ascii: "e") {
      rest.removeFirst()
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }
}
