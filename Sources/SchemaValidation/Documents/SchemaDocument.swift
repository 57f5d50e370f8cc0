import BodyDecoding

/// A JSON document that holds schemas: its bytes, and the tape over them. Immutable after `init`.
package final class SchemaDocument: @unchecked Sendable {
  /// Where it was found, without a fragment; empty if nobody said.
  package let uri: String
  /// As people know it, for messages; the URI if nobody said.
  package let name: String
  package let view: JSONView
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  // `@unchecked`: nothing is read into the tape after `init`.
  private let tape: JSONTape
  /// Where each node stood before the document became JSON; empty for a document that was JSON.
  private let positions: [SourcePosition]

  /// - Parameter positions: for a document that was not written as JSON: a place for each name and value, in their order.
  package init(_ text: [UInt8], uri: String, name: String? = nil, positions: [SourcePosition] = []) throws(SchemaError) {
    self.uri = uri
    self.name = name ?? uri
    self.positions = positions
    bytes = .allocate(capacity: max(text.count, 1))
    _ = bytes.initialize(from: text + (text.isEmpty ? [0] : []))
    // The operator's own file: published API descriptions reach 10 MB.
    var limits = JSONTapeLimits()
    limits.maximumBytes = 64 << 20
    limits.maximumNodes = 8_000_000
    tape = JSONTape(limits: limits)
    let read = UnsafeBufferPointer(start: bytes.baseAddress, count: text.count)
    let error = tape.read(read)
    view = tape.view
    if let error {
      throw SchemaError("not JSON: \(error.message)", document: self.name, pointer: "", offset: error.offset, in: read)
    }
  }

  deinit { bytes.deallocate() }

  /// The text of a string or name.
  package func string(_ node: Int) -> String { String(decoding: view.text(node), as: UTF8.self) }

  /// The value of a member; the last one, if the name occurs twice.
  package func member(_ name: String, of node: Int) -> Int? {
    guard view.kind(node) == .object else { return nil }
    var name = name
    return name.withUTF8 { view.member($0, hash: JSONHash.hash($0), of: node) }
  }

  /// Names and values of an object, or elements of an array under their index, in the order of the text.
  package func children(of node: Int) -> [(key: Int?, value: Int)] {
    let kind = view.kind(node)
    guard kind == .object || kind == .array else { return [] }
    var list: [(key: Int?, value: Int)] = []
    let end = view.next(node)
    var next = node + 1
    while next < end {
      let value = kind == .object ? next + 1 : next
      list.append((kind == .object ? next : nil, value))
      next = view.next(value)
    }
    return list
  }

  package func elements(of node: Int) -> [Int] { children(of: node).map(\.value) }

  /// Whether any object has a member of this name.
  package func hasName(_ name: String) -> Bool {
    var name = name
    return name.withUTF8 { name in
      let hash = JSONHash.hash(name)
      return (0..<view.count).contains { view.kind($0) == .key && view.keyHash($0) == hash && JSONHash.isEqual(view.text($0), name) }
    }
  }

  /// Names that stand twice in an object: what they mean depends on who reads them.
  package var duplicates: [SchemaError] {
    (0..<view.count).filter { view.kind($0) == .object && view.hasDuplicateKeys($0) }.map {
      error("a name stands twice in this object", at: $0)
    }
  }

  /// An error at a node.
  package func error(_ message: String, at node: Int) -> SchemaError {
    if node < positions.count {
      return SchemaError(message, document: name, pointer: JSONPointer.text(to: node, in: view), at: positions[node])
    }
    // Where escapes were decoded the place in the text is lost: say that of the value before it.
    var nearest = node
    while nearest > 0, view.offset(nearest) == 0 { nearest -= 1 }
    return SchemaError(
      message, document: name, pointer: JSONPointer.text(to: node, in: view), offset: view.offset(nearest), in: UnsafeBufferPointer(bytes))
  }
}
