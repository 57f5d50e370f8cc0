import CYaml
import SchemaValidation

/// Turns a YAML document into JSON text, with the line and column of every name and value.
///
/// Most documents are simple enough for `YAMLBlockReader`. The others are written from the events of the general parser, without a tree in
/// between: that tree cost twice what parsing did.
package struct YAMLText {
  package private(set) var json: [UInt8] = []
  /// In the order in which a reader of the JSON text meets names and values.
  package private(set) var positions: [SourcePosition] = []
  private let name: String

  /// Aliases are written out where they stand: a few lines could otherwise stand for terabytes.
  private let maximumBytes: Int
  /// The parser itself stops at a thousand.
  private static let maximumDepth = 200

  /// A collection that is being written.
  private struct Level {
    let isMapping: Bool
    /// Names and values of a mapping, or elements of a sequence.
    var count = 0
    let anchor: Anchor?
  }

  /// What an anchor stands for: its part of the text, and of the positions. The ends are set when the node has ended.
  private struct Anchor {
    let name: String
    let json: Int
    let position: Int
  }

  private var levels: [Level] = []
  private var anchors: [String: (json: Range<Int>, positions: Range<Int>)] = [:]
  private var documents = 0

  /// - Parameters:
  ///   - name: of the file, for errors.
  ///   - isGeneral: goes by the general parser alone.
  package init(_ text: [UInt8], name: String, isGeneral: Bool = false) throws(SchemaError) {
    self.name = name
    maximumBytes = (1 << 20) + text.count * 8
    if !isGeneral, let simple = YAMLBlockReader.read(text) {
      (json, positions) = simple
      return
    }
    json.reserveCapacity(text.count + text.count / 8)
    positions.reserveCapacity(text.count / 12)
    var parser = YAMLEvents()
    defer { parser.close() }
    var problem: SchemaError?
    text.withUnsafeBufferPointer { bytes in
      parser.open(bytes)
      do throws(SchemaError) {
        while try parser.next({ event throws(SchemaError) in try take(event) }, name: name) {}
      } catch {
        problem = error
      }
    }
    if let problem { throw problem }
    if documents == 0 {
      throw SchemaError("the file is empty", document: name, pointer: "", at: SourcePosition(line: 1, column: 1))
    }
  }

  // MARK: Events

  private mutating func take(_ event: yaml_event_t) throws(SchemaError) {
    switch event.type {
    case YAML_DOCUMENT_START_EVENT:
      documents += 1
      if documents > 1 { throw error("the file holds more than one document", at: event) }
    case YAML_SCALAR_EVENT: try scalar(event)
    case YAML_ALIAS_EVENT: try alias(event)
    case YAML_SEQUENCE_START_EVENT:
      try begin(event, isMapping: false, anchor: event.data.sequence_start.anchor)
      json.append(UInt8(ascii: "["))
    case YAML_MAPPING_START_EVENT:
      try begin(event, isMapping: true, anchor: event.data.mapping_start.anchor)
      json.append(UInt8(ascii: "{"))
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
      let level = levels.removeLast()
      json.append(level.isMapping ? UInt8(ascii: "}") : UInt8(ascii: "]"))
      if let anchor = level.anchor { keep(anchor) }
    default: break
    }
  }

  private mutating func begin(
    _ event: yaml_event_t, isMapping: Bool, anchor: UnsafeMutablePointer<yaml_char_t>?
  ) throws(SchemaError) {
    if isName { throw error("a name must be a plain text", at: event) }
    guard levels.count < Self.maximumDepth else { throw error("nested too deeply", at: event) }
    separate()
    levels.append(Level(isMapping: isMapping, anchor: anchor.map { self.anchor($0) }))
    positions.append(Self.position(event.start_mark))
  }

  private mutating func scalar(_ event: yaml_event_t) throws(SchemaError) {
    let scalar = event.data.scalar
    let text = UnsafeBufferPointer(start: scalar.value, count: Int(scalar.length))
    let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
    let isName = isName
    if isName, isPlain, text.elementsEqual("<<".utf8) { throw error("merge keys (<<) are no part of YAML 1.2", at: event) }
    separate()
    let anchor = scalar.anchor.map { self.anchor($0) }
    positions.append(Self.position(event.start_mark))
    // `200:` is the name "200", and `!!str 200` is a string.
    let isText = scalar.tag.map { Self.text($0) == "tag:yaml.org,2002:str" } ?? false
    if isPlain, !isName, !isText, YAMLScalar.isMoreThanText(text), let value = YAMLScalar.json(String(decoding: text, as: UTF8.self)) {
      json += value
    } else {
      quote(text)
    }
    if let anchor { keep(anchor) }
  }

  private mutating func alias(_ event: yaml_event_t) throws(SchemaError) {
    let label = Self.text(event.data.alias.anchor)
    guard let target = anchors[label] else { throw error("the alias has no anchor before it", at: event) }
    if isName, json[target.json.lowerBound] != UInt8(ascii: "\"") { throw error("a name must be a plain text", at: event) }
    guard json.count + target.json.count <= maximumBytes else {
      throw error("the aliases of this file stand for too much text", at: event)
    }
    separate()
    json += json[target.json]
    positions += positions[target.positions]
  }

  // MARK: Text

  /// Whether the name of a member comes next.
  private var isName: Bool { levels.last.map { $0.isMapping && $0.count % 2 == 0 } ?? false }

  /// Writes what stands before the next name or value.
  private mutating func separate() {
    guard let last = levels.indices.last else { return }
    if levels[last].isMapping, levels[last].count % 2 == 1 {
      json.append(UInt8(ascii: ":"))
    } else if levels[last].count > 0 {
      json.append(UInt8(ascii: ","))
    }
    levels[last].count += 1
  }

  private func anchor(_ label: UnsafeMutablePointer<yaml_char_t>) -> Anchor {
    Anchor(name: Self.text(label), json: json.count, position: positions.count)
  }

  /// A later anchor of the same name takes its place (YAML 1.2, section 7.1).
  private mutating func keep(_ anchor: Anchor) {
    anchors[anchor.name] = (anchor.json..<json.count, anchor.position..<positions.count)
  }

  private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
    json.append(UInt8(ascii: "\""))
    var rest = text[...]
    while let stop = rest.firstIndex(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
      json += rest[..<stop]
      let byte = rest[stop]
      if byte == 0x0A {
        json += "\\n".utf8
      } else if byte < 0x20 {
        json += "\\u00".utf8
        for digit in [byte >> 4, byte & 15] { json.append(digit < 10 ? digit + 0x30 : digit + 0x57) }
      } else {
        json.append(UInt8(ascii: "\\"))
        json.append(byte)
      }
      rest = rest[(stop + 1)...]
    }
    json += rest
    json.append(UInt8(ascii: "\""))
  }

  // MARK: Places

  static func position(_ mark: yaml_mark_t) -> SourcePosition { SourcePosition(line: Int(mark.line) + 1, column: Int(mark.column) + 1) }

  private static func text(_ label: UnsafeMutablePointer<yaml_char_t>) -> String { String(cString: label) }

  private func error(_ message: String, at event: yaml_event_t) -> SchemaError {
    SchemaError(message, document: name, pointer: "", at: Self.position(event.start_mark))
  }
}
