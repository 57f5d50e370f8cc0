import CYaml
import SchemaValidation

/// The events of a YAML text, one after another. The parser lives on the heap and is freed by `close`.
struct YAMLEvents {
  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  private var isReady = false
  private var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)

  /// - Parameter bytes: must stay where they are until `close`.
  mutating func open(_ bytes: UnsafeBufferPointer<UInt8>) {
    text = bytes
    parser.initialize(to: yaml_parser_t())
    isReady = yaml_parser_initialize(parser) == 1
    if isReady { yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count) }
  }

  /// Gives the next event to `body`.
  /// - Returns: false at the end of the text.
  /// - Throws: what is wrong with the YAML, with its place; what `body` throws.
  func next(_ body: (yaml_event_t) throws(SchemaError) -> Void, name: String) throws(SchemaError) -> Bool {
    var event = yaml_event_t()
    guard isReady, yaml_parser_parse(parser, &event) == 1 else { throw problem(name) }
    defer { yaml_event_delete(&event) }
    try body(event)
    return event.type != YAML_STREAM_END_EVENT
  }

  mutating func close() {
    if isReady { yaml_parser_delete(parser) }
    parser.deallocate()
  }

  private func problem(_ name: String) -> SchemaError {
    guard isReady else {
      return SchemaError("not YAML: out of memory", document: name, pointer: "", at: SourcePosition(line: 1, column: 1))
    }
    var message = parser.pointee.problem.map { String(cString: $0) } ?? "the parser stopped"
    if let context = parser.pointee.context { message += " " + String(cString: context) }
    let isUnreadable = parser.pointee.error == YAML_READER_ERROR
    return SchemaError(
      "not YAML: \(message)", document: name, pointer: "",
      at: isUnreadable ? place(Int(parser.pointee.problem_offset)) : YAMLText.position(parser.pointee.problem_mark))
  }

  /// Of a byte that is no part of any YAML text: for those the parser counts no lines.
  private func place(_ offset: Int) -> SourcePosition {
    let before = text.prefix(offset)
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return SourcePosition(line: before.count { $0 == 0x0A } + 1, column: before.count - start + 1)
  }
}
