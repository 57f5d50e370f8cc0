/// What a plain YAML scalar stands for: the core schema of YAML 1.2 (section 10.3.2), which OpenAPI asks for. `yes`, `on` and `012` of
/// YAML 1.1 are a string, a string and a number here.
enum YAMLScalar {
  /// Whether a plain scalar may be anything but a string, told by its length and first byte: most texts need no closer look.
  static func isMoreThanText(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = text.first else { return true }
    switch first {
    case UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), 0x30...0x39: return true
    case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"):
      return text.count == 4 || text.count == 5
    default: return false
    }
  }

  /// The JSON text of a null, boolean or number; nil for a string. `.inf` and `.nan` have no JSON text and are strings.
  static func json(_ text: String) -> [UInt8]? {
    switch text {
    case "", "~", "null", "Null", "NULL": return Array("null".utf8)
    case "true", "True", "TRUE": return Array("true".utf8)
    case "false", "False", "FALSE": return Array("false".utf8)
    default: break
    }
    var bytes = Array(text.utf8)
    if bytes.starts(with: "0x".utf8) { return radix(bytes.dropFirst(2), 16) }
    if bytes.starts(with: "0o".utf8) { return radix(bytes.dropFirst(2), 8) }
    if bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
    return number(bytes)
  }

  private static func radix(_ digits: ArraySlice<UInt8>, _ radix: Int) -> [UInt8]? {
    UInt64(String(decoding: digits, as: UTF8.self), radix: radix).map { Array(String($0).utf8) }
  }

  /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, digits untouched, put into JSON's form.
  private static func number(_ text: [UInt8]) -> [UInt8]? {
    var output: [UInt8] = []
    var rest = text[...]
    if rest.first == UInt8(ascii: "-") { output.append(rest.removeFirst()) }
    func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    let whole = rest.prefix(while: isDigit)
    rest = rest.dropFirst(whole.count)
    let significant = whole.drop { $0 == 0x30 }
    output += significant.isEmpty ? [0x30] : Array(significant)
    var fraction: ArraySlice<UInt8> = []
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      fraction = rest.prefix(while: isDigit)
      rest = rest.dropFirst(fraction.count)
      if !fraction.isEmpty { output += [UInt8(ascii: ".")] + fraction }
    }
    guard !whole.isEmpty || !fraction.isEmpty else { return nil }
    if let byte = rest.first, byte | 0x20 == UInt8(ascii: "e") {
      output.append(rest.removeFirst())
      if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { output.append(rest.removeFirst()) }
      guard !rest.isEmpty else { return nil }
      output += rest.prefix(while: isDigit)
      rest = rest.drop(while: isDigit)
    }
    return rest.isEmpty ? output : nil
  }
}
