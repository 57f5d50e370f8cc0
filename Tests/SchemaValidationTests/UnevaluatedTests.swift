import SchemaValidation
import Testing

/// `unevaluatedProperties` and `unevaluatedItems` (2020-12 core, sections 11.2 and 11.3).
@Suite struct UnevaluatedTests {
  @Test(arguments: properties + items + earlier) func rows(_ row: SchemaCase) throws { try row.check() }

  @Test func tablesAreComplete() {
    #expect((Self.properties + Self.items + Self.earlier).count >= 45)
  }

  static let properties = [
    SchemaCase("alone", #"{"unevaluatedProperties": false}"#, accepts: ["{}", "[1]", "\"x\""], refuses: [#"{"a": 1}"#]),
    SchemaCase("a schema", #"{"unevaluatedProperties": {"minLength": 3}}"#, accepts: [#"{"a": "foo"}"#], refuses: [#"{"a": "fo"}"#]),
    SchemaCase(
      "beside properties", #"{"properties": {"a": {}}, "unevaluatedProperties": false}"#, accepts: [#"{"a": 1}"#],
      refuses: [#"{"a": 1, "b": 1}"#]),
    SchemaCase(
      "beside patternProperties", #"{"patternProperties": {"^a": {}}, "unevaluatedProperties": false}"#, accepts: [#"{"ab": 1}"#],
      refuses: [#"{"ab": 1, "b": 1}"#]),
    SchemaCase(
      "beside additionalProperties", #"{"additionalProperties": true, "unevaluatedProperties": false}"#, accepts: [#"{"a": 1}"#],
      refuses: []),
    SchemaCase(
      "through allOf", #"{"allOf": [{"properties": {"a": {}}}], "properties": {"b": {}}, "unevaluatedProperties": false}"#,
      accepts: [#"{"a": 1, "b": 1}"#], refuses: [#"{"c": 1}"#]),
    SchemaCase(
      "additionalProperties in allOf", #"{"allOf": [{"additionalProperties": true}], "unevaluatedProperties": false}"#,
      accepts: [#"{"x": 1}"#], refuses: []),
    SchemaCase(
      "unevaluatedProperties in allOf", #"{"allOf": [{"unevaluatedProperties": true}], "unevaluatedProperties": false}"#,
      accepts: [#"{"x": 1}"#], refuses: []),
    SchemaCase(
      "the inner one cannot see outwards", #"{"allOf": [{"unevaluatedProperties": false}], "properties": {"a": {}}}"#, accepts: ["{}"],
      refuses: [#"{"a": 1}"#]),
    SchemaCase(
      "cousins do not see one another", #"{"allOf": [{"properties": {"a": true}}, {"unevaluatedProperties": false}]}"#, accepts: ["{}"],
      refuses: [#"{"a": 1}"#]),
    SchemaCase(
      "cousins, true and false",
      #"{"allOf": [{"properties": {"a": {}}, "unevaluatedProperties": true}, {"unevaluatedProperties": false}]}"#, accepts: ["{}"],
      refuses: [#"{"a": 1}"#]),
    SchemaCase(
      "anyOf counts what held",
      #"{"properties": {"a": {}}, "anyOf": [{"properties": {"b": {"const": "b"}}, "required": ["b"]}, {"properties": {"c": {"const": "c"}}, "required": ["c"]}], "unevaluatedProperties": false}"#,
      accepts: [#"{"a": 1, "b": "b"}"#, #"{"a": 1, "b": "b", "c": "c"}"#], refuses: [#"{"b": "b", "c": "x"}"#, #"{"b": "b", "d": 1}"#]),
    SchemaCase(
      "oneOf counts what held",
      #"{"oneOf": [{"properties": {"b": {"const": "b"}}, "required": ["b"]}, {"properties": {"c": {"const": "c"}}, "required": ["c"]}], "unevaluatedProperties": false}"#,
      accepts: [#"{"b": "b"}"#], refuses: [#"{"b": "b", "x": 1}"#]),
    SchemaCase(
      "not counts nothing", #"{"not": {"not": {"properties": {"a": {"const": 1}}, "required": ["a"]}}, "unevaluatedProperties": false}"#,
      accepts: [], refuses: [#"{"a": 1}"#]),
    SchemaCase(
      "if and then",
      #"{"if": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "then": {"properties": {"b": {}}}, "else": {"properties": {"c": {}}}, "unevaluatedProperties": false}"#,
      accepts: [#"{"a": 1, "b": 1}"#, #"{"c": 1}"#], refuses: [#"{"a": 1, "c": 1}"#, #"{"a": 2, "c": 1}"#, #"{"b": 1}"#]),
    SchemaCase(
      "if alone", #"{"if": {"patternProperties": {"^a": {"type": "string"}}}, "unevaluatedProperties": false}"#, accepts: [#"{"a": "x"}"#],
      refuses: [#"{"a": 1}"#, #"{"b": "x"}"#]),
    SchemaCase(
      "dependentSchemas",
      #"{"properties": {"foo": {}}, "dependentSchemas": {"foo": {"properties": {"bar": {"const": 1}}, "required": ["bar"]}}, "unevaluatedProperties": false}"#,
      accepts: [#"{"foo": 1, "bar": 1}"#], refuses: [#"{"bar": 1}"#]),
    SchemaCase(
      "$ref",
      ##"{"$ref": "#/$defs/b", "properties": {"a": {}}, "unevaluatedProperties": false, "$defs": {"b": {"properties": {"b": {}}}}}"##,
      accepts: [#"{"a": 1, "b": 1}"#], refuses: [#"{"c": 1}"#]),
    SchemaCase(
      "before $ref",
      ##"{"unevaluatedProperties": false, "properties": {"a": {}}, "$ref": "#/$defs/b", "$defs": {"b": {"properties": {"b": {}}}}}"##,
      accepts: [#"{"b": 1}"#], refuses: [#"{"c": 1}"#]),
    SchemaCase(
      "members of members do not count",
      #"{"properties": {"foo": {"properties": {"bar": {}}, "unevaluatedProperties": false}}, "anyOf": [{"properties": {"foo": {"properties": {"faz": {}}}}}]}"#,
      accepts: [#"{"foo": {"bar": 1}}"#], refuses: [#"{"foo": {"bar": 1, "faz": 1}}"#]),
    SchemaCase(
      "dynamic scope inside a reference",
      ##"{"$ref": "#/$defs/one", "properties": {"a": true, "b": true}, "unevaluatedProperties": false, "$defs": {"one": {"oneOf": [{"properties": {"c": true}, "required": ["c"]}, {"properties": {"d": true}, "required": ["d"]}]}}}"##,
      accepts: [#"{"a": 1, "c": 1}"#], refuses: [#"{"a": 1}"#, #"{"c": 1, "d": 1}"#, #"{"c": 1, "e": 1}"#]),
    SchemaCase(
      "recursion",
      ##"{"$id": "http://example.com/rec", "type": "object", "properties": {"x": {"$ref": "#"}, "n": {"type": "number"}}, "unevaluatedProperties": false}"##,
      accepts: [#"{"x": {"x": {"n": 1}}}"#], refuses: [#"{"x": {"x": {"m": 1}}}"#]),
    SchemaCase(
      "null in a member", #"{"unevaluatedProperties": {"type": "null"}}"#, accepts: [#"{"foo": null}"#], refuses: [#"{"foo": 1}"#]),
    SchemaCase(
      "only for objects", #"{"unevaluatedProperties": false}"#, accepts: ["true", "123", "1.0", "[]", "\"foo\"", "null"], refuses: []),
    SchemaCase(
      "not for propertyNames", #"{"propertyNames": {"maxLength": 1}, "unevaluatedProperties": {"type": "number"}}"#,
      accepts: [#"{"a": 1}"#], refuses: [#"{"a": "b"}"#]),
  ]

  static let items = [
    SchemaCase("alone", #"{"unevaluatedItems": false}"#, accepts: ["[]", "{}"], refuses: ["[1]"]),
    SchemaCase("a schema", #"{"unevaluatedItems": {"type": "string"}}"#, accepts: ["[\"a\"]", "[]"], refuses: ["[1]"]),
    SchemaCase("beside items", #"{"items": {"type": "string"}, "unevaluatedItems": false}"#, accepts: ["[\"a\", \"b\"]"], refuses: ["[1]"]),
    SchemaCase(
      "beside prefixItems", #"{"prefixItems": [{"type": "string"}], "unevaluatedItems": false}"#, accepts: ["[\"a\"]"],
      refuses: ["[\"a\", 1]"]),
    SchemaCase(
      "prefixItems and items", #"{"prefixItems": [{"type": "string"}], "items": true, "unevaluatedItems": false}"#,
      accepts: ["[\"a\", 42]"], refuses: []),
    SchemaCase(
      "through allOf",
      #"{"prefixItems": [{"type": "string"}], "allOf": [{"prefixItems": [true, {"type": "number"}]}], "unevaluatedItems": false}"#,
      accepts: ["[\"a\", 42]"], refuses: ["[\"a\", 42, true]"]),
    SchemaCase(
      "items in allOf", #"{"allOf": [{"prefixItems": [{"type": "string"}], "items": true}], "unevaluatedItems": false}"#,
      accepts: ["[\"a\", 1, true]"], refuses: []),
    SchemaCase(
      "unevaluatedItems in anyOf", #"{"anyOf": [{"unevaluatedItems": true}], "unevaluatedItems": false}"#, accepts: ["[1]"], refuses: []),
    SchemaCase(
      "anyOf",
      #"{"prefixItems": [{"const": "foo"}], "anyOf": [{"prefixItems": [true, {"const": "bar"}]}, {"prefixItems": [true, true, {"const": "baz"}]}], "unevaluatedItems": false}"#,
      accepts: ["[\"foo\", \"bar\"]", "[\"foo\", \"bar\", \"baz\"]"],
      refuses: ["[\"foo\", \"bar\", 42]", "[\"foo\", \"bar\", \"baz\", 42]"]),
    SchemaCase(
      "not", #"{"prefixItems": [{"const": "foo"}], "not": {"not": {"prefixItems": [true, {"const": "bar"}]}}, "unevaluatedItems": false}"#,
      accepts: [], refuses: ["[\"foo\", \"bar\"]"]),
    SchemaCase(
      "if",
      #"{"prefixItems": [{"const": "foo"}], "if": {"prefixItems": [true, {"const": "bar"}]}, "then": {"prefixItems": [true, true, {"const": "then"}]}, "else": {"prefixItems": [true, true, true, {"const": "else"}]}, "unevaluatedItems": false}"#,
      accepts: ["[\"foo\", \"bar\", \"then\"]", "[\"foo\", 42, 42, \"else\"]"],
      refuses: ["[\"foo\", \"bar\", \"then\", \"else\"]", "[\"foo\", 42, 42, \"else\", 42]"]),
    SchemaCase(
      "contains counts", #"{"prefixItems": [true], "contains": {"type": "string"}, "unevaluatedItems": false}"#, accepts: ["[1, \"foo\"]"],
      refuses: ["[1, 2]", "[1, 2, \"foo\"]"]),
    SchemaCase(
      "contains in allOf",
      #"{"allOf": [{"contains": {"multipleOf": 2}}, {"contains": {"multipleOf": 3}}], "unevaluatedItems": {"multipleOf": 5}}"#,
      accepts: ["[2, 3, 4, 5, 6]"], refuses: ["[2, 3, 4, 7, 8]"]),
    SchemaCase(
      "contains with if",
      #"{"if": {"contains": {"const": "a"}}, "then": {"if": {"contains": {"const": "b"}}, "then": {"if": {"contains": {"const": "c"}}}}, "unevaluatedItems": false}"#,
      accepts: ["[]", "[\"a\", \"a\"]", "[\"a\", \"b\", \"c\", \"a\"]"],
      refuses: ["[\"b\", \"b\"]", "[\"a\", \"c\"]", "[\"c\", \"b\", \"a\", \"d\"]"]),
    SchemaCase(
      "minContains 0", #"{"contains": {"type": "string"}, "minContains": 0, "unevaluatedItems": false}"#,
      accepts: ["[]", "[\"a\", \"b\"]"], refuses: ["[0]", "[\"a\", 0]"]),
    SchemaCase("cousins", #"{"allOf": [{"prefixItems": [true]}, {"unevaluatedItems": false}]}"#, accepts: ["[]"], refuses: ["[1]"]),
    SchemaCase(
      "items inside of a member",
      #"{"properties": {"foo": {"prefixItems": [{"type": "string"}], "unevaluatedItems": false}}, "anyOf": [{"properties": {"foo": {"prefixItems": [true, {"type": "string"}]}}}]}"#,
      accepts: [#"{"foo": ["a"]}"#], refuses: [#"{"foo": ["a", "b"]}"#]),
    SchemaCase(
      "items and properties do not mix", #"{"unevaluatedItems": false, "properties": {"a": {}}, "unevaluatedProperties": false}"#,
      accepts: [#"{"a": 1}"#, "[]"], refuses: ["[1]", #"{"b": 1}"#]),
  ]

  static let earlier = [
    SchemaCase(
      "2019-09: items", draft: .draft201909, #"{"items": [{"type": "string"}], "unevaluatedItems": false}"#, accepts: ["[\"a\"]"],
      refuses: ["[\"a\", 1]"]),
    SchemaCase(
      "2019-09: additionalItems", draft: .draft201909,
      #"{"items": [{"type": "string"}], "additionalItems": true, "unevaluatedItems": false}"#, accepts: ["[\"a\", 1]"], refuses: []),
    SchemaCase(
      "2019-09: contains does not count", draft: .draft201909, #"{"contains": {"type": "string"}, "unevaluatedItems": false}"#, accepts: [],
      refuses: ["[\"a\"]"]),
    SchemaCase(
      "draft 7 knows neither", draft: .draft7, #"{"unevaluatedItems": false, "unevaluatedProperties": false}"#,
      accepts: ["[1]", #"{"a": 1}"#], refuses: []),
  ]
}
