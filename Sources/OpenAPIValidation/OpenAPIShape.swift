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
}

/// What a parameter's schema expects, as far as it must be known to read the text on the wire: `5` may be a number or a string.
public indirect enum OpenAPIShape: Sendable, Equatable {
  case scalar(OpenAPIScalars)
  case array(OpenAPIShape)
  case object([String: OpenAPIShape])
}

extension OpenAPIReader {
  /// Reads the shape off the keywords; a schema that says nothing expects a string.
  func shape(_ node: Int, depth: Int = 0) -> OpenAPIShape {
    guard depth < 8, let node = try? dereferenced(node), document.view.kind(node) == .object else { return .scalar(.string) }
    var types: Set<String> = []
    if let type = document.member("type", of: node) {
      let list = document.view.kind(type) == .array ? document.elements(of: type) : [type]
      types = Set(list.filter { document.view.kind($0) == .string }.map(document.string))
    }
    if types.contains("array") || (types.isEmpty && document.member("items", of: node) != nil) {
      return .array(document.member("items", of: node).map { shape($0, depth: depth + 1) } ?? .scalar(.string))
    }
    if types.contains("object") || (types.isEmpty && document.member("properties", of: node) != nil) {
      return .object(properties(node, depth: depth))
    }
    if !types.isEmpty { return .scalar(scalars(types)) }
    for name in ["allOf", "oneOf", "anyOf"] {
      guard let list = document.member(name, of: node) else { continue }
      return joined(document.elements(of: list).map { shape($0, depth: depth + 1) })
    }
    let constants = document.member("enum", of: node).map(document.elements) ?? document.member("const", of: node).map { [$0] } ?? []
    let kinds = constants.map { scalar(document.view.kind($0)) }
    return .scalar(kinds.isEmpty ? .string : OpenAPIScalars(kinds))
  }

  private func properties(_ node: Int, depth: Int) -> [String: OpenAPIShape] {
    var result: [String: OpenAPIShape] = [:]
    if let list = document.member("allOf", of: node) {
      for element in document.elements(of: list) {
        if case .object(let more) = shape(element, depth: depth + 1) { result.merge(more) { old, _ in old } }
      }
    }
    if let list = document.member("properties", of: node) {
      for (key, value) in document.children(of: list) {
        if let key { result[document.string(key)] = shape(value, depth: depth + 1) }
      }
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
