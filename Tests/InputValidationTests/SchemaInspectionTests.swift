import EvidenceModel
import HTTPModel
import InputValidation
import OpenAPIValidation
import Testing

@Suite("Schema inspection")
struct SchemaInspectionTests {
  private static let document = ##"""
    {"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {
      "/songs": {"get": {"operationId": "list", "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
                         "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"type": "array"}}}}}},
                 "post": {"requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "properties": {"a": {"type": "integer"}}}}}}}}}}
    """##

  private static func configuration() throws -> SchemaGuardConfiguration {
    var configuration = SchemaGuardConfiguration()
    configuration.documents = [try OpenAPIDocument(Array(document.utf8))]
    configuration.graphQLPaths = ["/graphql"]
    return configuration
  }

  private static func violations(
    _ line: String, fields: [Field] = [], body: String? = nil, isTruncated: Bool = false, status: Int = 200, response: String? = nil,
    _ configure: (inout SchemaGuardConfiguration) throws -> Void = { _ in }
  ) throws -> [SchemaViolation] {
    var configuration = try configuration()
    try configure(&configuration)
    let parent = SchemaGuard(configuration)
    let words = line.split(separator: " ").map(String.init)
    let request = Request(
      head: RequestHead(method: words[0], target: words[1], fields: fields), client: Endpoint(address: "192.0.2.1"),
      received: Timestamp(microseconds: 0), id: "request-1")
    let inspection = SchemaInspection(parent, scratch: parent.makeScratch(), request: request)
    inspection.inspectHead()
    _ = inspection.inspectBody(Array((body ?? "").utf8), isTruncated: isTruncated)
    if let response {
      inspection.inspectResponse(
        Response(status: status, fields: [Field("Content-Type", "application/json")]), body: Array(response.utf8), isTruncated: false)
    }
    inspection.finish(status: status, isOwn: false)
    return inspection.violations
  }

  private static let json = [Field("Content-Type", "application/json")]

  @Test func reactionsComeFromThePolicy() throws {
    #expect(try Self.violations("GET /songs?limit=x").map(\.reaction) == [.score(3)])
    #expect(try Self.violations("GET /songs?limit=x").map(\.endpoint) == ["GET /songs"])
    #expect(try Self.violations("GET /songs?limit=x") { $0.policy.set(.invalid, to: .block) }.map(\.reaction) == [.block])
    #expect(try Self.violations("GET /songs?limit=x") { $0.policy.set(.invalid, to: nil) }.isEmpty)
    let overrides: [(String, [SchemaReaction])] = [
      ("GET /songs: invalid block", [.block]), ("* /songs: invalid count", [.count]), ("list: invalid score 9", [.score(9)]),
      ("list: invalid off", []),
      ("POST /songs: invalid block", [.score(3)]), ("GET /other: invalid block", [.score(3)]),
      ("GET /songs: unknown-query block", [.score(3)]),
    ]
    for (text, reactions) in overrides {
      #expect(try Self.violations("GET /songs?limit=x") { try $0.policy.addOverride(text) }.map(\.reaction) == reactions, "\(text)")
    }
    var configuration = try Self.configuration()
    try configuration.policy.addOverride("GET /sogns: invalid block")
    #expect(configuration.unknownOverrides == ["/sogns"])
  }

  @Test func endpointsThatNobodyDeclaredAreSaid() throws {
    #expect(try Self.violations("GET /admin", status: 404).map(\.kind) == ["unknown-endpoint"])
    #expect(try Self.violations("GET /admin", status: 200).map(\.kind) == ["unknown-endpoint", "shadow-endpoint"])
    #expect(try Self.violations("GET /admin", status: 403).map(\.endpoint) == ["GET /admin", "GET /admin"])
    #expect(try Self.violations("DELETE /songs", status: 405).map(\.kind) == ["unknown-method"])
    #expect(try Self.violations("GET /songs", status: 200).isEmpty)
  }

  @Test func whatCouldNotBeCheckedIsAResultOfItsOwn() throws {
    #expect(try Self.violations("POST /songs", fields: Self.json, body: #"{"a": 1}"#).isEmpty)
    #expect(try Self.violations("POST /songs", fields: Self.json, body: #"{"a": "#, isTruncated: true).map(\.kind) == ["not-checked"])
    let coded = Self.json + [Field("Content-Encoding", "zip")]
    #expect(try Self.violations("POST /songs", fields: coded, body: #"{"a": 1}"#).map(\.kind) == ["not-checked"])
    let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
    #expect(try Self.violations("POST /songs", fields: Self.json, body: #"{"b": \#(deep)}"#).map(\.kind) == ["not-checked"])
  }

  @Test func xmlIsNotCheckedAndSaysSo() throws {
    let text = #"""
      {"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {"/songs": {"post": {"requestBody": {"required": true, "content": {
        "application/xml": {"schema": {"type": "object", "required": ["a"]}}}}}}}}
      """#
    let xml = [Field("Content-Type", "application/xml")]
    let found = try Self.violations("POST /songs", fields: xml, body: "<r/>") { $0.documents = [try OpenAPIDocument(Array(text.utf8))] }
    #expect(found.map(\.kind) == ["not-checked"])
    #expect(found.map(\.reaction) == [.count])
    #expect(found.map(\.detail) == ["XML is not held against the schema"])
  }

  @Test func responsesAreCheckedIfAskedFor() throws {
    #expect(try Self.violations("GET /songs", response: "{}").isEmpty)
    #expect(try Self.violations("GET /songs", response: "{}") { $0.checksResponses = true }.map(\.kind) == ["invalid-response"])
    #expect(try Self.violations("GET /songs", response: "[]") { $0.checksResponses = true }.isEmpty)
    #expect(
      try Self.violations("GET /songs", status: 418, response: "[]") { $0.checksResponses = true }.map(\.kind) == ["undeclared-status"])
  }

  @Test(
    "GraphQL requests",
    arguments: [
      ("POST /graphql", #"{"query": "{a}"}"#, []), ("POST /graphql", #"{"query": "{a"}"#, ["graphql-syntax"]),
      ("POST /graphql", #"{"query": "{__schema{a}}"}"#, ["graphql-introspection"]),
      ("POST /graphql", #"{"query": "{a{b{c{d{e{f{g{h{i{j{k}}}}}}}}}}}"}"#, ["graphql-limit"]),
      ("POST /graphql", #"{"query": "{...A} fragment A on T {...A}"}"#, ["graphql-cycle"]),
      ("POST /graphql", #"{"extensions": {}}"#, ["graphql-persisted"]),
      ("GET /graphql?query=mutation%7Ba%7D", "", ["graphql-mutation-by-get"]), ("GET /graphql?query=%7Ba%7D", "", []),
      ("POST /graphql", "[" + Array(repeating: #"{"query": "{a}"}"#, count: 11).joined(separator: ",") + "]", ["graphql-limit"]),
      ("GET /graphql", "", []),
    ] as [(String, String, [String])])
  func graphQL(_ row: (line: String, body: String, kinds: [String])) throws {
    #expect(try Self.violations(row.line, fields: Self.json, body: row.body).map(\.kind) == row.kinds, "\(row.body)")
  }

  @Test func aFuzzerIsFoundWithinADozenRequests() throws {
    var configuration = try Self.configuration()
    configuration.remembersClients = true
    let parent = SchemaGuard(configuration)
    let scratch = parent.makeScratch()
    var foundAt: Int?
    for index in 1...20 {
      let request = Request(
        head: RequestHead(method: "GET", target: "/songs?limit=x\(index)"), client: Endpoint(address: "192.0.2.1"),
        received: Timestamp(microseconds: Int64(index) * 1_000_000), id: "request-1")
      let inspection = SchemaInspection(parent, scratch: scratch, request: request)
      inspection.inspectHead()
      inspection.finish(status: 400, isOwn: false)
      var evidence = Evidence()
      if let signal = inspection.signal { evidence.behavior = [signal] }
      evidence.schema = inspection.violations
      let verdict = Verdict.of(evidence)
      if verdict.score >= 0.95, verdict.label == .fuzzer, foundAt == nil { foundAt = index }
    }
    #expect((foundAt ?? 99) <= 12, "\(String(describing: foundAt))")
    // Somebody else, whose requests are good, hears nothing of it.
    let request = Request(
      head: RequestHead(method: "GET", target: "/songs"), client: Endpoint(address: "192.0.2.2"), received: Timestamp(microseconds: 0),
      id: "request-1")
    let inspection = SchemaInspection(parent, scratch: scratch, request: request)
    inspection.inspectHead()
    inspection.finish(status: 200, isOwn: false)
    #expect(inspection.signal == nil && inspection.violations.isEmpty)
  }
}
