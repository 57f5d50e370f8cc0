/// The documents that schemas may refer to, beside the meta-schemas, which are always there. Nothing is ever fetched.
///
/// A value. `add` does not look into a document beyond its being JSON: one that is never referred to does no harm.
public struct SchemaDocuments: Sendable {
  private var byURI: [String: SchemaDocument] = [:]

  public init() {}

  /// Hands in a document under its absolute URI; a fragment is cut off. A later one under the same URI replaces the earlier.
  /// - Throws: `SchemaError` if the text is not JSON.
  public mutating func add(_ text: [UInt8], uri: String) throws(SchemaError) {
    let uri = URIReference(uri).absolute
    byURI[uri] = try SchemaDocument(text, uri: uri)
  }

  /// Hands in a document under the `$id` at its root (`id` in draft 4), which must be absolute.
  /// - Parameter name: of the file, for errors.
  /// - Throws: `SchemaError` if the text is not JSON, or has no such `$id`.
  public mutating func add(_ text: [UInt8], identifiedAs name: String) throws(SchemaError) {
    let document = try SchemaDocument(text, uri: name)
    guard let node = document.member("$id", of: 0) ?? document.member("id", of: 0), document.view.kind(node) == .string,
      URIReference(document.string(node)).scheme != nil
    else {
      throw document.error("the document has no absolute $id at its root; hand it in as URI=FILE", at: 0)
    }
    try add(text, uri: document.string(node))
  }

  /// Hands in a document under its own URI.
  package mutating func add(_ document: SchemaDocument) { byURI[document.uri] = document }

  /// Every document handed in, by URI.
  package var all: [SchemaDocument] { byURI.sorted { $0.key < $1.key }.map(\.value) }

  /// The document, or the meta-schema, of that name.
  package func document(_ uri: String) -> SchemaDocument? { byURI[uri] ?? Self.metaSchemas[uri] }

  private static let metaSchemas: [String: SchemaDocument] = {
    var documents: [String: SchemaDocument] = [:]
    for schema in MetaSchema.all {
      // Ours, and read by a test.
      documents[schema.uri] = try? SchemaDocument(schema.bytes, uri: schema.uri)
    }
    return documents
  }()
}
