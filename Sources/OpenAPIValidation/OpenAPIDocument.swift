import SchemaValidation

/// An OpenAPI document (3.0 or 3.1), read, checked and ready to find operations in. Immutable; safe from any task.
///
/// Schemas are compiled for each direction where `readOnly` or `writeOnly` make a difference between them; and those of bodies once more
/// in a closed form, which finds members that nobody declared.
public struct OpenAPIDocument: Sendable {
  public enum Version: Sendable { case v30, v31 }

  public var version: Version
  /// Paths of the document's servers' URLs, without a slash at the end; one empty path if there is no server.
  public var basePaths: [String]
  public var operations: [OpenAPIOperation]
  /// What stands in the document and is not enforced, with its place. Nobody should think that it is.
  public var notes: [OpenAPINote]
  public var router: OpenAPIRouter

  /// - Parameters:
  ///   - text: the document as JSON.
  ///   - uri: where it was found; references are relative to it.
  ///   - documents: what it may refer to. Nothing else is looked up.
  /// - Throws: `SchemaErrors` with the place of every mistake. A document that is wrong in part is refused as a whole: leaving
  ///   out an operation would let its requests pass unseen.
  public init(
    _ text: [UInt8], uri: String = "", documents: SchemaDocuments = SchemaDocuments(), options: OpenAPIOptions = OpenAPIOptions()
  ) throws(SchemaErrors) {
    let document: SchemaDocument
    do throws(SchemaError) { document = try SchemaDocument(text, uri: uri) } catch { throw SchemaErrors([error]) }
    try self.init(document, documents: documents, options: options)
  }

  package init(_ document: SchemaDocument, documents: SchemaDocuments, options: OpenAPIOptions) throws(SchemaErrors) {
    var documents = documents
    documents.add(document)
    let hasWriteOnly = documents.all.contains { $0.hasName("writeOnly") }
    let hasDirections = hasWriteOnly || documents.all.contains { $0.hasName("readOnly") }
    let reader = OpenAPIReader(document, documents: documents, hasDirections: hasDirections)
    var errors = reader.errors
    for file in documents.all { errors += file.duplicates }
    func compile(_ nodes: [OpenAPINode], _ direction: OpenAPISchemaOptions.Direction, isClosed: Bool) -> ([CompiledSchema], [SchemaError]) {
      let openAPI = OpenAPISchemaOptions(
        isVersion30: reader.version == .v30, direction: direction, refusesOtherDirection: isClosed,
        closesObjects: isClosed && direction == .request)
      do throws(SchemaErrors) {
        return try CompiledSchema.compile(
          nodes.map { (reader.files.list[$0.file], $0.node) }, documents: documents,
          options: SchemaOptions(assertsFormats: options.assertsFormats, openAPI: openAPI))
      } catch {
        errors += error.list.filter { !errors.contains($0) }
        return ([], [])
      }
    }
    let (request, requestNotes) = compile(reader.requestNodes, .request, isClosed: false)
    let (response, responseNotes) = hasDirections ? compile(reader.responseNodes, .response, isClosed: false) : (request, [])
    var router = OpenAPIRouter()
    for route in reader.routes {
      do throws(SchemaError) { try router.add(route) } catch { errors.append(error) }
    }
    guard errors.isEmpty else { throw SchemaErrors(errors) }
    router.finish()
    func closed(_ nodes: [OpenAPINode], _ numbers: Set<Int>, _ direction: OpenAPISchemaOptions.Direction) -> [Int: CompiledSchema] {
      let numbers = numbers.sorted()
      let schemas = compile(numbers.map { nodes[$0] }, direction, isClosed: true).0
      return schemas.isEmpty ? [:] : Dictionary(uniqueKeysWithValues: zip(numbers, schemas))
    }
    let requestBodies = Set(reader.operations.flatMap { $0.bodySchemas.compactMap { $0 } })
    let requestSet = OpenAPISchemaSet(plain: request, closed: closed(reader.requestNodes, requestBodies, .request))
    // For responses the closed form differs only where something is write-only.
    let responseBodies =
      hasWriteOnly ? Set(reader.operations.flatMap { $0.responseSchemas.values.flatMap { $0.content.compactMap { $0 } } }) : []
    let responseSet = OpenAPISchemaSet(plain: response, closed: closed(reader.responseNodes, responseBodies, .response))
    guard errors.isEmpty else { throw SchemaErrors(errors) }
    version = reader.version
    basePaths = reader.basePaths
    operations = reader.operations.map { $0.resolved(requestSet, responseSet) }
    notes = reader.notes
    // Both directions say the same of most schemas.
    var known = Set(notes)
    for note in (requestNotes + responseNotes).map({ OpenAPINote($0) }) where known.insert(note).inserted { notes.append(note) }
    self.router = router
  }
}

/// How a document is read.
public struct OpenAPIOptions: Sendable, Equatable {
  /// Default true: in an OpenAPI document a `format` is meant.
  public var assertsFormats = true

  public init() {}
}

/// Something of a document that is not enforced.
public struct OpenAPINote: Sendable, Hashable, CustomStringConvertible {
  public var message: String
  /// The file, as it was named.
  public var document: String
  /// JSON Pointer into the file.
  public var pointer: String
  public var line: Int
  public var column: Int

  init(_ place: SchemaError) {
    message = place.message
    document = place.document
    pointer = place.pointer
    line = place.line
    column = place.column
  }

  public var description: String { "\(document.isEmpty ? "" : document + ":")\(line):\(column): \(message)" }
}
