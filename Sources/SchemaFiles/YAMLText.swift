import SchemaValidation
import Yams

/// Turns a YAML document into JSON text, with the line and column of every name and value.
struct YAMLText {
  private(set) var json: [UInt8] = []
  /// In the order in which a reader of the JSON text meets names and values.
  private(set) var positions: [SourcePosition] = []
  private let name: String

  /// Aliases are written out where they stand: a few lines could otherwise stand for terabytes.
  private let maximumBytes: Int
  /// The parser itself stops at a thousand.
  private static let maximumDepth = 200

  /// - Parameter name: of the file, for errors.
  init(_ text: [UInt8], name: String) throws(SchemaError) {
    self.name = name
    maximumBytes = (1 << 20) + text.count * 8
    let root: Node?
    do {
      // What scalars mean is decided here; the parser's own rules, those of YAML 1.1, would cost half of the reading.
      root = try Yams.compose(yaml: String(decoding: text, as: UTF8.self), .basic)
    } catch {
      throw Self.error(error, name)
    }
    guard let root else {
      throw SchemaError("the file is empty", document: name, pointer: "", at: SourcePosition(line: 1, column: 1))
    }
    try write(root, depth: 0)
  }

  private mutating func write(_ node: Node, depth: Int) throws(SchemaError) {
    guard depth < Self.maximumDepth else { throw error("nested too deeply", at: node) }
    guard json.count < maximumBytes else { throw error("the aliases of this file stand for too much text", at: node) }
    positions.append(position(node))
    switch node {
    case .scalar(let scalar): write(scalar)
    case .sequence(let sequence):
      json.append(UInt8(ascii: "["))
      for (index, element) in sequence.enumerated() {
        if index > 0 { json.append(UInt8(ascii: ",")) }
        try write(element, depth: depth + 1)
      }
      json.append(UInt8(ascii: "]"))
    case .mapping(let mapping):
      json.append(UInt8(ascii: "{"))
      for (index, pair) in mapping.enumerated() {
        if index > 0 { json.append(UInt8(ascii: ",")) }
        // `200:` is the name "200".
        guard case .scalar(let key) = pair.key else { throw error("a name must be a plain text", at: pair.key) }
        if key.string == "<<", key.style == .plain { throw error("merge keys (<<) are no part of YAML 1.2", at: pair.key) }
        positions.append(position(pair.key))
        quote(key.string)
        json.append(UInt8(ascii: ":"))
        try write(pair.value, depth: depth + 1)
      }
      json.append(UInt8(ascii: "}"))
    case .alias: throw error("the alias has no anchor", at: node)
    }
  }

  private mutating func write(_ scalar: Node.Scalar) {
    if scalar.style == .plain || scalar.style == .any, let value = YAMLScalar.json(scalar.string) {
      json += value
    } else {
      quote(scalar.string)
    }
  }

  private mutating func quote(_ text: String) {
    json.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        json.append(UInt8(ascii: "\\"))
        json.append(byte)
      case 0..<0x20:
        json += Array("\\u00".utf8)
        for digit in [byte >> 4, byte & 15] { json.append(digit < 10 ? digit + 0x30 : digit + 0x57) }
      default: json.append(byte)
      }
    }
    json.append(UInt8(ascii: "\""))
  }

  // MARK: Places

  private func position(_ node: Node) -> SourcePosition { SourcePosition(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1) }

  private func error(_ message: String, at node: Node) -> SchemaError {
    SchemaError(message, document: name, pointer: "", at: position(node))
  }

  private static func error(_ error: any Error, _ name: String) -> SchemaError {
    func make(_ message: String, _ mark: Mark?) -> SchemaError {
      SchemaError(message, document: name, pointer: "", at: SourcePosition(line: mark?.line ?? 1, column: mark?.column ?? 1))
    }
    guard let error = error as? YamlError else { return make("not YAML: \(error)", nil) }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
      return make("not YAML: \(problem)", mark)
    case .duplicatedKeysInMapping(let duplicates, let context):
      return make("a name stands twice: \(duplicates.map { "\($0)" }.joined(separator: ", "))", context.mark)
    default: return make("not YAML: \(error)", nil)
    }
  }
}
