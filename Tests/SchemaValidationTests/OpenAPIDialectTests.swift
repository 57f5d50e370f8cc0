import SchemaValidation
import Testing

/// The Schema Object of OpenAPI 3.0, and what directions and discriminators add in both versions.
@Suite struct OpenAPIDialectTests {
  struct Row: Sendable {
    var why: String
    var options = OpenAPISchemaOptions(isVersion30: true, direction: .request)
    var schema: String
    var accepts: [String]
    var refuses: [String]

    init(_ why: String, _ schema: String, accepts: [String], refuses: [String]) {
      self.why = why
      self.schema = schema
      self.accepts = accepts
      self.refuses = refuses
    }

    init(_ why: String, _ options: OpenAPISchemaOptions, _ schema: String, accepts: [String], refuses: [String]) {
      self.init(why, schema, accepts: accepts, refuses: refuses)
      self.options = options
    }
  }

  @Test(arguments: dialect + directions + discriminators) func rows(_ row: Row) throws {
    let schema = try CompiledSchema(Array(row.schema.utf8), options: SchemaOptions(assertsFormats: true, openAPI: row.options))
    let validator = SchemaValidator()
    for (values, verdict) in [(row.accepts, SchemaVerdict.valid), (row.refuses, .invalid)] {
      for value in values {
        #expect(validator.validate(Array(value.utf8), schema) == verdict, "\(row.why): \(value)")
        #expect(validator.explain(Array(value.utf8), schema).verdict == verdict, "\(row.why): \(value)")
      }
    }
  }

  @Test func tablesAreComplete() {
    let rows = Self.dialect + Self.directions + Self.discriminators
    #expect(rows.count >= 34)
    #expect(rows.reduce(0) { $0 + $1.accepts.count + $1.refuses.count } >= 115)
  }

  static let v31 = OpenAPISchemaOptions(isVersion30: false, direction: .request)
  static let response = OpenAPISchemaOptions(isVersion30: true, direction: .response)
  static let strictRequest = OpenAPISchemaOptions(isVersion30: true, direction: .request, refusesOtherDirection: true)
  static let strictResponse = OpenAPISchemaOptions(isVersion30: true, direction: .response, refusesOtherDirection: true)

  static let dialect = [
    Row("nullable", #"{"type": "string", "nullable": true}"#, accepts: ["\"a\"", "null"], refuses: ["1"]),
    Row("not nullable", #"{"type": "string", "nullable": false}"#, accepts: ["\"a\""], refuses: ["null", "1"]),
    Row(
      "nullable without type says nothing", #"{"nullable": true, "minLength": 2}"#, accepts: ["null", "1", "\"ab\""], refuses: ["\"a\""]),
    Row(
      "nullable and enum", #"{"type": "string", "nullable": true, "enum": ["a", null]}"#, accepts: ["\"a\"", "null"], refuses: ["\"b\""]),
    Row("enum without null", #"{"type": "string", "nullable": true, "enum": ["a"]}"#, accepts: ["\"a\""], refuses: ["null"]),
    Row("nullable object", #"{"type": "object", "nullable": true, "required": ["a"]}"#, accepts: ["null", #"{"a": 1}"#], refuses: ["{}"]),
    Row("3.1 has lists of types instead", v31, #"{"type": ["string", "null"]}"#, accepts: ["\"a\"", "null"], refuses: ["1"]),
    Row("3.1: nullable is unknown", v31, #"{"type": "string", "nullable": true}"#, accepts: ["\"a\""], refuses: ["null"]),
    Row(
      "booleans sharpen limits", #"{"minimum": 1, "exclusiveMinimum": true, "maximum": 5, "exclusiveMaximum": true}"#,
      accepts: ["2", "4.9"], refuses: ["1", "5"]),
    Row("3.1: they are numbers", v31, #"{"exclusiveMinimum": 1, "exclusiveMaximum": 5}"#, accepts: ["2"], refuses: ["1", "5"]),
    Row("1.0 is an integer", #"{"type": "integer"}"#, accepts: ["1", "1.0"], refuses: ["1.5", "\"1\""]),
    Row(
      "beside $ref nothing counts", ##"{"properties": {"a": {"$ref": "#/x", "maxLength": 1}}, "x": {"type": "string"}}"##,
      accepts: [#"{"a": "abc"}"#], refuses: [#"{"a": 1}"#]),
    Row(
      "3.1: it counts", v31, ##"{"properties": {"a": {"$ref": "#/x", "maxLength": 1}}, "x": {"type": "string"}}"##,
      accepts: [#"{"a": "a"}"#], refuses: [#"{"a": "abc"}"#, #"{"a": 1}"#]),
    Row(
      "patternProperties and dependencies are unknown", #"{"patternProperties": {"a": {"type": "string"}}, "dependencies": {"a": ["b"]}}"#,
      accepts: [#"{"a": 1}"#], refuses: []),
    Row("const and if are unknown", #"{"const": 1, "if": {}, "then": {"type": "string"}}"#, accepts: ["2"], refuses: []),
    Row("3.1: they are known", v31, #"{"if": {}, "then": {"const": 1}}"#, accepts: ["1"], refuses: ["2"]),
    Row(
      "a schema with a property called id", ##"{"properties": {"id": {"type": "string"}, "o": {"$ref": "#/properties/id"}}}"##,
      accepts: [#"{"id": "a", "o": "b"}"#], refuses: [#"{"o": 1}"#]),
    Row("additionalProperties", #"{"additionalProperties": {"type": "integer"}}"#, accepts: [#"{"a": 1}"#], refuses: [#"{"a": "x"}"#]),
    Row(
      "int32", #"{"type": "integer", "format": "int32"}"#, accepts: ["2147483647", "-2147483648", "2147483647.0", "2e9", "0"],
      refuses: ["2147483648", "-2147483649", "1e10", "1.5", "99999999999999999999"]),
    Row(
      "int64", #"{"type": "integer", "format": "int64"}"#, accepts: ["9223372036854775807", "-9223372036854775808", "9e18", "1.0"],
      refuses: ["9223372036854775808", "-9223372036854775809", "1e19", "1e400", "0.5"]),
    Row("int32 says nothing of strings", #"{"format": "int32"}"#, accepts: ["\"a\"", "null"], refuses: ["2147483648"]),
    Row("float and double", #"{"type": "number", "format": "float"}"#, accepts: ["1.5", "1"], refuses: ["\"1\""]),
    Row(
      "byte", #"{"type": "string", "format": "byte"}"#, accepts: ["\"\"", "\"aGk=\"", "\"aA==\"", "\"abcd\""],
      refuses: ["\"abc\"", "\"a===\"", "\"ab-_\"", "\"abc \""]),
    Row("3.1 has no byte", v31, #"{"format": "byte"}"#, accepts: ["\"abc\""], refuses: []),
    Row("binary and password", #"{"type": "string", "format": "password"}"#, accepts: ["\"x\""], refuses: ["1"]),
    Row("date", #"{"type": "string", "format": "date"}"#, accepts: ["\"2026-11-20\""], refuses: ["\"2026-11-31\""]),
    Row("date-time", #"{"type": "string", "format": "date-time"}"#, accepts: ["\"2026-11-20T20:00:00Z\""], refuses: ["\"2026-11-20\""]),
  ]

  private static let account =
    #"{"required": ["id", "name", "password"], "properties": {"id": {"type": "integer", "readOnly": true}, "name": {"type": "string"}, "password": {"type": "string", "writeOnly": true}}}"#

  static let directions = [
    Row(
      "readOnly is not required in a request", account,
      accepts: [#"{"name": "a", "password": "x"}"#, #"{"id": 1, "name": "a", "password": "x"}"#],
      refuses: [#"{"name": "a"}"#, #"{"id": "x", "name": "a", "password": "x"}"#]),
    Row("writeOnly is not required in a response", response, account, accepts: [#"{"id": 1, "name": "a"}"#], refuses: [#"{"name": "a"}"#]),
    Row(
      "readOnly refused in a request", strictRequest, account, accepts: [#"{"name": "a", "password": "x"}"#],
      refuses: [#"{"id": 1, "name": "a", "password": "x"}"#]),
    Row(
      "writeOnly refused in a response", strictResponse, account, accepts: [#"{"id": 1, "name": "a"}"#],
      refuses: [#"{"id": 1, "name": "a", "password": "x"}"#]),
    Row(
      "readOnly behind a reference",
      ##"{"required": ["id"], "properties": {"id": {"$ref": "#/x"}}, "x": {"type": "integer", "readOnly": true}}"##,
      accepts: ["{}", #"{"id": 1}"#], refuses: [#"{"id": "a"}"#]),
    Row(
      "readOnly in allOf", ##"{"allOf": [\##(account), {"required": ["extra"]}]}"##,
      accepts: [#"{"name": "a", "password": "x", "extra": 1}"#], refuses: [#"{"name": "a", "password": "x"}"#]),
  ]

  private static let pets =
    ##""components": {"schemas": {"cat": {"required": ["kind", "meow"], "properties": {"meow": {"type": "boolean"}}}, "dog": {"required": ["kind", "bark"], "properties": {"bark": {"type": "integer"}}}}}"##

  static let discriminators = [
    Row(
      "by name",
      ##"{"oneOf": [{"$ref": "#/components/schemas/cat"}, {"$ref": "#/components/schemas/dog"}], "discriminator": {"propertyName": "kind"}, \##(pets)}"##,
      accepts: [#"{"kind": "cat", "meow": true}"#, #"{"kind": "dog", "bark": 3, "meow": true}"#],
      refuses: [#"{"kind": "dog", "meow": true}"#, #"{"kind": "cow", "meow": true}"#, #"{"meow": true}"#, #"{"kind": 1, "meow": true}"#]),
    Row(
      "by mapping",
      ##"{"anyOf": [{"$ref": "#/components/schemas/cat"}, {"$ref": "#/components/schemas/dog"}], "discriminator": {"propertyName": "kind", "mapping": {"puss": "#/components/schemas/cat", "cat": "dog"}}, \##(pets)}"##,
      accepts: [#"{"kind": "puss", "meow": true}"#, #"{"kind": "cat", "bark": 1}"#], refuses: [#"{"kind": "cat", "meow": true}"#]),
    Row(
      "in 3.1", v31,
      ##"{"oneOf": [{"$ref": "#/components/schemas/cat"}, {"$ref": "#/components/schemas/dog"}], "discriminator": {"propertyName": "kind"}, \##(pets)}"##,
      accepts: [#"{"kind": "cat", "meow": true}"#], refuses: [#"{"kind": "cat", "bark": 1}"#]),
    Row(
      "on a base schema it says nothing", ##"{"type": "object", "discriminator": {"propertyName": "kind"}, "required": ["kind"]}"##,
      accepts: [#"{"kind": "anything"}"#], refuses: ["{}"]),
  ]

  @Test(arguments: [
    (##"{"oneOf": [{"type": "object"}], "discriminator": {"propertyName": "kind"}}"##, "must be a $ref"),
    (##"{"oneOf": [{"$ref": "#"}], "discriminator": {}}"##, "propertyName"),
    (##"{"oneOf": [{"$ref": "#"}], "discriminator": {"propertyName": "a", "mapping": {"x": "y"}}}"##, "none of the schemas"),
    (#"{"type": ["string"]}"#, "type must be a string"),
    (#"{"exclusiveMinimum": 5}"#, "true or false"),
  ])
  func mistakesAreSaid(_ row: (schema: String, message: String)) {
    let options = SchemaOptions(openAPI: OpenAPISchemaOptions(isVersion30: true, direction: .request))
    let error = #expect(throws: SchemaError.self) { try CompiledSchema(Array(row.schema.utf8), options: options) }
    #expect(error?.message.contains(row.message) == true, "\(error?.description ?? "")")
  }
}
