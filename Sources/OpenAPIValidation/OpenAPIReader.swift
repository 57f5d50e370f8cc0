import BodyDecoding
import SchemaValidation

/// Walks an OpenAPI document and the files that it refers to. Mistakes are collected: each part stands for itself, so that all of them
/// are named in one reading.
struct OpenAPIReader {
  private(set) var files: OpenAPIFiles
  private(set) var version = OpenAPIDocument.Version.v31
  var operations: [DraftOperation] = []
  var routes: [DraftRoute] = []
  var notes: [OpenAPINote] = []
  private(set) var errors: [SchemaError] = []
  var basePaths: [String] = [""]
  /// Schemas, by direction, in the order in which drafts number them.
  private(set) var requestNodes: [OpenAPINode] = []
  private(set) var responseNodes: [OpenAPINode] = []
  private var requestIndex: [Int: Int] = [:]
  private var responseIndex: [Int: Int] = [:]
  /// What was read before: a few answers and parameters are referred to by nearly every operation.
  var knownResponses: [Int: DraftResponse] = [:]
  var knownParameters: [Int: (OpenAPIParameter, OpenAPINode?)] = [:]

  private static let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]
  /// More mistakes than these help nobody.
  private static let maximumErrors = 200

  /// Whether schemas mean different things in requests and responses.
  private let hasDirections: Bool

  init(_ document: SchemaDocument, documents: SchemaDocuments, hasDirections: Bool) {
    self.hasDirections = hasDirections
    files = OpenAPIFiles(document, supply: documents)
    attempt { reader throws(SchemaError) in
      try reader.readVersion()
      reader.readParts()
    }
  }

  private mutating func readVersion() throws(SchemaError) {
    guard kind(.root) == .object else { throw error("an OpenAPI document must be an object", at: .root) }
    guard let node = member("openapi", of: .root), kind(node) == .string else {
      let isSwagger = member("swagger", of: .root) != nil
      throw error(isSwagger ? "OpenAPI 2.0 (Swagger) is not supported" : "this is no OpenAPI document: it has no \"openapi\"", at: .root)
    }
    let text = text(node)
    if text.hasPrefix("3.0.") {
      version = .v30
    } else if text.hasPrefix("3.1.") {
      version = .v31
    } else {
      throw error("OpenAPI \(text) is not supported, only 3.0 and 3.1", at: node)
    }
  }

  private mutating func readParts() {
    checkFields(.root, .document)
    attempt { reader throws(SchemaError) in try reader.readInformation() }
    attempt { reader throws(SchemaError) in
      if let list = reader.member("servers", of: .root) { reader.basePaths = try reader.servers(list) }
    }
    if let webhooks = member("webhooks", of: .root) { note("webhooks are not checked: they do not come in through the API", at: webhooks) }
    if let dialect = member("jsonSchemaDialect", of: .root),
      !["https://spec.openapis.org/oas/3.1/dialect/base", "https://json-schema.org/draft/2020-12/schema"].contains(text(dialect))
    {
      note("schemas are read as JSON Schema 2020-12, whatever \"jsonSchemaDialect\" says", at: dialect)
    }
    attempt { reader throws(SchemaError) in try reader.readComponents() }
    guard let paths = member("paths", of: .root) else {
      if version == .v30 { report(error("an OpenAPI 3.0 document must have \"paths\"", at: .root)) }
      return
    }
    attempt { reader throws(SchemaError) in
      for (key, value) in try reader.members(paths) where !reader.text(key).hasPrefix("x-") {
        reader.attempt { reader throws(SchemaError) in
          let template = reader.text(key)
          guard template.hasPrefix("/") else { throw reader.error("a path must begin with a slash", at: key) }
          try reader.readPath(template, try reader.dereferenced(value), key)
        }
      }
    }
  }

  private func readInformation() throws(SchemaError) {
    guard let node = member("info", of: .root) else { throw error("the document must have \"info\"", at: .root) }
    guard try string("title", of: node) != nil, try string("version", of: node) != nil else {
      throw error("\"info\" must have \"title\" and \"version\"", at: node)
    }
  }

  /// Names of the kinds of components; what is in them is read where it is referred to.
  private mutating func readComponents() throws(SchemaError) {
    guard let node = member("components", of: .root) else { return }
    checkFields(node, .components)
    for (_, list) in try members(node) where kind(list) != .object { throw error("an object is expected", at: list) }
    // A schema that nothing refers to is held to the same rules: its mistakes are mistakes.
    guard let schemas = member("schemas", of: node) else { return }
    for (key, value) in try members(schemas) {
      let name = text(key)
      guard
        name.utf8.allSatisfy({
          $0 < 0x80 && (Character(UnicodeScalar($0)).isLetter || Character(UnicodeScalar($0)).isNumber || "._-".utf8.contains($0))
        })
      else {
        report(error("\"\(name)\" is no name of a component: letters, digits, dots, dashes and underscores", at: key))
        continue
      }
      _ = requestSchema(value)
    }
  }

  private mutating func readPath(_ template: String, _ item: OpenAPINode, _ key: OpenAPINode) throws(SchemaError) {
    var shared: [OpenAPINode] = []
    if let list = member("parameters", of: item) { shared = try parameterList(list) }
    var bases = basePaths
    if let list = member("servers", of: item) { bases = try servers(list) }
    for (key, value) in try members(item) {
      let name = text(key)
      switch name {
      case _ where Self.methods.contains(name):
        attempt { reader throws(SchemaError) in
          let index = reader.operations.count
          reader.operations.append(try reader.readOperation(name.uppercased(), template, value, shared))
          var own = bases
          if let list = reader.member("servers", of: value) { own = try reader.servers(list) }
          reader.routes.append(
            DraftRoute(template: template, basePaths: own, place: reader.error("", at: key), method: name.uppercased(), index: index))
        }
      case "summary", "description", "parameters", "$ref", "servers": continue
      case _ where name.hasPrefix("x-"): continue
      default: report(error("a path has no field \"\(name)\"", at: key))
      }
    }
  }

  private mutating func readOperation(
    _ method: String, _ template: String, _ node: OpenAPINode, _ shared: [OpenAPINode]
  ) throws(SchemaError) -> DraftOperation {
    guard kind(node) == .object else { throw error("an operation must be an object", at: node) }
    checkFields(node, .operation)
    if let callbacks = member("callbacks", of: node) { note("callbacks are not checked", at: callbacks) }
    var draft = DraftOperation(
      operation: OpenAPIOperation(
        method: method, path: template, operationID: try string("operationId", of: node), parameters: [], body: nil, responses: [:],
        security: [], isDeprecated: try boolean("deprecated", of: node) ?? false))
    attempt { reader throws(SchemaError) in draft.operation.security = try reader.security(of: node) }
    var own: [OpenAPINode] = []
    if let list = member("parameters", of: node) { own = try parameterList(list) }
    addParameters(shared: shared, own: own, to: &draft)
    attempt { reader throws(SchemaError) in try reader.checkTemplate(template, draft.operation, at: node) }
    if let body = member("requestBody", of: node) {
      attempt { reader throws(SchemaError) in try reader.addBody(try reader.dereferenced(body), to: &draft) }
    }
    guard let responses = member("responses", of: node) else {
      if version == .v30 { report(error("an operation must have \"responses\"", at: node)) }
      return draft
    }
    for (key, value) in try members(responses) where !text(key).hasPrefix("x-") {
      attempt { reader throws(SchemaError) in
        try reader.addResponse(reader.text(key), at: key, try reader.dereferenced(value), to: &draft)
      }
    }
    return draft
  }

  /// Every name in braces is a path parameter, and the other way round.
  private func checkTemplate(_ template: String, _ operation: OpenAPIOperation, at node: OpenAPINode) throws(SchemaError) {
    guard PathTemplate.segments(template) != nil else { throw error("the braces of the path \(template) do not match", at: node) }
    let names = PathTemplate.names(template)
    guard Set(names).count == names.count else { throw error("the path \(template) has a parameter twice", at: node) }
    let declared = Set(operation.parameters.filter { $0.place == .path }.map(\.name))
    if let missing = Set(names).subtracting(declared).sorted().first {
      throw error("the path parameter \"\(missing)\" is not declared", at: node)
    }
    if let extra = declared.subtracting(names).sorted().first {
      throw error("the path \(template) has no parameter \"\(extra)\"", at: node)
    }
  }

  // MARK: Schemas

  /// The number of a schema of requests; nil for none.
  mutating func requestSchema(_ node: OpenAPINode?) -> Int? {
    guard let node else { return nil }
    if let known = requestIndex[node.key] { return known }
    requestIndex[node.key] = requestNodes.count
    requestNodes.append(node)
    return requestNodes.count - 1
  }

  /// The same for responses; the number is one of requests where the direction makes no difference.
  mutating func responseSchema(_ node: OpenAPINode?) -> Int? {
    guard hasDirections else { return requestSchema(node) }
    guard let node else { return nil }
    if let known = responseIndex[node.key] { return known }
    responseIndex[node.key] = responseNodes.count
    responseNodes.append(node)
    return responseNodes.count - 1
  }

  // MARK: Mistakes

  mutating func report(_ error: SchemaError) {
    if errors.count < Self.maximumErrors, !errors.contains(error) { errors.append(error) }
  }

  /// Reads a part; a mistake in it does not stop the rest.
  mutating func attempt(_ body: (inout OpenAPIReader) throws(SchemaError) -> Void) {
    do throws(SchemaError) { try body(&self) } catch { report(error) }
  }

  mutating func note(_ message: String, at node: OpenAPINode) { notes.append(OpenAPINote(error(message, at: node))) }

  /// A name that the specification does not know is a slip of the pen, and what was meant by it would not be enforced.
  mutating func checkFields(_ node: OpenAPINode, _ known: OpenAPIFields) {
    guard kind(node) == .object else { return }
    let document = document(node)
    for (key, _) in document.children(of: node.node) {
      guard let key, !known.contains(document.view.text(key), version) else { continue }
      report(document.error("\(known.what) has no field \"\(document.string(key))\"", at: key))
    }
  }

  // MARK: Values

  func document(_ node: OpenAPINode) -> SchemaDocument { files.list[node.file] }
  func kind(_ node: OpenAPINode) -> JSONKind { document(node).view.kind(node.node) }
  func text(_ node: OpenAPINode) -> String { document(node).string(node.node) }
  func error(_ message: String, at node: OpenAPINode) -> SchemaError { document(node).error(message, at: node.node) }

  func member(_ name: String, of node: OpenAPINode) -> OpenAPINode? {
    document(node).member(name, of: node.node).map { OpenAPINode(file: node.file, node: $0) }
  }

  func elements(of node: OpenAPINode) -> [OpenAPINode] {
    document(node).elements(of: node.node).map { OpenAPINode(file: node.file, node: $0) }
  }

  func members(_ node: OpenAPINode) throws(SchemaError) -> [(key: OpenAPINode, value: OpenAPINode)] {
    guard kind(node) == .object else { throw error("an object is expected", at: node) }
    return document(node).children(of: node.node).compactMap { child in
      child.key.map { (OpenAPINode(file: node.file, node: $0), OpenAPINode(file: node.file, node: child.value)) }
    }
  }

  func string(_ name: String, of node: OpenAPINode) throws(SchemaError) -> String? {
    guard let node = member(name, of: node) else { return nil }
    guard kind(node) == .string else { throw error("\(name) must be a string", at: node) }
    return text(node)
  }

  func boolean(_ name: String, of node: OpenAPINode) throws(SchemaError) -> Bool? {
    guard let node = member(name, of: node) else { return nil }
    switch kind(node) {
    case .true: return true
    case .false: return false
    default: throw error("\(name) must be true or false", at: node)
    }
  }

  /// What a Reference Object refers to; any other object itself.
  mutating func dereferenced(_ node: OpenAPINode) throws(SchemaError) -> OpenAPINode {
    var node = node
    for _ in 0..<16 {
      guard let reference = member("$ref", of: node) else { return node }
      guard kind(reference) == .string else { throw error("$ref must be a string", at: reference) }
      node = try files.resolve(text(reference), at: reference)
    }
    throw error("the references go round in a circle", at: node)
  }
}
