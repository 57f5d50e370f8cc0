import SchemaValidation
import Testing

/// `$ref`, `$id`, `$anchor`, `$dynamicRef`, `$recursiveRef`, documents given in advance, meta-schemas and vocabularies.
@Suite struct ReferenceTests {
  @Test(arguments: pointers + identifiers) func references(_ row: SchemaCase) throws { try row.check(documents: Self.documents()) }
  @Test(arguments: dynamic) func dynamicReferences(_ row: SchemaCase) throws { try row.check(documents: Self.documents()) }
  @Test(arguments: dialects) func dialectsAreTold(_ row: SchemaCase) throws { try row.check(documents: Self.documents()) }

  @Test func tablesAreComplete() {
    #expect((Self.pointers + Self.identifiers + Self.dynamic + Self.dialects).count >= 50)
  }

  @Test func everyMetaSchemaAcceptsItself() throws {
    let uris = [
      "http://json-schema.org/draft-04/schema", "http://json-schema.org/draft-06/schema", "http://json-schema.org/draft-07/schema",
      "https://json-schema.org/draft/2019-09/schema", "https://json-schema.org/draft/2020-12/schema",
    ]
    for uri in uris {
      let schema = try CompiledSchema(Array(#"{"$schema": "\#(uri)", "$ref": "\#(uri)"}"#.utf8))
      let validator = SchemaValidator()
      #expect(validator.validate(Array(#"{"type": "object", "properties": {"a": {"minLength": 1}}}"#.utf8), schema) == .valid)
      for wrong in [#"{"type": 1}"#, #"{"properties": {"a": {"minLength": -1}}}"#, #"{"required": "a"}"#, #"{"allOf": []}"#, "1"] {
        #expect(validator.validate(Array(wrong.utf8), schema) == .invalid, "\(uri): \(wrong)")
      }
    }
    #expect(uris.count == 5)
  }

  @Test func aDocumentIsKnownByItsOwnIdentifier() throws {
    var documents = SchemaDocuments()
    try documents.add(Array(#"{"$id": "http://a.example/word.json", "type": "string"}"#.utf8), identifiedAs: "word.json")
    let old = #"{"$schema": "http://json-schema.org/draft-04/schema#", "id": "http://a.example/old.json#", "type": "integer"}"#
    try documents.add(Array(old.utf8), identifiedAs: "old.json")
    for (uri, good, bad) in [("word.json", #""a""#, "1"), ("old.json", "1", #""a""#)] {
      let schema = try CompiledSchema(Array(#"{"$ref": "http://a.example/\#(uri)"}"#.utf8), documents: documents)
      let validator = SchemaValidator()
      #expect(validator.validate(Array(good.utf8), schema) == .valid && validator.validate(Array(bad.utf8), schema) == .invalid)
    }
    for text in ["{}", #"{"$id": "word.json"}"#, #"{"$id": 1}"#, "[]", "{"] {
      #expect(throws: SchemaError.self) { try documents.add(Array(text.utf8), identifiedAs: "nameless.json") }
    }
  }

  static func documents() throws -> SchemaDocuments {
    var documents = SchemaDocuments()
    let texts = [
      "integer.json": #"{"type": "integer"}"#,
      "defs.json":
        ##"{"$defs": {"int": {"type": "integer"}, "viaLocal": {"$ref": "#/$defs/int"}, "named": {"$anchor": "word", "type": "string"}}}"##,
      "folder/string.json": #"{"type": "string"}"#,
      "folder/relative.json": #"{"properties": {"s": {"$ref": "string.json"}}}"#,
      "moved.json":
        #"{"$id": "http://elsewhere.example/a/b.json", "properties": {"x": {"$ref": "c.json"}}, "$defs": {"c": {"$id": "c.json", "type": "boolean"}}}"#,
      "old.json":
        ##"{"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"type": "integer"}], "$ref": "#/definitions/x", "definitions": {"x": {"minItems": 1}}}"##,
      "tree.json":
        ##"{"$id": "http://example.com/tree.json", "$dynamicAnchor": "node", "type": "object", "properties": {"data": true, "children": {"type": "array", "items": {"$dynamicRef": "#node"}}}}"##,
      "list.json":
        ##"{"$id": "http://example.com/list.json", "type": "array", "items": {"$dynamicRef": "#item"}, "$defs": {"any": {"$dynamicAnchor": "item"}}}"##,
      "detached.json":
        ##"{"$id": "http://example.com/detached.json", "$defs": {"foo": {"$dynamicRef": "#detached"}, "d": {"$dynamicAnchor": "detached", "type": "integer"}}}"##,
      "meta-no-validation.json":
        ##"{"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "http://example.com/meta-no-validation.json", "$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/core": true, "https://json-schema.org/draft/2020-12/vocab/applicator": true, "http://example.com/other": false}}"##,
      "meta-required.json":
        ##"{"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "http://example.com/meta-required.json", "$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/core": true, "http://example.com/other": true}}"##,
    ]
    for (name, text) in texts { try documents.add(Array(text.utf8), uri: "http://example.com/\(name)") }
    return documents
  }

  static let pointers = [
    SchemaCase(
      "the root", ##"{"properties": {"foo": {"$ref": "#"}}, "additionalProperties": false}"##, accepts: [#"{"foo": {"foo": false}}"#],
      refuses: [#"{"foo": {"bar": 1}}"#]),
    SchemaCase(
      "a member", ##"{"properties": {"foo": {"type": "integer"}, "bar": {"$ref": "#/properties/foo"}}}"##, accepts: [#"{"bar": 3}"#],
      refuses: [#"{"bar": true}"#]),
    SchemaCase(
      "an element", ##"{"prefixItems": [{"type": "integer"}, {"$ref": "#/prefixItems/0"}]}"##, accepts: ["[1, 2]"], refuses: ["[1, \"x\"]"]),
    SchemaCase(
      "escapes",
      ##"{"$defs": {"tilde~field": {"type": "integer"}, "slash/field": {"type": "integer"}, "percent%field": {"type": "integer"}, "": {"": {"type": "string"}}}, "properties": {"t": {"$ref": "#/$defs/tilde~0field"}, "s": {"$ref": "#/$defs/slash~1field"}, "p": {"$ref": "#/$defs/percent%25field"}, "e": {"$ref": "#/$defs//"}}}"##,
      accepts: [#"{"t": 1, "s": 1, "p": 1, "e": ""}"#], refuses: [#"{"t": ""}"#, #"{"s": ""}"#, #"{"p": ""}"#, #"{"e": 1}"#]),
    SchemaCase(
      "quotes", ##"{"properties": {"foo\"bar": {"$ref": "#/$defs/foo%22bar"}}, "$defs": {"foo\"bar": {"type": "number"}}}"##,
      accepts: [#"{"foo\"bar": 1}"#], refuses: [#"{"foo\"bar": "1"}"#]),
    SchemaCase(
      "a chain", ##"{"$defs": {"a": {"type": "integer"}, "b": {"$ref": "#/$defs/a"}, "c": {"$ref": "#/$defs/b"}}, "$ref": "#/$defs/c"}"##,
      accepts: ["5"], refuses: ["\"a\""]),
    SchemaCase(
      "siblings count", ##"{"$defs": {"r": {"type": "array"}}, "properties": {"foo": {"$ref": "#/$defs/r", "maxItems": 2}}}"##,
      accepts: [#"{"foo": []}"#], refuses: [#"{"foo": [1, 2, 3]}"#, #"{"foo": "x"}"#]),
    SchemaCase(
      "siblings do not count in draft 7", draft: .draft7,
      ##"{"definitions": {"r": {"type": "array"}}, "properties": {"foo": {"$ref": "#/definitions/r", "maxItems": 2}}}"##,
      accepts: [#"{"foo": [1, 2, 3]}"#], refuses: [#"{"foo": "x"}"#]),
    SchemaCase(
      "to booleans", ##"{"properties": {"a": {"$ref": "#/$defs/t"}, "b": {"$ref": "#/$defs/f"}}, "$defs": {"t": true, "f": false}}"##,
      accepts: [#"{"a": 1}"#], refuses: [#"{"b": 1}"#]),
    SchemaCase(
      "to if, then and else",
      ##"{"properties": {"a": {"$ref": "#/$defs/x/if"}, "b": {"$ref": "#/$defs/x/then"}}, "$defs": {"x": {"if": {"type": "integer"}, "then": {"minimum": 3}}}}"##,
      accepts: [#"{"a": 1, "b": 3}"#], refuses: [#"{"a": "x"}"#, #"{"b": 1}"#]),
    SchemaCase(
      "to an unknown keyword", ##"{"properties": {"foo": {"$ref": "#/unknown-keyword"}}, "unknown-keyword": {"type": "integer"}}"##,
      accepts: [#"{"foo": 3}"#], refuses: [#"{"foo": true}"#]),
    SchemaCase(
      "into examples", ##"{"$id": "http://example.com/base", "examples": [{"type": "string"}], "$ref": "#/examples/0"}"##,
      accepts: ["\"a\""], refuses: ["42"]),
    SchemaCase(
      "a property called $ref", ##"{"properties": {"$ref": {"$ref": "#/$defs/s"}}, "$defs": {"s": {"type": "string"}}}"##,
      accepts: [#"{"$ref": "a"}"#], refuses: [#"{"$ref": 2}"#]),
    SchemaCase(
      "$ref that is data", #"{"enum": [{"$ref": "a"}], "const": {"$ref": "a"}}"#, accepts: [#"{"$ref": "a"}"#], refuses: [#"{"$ref": "b"}"#]
    ),
    SchemaCase(
      "two that refer to one another",
      ##"{"$id": "http://example.com/t", "type": "object", "properties": {"nodes": {"type": "array", "items": {"$ref": "node"}}}, "$defs": {"node": {"$id": "http://example.com/node", "type": "object", "properties": {"value": {"type": "number"}, "subtree": {"$ref": "t"}}, "required": ["value"]}}}"##,
      accepts: [#"{"nodes": [{"value": 1, "subtree": {"nodes": [{"value": 2}]}}]}"#],
      refuses: [#"{"nodes": [{"value": 1, "subtree": {"nodes": [{"value": "x"}]}}]}"#]),
  ]

  static let identifiers = [
    SchemaCase("a document", #"{"$ref": "http://example.com/integer.json"}"#, accepts: ["1"], refuses: ["\"a\""]),
    SchemaCase("a document, relative to where the schema was found", #"{"$ref": "integer.json"}"#, accepts: ["1"], refuses: ["\"a\""]),
    SchemaCase("a pointer in a document", #"{"$ref": "http://example.com/defs.json#/$defs/viaLocal"}"#, accepts: ["1"], refuses: ["\"a\""]),
    SchemaCase("an anchor in a document", #"{"$ref": "http://example.com/defs.json#word"}"#, accepts: ["\"a\""], refuses: ["1"]),
    SchemaCase(
      "a reference inside of a document", #"{"$ref": "folder/relative.json"}"#, accepts: [#"{"s": "a"}"#], refuses: [#"{"s": 1}"#]),
    SchemaCase("a document with another $id", #"{"$ref": "moved.json"}"#, accepts: [#"{"x": true}"#], refuses: [#"{"x": 1}"#]),
    SchemaCase(
      "$id changes the base", #"{"$id": "http://example.com/", "items": {"$id": "folder/", "items": {"$ref": "string.json"}}}"#,
      accepts: ["[[\"a\"]]"], refuses: ["[[1]]"]),
    SchemaCase(
      "nearest parent",
      ##"{"$id": "http://example.com/a.json", "$defs": {"x": {"$id": "http://example.com/b/c.json", "not": {"$defs": {"y": {"$id": "d.json", "type": "number"}}}}}, "allOf": [{"$ref": "http://example.com/b/d.json"}]}"##,
      accepts: ["1"], refuses: ["\"a\""]),
    SchemaCase(
      "$id beside $ref counts first",
      ##"{"$id": "https://example.com/ref-and-id1/base.json", "$ref": "int.json", "$defs": {"bigint": {"$id": "/ref-and-id1/int.json", "maximum": 10}, "smallint": {"$id": "/ref-and-id1-int.json", "maximum": 2}}}"##,
      accepts: ["5"], refuses: ["50"]),
    SchemaCase(
      "$id beside $ref is nothing in draft 7", draft: .draft7,
      ##"{"$id": "http://localhost/sibling/base/", "definitions": {"foo": {"$id": "http://localhost/sibling/foo.json", "type": "string"}, "base_foo": {"$id": "foo.json", "type": "number"}}, "allOf": [{"$id": "http://localhost/sibling/", "$ref": "foo.json"}]}"##,
      accepts: ["1"], refuses: ["\"a\""]),
    SchemaCase(
      "a fragment as $id", draft: .draft7, ##"{"allOf": [{"$ref": "#foo"}], "definitions": {"A": {"$id": "#foo", "type": "integer"}}}"##,
      accepts: ["1"], refuses: ["\"a\""]),
    SchemaCase(
      "a fragment as id", draft: .draft4, ##"{"allOf": [{"$ref": "#foo"}], "definitions": {"A": {"id": "#foo", "type": "integer"}}}"##,
      accepts: ["1"], refuses: ["\"a\""]),
    SchemaCase(
      "an absolute $id with a fragment", draft: .draft7,
      ##"{"$id": "http://localhost/root", "allOf": [{"$ref": "http://localhost/nested.json#foo"}], "definitions": {"A": {"$id": "nested.json", "definitions": {"B": {"$id": "#foo", "type": "integer"}}}}}"##,
      accepts: ["1"], refuses: ["\"a\""]),
    SchemaCase(
      "the same anchor in two resources",
      ##"{"$id": "http://localhost/foobar", "$defs": {"A": {"$id": "child1", "allOf": [{"$id": "child2", "$anchor": "x", "type": "number"}, {"$anchor": "x", "type": "string"}]}}, "$ref": "child1#x"}"##,
      accepts: ["\"a\""], refuses: ["1"]),
    SchemaCase(
      "a URN",
      ##"{"$id": "urn:uuid:deadbeef-1234-ffff-ffff-4321feebdaed", "minProperties": 1, "properties": {"foo": {"$ref": "urn:uuid:deadbeef-1234-ffff-ffff-4321feebdaed"}, "bar": {"$ref": "#/$defs/bar"}}, "$defs": {"bar": {"type": "string"}}}"##,
      accepts: [#"{"foo": {"bar": "a"}}"#], refuses: [#"{"foo": {}}"#, #"{"bar": 1}"#]),
    SchemaCase(
      "a URN with query and anchor",
      ##"{"$id": "urn:example:weather?=op=map", "$ref": "urn:example:weather?=op=map#a", "$defs": {"x": {"$anchor": "a", "type": "string"}}}"##,
      accepts: ["\"a\""], refuses: ["1"]),
    SchemaCase(
      "a path from the root",
      ##"{"$id": "http://localhost/ref/abs.json", "$defs": {"a": {"$id": "http://localhost/ref/absref/foobar.json", "type": "number"}, "b": {"$id": "http://localhost/absref/foobar.json", "type": "string"}}, "allOf": [{"$ref": "/absref/foobar.json"}]}"##,
      accepts: ["\"a\""], refuses: ["1"]),
    SchemaCase(
      "file URIs", ##"{"$id": "file:///folder/file.json", "$defs": {"foo": {"type": "number"}}, "allOf": [{"$ref": "#/$defs/foo"}]}"##,
      accepts: ["1"], refuses: ["\"a\""]),
    SchemaCase(
      "dots",
      ##"{"$id": "http://localhost/a/b/c.json", "$defs": {"x": {"$id": "../d.json", "type": "number"}}, "$ref": "./../x/../d.json"}"##,
      accepts: ["1"], refuses: ["\"a\""]),
    SchemaCase(
      "$id in enum is data",
      ##"{"$defs": {"e": {"enum": [{"$id": "http://localhost/my.json", "type": "null"}]}, "r": {"$id": "http://localhost/my.json", "type": "string"}}, "anyOf": [{"$ref": "#/$defs/e"}, {"$ref": "http://localhost/my.json"}]}"##,
      accepts: [#"{"$id": "http://localhost/my.json", "type": "null"}"#, "\"a\""], refuses: ["1", "null"]),
  ]

  static let dynamic = [
    SchemaCase(
      "as $ref, within one resource",
      ##"{"$id": "http://localhost/x", "items": {"$dynamicRef": "#items"}, "$defs": {"foo": {"$dynamicAnchor": "items", "type": "string"}}}"##,
      accepts: ["[\"a\"]"], refuses: ["[1]"]),
    SchemaCase(
      "to a plain anchor",
      ##"{"$id": "http://localhost/x", "items": {"$dynamicRef": "#items"}, "$defs": {"foo": {"$anchor": "items", "type": "string"}}}"##,
      accepts: ["[\"a\"]"], refuses: ["[1]"]),
    SchemaCase(
      "$ref to a dynamic anchor stays",
      ##"{"$id": "http://localhost/root", "$ref": "list", "$defs": {"foo": {"$dynamicAnchor": "items", "type": "string"}, "list": {"$id": "list", "items": {"$ref": "#items"}, "$defs": {"items": {"$dynamicAnchor": "items"}}}}}"##,
      accepts: ["[1, \"a\"]"], refuses: []),
    SchemaCase(
      "the outermost wins",
      ##"{"$id": "http://localhost/root", "$ref": "list", "$defs": {"foo": {"$dynamicAnchor": "items", "type": "string"}, "list": {"$id": "list", "items": {"$dynamicRef": "#items"}, "$defs": {"items": {"$dynamicAnchor": "items"}}}}}"##,
      accepts: ["[\"a\"]"], refuses: ["[1]"]),
    SchemaCase(
      "without a matching dynamic anchor it is as $ref",
      ##"{"$id": "http://localhost/root", "$ref": "list", "$defs": {"foo": {"$dynamicAnchor": "items", "type": "string"}, "list": {"$id": "list", "items": {"$dynamicRef": "#items"}, "$defs": {"items": {"$anchor": "items"}}}}}"##,
      accepts: ["[1]"], refuses: []),
    SchemaCase(
      "resources in between are skipped",
      ##"{"$id": "http://localhost/root", "$ref": "mid", "$defs": {"foo": {"$dynamicAnchor": "items", "type": "string"}, "mid": {"$id": "mid", "$ref": "list"}, "list": {"$id": "list", "items": {"$dynamicRef": "#items"}, "$defs": {"items": {"$dynamicAnchor": "items"}}}}}"##,
      accepts: ["[\"a\"]"], refuses: ["[1]"]),
    SchemaCase(
      "a plain anchor on the way does not count",
      ##"{"$id": "http://localhost/root", "$ref": "list", "$defs": {"foo": {"$anchor": "items", "type": "string"}, "list": {"$id": "list", "items": {"$dynamicRef": "#items"}, "$defs": {"items": {"$dynamicAnchor": "items"}}}}}"##,
      accepts: ["[1]"], refuses: []),
    SchemaCase(
      "a tree made strict",
      ##"{"$id": "http://example.com/strict-tree.json", "$dynamicAnchor": "node", "$ref": "tree.json", "unevaluatedProperties": false}"##,
      accepts: [#"{"children": [{"data": 1}]}"#], refuses: [#"{"children": [{"daat": 1}]}"#]),
    SchemaCase(
      "a list with items of its own",
      ##"{"$id": "http://example.com/strings", "$ref": "list.json", "$defs": {"i": {"$dynamicAnchor": "item", "type": "string"}}}"##,
      accepts: ["[\"a\"]"], refuses: ["[1]"]),
    SchemaCase("a detached anchor", #"{"$ref": "http://example.com/detached.json#/$defs/foo"}"#, accepts: ["1"], refuses: ["\"a\""]),
    SchemaCase(
      "a way that was left again does not count",
      ##"{"$id": "http://localhost/main", "if": {"$id": "first", "$defs": {"t": {"$dynamicAnchor": "thingy", "type": "number"}}}, "then": {"$id": "second", "$ref": "start", "$defs": {"t": {"$dynamicAnchor": "thingy", "type": "null"}}}, "$defs": {"start": {"$id": "start", "$dynamicRef": "inner#thingy"}, "inner": {"$id": "inner", "$defs": {"t": {"$dynamicAnchor": "thingy", "type": "string"}}}}}"##,
      accepts: ["null"], refuses: ["\"a\"", "42"]),
    SchemaCase(
      "two ways to one reference",
      ##"{"$id": "http://localhost/main", "if": {"properties": {"kind": {"const": "numbers"}}, "required": ["kind"]}, "then": {"$id": "numbers", "$ref": "generic", "$defs": {"i": {"$dynamicAnchor": "item", "type": "number"}}}, "else": {"$id": "strings", "$ref": "generic", "$defs": {"i": {"$dynamicAnchor": "item", "type": "string"}}}, "$defs": {"generic": {"$id": "generic", "properties": {"list": {"items": {"$dynamicRef": "#item"}}}, "$defs": {"d": {"$dynamicAnchor": "item"}}}}}"##,
      accepts: [#"{"kind": "numbers", "list": [1]}"#, #"{"kind": "strings", "list": ["a"]}"#],
      refuses: [#"{"kind": "numbers", "list": ["a"]}"#, #"{"kind": "strings", "list": [1]}"#]),
    SchemaCase(
      "a pointer is no dynamic anchor",
      ##"{"$id": "http://localhost/root", "$ref": "list", "$defs": {"foo": {"$dynamicAnchor": "items", "type": "string"}, "list": {"$id": "list", "items": {"$dynamicRef": "#/$defs/items"}, "$defs": {"items": {"$dynamicAnchor": "items"}}}}}"##,
      accepts: ["[1]"], refuses: []),
    SchemaCase(
      "$recursiveRef without an anchor", draft: .draft201909,
      ##"{"properties": {"foo": {"$recursiveRef": "#"}}, "additionalProperties": false}"##, accepts: [#"{"foo": {"foo": 1}}"#],
      refuses: [#"{"foo": {"bar": 1}}"#]),
    SchemaCase(
      "$recursiveRef without nesting", draft: .draft201909,
      ##"{"$id": "http://localhost/outer", "$recursiveAnchor": true, "$defs": {"inner": {"$id": "inner", "anyOf": [{"type": "integer"}, {"type": "object", "additionalProperties": {"$recursiveRef": "#"}}]}}, "anyOf": [{"type": "string"}, {"$ref": "inner"}]}"##,
      accepts: ["1", "\"a\"", #"{"a": 1}"#], refuses: [#"{"a": "x"}"#]),
    SchemaCase(
      "$recursiveRef with nesting", draft: .draft201909,
      ##"{"$id": "http://localhost/outer", "$recursiveAnchor": true, "$defs": {"inner": {"$id": "inner", "$recursiveAnchor": true, "anyOf": [{"type": "integer"}, {"type": "object", "additionalProperties": {"$recursiveRef": "#"}}]}}, "anyOf": [{"type": "string"}, {"$ref": "inner"}]}"##,
      accepts: ["1", #"{"a": "x"}"#, #"{"a": {"b": "x"}}"#], refuses: ["true", #"{"a": true}"#]),
  ]

  static let dialects = [
    SchemaCase(
      "$schema beats the default", draft: .draft202012,
      #"{"$schema": "http://json-schema.org/draft-04/schema#", "type": "integer", "const": 1}"#, accepts: ["2"], refuses: ["1.0"]),
    SchemaCase(
      "a document of an earlier draft",
      #"{"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": "http://example.com/old.json"}"#, accepts: ["[\"a\"]"],
      refuses: ["[]"]),
    SchemaCase(
      "an embedded schema of an earlier draft",
      #"{"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"a": {"$id": "http://localhost/emb", "$schema": "http://json-schema.org/draft-07/schema#", "items": [{"type": "integer"}]}}}"#,
      accepts: [#"{"a": [1, "x"]}"#], refuses: [#"{"a": ["x"]}"#]),
    SchemaCase(
      "an embedded schema of draft 4",
      #"{"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"a": {"id": "http://localhost/emb4", "$schema": "http://json-schema.org/draft-04/schema#", "type": "integer"}}}"#,
      accepts: [#"{"a": 1}"#], refuses: [#"{"a": 1.0}"#]),
    SchemaCase(
      "without the validation vocabulary",
      #"{"$schema": "http://example.com/meta-no-validation.json", "type": "string", "minimum": 5, "required": ["x"], "properties": {"b": false}}"#,
      accepts: ["1", "{}"], refuses: [#"{"b": 1}"#]),
  ]

  @Test(arguments: [
    (#"{"$schema": "http://example.com/meta-required.json"}"#, "is required but unknown"),
    (#"{"$schema": "http://example.com/missing.json"}"#, "is unknown"),
    (#"{"$ref": "http://example.com/missing.json"}"#, "not among the documents given"),
    (##"{"$ref": "#/$defs/missing"}"##, "nothing at"),
    (##"{"$ref": "#missing"}"##, "no anchor"),
    (##"{"$ref": "#/a~2"}"##, "not a JSON Pointer"),
    (##"{"items": {"$id": "a#b"}}"##, "must not have a fragment"),
    (##"{"$ref": 1}"##, "must be a string"),
  ])
  func wrongReferences(_ row: (schema: String, message: String)) throws {
    let error = #expect(throws: SchemaError.self) {
      try CompiledSchema(Array(row.schema.utf8), uri: "http://example.com/root.json", documents: Self.documents())
    }
    #expect(error?.message.contains(row.message) == true, "\(error?.description ?? "")")
  }

  /// A circle that never descends into the value ends at the limit, not in a crash.
  @Test(arguments: [##"{"$ref": "#"}"##, ##"{"allOf": [{"$ref": "#"}]}"##, ##"{"not": {"anyOf": [{"$ref": "#"}]}}"##])
  func circlesEndAtTheLimit(_ schema: String) throws {
    let schema = try CompiledSchema(Array(schema.utf8))
    #expect(SchemaValidator().validate(Array("1".utf8), schema) == .limitReached)
    #expect(SchemaValidator().explain(Array("1".utf8), schema).verdict == .limitReached)
  }
}
