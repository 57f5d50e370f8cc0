import BodyDecoding
import SchemaValidation

/// A value in one of the files of an OpenAPI document.
struct OpenAPINode: Equatable {
  /// Index in `OpenAPIFiles.list`; 0 is the file that was named.
  var file: Int
  var node: Int

  static let root = OpenAPINode(file: 0, node: 0)

  /// For tables.
  var key: Int { file << 40 | node }
}

/// The files of one OpenAPI document, taken in as something refers to them.
struct OpenAPIFiles {
  private let supply: SchemaDocuments
  private(set) var list: [SchemaDocument]
  private var indexByURI: [String: Int]
  /// Where references lead to: the same few components are referred to hundreds of times.
  private var targets: [Reference: OpenAPINode] = [:]

  private struct Reference: Hashable {
    let file: Int
    let text: String
  }

  init(_ root: SchemaDocument, supply: SchemaDocuments) {
    self.supply = supply
    list = [root]
    indexByURI = [root.uri: 0]
  }

  /// What a `$ref` in `node` refers to (OpenAPI 3.1, "Reference Object"; RFC 6901 section 6).
  mutating func resolve(_ text: String, at node: OpenAPINode) throws(SchemaError) -> OpenAPINode {
    let reference = Reference(file: node.file, text: text)
    if let known = targets[reference] { return known }
    let target = try find(text, at: node)
    targets[reference] = target
    return target
  }

  private mutating func find(_ text: String, at node: OpenAPINode) throws(SchemaError) -> OpenAPINode {
    let document = list[node.file]
    var file = node.file
    var fragment = text.dropFirst()
    // Most references stay within their file.
    if text.utf8.first != UInt8(ascii: "#") {
      let reference = URIReference(text).resolved(against: URIReference(document.uri))
      file = try self.file(reference.absolute, text, at: node)
      fragment = Substring(reference.fragment ?? "")
    }
    guard let parts = JSONPointer.parts(URIReference.percentDecoded(String(fragment))) else {
      throw document.error("\"\(text)\" has no JSON Pointer after the #", at: node.node)
    }
    var target = 0
    let other = list[file]
    for part in parts {
      var next = other.member(part, of: target)
      if other.view.kind(target) == .array, let index = Int(part) {
        let elements = other.elements(of: target)
        next = elements.indices.contains(index) ? elements[index] : nil
      }
      guard let next else { throw document.error("there is nothing at \"\(text)\"", at: node.node) }
      target = next
    }
    return OpenAPINode(file: file, node: target)
  }

  /// The number of a file, which is taken in if it is new.
  private mutating func file(_ uri: String, _ text: String, at node: OpenAPINode) throws(SchemaError) -> Int {
    if let known = indexByURI[uri] { return known }
    guard let found = supply.document(uri) else {
      throw list[node.file].error("\"\(text)\" refers to a document that cannot be read or was not given", at: node.node)
    }
    list.append(found)
    indexByURI[uri] = list.count - 1
    return list.count - 1
  }
}
