import SchemaValidation

/// Operations while they are read: schemas are numbers until all of them are compiled at once.
struct DraftOperation {
  var operation: OpenAPIOperation
  /// Beside `operation.parameters`, `body.content` and `responses`: index of the schema in the list of its direction.
  var parameterSchemas: [Int?] = []
  var bodySchemas: [Int?] = []
  /// Headers of parts: index of the media type, of its field, of the field's header, and of the schema.
  var partHeaderSchemas: [(content: Int, field: Int, header: Int, schema: Int?)] = []
  var responseSchemas: [String: (content: [Int?], headers: [Int?])] = [:]

  func resolved(_ request: OpenAPISchemaSet, _ response: OpenAPISchemaSet) -> OpenAPIOperation {
    var result = operation
    for (index, schema) in parameterSchemas.enumerated() { result.parameters[index].schema = schema.map { request.plain[$0] } }
    for (index, schema) in bodySchemas.enumerated() {
      result.body?.content[index].schema = schema.map { request.plain[$0] }
      result.body?.content[index].closed = schema.flatMap { request.closed[$0] }
    }
    for place in partHeaderSchemas {
      result.body?.content[place.content].fields[place.field].headers[place.header].schema = place.schema.map { request.plain[$0] }
    }
    for (status, schemas) in responseSchemas {
      for (index, schema) in schemas.content.enumerated() {
        result.responses[status]?.content[index].schema = schema.map { response.plain[$0] }
        result.responses[status]?.content[index].closed = schema.flatMap { response.closed[$0] }
      }
      for (index, schema) in schemas.headers.enumerated() {
        result.responses[status]?.headers[index].schema = schema.map { response.plain[$0] }
      }
    }
    return result
  }
}

/// A media type, and where its schemas stand.
struct ReadMediaType {
  /// Index of the field and of the header in it.
  typealias PartHeader = (field: Int, header: Int, schema: OpenAPINode?)

  var type: OpenAPIMediaType
  var schema: OpenAPINode?
  var partHeaders: [PartHeader]
}

/// A response, and the numbers of its schemas.
struct DraftResponse {
  var response: OpenAPIResponse
  var content: [Int?]
  var headers: [Int?]
}

/// The schemas of one direction as written, by number; and those of bodies closed (no members that nobody declared, none of the other
/// direction).
struct OpenAPISchemaSet {
  var plain: [CompiledSchema]
  var closed: [Int: CompiledSchema]
}

/// An operation with its path, as the router takes it.
struct DraftRoute {
  var template: String
  var basePaths: [String]
  /// For errors: where it stands.
  var place: SchemaError
  var method: String
  var index: Int
}
