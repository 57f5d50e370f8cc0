import Foundation
import OpenAPIValidation
import SchemaValidation
import Testing

@Suite struct OpenAPIDocumentTests {
  static let shop = ##"""
    {"openapi": "3.0.3", "info": {"title": "Shop", "version": "1"},
     "servers": [{"url": "https://api.example.com/{stage}/", "variables": {"stage": {"default": "v1"}}}],
     "security": [{"key": []}, {"oauth": ["read"]}],
     "paths": {
       "/items": {
         "parameters": [{"name": "trace", "in": "header", "schema": {"type": "string"}}, {"name": "limit", "in": "query", "schema": {"type": "integer"}}],
         "get": {"operationId": "list", "parameters": [
           {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 50}}, {"$ref": "#/components/parameters/Tags"},
           {"name": "filter", "in": "query", "content": {"application/json; charset=utf-8": {"schema": {"type": "object"}}}},
           {"name": "Accept", "in": "header", "schema": {"type": "string"}}],
           "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}}}},
             "headers": {"X-Total": {"schema": {"type": "integer"}}}}, "4XX": {"description": ""}, "default": {"$ref": "#/components/responses/Oops"}}},
         "post": {"security": [], "deprecated": true, "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}, "text/*": {}, "*/*": {"schema": {"type": "string"}}}},
           "responses": {"201": {"description": ""}}}},
       "/items/{id}": {"parameters": [{"name": "id", "in": "path", "required": true, "style": "matrix", "explode": true, "schema": {"type": "integer"}}],
         "get": {"responses": {"200": {"description": ""}}, "callbacks": {}}},
       "/items/mine": {"put": {"responses": {"200": {"description": ""}}}}},
     "components": {
       "parameters": {"Tags": {"name": "tags", "in": "query", "style": "pipeDelimited", "explode": false, "allowReserved": true, "required": true, "schema": {"type": "array"}}},
       "responses": {"Oops": {"description": "", "content": {"application/problem+json": {}}}},
       "schemas": {"Item": {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "integer", "readOnly": true}, "name": {"type": "string"}, "secret": {"type": "string", "writeOnly": true}}}},
       "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}, "oauth": {"type": "oauth2", "flows": {}}}}}
    """##

  @Test func theModelSaysWhatTheDocumentSays() throws {
    let document = try OpenAPIDocument(Array(Self.shop.utf8))
    #expect(document.version == .v30)
    #expect(document.basePaths == ["/v1"])
    #expect(document.operations.map { "\($0.method) \($0.path)" } == ["GET /items", "POST /items", "GET /items/{id}", "PUT /items/mine"])
    let list = document.operations[0]
    #expect(list.operationID == "list")
    #expect(list.parameters.map(\.name) == ["trace", "limit", "tags", "filter"])
    #expect(list.parameters.map(\.style) == [.simple, .form, .pipeDelimited, .form])
    #expect(list.parameters.map(\.explodes) == [false, true, false, true])
    #expect(list.parameters.map(\.isRequired) == [false, false, true, false])
    #expect(list.parameters[2].allowsReserved)
    #expect(list.parameters[3].mediaType == "application/json")
    #expect(list.response(status: 200)?.content.map(\.range) == ["application/json"])
    #expect(list.response(status: 200)?.headers.map(\.name) == ["X-Total"])
    #expect(list.response(status: 404)?.content.isEmpty == true)
    #expect(list.response(status: 503)?.content.map(\.range) == ["application/problem+json"])
    #expect(
      list.security == [
        [OpenAPISecurityRequirement(name: "key", kind: .apiKey(place: .header, name: "X-Key"), scopes: [])],
        [OpenAPISecurityRequirement(name: "oauth", kind: .oauth2, scopes: ["read"])],
      ])
    let create = document.operations[1]
    #expect(create.isDeprecated && create.security.isEmpty)
    #expect(create.body?.isRequired == true)
    #expect(create.body?.content(for: "application/json")?.range == "application/json")
    #expect(create.body?.content(for: "text/csv")?.range == "text/*")
    #expect(create.body?.content(for: "image/png")?.range == "*/*")
    #expect(create.response(status: 500) == nil)
    #expect(document.operations[2].parameters[0].style == .matrix)
    #expect(document.notes.map(\.message) == ["bodies of the type */* are not looked into", "callbacks are not checked"])
  }

  @Test func schemasKnowTheirDirection() throws {
    let document = try OpenAPIDocument(Array(Self.shop.utf8))
    let validator = SchemaValidator()
    func verdict(_ schema: CompiledSchema?, _ text: String) throws -> SchemaVerdict {
      validator.validate(Array(text.utf8), try #require(schema))
    }
    let request = document.operations[1].body?.content[0].schema
    #expect(try verdict(request, #"{"name": "a"}"#) == .valid)
    #expect(try verdict(request, #"{"id": 1, "name": "a"}"#) == .valid)
    #expect(try verdict(request, #"{"id": 1}"#) == .invalid)
    let response = document.operations[0].responses["200"]?.content[0].schema
    #expect(try verdict(response, #"[{"id": 1, "name": "a"}]"#) == .valid)
    #expect(try verdict(response, #"[{"name": "a"}]"#) == .invalid)
    #expect(try verdict(response, #"[{"id": 1, "name": "a", "secret": "x"}]"#) == .valid)
    let closed = document.operations[0].responses["200"]?.content[0].closed
    #expect(try verdict(closed, #"[{"id": 1, "name": "a", "secret": "x"}]"#) == .invalid)
    #expect(try verdict(document.operations[1].body?.content[0].closed, #"{"id": 1, "name": "a"}"#) == .invalid)
    #expect(try verdict(document.operations[1].body?.content[0].closed, #"{"more": 1, "name": "a"}"#) == .invalid)
    #expect(try verdict(document.operations[1].body?.content[0].closed, #"{"name": "a"}"#) == .valid)
    // The operation's own parameter takes the place of the path's.
    #expect(try verdict(document.operations[0].parameters[1].schema, "51") == .invalid)
    #expect(document.operations[1].body?.content[1].schema == nil)
  }

  @Test(arguments: [
    ("GET", "/v1/items", 0), ("POST", "/v1/items", 1), ("GET", "/v1/items/5", 2), ("PUT", "/v1/items/mine", 3),
    ("GET", "/v1/items/mine", 2), ("GET", "/v1/it%65ms", 0),
    ("GET", "/v1/items/a%2Fb", 2),
  ])
  func operationsAreFound(_ row: (method: String, path: String, index: Int)) throws {
    let document = try OpenAPIDocument(Array(Self.shop.utf8))
    guard case .operation(let index, let parameters) = Self.route(document, row.method, row.path) else {
      Issue.record("\(row.method) \(row.path) was not found")
      return
    }
    #expect(index == row.index)
    #expect(parameters.map(\.name) == (row.index == 2 ? ["id"] : []))
    for parameter in parameters { #expect(Array(row.path.utf8)[parameter.range].elementsEqual(Array(row.path.utf8).dropFirst(10))) }
  }

  @Test(arguments: [
    ("GET", "/items", OpenAPIRoute.unknownPath), ("GET", "/v1", .unknownPath), ("GET", "/v1/", .unknownPath),
    ("GET", "/v1/items/", .unknownPath),
    ("GET", "/v1/items/..", .unknownPath), ("GET", "/v1/items/%2e%2E", .unknownPath), ("GET", "/v1/items/.", .unknownPath),
    ("GET", "/v1/items/5/x", .unknownPath),
    ("GET", "/v12/items", .unknownPath), ("GET", "", .unknownPath), ("GET", "/v1/Items", .unknownPath), ("GET", "/v1//items", .unknownPath),
    ("DELETE", "/v1/items", .unknownMethod(allowed: ["GET", "POST"])), ("get", "/v1/items", .unknownMethod(allowed: ["GET", "POST"])),
    ("DELETE", "/v1/items/mine", .unknownMethod(allowed: ["GET", "PUT"])),
  ])
  func otherRequestsAreNot(_ row: (method: String, path: String, route: OpenAPIRoute)) throws {
    #expect(Self.route(try OpenAPIDocument(Array(Self.shop.utf8)), row.method, row.path) == row.route)
  }

  @Test func segmentsMayMixTextAndNames() throws {
    let document = try OpenAPIDocument(
      Array(
        ##"{"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {"/r/{name}.{ext}": {"get": {"parameters": [{"name": "name", "in": "path", "required": true, "schema": {}}, {"name": "ext", "in": "path", "required": true, "schema": {}}]}}, "/r/{all}": {"get": {"parameters": [{"name": "all", "in": "path", "required": true, "schema": {}}]}}, "/r/v{n}": {"get": {"parameters": [{"name": "n", "in": "path", "required": true, "schema": {}}]}}}}"##
          .utf8))
    #expect(document.version == .v31)
    for (path, index, names) in [
      ("/r/a.b.c", 0, ["name", "ext"]), ("/r/abc", 1, ["all"]), ("/r/v7", 2, ["n"]), ("/r/v", 1, ["all"]), ("/r/.b", 1, ["all"]),
    ] {
      guard case .operation(let found, let parameters) = Self.route(document, "GET", path) else {
        Issue.record("\(path) was not found")
        continue
      }
      #expect(found == index && parameters.map(\.name) == names, "\(path)")
    }
    #expect(Self.route(document, "GET", "/r/") == .unknownPath)
  }

  @Test(arguments: [
    ("[]", "must be an object", ""), ("{}", "no \"openapi\"", ""), (#"{"swagger": "2.0"}"#, "2.0", ""),
    (#"{"openapi": "4.0.0"}"#, "not supported", "/openapi"),
    (#"{"openapi": "3.0.0", "info": {"title": "", "version": ""}}"#, "paths", ""),
    (#"{"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"a": {}}}"#, "slash", "/paths/a"),
    (#"{"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"/a": {"got": {}}}}"#, "no field", "/paths/~1a/got"),
    (
      #"{"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"/a/{b}": {"get": {"responses": {}}}}}"#, "not declared",
      "/paths/~1a~1{b}/get"
    ),
    (
      #"{"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"/a": {"get": {"responses": {}, "parameters": [{"name": "x", "in": "path", "required": true, "schema": {}}]}}}}"#,
      "has no parameter", "/paths/~1a/get"
    ),
    (
      #"{"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"/a/{x}": {"get": {"responses": {}, "parameters": [{"name": "x", "in": "path", "schema": {}}]}}}}"#,
      "must be required",
      "/paths/~1a~1{x}/get/parameters/0"
    ),
    (
      #"{"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"/a": {"get": {"responses": {}, "parameters": [{"name": "x", "in": "body", "schema": {}}]}}}}"#,
      "cannot be in",
      "/paths/~1a/get/parameters/0"
    ),
    (
      #"{"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"/a": {"get": {"responses": {}, "parameters": [{"name": "x", "in": "query", "style": "matrix", "schema": {}}]}}}}"#,
      "cannot have the style", "/paths/~1a/get/parameters/0"
    ),
    (
      #"{"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"/a": {"get": {"responses": {}, "parameters": [{"name": "x", "in": "query", "schema": {}}, {"name": "x", "in": "query", "schema": {}}]}}}}"#,
      "twice", "/paths/~1a/get/parameters/1"
    ),
    (
      ##"{"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"/a": {"get": {"responses": {}, "parameters": [{"$ref": "#/no"}]}}}}"##,
      "nothing at",
      "/paths/~1a/get/parameters/0/$ref"
    ),
    (##"{"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"/a": {"$ref": "#/paths/~1a"}}}"##, "circle", "/paths/~1a"),
    (
      #"{"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"/a/{x}": {"get": {"responses": {}, "parameters": [{"name": "x", "in": "path", "required": true, "schema": {}}]}}, "/a/{y}": {"get": {"responses": {}, "parameters": [{"name": "y", "in": "path", "required": true, "schema": {}}]}}}}"#,
      "differs from", "/paths/~1a~1{y}/get"
    ),
    (
      #"{"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"/a/{x": {"get": {"responses": {}}}}}"#, "braces",
      "/paths/~1a~1{x/get"
    ),
    (
      #"{"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"/a": {"get": {"responses": {"2000": {}}}}}}"#,
      "no status code", "/paths/~1a/get/responses/2000"
    ),
    (
      #"{"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"/a": {"put": {"responses": {}, "requestBody": {"content": {"image/jpeg": {"schema": {}, "maxLength": 3}}}}}}}"#,
      "a media type has no field", "/paths/~1a/put/requestBody/content/image~1jpeg/maxLength"
    ),
    (
      #"{"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"/a": {"put": {"responses": {}, "requestBody": {"content": {"a/b": {"schema": {"type": "strin"}}}}}}}}"#,
      "no type",
      "/paths/~1a/put/requestBody/content/a~1b/schema/type"
    ),
    (
      #"{"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"/a": {"get": {"responses": {}, "security": [{"x": []}]}}}}"#,
      "no security scheme", "/paths/~1a/get/security/0/x"
    ),
  ])
  func mistakesHaveAPlace(_ row: (text: String, message: String, pointer: String)) {
    let errors = #expect(throws: SchemaErrors.self) { try OpenAPIDocument(Array(row.text.utf8)) }
    let error = errors?.list.first
    #expect(errors?.list.count == 1, "\(errors?.description ?? "")")
    #expect(error?.message.contains(row.message) == true, "\(error?.description ?? "")")
    #expect(error?.pointer == row.pointer, "\(error?.description ?? "")")
  }

  @Test func aMistakeInAKeywordDoesNotHideTheOthers() {
    let text = """
      {"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {}, "components": {"schemas": {"a": {
        "type": "strin", "pattern": "(a", "minLength": -1, "maxItems": "x", "multipleOf": "y", "enum": 1, "$ref": "#/nothing", "allOf": [],
        "items": 5, "required": 7, "uniqueItems": 8, "unevaluatedItems": 9}}}}
      """
    let errors = #expect(throws: SchemaErrors.self) { try OpenAPIDocument(Array(text.utf8)) }
    let names = Set(errors?.list.map { String($0.pointer.split(separator: "/").last ?? "") } ?? [])
    #expect(
      names == [
        "type", "pattern", "minLength", "maxItems", "multipleOf", "enum", "$ref", "allOf", "items", "required", "uniqueItems",
        "unevaluatedItems",
      ], "\(errors?.description ?? "")")
  }

  /// A real document, if it is at hand.
  @Test func aRealDocumentIsRead() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appendingPathComponent("shared/samples/openapi/spotify-web-api.min.json")
    guard let data = try? Data(contentsOf: file) else {
      print("*** spotify-web-api.min.json IS NOT HERE; nothing was run ***")
      return
    }
    let document = try OpenAPIDocument(Array(data))
    #expect(document.operations.count == 97)
    #expect(document.basePaths == ["/v1"])
    #expect(document.operations.filter { $0.method == "GET" }.count == 61)
    #expect(document.operations.filter { $0.body != nil }.count == 23)
    for (index, operation) in document.operations.enumerated() {
      let path = "/v1" + operation.path.split(separator: "/").map { $0.hasPrefix("{") ? "/x1" : "/\($0)" }.joined()
      guard case .operation(let found, _) = Self.route(document, operation.method, path) else {
        Issue.record("\(operation.method) \(path) was not found")
        continue
      }
      #expect(found == index)
    }
    #expect(Self.route(document, "GET", "/v1/nothing-like-that") == .unknownPath)
  }

  static func route(_ document: OpenAPIDocument, _ method: String, _ path: String) -> OpenAPIRoute {
    Array(path.utf8).withUnsafeBufferPointer { document.router.route(method: Array(method.utf8), path: $0) }
  }
}
