/// The names that an object of the specification may have. A name that it does not know is a slip of the pen.
struct OpenAPIFields {
  /// For messages, with its article.
  let what: String
  private let names: [StaticString]
  private let only31: [StaticString]

  init(_ what: String, _ names: [StaticString], only31: [StaticString] = []) {
    self.what = what
    self.names = names
    self.only31 = only31
  }

  /// Extensions (`x-`) are always known.
  func contains(_ name: UnsafeBufferPointer<UInt8>, _ version: OpenAPIDocument.Version) -> Bool {
    func isName(_ known: StaticString) -> Bool {
      known.utf8CodeUnitCount == name.count && UnsafeBufferPointer(start: known.utf8Start, count: name.count).elementsEqual(name)
    }
    if name.count >= 2, name[0] == UInt8(ascii: "x"), name[1] == UInt8(ascii: "-") { return true }
    return names.contains(where: isName) || (version == .v31 && only31.contains(where: isName))
  }

  static let document = OpenAPIFields(
    "the document", ["openapi", "info", "servers", "paths", "components", "security", "tags", "externalDocs"],
    only31: ["webhooks", "jsonSchemaDialect"])
  static let components = OpenAPIFields(
    "components",
    ["schemas", "responses", "parameters", "examples", "requestBodies", "headers", "securitySchemes", "links", "callbacks"],
    only31: ["pathItems"])
  static let operation = OpenAPIFields(
    "an operation",
    [
      "tags", "summary", "description", "externalDocs", "operationId", "parameters", "requestBody", "responses", "callbacks", "deprecated",
      "security", "servers",
    ])
  static let parameter = OpenAPIFields(
    "a parameter",
    [
      "name", "in", "description", "required", "deprecated", "allowEmptyValue", "style", "explode", "allowReserved", "schema", "example",
      "examples", "content",
    ])
  static let body = OpenAPIFields("a request body", ["description", "content", "required"])
  static let response = OpenAPIFields("a response", ["description", "headers", "content", "links"])
  static let mediaType = OpenAPIFields("a media type", ["schema", "example", "examples", "encoding"])
  static let encoding = OpenAPIFields("an encoding", ["contentType", "headers", "style", "explode", "allowReserved"])
}
