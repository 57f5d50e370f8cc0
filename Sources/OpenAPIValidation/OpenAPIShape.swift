import BodyDecoding
import SchemaValidation

/// The kinds of scalars that a text may stand for.
public struct OpenAPIScalars: OptionSet, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let string = OpenAPIScalars(rawValue: 1)
  public static let number = OpenAPIScalars(rawValue: 2)
  public static let boolean = OpenAPIScalars(rawValue: 4)
  public static let null = OpenAPIScalars(rawValue: 8)
  /// A string of bytes, not of text.
  public static let binary = OpenAPIScalars(rawValue: 16)
}

/// What a parameter's schema expects, as far as it must be known to read the text on the wire: `5` may be a number or a string.
public indirect enum OpenAPIShape: Sendable, Equatable {
  case scalar(OpenAPIScalars)
  case array(OpenAPIShape)
  case object([String: OpenAPIShape])
}

extension OpenAPIReader {
  /// Reads the shape off the keywords; a schema that says nothing expects a string.
  mutating func shape(_ node: OpenAPINode, depth: Int = 0) -> OpenAPIShape {
    guard depth < 8, let node = try? dereferenced(node), kind(node) == .object else { return .scalar(.string) }
    var types: Set<String> = []
    if let type = member("type", of: node) {
      let list = kind(type) == .array ? elements(of: type) : [type]
      types = Set(list.filter { kind($0) == .string }.map { text($0) })
    }
    if types.contains("array") || (types.isEmpty && member("items", of: node) != nil) {
      guard let items = member("items", of: node) else { return .array(.scalar(.string)) }
      return .array(shape(items, depth: depth + 1))
    }
    if types.contains("object") || (types.isEmpty && member("properties", of: node) != nil) {
      return .object(properties(node, depth: depth))
    }
    let isBinary = member("format", of: node).map { kind($0) == .string && text($0) == "binary" } ?? false
    if isBinary || (member("contentMediaType", of: node) != nil && member("contentEncoding", of: node) == nil) {
      return .scalar([.string, .binary])
    }
    if !types.isEmpty { return .scalar(scalars(types)) }
    for name in ["allOf", "oneOf", "anyOf"] {
      guard let list = member(name, of: node) else { continue }
      var shapes: [OpenAPIShape] = []
      for element in elements(of: list) { shapes.append(shape(element, depth: depth + 1)) }
      return joined(shapes)
    }
    let constants = member("enum", of: node).map { elements(of: $0) } ?? member("const", of: node).map { [$0] } ?? []
    let kinds = constants.map { scalar(kind($0)) }
    return .scalar(kinds.isEmpty ? .string : OpenAPIScalars(kinds))
  }

  private mutating func properties(_ node: OpenAPINode, depth: Int) -> [String: OpenAPIShape] {
    var result: [String: OpenAPIShape] = [:]
    if let list = member("allOf", of: node) {
      for element in elements(of: list) {
        if case .object(let more) = shape(element, depth: depth + 1) { result.merge(more) { old, _ in old } }
      }
    }
    if let list = member("properties", of: node) {
      for (key, value) in (try? members(list)) ?? [] { result[text(key)] = shape(value, depth: depth + 1) }
    }
    return result
  }

  private func scalars(_ types: Set<String>) -> OpenAPIScalars {
    var result: OpenAPIScalars = []
    if types.contains("string") { result.insert(.string) }
    if types.contains("integer") || types.contains("number") { result.insert(.number) }
    if types.contains("boolean") { result.insert(.boolean) }
    if types.contains("null") { result.insert(.null) }
    return result
  }

  private func scalar(_ kind: JSONKind) -> OpenAPIScalars {
    switch kind {
    case .integer, .decimal: .number
    case .true, .false: .boolean
    case .null: .null
    case .string, .key, .array, .object: .string
    }
  }

  /// An array or object beats scalars; of scalars, all are possible.
  private func joined(_ shapes: [OpenAPIShape]) -> OpenAPIShape {
    var all: OpenAPIScalars = []
    for shape in shapes {
      guard case .scalar(let scalars) = shape else { return shape }
      all.formUnion(scalars)
    }
    return .scalar(all.isEmpty ? .string : all)
  }
}
