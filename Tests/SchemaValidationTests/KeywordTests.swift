import SchemaValidation
import Testing

/// Every keyword of 2020-12 that asserts something, and what earlier drafts do differently.
@Suite struct KeywordTests {
  @Test(arguments: anyValue + numbers + strings) func scalars(_ row: SchemaCase) throws { try row.check() }
  @Test(arguments: arrays + objects) func containers(_ row: SchemaCase) throws { try row.check() }
  @Test(arguments: inPlace) func combinations(_ row: SchemaCase) throws { try row.check() }
  @Test(arguments: earlier) func earlierDrafts(_ row: SchemaCase) throws { try row.check() }

  @Test func tablesAreComplete() {
    let rows = Self.anyValue + Self.numbers + Self.strings + Self.arrays + Self.objects + Self.inPlace + Self.earlier
    #expect(rows.count >= 85)
    #expect(rows.reduce(0) { $0 + $1.accepts.count + $1.refuses.count } >= 330)
  }

  static let anyValue = [
    SchemaCase("true takes everything", "true", accepts: ["1", "{}", "null"], refuses: []),
    SchemaCase("false takes nothing", "false", accepts: [], refuses: ["1", "{}", "null"]),
    SchemaCase("an empty schema takes everything", "{}", accepts: ["1", "[[]]", #""a""#], refuses: []),
    SchemaCase("unknown keywords are passed over", #"{"zzz": false, "minimun": 5}"#, accepts: ["1"], refuses: []),
    SchemaCase("a schema without type", #"{"minLength": 2}"#, accepts: [#""ab""#, "1", "[]"], refuses: [#""a""#]),
    SchemaCase(
      "integer", #"{"type": "integer"}"#,
      accepts: ["1", "-0", "1.0", "1e2", "100e-2", "1.50e1", "12345678910111213141516171819202122232425"],
      refuses: ["1.1", "1e-1", #""1""#, "{}", "[]", "true", "null", "1.0000000000000000000000001", "15e-1"]),
    SchemaCase("number", #"{"type": "number"}"#, accepts: ["1", "1.1", "1e-9", "1e999999"], refuses: [#""1""#, "false", "null"]),
    SchemaCase("string", #"{"type": "string"}"#, accepts: [#""""#, #""1""#], refuses: ["1", "{}", "[]", "true", "null"]),
    SchemaCase("object", #"{"type": "object"}"#, accepts: ["{}"], refuses: ["[]", "1", "null"]),
    SchemaCase("array", #"{"type": "array"}"#, accepts: ["[]"], refuses: ["{}", "1", "null"]),
    SchemaCase("boolean", #"{"type": "boolean"}"#, accepts: ["true", "false"], refuses: ["0", #""""#, "null"]),
    SchemaCase("null", #"{"type": "null"}"#, accepts: ["null"], refuses: ["0", #""""#, "false", "[]"]),
    SchemaCase("several types", #"{"type": ["integer", "string"]}"#, accepts: ["1", #""a""#, "2.0"], refuses: ["1.5", "null", "{}"]),
    SchemaCase("integer and number", #"{"type": ["integer", "number"]}"#, accepts: ["1", "1.5"], refuses: ["null"]),
    SchemaCase(
      "enum of strings", #"{"enum": ["a", "ä", ""]}"#, accepts: [#""a""#, #""""#, #""\u00e4""#], refuses: [#""b""#, #""a\u0308""#, "1"]),
    SchemaCase(
      "enum of all kinds", #"{"enum": [6, "foo", [], true, {"foo": 12}, null]}"#,
      accepts: ["6", "6.0", #""foo""#, "[]", "true", #"{"foo": 12.0}"#, "null"],
      refuses: ["7", "false", "0", #"{"foo": false}"#, #"{"foo": 12, "boo": 42}"#, "[0]", #""""#]),
    SchemaCase(
      "enum with escapes", #"{"enum": ["foo\nbar", "foo\rbar"]}"#, accepts: [#""foo\nbar""#, #""foo\rbar""#], refuses: [#""abc""#]),
    SchemaCase("enum with [false]", #"{"enum": [[false]]}"#, accepts: ["[false]"], refuses: ["[0]", "[0.0]"]),
    SchemaCase("enum with 0", #"{"enum": [0]}"#, accepts: ["0", "0.0", "-0", "0e10"], refuses: ["false", "null", #""""#]),
    SchemaCase("an empty enum", #"{"enum": []}"#, accepts: [], refuses: ["1", "null"]),
    SchemaCase(
      "const with members in another order", #"{"const": {"a": [1, {"b": 2, "c": 3}]}}"#,
      accepts: [#"{"a": [1.0, {"c": 3, "b": 2}]}"#], refuses: [#"{"a": [{"b": 2, "c": 3}, 1]}"#, #"{"a": [1, {"b": 2}]}"#]),
    SchemaCase("const null", #"{"const": null}"#, accepts: ["null"], refuses: ["0", "false"]),
    SchemaCase(
      "large const", #"{"const": 9007199254740993}"#, accepts: ["9007199254740993", "9007199254740993.0"], refuses: ["9007199254740992"]),
  ]

  static let numbers = [
    SchemaCase("minimum", #"{"minimum": 1.1}"#, accepts: ["2.6", "1.1", "1.10", #""x""#], refuses: ["0.6", "1.09999999999999999999999"]),
    SchemaCase(
      "minimum with a sign", #"{"minimum": -2}"#, accepts: ["-1", "0", "-2", "-2.0", #""x""#], refuses: ["-2.0001", "-3", "-2e1"]),
    SchemaCase(
      "maximum", #"{"maximum": 3.0}"#, accepts: ["2.6", "3", "3.000", "-1e400"], refuses: ["3.5", "3.0000000000000000000001", "1e400"]),
    SchemaCase(
      "maximum without a fraction", #"{"maximum": 300}"#, accepts: ["299.97", "300", "300.00", "3e2"], refuses: ["300.5", "3e3"]),
    SchemaCase(
      "exclusiveMaximum", #"{"exclusiveMaximum": 3.0}"#, accepts: ["2.2", "2.9999999999999999999999"], refuses: ["3.0", "3.5", "3"]),
    SchemaCase(
      "exclusiveMinimum", #"{"exclusiveMinimum": 1.1}"#, accepts: ["1.2", "1.10000000000000000000001"], refuses: ["1.1", "0.6", "110e-2"]),
    SchemaCase(
      "limits beyond 64 bits", #"{"maximum": 18446744073709551615}"#, accepts: ["18446744073709551600", "18446744073709551615"],
      refuses: ["18446744073709551616", "1e20"]),
    SchemaCase(
      "a limit with many digits", #"{"exclusiveMaximum": 972783798187987123879878123.18878137}"#,
      accepts: ["972783798187987123879878123.188781369"],
      refuses: ["972783798187987123879878123.188781371", "972783798187987123879878123.18878137"]),
    SchemaCase(
      "a negative limit with many digits", #"{"exclusiveMinimum": -972783798187987123879878123.18878137}"#,
      accepts: ["-972783798187987123879878123.188781369"], refuses: ["-972783798187987123879878123.188781371"]),
    SchemaCase("multipleOf", #"{"multipleOf": 2}"#, accepts: ["10", "-4", "0", "1e1", "20.0", #""foo""#], refuses: ["7", "2.5", "1e-1"]),
    SchemaCase(
      "multipleOf with a fraction", #"{"multipleOf": 0.01}"#, accepts: ["4.35", "19.99", "0.1", "0.010", "5"], refuses: ["4.355", "0.001"]),
    SchemaCase(
      "multipleOf and large values", #"{"multipleOf": 3}"#, accepts: ["3e30", "300000000000000000000000000000", "111111111111111111111"],
      refuses: ["1e30", "100000000000000000000000000000"]),
    SchemaCase(
      "multipleOf and huge exponents", #"{"multipleOf": 0.5}"#, accepts: ["1e308", "1e100000", "1e999999999999"],
      refuses: ["1e-308", "1e-999999999999"]),
    SchemaCase(
      "multipleOf with an odd divisor", #"{"multipleOf": 0.123456789}"#, accepts: ["0.246913578", "123456789e100"], refuses: ["1e308"]),
    SchemaCase(
      "multipleOf with a divisor beyond 64 bits", #"{"multipleOf": 100000000000000000000000000000000000000007}"#,
      accepts: ["0", "300000000000000000000000000000000000000021", "1000000000000000000000000000000000000000070"],
      refuses: ["100000000000000000000000000000000000000008", "1e60", "7"]),
    SchemaCase("a small divisor", #"{"multipleOf": 1e-8}"#, accepts: ["12391239123", "1.5e-7"], refuses: ["1e-9", "1.5e-8"]),
  ]

  static let strings = [
    SchemaCase(
      "minLength", #"{"minLength": 2}"#, accepts: [#""foo""#, #""fo""#, "100", #""\ud83d\udca9\ud83d\udca9""#],
      refuses: [#""f""#, #""\ud83d\udca9""#, #""💩""#]),
    SchemaCase(
      "maxLength", #"{"maxLength": 2}"#, accepts: [#""f""#, #""fo""#, "100", #""💩💩""#, #""\u00e4\u00f6""#], refuses: [#""foo""#, #""äöü""#]),
    SchemaCase(
      "lengths with a fraction of zero", #"{"minLength": 2.0, "maxLength": 3e0}"#, accepts: [#""ab""#, #""abc""#],
      refuses: [#""a""#, #""abcd""#]),
    SchemaCase("a length beyond all bounds", #"{"maxLength": 1e400}"#, accepts: [#""abc""#], refuses: []),
    SchemaCase("pattern", #"{"pattern": "^a*$"}"#, accepts: [#""aaa""#, #""""#, "true", "{}", "1"], refuses: [#""abc""#, #""a\n""#]),
    SchemaCase("pattern is not anchored", #"{"pattern": "a+"}"#, accepts: [#""xxaayy""#], refuses: [#""xyz""#]),
    SchemaCase("pattern over NUL", #"{"pattern": "^a\\u0000b$"}"#, accepts: [#""a\u0000b""#], refuses: [#""ab""#]),
  ]

  static let arrays = [
    SchemaCase("items", #"{"items": {"type": "integer"}}"#, accepts: ["[1, 2]", "[]", "{}", #"{"0": "x"}"#], refuses: [#"[1, "x"]"#]),
    SchemaCase("items false", #"{"items": false}"#, accepts: ["[]"], refuses: ["[1]"]),
    SchemaCase(
      "prefixItems", #"{"prefixItems": [{"type": "integer"}, {"type": "string"}]}"#,
      accepts: ["[1, \"a\"]", "[1]", "[]", "[1, \"a\", true]", "{}"], refuses: ["[\"a\", 1]", "[1, 2]"]),
    SchemaCase(
      "prefixItems and items", #"{"prefixItems": [{}, {"type": "string"}], "items": false}"#, accepts: ["[1, \"a\"]", "[1]"],
      refuses: ["[1, \"a\", 1]", "[1, 1]"]),
    SchemaCase(
      "items does not look into allOf", #"{"allOf": [{"prefixItems": [{"minimum": 3}]}], "items": {"minimum": 5}}"#, accepts: ["[5, 5]"],
      refuses: ["[3, 5]", "[1, 5]"]),
    SchemaCase(
      "nested items", #"{"items": {"items": {"items": {"type": "number"}}}}"#, accepts: ["[[[1], [2, 3]], [[4]]]"],
      refuses: ["[[[1], [\"2\"]]]", "[[[\"1\"]]]"]),
    SchemaCase(
      "minItems and maxItems", #"{"minItems": 1, "maxItems": 2}"#, accepts: ["[1]", "[1, 2]", "\"\""], refuses: ["[]", "[1, 2, 3]"]),
    SchemaCase(
      "uniqueItems", #"{"uniqueItems": true}"#,
      accepts: [
        "[]", "[1]", "[1, true]", "[0, false]", "[[1], [true]]", #"[{"a": 1}, {"a": 2}]"#, #"[{"a": false}, {"a": 0}]"#, #"["a", "A"]"#,
        #"[[["x"]], [["y"]]]"#, "[1, \"1\"]",
      ],
      refuses: [
        "[1, 1]", "[1.0, 1.00, 1]", "[1, 10e-1]", #"["a", "a"]"#, #"[{"a": 1, "b": 2}, {"b": 2, "a": 1}]"#, "[[1, 2], 3, [1, 2]]",
        #"["a", "\u0061"]"#, "[null, 1, 2, 3, 4, 5, 6, 7, 8, 9, null]", "[100000000000000000000, 1e20]",
        #"[{"a": [1, {"b": 1.0}]}, {"a": [1, {"b": 1}]}]"#,
      ]),
    SchemaCase("uniqueItems false", #"{"uniqueItems": false}"#, accepts: ["[1, 1]"], refuses: []),
    SchemaCase("contains", #"{"contains": {"minimum": 5}}"#, accepts: ["[3, 5]", "[5]", "{}", "1"], refuses: ["[2, 3]", "[]"]),
    SchemaCase("contains false", #"{"contains": false}"#, accepts: ["{}"], refuses: ["[1]", "[]"]),
    SchemaCase(
      "contains with items", #"{"items": {"multipleOf": 2}, "contains": {"multipleOf": 3}}"#, accepts: ["[6, 12]"],
      refuses: ["[2, 4, 8]", "[3, 6, 9]", "[1, 5]"]),
    SchemaCase(
      "minContains", #"{"contains": {"const": 1}, "minContains": 2}"#, accepts: ["[1, 1]", "[1, 2, 1]"], refuses: ["[1]", "[1, 2]", "[]"]),
    SchemaCase("minContains 0", #"{"contains": {"const": 1}, "minContains": 0}"#, accepts: ["[]", "[2]", "[1]"], refuses: []),
    SchemaCase(
      "maxContains", #"{"contains": {"const": 1}, "maxContains": 1}"#, accepts: ["[1]", "[1, 2]"],
      refuses: ["[1, 1]", "[1, 2, 1]", "[]", "[2]"]),
    SchemaCase(
      "maxContains below minContains", #"{"contains": {"const": 1}, "minContains": 3, "maxContains": 1}"#, accepts: [],
      refuses: ["[]", "[1]", "[1, 1, 1]"]),
    SchemaCase(
      "minContains 0 with maxContains", #"{"contains": {"const": 1}, "minContains": 0, "maxContains": 1}"#, accepts: ["[]", "[1]"],
      refuses: ["[1, 1]"]),
    SchemaCase("minContains without contains", #"{"minContains": 1, "maxContains": 1}"#, accepts: ["[]", "[1, 1]"], refuses: []),
  ]

  static let objects = [
    SchemaCase(
      "properties", #"{"properties": {"a": {"type": "integer"}, "b": false}}"#, accepts: [#"{"a": 1}"#, "{}", "[]", #"{"c": "x"}"#],
      refuses: [#"{"a": "x"}"#, #"{"b": 1}"#]),
    SchemaCase(
      "names with escapes",
      #"{"properties": {"foo\nbar": {"type": "number"}, "foo\"bar": {"type": "number"}, "foo\\bar": {"type": "number"}}}"#,
      accepts: [#"{"foo\nbar": 1, "foo\"bar": 1}"#], refuses: [#"{"foo\u000abar": "1"}"#, #"{"foo\\bar": "1"}"#]),
    SchemaCase(
      "names that differ only in normalization", #"{"properties": {"\u00e4": {"type": "number"}, "a\u0308": {"type": "string"}}}"#,
      accepts: [#"{"\u00e4": 1, "a\u0308": "x"}"#], refuses: [#"{"\u00e4": "x"}"#, #"{"a\u0308": 1}"#]),
    SchemaCase(
      "names of JavaScript",
      #"{"properties": {"__proto__": {"type": "number"}, "constructor": {"type": "number"}}, "required": ["__proto__"]}"#,
      accepts: [#"{"__proto__": 1}"#], refuses: ["{}", #"{"__proto__": "x"}"#, #"{"__proto__": 1, "constructor": []}"#]),
    SchemaCase(
      "a property with the name of a keyword", #"{"properties": {"$ref": {"type": "string"}, "$id": {"type": "number"}}}"#,
      accepts: [#"{"$ref": "a", "$id": 1}"#], refuses: [#"{"$ref": 2}"#]),
    SchemaCase(
      "both of two equal names are looked at", #"{"properties": {"a": {"type": "integer"}}}"#, accepts: [#"{"a": 1, "a": 2}"#],
      refuses: [#"{"a": 1, "a": "x"}"#, #"{"a": "x", "a": 1}"#]),
    SchemaCase(
      "patternProperties", #"{"patternProperties": {"f.*o": {"type": "integer"}, "^b": {"maximum": 3}}}"#,
      accepts: [#"{"foo": 1}"#, #"{"bfoo": 3}"#, "{}", "[]"], refuses: [#"{"foooo": "x"}"#, #"{"bfoo": 4}"#, #"{"b": 4}"#]),
    SchemaCase(
      "additionalProperties false", #"{"properties": {"a": {}}, "patternProperties": {"^v": {}}, "additionalProperties": false}"#,
      accepts: [#"{"a": 1, "vroom": 2}"#, "[]", "\"x\""], refuses: [#"{"quux": 1}"#, #"{"a": 1, "b": 1}"#]),
    SchemaCase(
      "additionalProperties alone", #"{"additionalProperties": {"type": "boolean"}}"#, accepts: [#"{"a": true}"#, "{}"],
      refuses: [#"{"a": 1}"#]),
    SchemaCase(
      "additionalProperties does not look into allOf",
      #"{"allOf": [{"properties": {"a": {}}}], "additionalProperties": {"type": "boolean"}}"#, accepts: [#"{"a": true}"#],
      refuses: [#"{"a": 1}"#]),
    SchemaCase(
      "additionalProperties beside a name that is only required", #"{"required": ["a"], "additionalProperties": false}"#, accepts: [],
      refuses: ["{}", #"{"a": 1}"#]),
    SchemaCase(
      "required", #"{"required": ["a", "\u0062"]}"#, accepts: [#"{"a": 1, "b": 2}"#, "[]", #"{"a": null, "\u0062": null}"#],
      refuses: ["{}", #"{"a": 1}"#]),
    SchemaCase("required, empty", #"{"required": []}"#, accepts: ["{}"], refuses: []),
    SchemaCase(
      "minProperties and maxProperties", #"{"minProperties": 1, "maxProperties": 2}"#, accepts: [#"{"a": 1}"#, "[]", "\"\""],
      refuses: ["{}", #"{"a": 1, "b": 2, "c": 3}"#]),
    SchemaCase(
      "propertyNames", #"{"propertyNames": {"maxLength": 3, "pattern": "^[a-zé]+$"}}"#,
      accepts: [#"{"f": {}, "foo": {}}"#, "{}", "[1]", #"{"\u00e9": 1}"#], refuses: [#"{"foobar": 1}"#, #"{"F": 1}"#]),
    SchemaCase(
      "propertyNames with enum and const", #"{"propertyNames": {"anyOf": [{"const": "a"}, {"enum": ["b"]}, {"type": "number"}]}}"#,
      accepts: [#"{"a": 1, "b": 2}"#], refuses: [#"{"c": 1}"#]),
    SchemaCase("propertyNames false", #"{"propertyNames": false}"#, accepts: ["{}"], refuses: [#"{"a": 1}"#]),
    SchemaCase(
      "dependentRequired", #"{"dependentRequired": {"a": ["b", "c"], "foo\nbar": ["foo\rbar"]}}"#,
      accepts: ["{}", #"{"b": 1}"#, #"{"a": 1, "b": 2, "c": 3}"#, "[\"a\"]"],
      refuses: [#"{"a": 1}"#, #"{"a": 1, "c": 2}"#, #"{"foo\nbar": 1, "foo": 2}"#]),
    SchemaCase(
      "dependentSchemas", #"{"dependentSchemas": {"a": {"properties": {"b": {"type": "integer"}}}, "z": false}}"#,
      accepts: [#"{"a": 1, "b": 2}"#, #"{"b": "x"}"#, "{}", "[]"], refuses: [#"{"a": 1, "b": "x"}"#, #"{"z": 1}"#]),
    SchemaCase(
      "dependencies stay in force", #"{"dependencies": {"a": ["b"], "c": {"required": ["d"]}}}"#,
      accepts: [#"{"a": 1, "b": 1}"#, #"{"c": 1, "d": 1}"#], refuses: [#"{"a": 1}"#, #"{"c": 1}"#]),
  ]

  static let inPlace = [
    SchemaCase(
      "allOf", #"{"allOf": [{"required": ["a"]}, {"required": ["b"]}]}"#, accepts: [#"{"a": 1, "b": 1}"#], refuses: [#"{"a": 1}"#, "{}"]),
    SchemaCase("allOf with false", #"{"allOf": [true, false]}"#, accepts: [], refuses: ["1"]),
    SchemaCase("anyOf", #"{"anyOf": [{"type": "integer"}, {"minimum": 2}]}"#, accepts: ["1", "2.5", "3"], refuses: ["1.5"]),
    SchemaCase(
      "anyOf with a base", #"{"type": "string", "anyOf": [{"maxLength": 2}, {"minLength": 4}]}"#, accepts: [#""a""#, #""abcd""#],
      refuses: ["3", #""abc""#]),
    SchemaCase("oneOf", #"{"oneOf": [{"type": "integer"}, {"minimum": 2}]}"#, accepts: ["1", "2.5"], refuses: ["3", "1.5"]),
    SchemaCase("oneOf with three true", #"{"oneOf": [true, true, true]}"#, accepts: [], refuses: ["1"]),
    SchemaCase(
      "oneOf of required", #"{"type": "object", "oneOf": [{"required": ["a", "b"]}, {"required": ["a", "c"]}]}"#,
      accepts: [#"{"a": 1, "b": 1}"#, #"{"a": 1, "c": 1}"#], refuses: ["{}", #"{"a": 1, "b": 1, "c": 1}"#]),
    SchemaCase(
      "all three", #"{"allOf": [{"multipleOf": 2}], "anyOf": [{"multipleOf": 3}], "oneOf": [{"multipleOf": 5}]}"#, accepts: ["30"],
      refuses: ["1", "2", "3", "5", "6", "10", "15"]),
    SchemaCase("not", #"{"not": {"type": ["integer", "boolean"]}}"#, accepts: [#""a""#], refuses: ["1", "true"]),
    SchemaCase("not not", #"{"not": {"not": {"minimum": 3}}}"#, accepts: ["3"], refuses: ["2"]),
    SchemaCase("a forbidden member", #"{"properties": {"foo": {"not": {}}}}"#, accepts: [#"{"bar": 1}"#], refuses: [#"{"foo": 1}"#]),
    SchemaCase(
      "if then else", #"{"if": {"exclusiveMaximum": 0}, "then": {"minimum": -10}, "else": {"multipleOf": 2}}"#, accepts: ["-1", "4"],
      refuses: ["-100", "3"]),
    SchemaCase("if without branches", #"{"if": {"const": 0}}"#, accepts: ["0", "1"], refuses: []),
    SchemaCase("then and else without if", #"{"then": {"const": 0}, "else": {"const": 0}}"#, accepts: ["1"], refuses: []),
    SchemaCase(
      "if true and false", #"{"allOf": [{"if": true, "then": {"minimum": 1}}, {"if": false, "else": {"maximum": 5}}]}"#, accepts: ["3"],
      refuses: ["0", "6"]),
    SchemaCase(
      "branches do not see into one another",
      #"{"allOf": [{"if": {"exclusiveMaximum": 0}}, {"then": {"minimum": -10}}, {"else": {"multipleOf": 2}}]}"#, accepts: ["-100", "3"],
      refuses: []),
  ]

  static let earlier = [
    SchemaCase(
      "draft 4: an integer has no point", draft: .draft4, #"{"type": "integer"}"#, accepts: ["1", "1e2"], refuses: ["1.0", "1.5"]),
    SchemaCase(
      "draft 4: exclusiveMinimum is a boolean", draft: .draft4, #"{"minimum": 1.1, "exclusiveMinimum": true}"#, accepts: ["1.2"],
      refuses: ["1.1", "0.6"]),
    SchemaCase(
      "draft 4: exclusiveMaximum false", draft: .draft4, #"{"maximum": 3, "exclusiveMaximum": false}"#, accepts: ["3"], refuses: ["3.5"]),
    SchemaCase(
      "draft 4 has no const, contains, propertyNames, if", draft: .draft4,
      #"{"const": 1, "contains": {"type": "null"}, "propertyNames": {"maxLength": 1}, "if": {}, "then": {"type": "null"}}"#,
      accepts: ["2", "[1]", #"{"abc": 1}"#], refuses: []),
    SchemaCase(
      "draft 4: items as an array", draft: .draft4, #"{"items": [{"type": "integer"}, {"type": "string"}], "additionalItems": false}"#,
      accepts: ["[1, \"a\"]", "[1]", "[]"], refuses: ["[\"a\"]", "[1, \"a\", 1]"]),
    SchemaCase(
      "draft 4: additionalItems with a schema", draft: .draft4, #"{"items": [{}], "additionalItems": {"type": "integer"}}"#,
      accepts: ["[null, 2, 3]"], refuses: ["[null, 2, \"x\"]"]),
    SchemaCase(
      "draft 4: additionalItems needs an array", draft: .draft4, #"{"items": {"type": "integer"}, "additionalItems": false}"#,
      accepts: ["[1, 2]"], refuses: ["[\"a\"]"]),
    SchemaCase(
      "draft 4: dependencies", draft: .draft4, #"{"dependencies": {"bar": ["foo"], "q": {"properties": {"r": {"type": "integer"}}}}}"#,
      accepts: [#"{"foo": 1, "bar": 2}"#, #"{"q": 1, "r": 2}"#, #"{"r": "x"}"#], refuses: [#"{"bar": 2}"#, #"{"q": 1, "r": "x"}"#]),
    SchemaCase(
      "draft 6: const and contains", draft: .draft6, #"{"contains": {"const": 1}}"#, accepts: ["[1.0]", "[2, 1]"], refuses: ["[]", "[2]"]),
    SchemaCase(
      "draft 6: exclusive limits are numbers", draft: .draft6, #"{"exclusiveMinimum": 1, "exclusiveMaximum": 3}"#, accepts: ["2"],
      refuses: ["1", "3"]),
    SchemaCase("draft 6: 1.0 is an integer", draft: .draft6, #"{"type": "integer"}"#, accepts: ["1.0"], refuses: ["1.5"]),
    SchemaCase("draft 6 has no if", draft: .draft6, #"{"if": {}, "then": false}"#, accepts: ["1"], refuses: []),
    SchemaCase("draft 7: if", draft: .draft7, #"{"if": {}, "then": false}"#, accepts: [], refuses: ["1"]),
    SchemaCase(
      "draft 7 has no minContains, dependentRequired, unevaluatedProperties", draft: .draft7,
      #"{"contains": {"const": 1}, "minContains": 2, "dependentRequired": {"a": ["b"]}, "unevaluatedProperties": false}"#,
      accepts: ["[1]", #"{"a": 1}"#], refuses: ["[]"]),
    SchemaCase(
      "2019-09: items as an array", draft: .draft201909,
      #"{"items": [{"type": "integer"}], "additionalItems": {"type": "string"}, "prefixItems": [false]}"#, accepts: ["[1, \"a\"]"],
      refuses: ["[\"a\"]", "[1, 2]"]),
    SchemaCase(
      "2019-09: minContains", draft: .draft201909, #"{"contains": {"const": 1}, "minContains": 2, "maxContains": 2}"#, accepts: ["[1, 1]"],
      refuses: ["[1]", "[1, 1, 1]"]),
    SchemaCase("2020-12 has no additionalItems", #"{"prefixItems": [true], "additionalItems": false}"#, accepts: ["[1, 2]"], refuses: []),
  ]
}
