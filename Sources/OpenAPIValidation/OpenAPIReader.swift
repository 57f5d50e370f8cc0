import BodyDecoding
import SchemaValidation

/// Walks an OpenAPI document. Every mistake stops it, with its place.
struct OpenAPIReader {
  let document: SchemaDocument
  let version: OpenAPIDocument.Version
  var basePaths: [String] = []
  var operations: [DraftOperation] = []
  var routes: [DraftRoute] = []
  var notes: [OpenAPINote] = []
  /// Schemas, by direction, in the order in which drafts number them.
  private(set) var requestNodes: [Int] = []
  private(set) var responseNodes: [Int] = []
  private var requestIndex: [Int: Int] = [:]
  private var responseIndex: [Int: Int] = [:]

  private static let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]

  init(_ document: SchemaDocument) throws(SchemaError) {
    self.document = document
    guard document.view.kind(0) == .object else { throw document.error("an OpenAPI document must be an object", at: 0) }
    guard let node = document.member("openapi", of: 0), document.view.kind(node) == .string else {
      let isSwagger = document.member("swagger", of: 0) != nil
      throw document.error(
        isSwagger ? "OpenAPI 2.0 (Swagger) is not supported" : "this is no OpenAPI document: it has no \"openapi\"", at: 0)
    }
    let text = document.string(node)
    if text.hasPrefix("3.0.") {
      version = .v30
    } else if text.hasPrefix("3.1.") {
      version = .v31
    } else {
      throw document.error("OpenAPI \(text) is not supported, only 3.0 and 3.1", at: node)
    }
    basePaths = try servers()
  }

  mutating func readPaths() throws(SchemaError) {
    guard let paths = document.member("paths", of: 0) else {
      if version == .v31 { return }
      throw document.error("an OpenAPI 3.0 document must have \"paths\"", at: 0)
    }
    for (key, value) in try members(paths) {
      let template = document.string(key)
      if template.hasPrefix("x-") { continue }
      guard template.hasPrefix("/") else { throw document.error("a path must begin with a slash", at: key) }
      try readPath(template, try dereferenced(value), key)
    }
  }

  private mutating func readPath(_ template: String, _ item: Int, _ key: Int) throws(SchemaError) {
    var route = DraftRoute(template: template, node: key, operations: [])
    var shared: [Int] = []
    if let list = document.member("parameters", of: item) { shared = try parameterList(list) }
    for (key, value) in try members(item) {
      let name = document.string(key)
      switch name {
      case _ where Self.methods.contains(name):
        let index = operations.count
        operations.append(try readOperation(name.uppercased(), template, value, shared))
        route.operations.append((name.uppercased(), index))
      case "summary", "description", "parameters", "$ref": continue
      case "servers": note("the servers of a path are not used", at: value)
      case _ where name.hasPrefix("x-"): continue
      default: throw document.error("a path has no field \"\(name)\"", at: key)
      }
    }
    routes.append(route)
  }

  private mutating func readOperation(
    _ method: String, _ template: String, _ node: Int, _ shared: [Int]
  ) throws(SchemaError) -> DraftOperation {
    guard document.view.kind(node) == .object else { throw document.error("an operation must be an object", at: node) }
    if let servers = document.member("servers", of: node) { note("the servers of an operation are not used", at: servers) }
    if let callbacks = document.member("callbacks", of: node) { note("callbacks are not checked", at: callbacks) }
    var draft = DraftOperation(
      operation: OpenAPIOperation(
        method: method, path: template, operationID: try string("operationId", of: node), parameters: [], body: nil, responses: [:],
        security: try security(of: node), isDeprecated: try boolean("deprecated", of: node) ?? false))
    var own: [Int] = []
    if let list = document.member("parameters", of: node) { own = try parameterList(list) }
    try addParameters(shared: shared, own: own, to: &draft)
    try checkTemplate(template, draft.operation, at: node)
    if let body = document.member("requestBody", of: node) { try addBody(try dereferenced(body), to: &draft) }
    if let responses = document.member("responses", of: node) {
      for (key, value) in try members(responses) where !document.string(key).hasPrefix("x-") {
        try addResponse(document.string(key), at: key, try dereferenced(value), to: &draft)
      }
    }
    return draft
  }

  /// Every name in braces is a path parameter, and the other way round.
  private func checkTemplate(_ template: String, _ operation: OpenAPIOperation, at node: Int) throws(SchemaError) {
    let names = Set(PathTemplate.names(template))
    let declared = Set(operation.parameters.filter { $0.place == .path }.map(\.name))
    if let missing = names.subtracting(declared).sorted().first {
      throw document.error("the path parameter \"\(missing)\" is not declared", at: node)
    }
    if let extra = declared.subtracting(names).sorted().first {
      throw document.error("the path \(template) has no parameter \"\(extra)\"", at: node)
    }
  }

  // MARK: Schemas

  /// The number of a schema of requests; nil for none.
  mutating func requestSchema(_ node: Int?) -> Int? {
    guard let node else { return nil }
    if let known = requestIndex[node] { return known }
    requestIndex[node] = requestNodes.count
    requestNodes.append(node)
    return requestNodes.count - 1
  }

  mutating func responseSchema(_ node: Int?) -> Int? {
    guard let node else { return nil }
    if let known = responseIndex[node] { return known }
    responseIndex[node] = responseNodes.count
    responseNodes.append(node)
    return responseNodes.count - 1
  }

  // MARK: Values

  mutating func note(_ message: String, at node: Int) {
    let place = document.error(message, at: node)
    notes.append(OpenAPINote(message: message, pointer: place.pointer, line: place.line))
  }

  func members(_ node: Int) throws(SchemaError) -> [(key: Int, value: Int)] {
    guard document.view.kind(node) == .object else { throw document.error("an object is expected", at: node) }
    return document.children(of: node).compactMap { child in child.key.map { ($0, child.value) } }
  }

  func string(_ name: String, of node: Int) throws(SchemaError) -> String? {
    guard let node = document.member(name, of: node) else { return nil }
    guard document.view.kind(node) == .string else { throw document.error("\(name) must be a string", at: node) }
    return document.string(node)
  }

  func boolean(_ name: String, of node: Int) throws(SchemaError) -> Bool? {
    guard let node = document.member(name, of: node) else { return nil }
    switch document.view.kind(node) {
    case .true: return true
    case .false: return false
    default: throw document.error("\(name) must be true or false", at: node)
    }
  }

  /// What a Reference Object refers to; any other object itself. Only within the document.
  func dereferenced(_ node: Int) throws(SchemaError) -> Int {
    var node = node
    for _ in 0..<16 {
      guard let reference = document.member("$ref", of: node) else { return node }
      guard document.view.kind(reference) == .string else { throw document.error("$ref must be a string", at: reference) }
      let text = document.string(reference)
      guard text.hasPrefix("#/"), let parts = JSONPointer.parts(URIReference.percentDecoded(String(text.dropFirst()))) else {
        throw document.error("\"\(text)\" refers to another document, which only schemas may", at: reference)
      }
      var target = 0
      for part in parts {
        guard let next = document.member(part, of: target) else {
          throw document.error("there is nothing at \"\(text)\"", at: reference)
        }
        target = next
      }
      node = target
    }
    throw document.error("the references go round in a circle", at: node)
  }

  // MARK: Servers

  private func servers() throws(SchemaError) -> [String] {
    guard let list = document.member("servers", of: 0) else { return [""] }
    guard document.view.kind(list) == .array else { throw document.error("servers must be an array", at: list) }
    var paths: [String] = []
    for server in document.elements(of: list) {
      guard var url = try string("url", of: server) else { throw document.error("a server must have a url", at: server) }
      if let variables = document.member("variables", of: server) {
        for (key, value) in try members(variables) {
          guard let text = try string("default", of: value) else {
            throw document.error("a server variable must have a default", at: value)
          }
          url = url.split(separator: "{\(document.string(key))}", omittingEmptySubsequences: false).joined(separator: text)
        }
      }
      var path = URIReference(url).path
      while path.hasSuffix("/") { path.removeLast() }
      if !paths.contains(path) { paths.append(path) }
    }
    return paths.isEmpty ? [""] : paths
  }
}
