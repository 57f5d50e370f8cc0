import BodyDecoding
import SchemaValidation
import Testing

/// Reasons of an invalid value, errors of an invalid schema, limits.
@Suite struct ReportTests {
  @Test func issuesNameTheWayTheKeywordAndThePlace() throws {
    let schema = try CompiledSchema(
      Array(
        ##"{"$id": "http://example.com/s.json", "$defs": {"short": {"maxLength": 2}}, "required": ["id"], "properties": {"a/b": {"items": {"$ref": "#/$defs/short"}}, "n": {"minimum": 5, "multipleOf": 2}}, "additionalProperties": false}"##
          .utf8))
    let report = SchemaValidator().explain(Array(#"{"a/b": ["x", "abc"], "n": 3, "z": 1}"#.utf8), schema)
    #expect(report.verdict == .invalid)
    #expect(
      report.issues == [
        SchemaIssue(
          keywordLocation: "/properties/a~1b/items/$ref/maxLength",
          absoluteKeywordLocation: "http://example.com/s.json#/$defs/short/maxLength",
          instanceLocation: "/a~1b/1", error: "is longer than 2 characters"),
        SchemaIssue(
          keywordLocation: "/properties/n/minimum", absoluteKeywordLocation: "http://example.com/s.json#/properties/n/minimum",
          instanceLocation: "/n",
          error: "is below 5"),
        SchemaIssue(
          keywordLocation: "/properties/n/multipleOf", absoluteKeywordLocation: "http://example.com/s.json#/properties/n/multipleOf",
          instanceLocation: "/n", error: "is not a multiple of 2"),
        SchemaIssue(
          keywordLocation: "/additionalProperties", absoluteKeywordLocation: "http://example.com/s.json#/additionalProperties",
          instanceLocation: "/z", error: "is not allowed"),
        SchemaIssue(
          keywordLocation: "/required", absoluteKeywordLocation: "http://example.com/s.json#/required", instanceLocation: "",
          error: "lacks \"id\""),
      ])
  }

  @Test func branchesThatHeldLeaveNoIssues() throws {
    let schema = try CompiledSchema(
      Array(
        #"{"anyOf": [{"type": "string"}, {"type": "integer"}], "not": {"const": 1}, "if": {"const": 2}, "contains": {"const": 3}}"#.utf8))
    let validator = SchemaValidator()
    #expect(validator.explain(Array("3".utf8), schema).issues.isEmpty)
    #expect(validator.explain(Array("1".utf8), schema).issues.map(\.keywordLocation) == ["/not"])
    #expect(validator.explain(Array("null".utf8), schema).issues.map(\.keywordLocation) == ["/anyOf/0/type", "/anyOf/1/type", "/anyOf"])
  }

  @Test func theNumberOfIssuesIsLimited() throws {
    let schema = try CompiledSchema(Array(#"{"items": {"type": "string"}}"#.utf8))
    var limits = SchemaLimits()
    limits.maximumErrors = 7
    let text = "[" + Array(repeating: "1", count: 50).joined(separator: ",") + "]"
    #expect(SchemaValidator(limits: limits).explain(Array(text.utf8), schema).issues.count == 7)
  }

  struct Wrong: Sendable {
    var schema: String
    var message: String
    var pointer: String
    var line: Int
    var column: Int
  }

  @Test(arguments: [
    Wrong(schema: "{\"type\": \"strin\"}", message: "no type", pointer: "/type", line: 1, column: 11),
    Wrong(
      schema: "{\n  \"properties\": {\n    \"a/b\": {\"minLength\": -1}\n  }\n}", message: "minLength must be",
      pointer: "/properties/a~1b/minLength", line: 3, column: 26),
    Wrong(schema: "{\"a\": 1,}", message: "not JSON: a name", pointer: "", line: 1, column: 9),
    Wrong(schema: "", message: "not JSON: the text is empty", pointer: "", line: 1, column: 1),
    Wrong(schema: "[]", message: "a schema must be", pointer: "", line: 1, column: 1),
    Wrong(schema: "{\"items\": 5}", message: "a schema must be", pointer: "/items", line: 1, column: 11),
    Wrong(schema: "{\"required\": [1]}", message: "array of strings", pointer: "/required/0", line: 1, column: 15),
    Wrong(schema: "{\"allOf\": []}", message: "not empty", pointer: "/allOf", line: 1, column: 11),
    Wrong(schema: "{\"enum\": 1}", message: "must be an array", pointer: "/enum", line: 1, column: 10),
    Wrong(schema: "{\"multipleOf\": 0.0}", message: "above 0", pointer: "/multipleOf", line: 1, column: 16),
    Wrong(schema: "{\"multipleOf\": -1}", message: "above 0", pointer: "/multipleOf", line: 1, column: 16),
    Wrong(schema: "{\"maximum\": \"1\"}", message: "must be a number", pointer: "/maximum", line: 1, column: 14),
    Wrong(schema: "{\"uniqueItems\": 1}", message: "true or false", pointer: "/uniqueItems", line: 1, column: 17),
    Wrong(schema: "{\"maxItems\": 1.5}", message: "whole number", pointer: "/maxItems", line: 1, column: 14),
    Wrong(
      schema: "{\"patternProperties\": {\"(\": {}}}", message: "pattern cannot be used", pointer: "/patternProperties/(", line: 1,
      column: 25),
    Wrong(schema: "{\"properties\": []}", message: "must be an object", pointer: "/properties", line: 1, column: 16),
    Wrong(
      schema: "{\"dependentRequired\": {\"a\": \"b\"}}", message: "array of strings", pointer: "/dependentRequired/a", line: 1, column: 30),
    Wrong(schema: "{\"$anchor\": 1}", message: "$anchor must be", pointer: "/$anchor", line: 1, column: 13),
  ])
  func mistakesInASchemaHaveAPlace(_ row: Wrong) {
    let error = #expect(throws: SchemaError.self) { try CompiledSchema(Array(row.schema.utf8)) }
    #expect(error?.message.contains(row.message) == true, "\(error?.description ?? "")")
    #expect(error?.pointer == row.pointer)
    #expect(error?.line == row.line)
    #expect(error?.column == row.column)
  }

  @Test func unreadableTextsAreSaid() throws {
    let schema = try CompiledSchema(Array("{}".utf8))
    #expect(SchemaValidator().validate(Array("[1,".utf8), schema) == .unreadable(JSONReadError(reason: .endsEarly, offset: 3)))
  }

  @Test func stepsAreLimited() throws {
    let schema = try CompiledSchema(Array(#"{"items": {"anyOf": [{"type": "string", "minLength": 1}, {"minimum": 1}]}}"#.utf8))
    var limits = SchemaLimits()
    limits.maximumSteps = 100
    let text = "[" + Array(repeating: "1", count: 200).joined(separator: ",") + "]"
    #expect(SchemaValidator(limits: limits).validate(Array(text.utf8), schema) == .limitReached)
    #expect(SchemaValidator().validate(Array(text.utf8), schema) == .valid)
  }

  /// Objects that differ only far inside, their members in another order each time: quadratic for a simple comparison.
  @Test func comparingItemsIsLimited() throws {
    let schema = try CompiledSchema(Array(#"{"uniqueItems": true}"#.utf8))
    let names = (0..<3000).map { "\"k\($0)\":0" }
    let text = "[{\(names.joined(separator: ","))},{\(names.reversed().joined(separator: ","))}]"
    var limits = SchemaLimits()
    limits.maximumSteps = 1_000_000
    #expect(SchemaValidator(limits: limits).validate(Array(text.utf8), schema) == .limitReached)
    limits.maximumSteps = 20_000_000
    #expect(SchemaValidator(limits: limits).validate(Array(text.utf8), schema) == .invalid)
  }

  @Test func valuesNestedToTheLimitAreValidated() throws {
    let schema = try CompiledSchema(Array(##"{"items": {"$ref": "#"}, "anyOf": [{"type": "array"}, {"const": 1}]}"##.utf8))
    let text = String(repeating: "[", count: 500) + "1" + String(repeating: "]", count: 500)
    #expect(SchemaValidator().validate(Array(text.utf8), schema) == .valid)
  }
}
