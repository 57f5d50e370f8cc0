import BodyDecoding

/// Takes the values of parameters apart by their style (OpenAPI 3.1, "Style Values"; RFC 6570) and gives them as JSON.
///
/// Text is split before it is percent-decoded: a coded comma is data.
enum ParameterDecoder {
  enum Outcome: Equatable {
    case absent
    /// There, and empty where that is allowed (`allowEmptyValue`): no value that a schema could judge.
    case empty
    case json([UInt8])
    /// Not written as its style asks for.
    case malformed(String)
    /// One value is expected, and there are several.
    case repeated
  }

  typealias Pair = (name: [UInt8], value: [UInt8])

  // MARK: Query and cookies

  /// The pairs of a query or form: names decoded, values raw.
  static func pairs(_ query: [UInt8]) -> [Pair] {
    query.split(separator: UInt8(ascii: "&")).map { part in
      let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
      return (URLCoding.decodeForm(Array(part[..<equals])), Array(part[equals...].dropFirst()))
    }
  }

  /// - Parameter pairs: names decoded, values raw.
  static func query(_ parameter: OpenAPIParameter, _ pairs: [Pair]) -> Outcome {
    let name = Array(parameter.name.utf8)
    if parameter.style == .deepObject { return deepObject(parameter, name, pairs) }
    if case .object(let shapes) = parameter.shape, parameter.explodes, parameter.mediaType == nil {
      return explodedObject(shapes, pairs)
    }
    let values = pairs.filter { $0.name == name }.map(\.value)
    guard let first = values.first else { return .absent }
    if case .array(let shape) = parameter.shape, parameter.explodes, parameter.mediaType == nil {
      return .json(ParameterText.array(values.map(form), shape))
    }
    guard values.count == 1 else { return .repeated }
    if parameter.allowsEmpty, first.isEmpty { return .empty }
    if parameter.mediaType != nil { return .json(form(first)) }
    switch parameter.shape {
    case .scalar: return .json(ParameterText.scalar(form(first), parameter.shape))
    case .array(let shape): return .json(ParameterText.array(first.isEmpty ? [] : split(first, parameter.style).map(form), shape))
    case .object(let shapes): return first.isEmpty ? .json(Array("{}".utf8)) : object(split(first, parameter.style), shapes, form)
    }
  }

  private static func explodedObject(_ shapes: [String: OpenAPIShape], _ pairs: [Pair]) -> Outcome {
    let members = pairs.filter { shapes[String(decoding: $0.name, as: UTF8.self)] != nil }
    guard !members.isEmpty else { return .absent }
    guard Set(members.map(\.name)).count == members.count else { return .repeated }
    return .json(ParameterText.object(members.map { ($0.name, form($0.value)) }, shapes))
  }

  private static func deepObject(_ parameter: OpenAPIParameter, _ name: [UInt8], _ pairs: [Pair]) -> Outcome {
    var object = DeepObject()
    for pair in pairs where deepMember(pair.name, of: name) != nil { object.add(pair.name[name.count...], form(pair.value)) }
    if object.isMalformed { return .malformed("has brackets that deepObject does not define") }
    guard !object.isEmpty else { return .absent }
    var shape = OpenAPIShape.object([:])
    if case .object = parameter.shape { shape = parameter.shape }
    let json = object.json(shape)
    if object.isMalformed { return .malformed("has a value and members of the same name") }
    return object.isRepeated ? .repeated : .json(json)
  }

  /// What stands between the brackets of `name[member]`; nil for other names.
  static func deepMember(_ text: [UInt8], of name: [UInt8]) -> [UInt8]? {
    guard text.count > name.count + 1, text.starts(with: name), text[name.count] == UInt8(ascii: "["), text.last == UInt8(ascii: "]") else {
      return nil
    }
    return Array(text[(name.count + 1)..<(text.count - 1)])
  }

  // MARK: Paths and header fields

  /// - Parameter isCoded: percent-coded, as in a path.
  static func simple(_ parameter: OpenAPIParameter, _ raw: [UInt8], isCoded: Bool) -> Outcome {
    func decode(_ part: [UInt8]) -> [UInt8] { isCoded ? URLCoding.decodePath(part) : part }
    if parameter.mediaType != nil { return .json(decode(raw)) }
    var text = raw
    var separator = UInt8(ascii: ",")
    var hasNames = parameter.explodes
    switch parameter.style {
    case .label:
      guard text.first == UInt8(ascii: ".") else { return .malformed("does not begin with a dot") }
      text.removeFirst()
      if parameter.explodes { separator = UInt8(ascii: ".") }
    case .matrix:
      let prefix = Array(";\(parameter.name)".utf8)
      if case .object = parameter.shape, parameter.explodes {
        guard text.first == UInt8(ascii: ";") else { return .malformed("does not begin with a semicolon") }
        text.removeFirst()
        separator = UInt8(ascii: ";")
      } else {
        guard text.starts(with: prefix), text.count == prefix.count || text[prefix.count] == UInt8(ascii: "=") else {
          return .malformed("does not begin with its name")
        }
        if case .array(let shape) = parameter.shape, parameter.explodes { return matrixArray(text, prefix, shape, decode) }
        text.removeFirst(min(prefix.count + 1, text.count))
        hasNames = false
      }
    default: break
    }
    switch parameter.shape {
    case .scalar: return .json(ParameterText.scalar(decode(text), parameter.shape))
    case .array(let shape):
      let items = text.isEmpty ? [] : text.split(separator: separator, omittingEmptySubsequences: false).map { trimmed(Array($0), isCoded) }
      return .json(ParameterText.array(items.map(decode), shape))
    case .object(let shapes):
      if text.isEmpty { return .json(Array("{}".utf8)) }
      let parts = text.split(separator: separator, omittingEmptySubsequences: false).map { trimmed(Array($0), isCoded) }
      guard hasNames else { return object(parts, shapes, decode) }
      var members: [Pair] = []
      for part in parts {
        guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { return .malformed("has a member without a value") }
        members.append((decode(Array(part[..<equals])), decode(Array(part[(equals + 1)...]))))
      }
      return .json(ParameterText.object(members, shapes))
    }
  }

  /// `;name=a;name=b`
  private static func matrixArray(
    _ text: [UInt8], _ prefix: [UInt8], _ shape: OpenAPIShape, _ decode: ([UInt8]) -> [UInt8]
  ) -> Outcome {
    var items: [[UInt8]] = []
    for part in text.dropFirst().split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false) {
      guard part.starts(with: prefix.dropFirst()), part.dropFirst(prefix.count - 1).first == UInt8(ascii: "=") else {
        return .malformed("has an item without its name")
      }
      items.append(decode(Array(part.dropFirst(prefix.count))))
    }
    return .json(ParameterText.array(items, shape))
  }

  // MARK: Parts

  private static func form(_ raw: [UInt8]) -> [UInt8] { URLCoding.decodeForm(raw) }

  /// Blanks around the commas of a header field are no data (RFC 9110 section 5.6.1).
  private static func trimmed(_ part: [UInt8], _ isCoded: Bool) -> [UInt8] {
    guard !isCoded else { return part }
    return Array(part.drop { $0 == 0x20 || $0 == 0x09 }.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed())
  }

  /// Name and value in turn.
  private static func object(_ parts: [[UInt8]], _ shapes: [String: OpenAPIShape], _ decode: ([UInt8]) -> [UInt8]) -> Outcome {
    guard parts.count % 2 == 0 else { return .malformed("has a member without a value") }
    let members = stride(from: 0, to: parts.count, by: 2).map { (name: decode(parts[$0]), value: decode(parts[$0 + 1])) }
    return .json(ParameterText.object(members, shapes))
  }

  private static func split(_ raw: [UInt8], _ style: OpenAPIStyle) -> [[UInt8]] {
    let separators: [[UInt8]] =
      switch style {
      case .spaceDelimited: [Array("%20".utf8), [UInt8(ascii: "+")], [0x20]]
      case .pipeDelimited: [[UInt8(ascii: "|")], Array("%7C".utf8), Array("%7c".utf8)]
      // Plain commas part; where there is none, coded ones do. Many clients code every comma, and what they mean is a list.
      default: raw.contains(UInt8(ascii: ",")) ? [[UInt8(ascii: ",")]] : [Array("%2C".utf8), Array("%2c".utf8)]
      }
    var parts: [[UInt8]] = [[]]
    var index = 0
    while index < raw.count {
      if let separator = separators.first(where: { raw[index...].starts(with: $0) }) {
        parts.append([])
        index += separator.count
      } else {
        parts[parts.count - 1].append(raw[index])
        index += 1
      }
    }
    return parts
  }
}
