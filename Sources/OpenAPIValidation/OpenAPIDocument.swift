import SchemaValidation

/// An OpenAPI document (3.0 or 3.1), read, checked and ready to find operations in. Immutable; safe from any task.
///
/// Schemas are compiled twice where both directions use them, since `readOnly` and `writeOnly` depend on the direction.
public struct OpenAPIDocument: Sendable {
  public enum Version: Sendable { case v30, v31 }

  public var version: Version
  /// Paths of the servers' URLs, without a slash at the end; one empty path if there is no server.
  public var basePaths: [String]
  public var operations: [OpenAPIOperation]
  /// What stands in the document and is not enforced, with its place. Nobody should think that it is.
  public var notes: [OpenAPINote]
  public var router: OpenAPIRouter

  /// - Parameters:
  ///   - text: the document as JSON.
  ///   - uri: where it was found; schemas may refer to `documents` relative to it.
  /// - Throws: `SchemaError` with the place of the first mistake. A document that is wrong in part is refused as a whole: leaving
  ///   out an operation would let its requests pass unseen.
  public init(
    _ text: [UInt8], uri: String = "", documents: SchemaDocuments = SchemaDocuments(), options: OpenAPIOptions = OpenAPIOptions()
  ) throws(SchemaError) {
    let document = try SchemaDocument(text, uri: uri)
    var reader = try OpenAPIReader(document)
    try reader.readPaths()
    let isVersion30 = reader.version == .v30
    func compile(_ nodes: [Int], _ direction: OpenAPISchemaOptions.Direction) throws(SchemaError) -> [CompiledSchema] {
      let openAPI = OpenAPISchemaOptions(
        isVersion30: isVersion30, direction: direction,
        refusesOtherDirection: direction == .request ? options.refusesReadOnlyInRequest : options.refusesWriteOnlyInResponse)
      return try CompiledSchema.compile(
        document, nodes: nodes, documents: documents, options: SchemaOptions(assertsFormats: options.assertsFormats, openAPI: openAPI))
    }
    let requestSchemas = try compile(reader.requestNodes, .request)
    let responseSchemas = try compile(reader.responseNodes, .response)
    version = reader.version
    basePaths = reader.basePaths
    operations = reader.operations.map { $0.resolved(requestSchemas, responseSchemas) }
    notes = reader.notes
    router = try OpenAPIRouter(reader.routes, basePaths: reader.basePaths, document: document)
  }
}

/// How a document is read.
public struct OpenAPIOptions: Sendable, Equatable {
  /// Default true: in an OpenAPI document a `format` is meant.
  public var assertsFormats = true
  /// Default false, as in `OpenAPISchemaOptions`.
  public var refusesReadOnlyInRequest = false
  /// Default true: a `writeOnly` member in a response, such as a password, is a leak.
  public var refusesWriteOnlyInResponse = true

  public init() {}
}

/// Something of a document that is not enforced.
public struct OpenAPINote: Sendable, Equatable {
  public var message: String
  /// JSON Pointer into the document.
  public var pointer: String
  public var line: Int
}
