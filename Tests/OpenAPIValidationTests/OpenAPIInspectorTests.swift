import Foundation
import HTTPModel
import OpenAPIValidation
import SchemaValidation
import Testing

@Suite struct OpenAPIInspectorTests {
  private static let key = Field(name: Array("x-key".utf8), value: Array("k".utf8))
  private static let bearer = Field(name: Array("Authorization".utf8), value: Array("Bearer abc".utf8))

  @Test(
    arguments: [
      ("GET", "/v1/items?tags=a%7Cb", [key], []), ("GET", "/v1/items?tags=a", [bearer], []),
      ("GET", "/v1/items?tags=a", [], ["missing-security "]),
      ("GET", "/v1/items", [key], ["missing-parameter query:tags"]), ("GET", "/v1/items?tags=a&limit=51", [key], ["invalid query:limit"]),
      ("GET", "/v1/items?tags=a&limit=5&limit=6", [key], ["duplicate-parameter query:limit"]),
      ("GET", "/v1/items?tags=a&x=1", [key], ["unknown-query query:x"]),
      ("GET", "/v1/nothing", [key], ["unknown-endpoint "]), ("PATCH", "/v1/items", [key], ["unknown-method "]),
      ("POST", "/v1/items", [], []),
      ("GET", "/v1/items/;id=5", [key], []), ("GET", "/v1/items/5", [key], ["invalid path:id"]),
    ] as [(String, String, [Field], [String])])
  func heads(_ row: (method: String, target: String, fields: [Field], findings: [String])) throws {
    let inspector = OpenAPIInspector(try OpenAPIDocument(Array(OpenAPIDocumentTests.shop.utf8)))
    let result = inspector.inspect(RequestHead(method: row.method, target: row.target, fields: row.fields))
    #expect(result.findings.map { "\($0.kind.rawValue) \($0.place)" } == row.findings, "\(row.target): \(result.findings)")
  }

  @Test(
    arguments: [
      (#"{"name": "a"}"#, "application/json", []), (#"{"name": "a"}"#, "Application/JSON; charset=utf-8", []),
      (#"{"name": 1}"#, "application/json", ["invalid /name"]),
      (#"{"name": "a", "name": "b"}"#, "application/json", ["duplicate-member "]), ("{", "application/json", ["invalid "]),
      ("", nil, ["missing-body "]),
      ("a,b", "text/csv", []), ("a", "image/png", []), ("a", "application/pdf", ["not-checked "]),
    ] as [(String, String?, [String])])
  func bodies(_ row: (body: String, type: String?, findings: [String])) throws {
    let inspector = OpenAPIInspector(try OpenAPIDocument(Array(OpenAPIDocumentTests.shop.utf8)))
    let findings = inspector.inspectBody(Array(row.body.utf8), contentTypes: row.type.map { [Array($0.utf8)] } ?? [], operation: 1)
    #expect(findings.map { "\($0.kind.rawValue) \($0.pointer)" } == row.findings, "\(row.body): \(findings)")
  }

  @Test(
    arguments: [
      (200, #"[{"id": 1, "name": "a"}]"#, "application/json", []), (200, #"[{"name": "a"}]"#, "application/json", ["invalid-response /0"]),
      (200, "<a/>", "text/html", ["invalid-response "]), (404, "anything", "text/plain", []), (500, "{}", "application/problem+json", []),
      (500, "{}", "application/json", ["invalid-response "]),
    ] as [(Int, String, String, [String])])
  func responses(_ row: (status: Int, body: String, type: String, findings: [String])) throws {
    let inspector = OpenAPIInspector(try OpenAPIDocument(Array(OpenAPIDocumentTests.shop.utf8)))
    let findings = inspector.inspectResponse(
      status: row.status, fields: [Field("Content-Type", row.type)], body: Array(row.body.utf8), operation: 0)
    #expect(findings.map { "\($0.kind.rawValue) \($0.pointer)" } == row.findings, "\(row.body): \(findings)")
    #expect(inspector.inspectResponse(status: 302, fields: [], body: [], operation: 1).map(\.kind) == [.undeclaredStatus])
  }

  @Test(
    "bytes are judged as they are, and XML is said not to be",
    arguments: [
      ("abc", "application/octet-stream", ""), ("a\u{1}", "application/octet-stream", "does not match"),
      ("a\"", "application/octet-stream", ""), ("\\\"\t", "image/png", ""), ("\u{e9}\u{e9}", "image/png", "longer than 3"),
      ("<a/>", "text/xml", "XML is not held against the schema"), ("<a/>", "application/atom+xml", "XML is not held against the schema"),
      ("a", "application/pdf", "of this type are not looked into"),
    ])
  func bytesAndXML(_ row: (body: String, type: String, detail: String)) throws {
    let document = ##"""
      {"openapi": "3.0.3", "info": {"title": "", "version": ""}, "paths": {"/": {"put": {"responses": {}, "requestBody": {"content": {
       "application/octet-stream": {"schema": {"type": "string", "format": "binary", "pattern": "^[ -~]*$"}},
       "image/*": {"schema": {"type": "string", "format": "binary", "maxLength": 3}},
       "*/*": {"schema": {"type": "object"}}}}}}}}
      """##
    let inspector = OpenAPIInspector(try OpenAPIDocument(Array(document.utf8)))
    let findings = inspector.inspectBody(Array(row.body.utf8), contentTypes: [Array(row.type.utf8)], operation: 0)
    #expect(findings.count == (row.detail.isEmpty ? 0 : 1) && findings.allSatisfy { $0.detail.contains(row.detail) }, "\(findings)")
  }

  @Test func anEmptyValueThatIsAllowedIsThere() throws {
    let document = ##"""
      {"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {"/": {"get": {"parameters": [
       {"name": "a", "in": "query", "required": true, "allowEmptyValue": true, "schema": {"type": "integer"}}]}}}}
      """##
    let inspector = OpenAPIInspector(try OpenAPIDocument(Array(document.utf8)))
    for (target, kinds) in [("/?a=", []), ("/?a=5", []), ("/", ["missing-parameter"]), ("/?a=x", ["invalid"])] {
      let findings = inspector.inspect(RequestHead(method: "GET", target: target, fields: [])).findings
      #expect(findings.map(\.kind.rawValue) == kinds, "\(target)")
    }
  }

  // MARK: A real document

  private static func realDocument() -> OpenAPIDocument? {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    guard let data = try? Data(contentsOf: root.appendingPathComponent("shared/samples/openapi/spotify-web-api.min.json")) else {
      print("*** spotify-web-api.min.json IS NOT HERE; nothing was run ***")
      return nil
    }
    return try? OpenAPIDocument(Array(data))
  }

  private static let good = [
    "GET /v1/albums/4aawyAB9vmqN3uQ7FjRGTy", "GET /v1/albums/4aawyAB9vmqN3uQ7FjRGTy?market=ES",
    "GET /v1/albums?ids=382ObEPsp2rxGrnsizN5TX,1A2GTWGtFfWp7KSQTwWOyo",
    "GET /v1/albums/4aawyAB9vmqN3uQ7FjRGTy/tracks?limit=10&offset=5", "GET /v1/search?q=remaster%2520track:Doxy&type=album,artist&limit=5",
    "GET /v1/search?q=a&type=album", "GET /v1/me/player", "GET /v1/me/player/devices", "PUT /v1/me/player/volume?volume_percent=50",
    "PUT /v1/me/player/shuffle?state=true",
    "PUT /v1/me/player/seek?position_ms=25000", "POST /v1/me/player/next", "GET /v1/playlists/3cEYpjA9oz9GiPac4AsH4n/tracks", "GET /v1/me",
    "GET /v1/users/smedjan",
    "GET /v1/artists/0TnOYISbd1XYRBk9myaseg/top-tracks?market=ES", "GET /v1/tracks?ids=7ouMYWpwJ422jRcDASZB7P",
    "GET /v1/browse/new-releases?limit=50",
  ]

  private static let bad: [(String, OpenAPIFinding.Kind)] = [
    ("GET /v1/album/4aawyAB9vmqN3uQ7FjRGTy", .unknownEndpoint), ("GET /albums/4aawyAB9vmqN3uQ7FjRGTy", .unknownEndpoint),
    ("GET /v1/albums/../me", .unknownEndpoint),
    ("GET /v1/albums/%2e%2e/tracks", .unknownEndpoint), ("GET /v1/admin", .unknownEndpoint),
    ("DELETE /v1/albums/4aawyAB9vmqN3uQ7FjRGTy", .unknownMethod),
    ("TRACE /v1/me", .unknownMethod), ("GET /v1/search?q=a", .missingParameter), ("GET /v1/search?type=album", .missingParameter),
    ("GET /v1/search?q=a&type=album&limit=51", .invalid),
    ("GET /v1/search?q=a&type=album&limit=-1", .invalid), ("GET /v1/search?q=a&type=album&limit=x", .invalid),
    ("GET /v1/search?q=a&type=virus", .invalid),
    ("GET /v1/search?q=a&q=b&type=album", .duplicateParameter), ("GET /v1/search?q=a&type=album&debug=1", .unknownQuery),
    ("GET /v1/albums/x/tracks?limit=1%20OR%201=1", .invalid),
    ("PUT /v1/me/player/volume", .missingParameter), ("PUT /v1/me/player/volume?volume_percent=loud", .invalid),
    ("PUT /v1/me/player/shuffle?state=1", .invalid),
    ("PUT /v1/me/player/seek?position_ms=1.5", .invalid),
  ]

  @Test func goodRequestsHaveNoFindings() throws {
    guard let document = Self.realDocument() else { return }
    let inspector = OpenAPIInspector(document)
    for line in Self.good {
      let parts = line.split(separator: " ").map(String.init)
      let result = inspector.inspect(RequestHead(method: parts[0], target: parts[1], fields: [Self.bearer]))
      #expect(result.findings.isEmpty, "\(line): \(result.findings)")
    }
    #expect(Self.good.count >= 18)
  }

  @Test func badRequestsHaveTheirFinding() throws {
    guard let document = Self.realDocument() else { return }
    let inspector = OpenAPIInspector(document)
    for (line, kind) in Self.bad {
      let parts = line.split(separator: " ").map(String.init)
      let result = inspector.inspect(RequestHead(method: parts[0], target: parts[1], fields: [Self.bearer]))
      #expect(result.findings.map(\.kind) == [kind], "\(line): \(result.findings)")
    }
    #expect(Self.bad.count >= 20)
  }
}
