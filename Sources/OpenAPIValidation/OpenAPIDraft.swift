import SchemaValidation

/// Operations while they are read: schemas are numbers until all of them are compiled at once.
struct DraftOperation {
  var operation: OpenAPIOperation
  /// Beside `operation.parameters`, `body.content` and `responses`: index of the schema in the list of its direction.
  var parameterSchemas: [Int?] = []
  var bodySchemas: [Int?] = []
  var responseSchemas: [String: (content: [Int?], headers: [Int?])] = [:]

  func resolved(_ request: [CompiledSchema], _ response: [CompiledSchema]) -> OpenAPIOperation {
    var result = operation
    for (index, schema) in parameterSchemas.enumerated() { result.parameters[index].schema = schema.map { request[$0] } }
    for (index, schema) in bodySchemas.enumerated() { result.body?.content[index].schema = schema.map { request[$0] } }
    for (status, schemas) in responseSchemas {
      for (index, schema) in schemas.content.enumerated() {
        result.responses[status]?.content[index].schema = schema.map { response[$0] }
      }
      for (index, schema) in schemas.headers.enumerated() {
        result.responses[status]?.headers[index].schema = schema.map { response[$0] }
      }
    }
    return result
  }
}

/// A path with its operations, as the router takes it.
struct DraftRoute {
  var template: String
  /// For errors.
  var node: Int
  var operations: [(method: String, index: Int)]
}
