import BodyDecoding

/// A JSON document that holds schemas: its bytes, and the tape over them. Immutable after `init`.
package final class SchemaDocument: @unchecked Sendable {
  /// Where it was found, without a fragment; empty if nobody said.
  package let uri: String
  package let view: JSONView
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  // `@unchecked`: nothing is read into the tape after `init`.
  private let tape: JSONTape

  package init(_ text: [UInt8], uri: String) throws(SchemaError) {
    self.uri = uri
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
      throw SchemaError("not JSON: \(error.message)", document: uri, pointer: "", offset: error.offset, in: read)
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

  /// An error at a node.
  package func error(_ message: String, at node: Int) -> SchemaError {
    // Where escapes were decoded the place in the text is lost: say that of the value before it.
    var nearest = node
    while nearest > 0, view.offset(nearest) == 0 { nearest -= 1 }
    return SchemaError(
      message, document: uri, pointer: JSONPointer.text(to: node, in: view), offset: view.offset(nearest), in: UnsafeBufferPointer(bytes))
  }
}
