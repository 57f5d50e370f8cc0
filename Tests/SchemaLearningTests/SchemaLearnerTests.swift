import HTTPModel
import OpenAPIValidation
import SchemaFiles
import SchemaLearning
import SchemaValidation
import Testing

@Suite("Learning and drift")
struct SchemaLearnerTests {
  private static func request(_ method: String, _ target: String, status: Int = 200, client: Int = 0) -> ObservedRequest {
    let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
    let query: [(name: [UInt8], value: [UInt8])] =
      parts.count < 2
      ? []
      : parts[1].split(separator: "&").map { pair in
        let equals = pair.firstIndex(of: "=") ?? pair.endIndex
        return (Array(pair[..<equals].utf8), Array(pair[equals...].dropFirst().utf8))
      }
    return ObservedRequest(
      method: Array(method.utf8), path: Array(parts[0].utf8), query: query, status: status, client: "192.0.2.\(client)")
  }

  private static var traffic: [ObservedRequest] {
    var list: [ObservedRequest] = []
    for index in 0..<400 {
      let client = index % 20
      list.append(request("GET", "/v1/tracks/\(index * 7)?market=\(["NO", "SE", "ES"][index % 3])", client: client))
      list.append(request("GET", "/v1/search?q=\(index)x&limit=\(index % 50 + 1)", client: client))
      list.append(request("POST", "/v1/tracks/\(index * 7)/plays", status: 201, client: client))
      list.append(
        request(
          "GET", "/v1/users/name\(String(UnicodeScalar(UInt8(97 + index % 26))))\(String(UnicodeScalar(UInt8(97 + index / 26))))",
          client: client))
      // A scanner: one client, and nothing answers.
      list.append(request("GET", "/admin\(index).php?x=\(index)", status: 404, client: 99))
    }
    list.append(request("GET", "/v1/search?q=a&limit=5&debug=1", client: 99))
    return list
  }

  private static func learned() -> String {
    let learner = SchemaLearner()
    for request in traffic { learner.add(request) }
    return learner.document(title: "T: \"quoted\"")
  }

  private static func load(_ text: String) throws(SchemaErrors) -> OpenAPIDocument {
    try SchemaFileLoader { _ in Array(text.utf8) }.openAPI(at: "/learned.yaml")
  }

  @Test func whatIsLearnedIsADocumentThatTheTrafficKeepsTo() throws {
    let document = try Self.load(Self.learned())
    #expect(
      document.operations.map { "\($0.method) \($0.path)" } == [
        "GET /v1/search", "GET /v1/tracks/{trackId}", "POST /v1/tracks/{trackId}/plays", "GET /v1/users/{userId}",
      ])
    let inspector = OpenAPIInspector(document)
    for request in Self.traffic where request.status < 400 && request.client != "192.0.2.99" {
      let query = request.query.map { String(decoding: $0.name, as: UTF8.self) + "=" + String(decoding: $0.value, as: UTF8.self) }.joined(
        separator: "&")
      let target = String(decoding: request.path, as: UTF8.self) + (query.isEmpty ? "" : "?" + query)
      let findings = inspector.inspect(RequestHead(method: String(decoding: request.method, as: UTF8.self), target: target)).findings
      #expect(findings.isEmpty, "\(target): \(findings)")
    }
    #expect(inspector.inspect(RequestHead(method: "GET", target: "/v1/search?limit=5")).findings.map(\.kind) == [.missingParameter])
    #expect(inspector.inspect(RequestHead(method: "GET", target: "/v1/tracks/7?market=XX")).findings.map(\.kind) == [.invalid])
    #expect(inspector.inspect(RequestHead(method: "GET", target: "/v1/tracks/a?market=NO")).findings.map(\.kind) == [.invalid])
  }

  @Test func whatAScannerAsksForIsNotLearned() {
    let text = Self.learned()
    #expect(!text.contains("admin") && !text.contains("debug"))
    #expect(text.contains("x-confidence: high") && text.contains("enum: [\"ES\", \"NO\", \"SE\"]"))
    #expect(text == Self.learned())
  }

  @Test func namesFromTheWireCannotBreakTheDocument() throws {
    let learner = SchemaLearner()
    for index in 0..<30 {
      learner.add(Self.request("GET", "/a{b}/\"c\": d?x\"y\n: [=1&\u{2028}=2", client: index))
      learner.add(
        ObservedRequest(
          method: Array("GET".utf8), path: Array("/".utf8) + [0xFF, 0x0A], query: [([0xFE], [0])], status: 200, client: "\(index)"))
    }
    #expect(try Self.load(learner.document(title: "\n\"")).operations.count == 2)
    #expect(try Self.load(SchemaLearner().document(title: "")).operations.isEmpty)
  }

  @Test func memoryIsBounded() {
    let learner = SchemaLearner()
    for index in 0..<20_000 { learner.add(Self.request("GET", "/p/word\(String(index, radix: 36))z?q\(index)=1", client: index)) }
    #expect(learner.document(title: "").utf8.count < 20_000)
  }

  @Test func driftIsNamed() throws {
    let document = try Self.load(
      """
      openapi: 3.1.0
      info: { title: T, version: '1' }
      paths:
        /v1/search:
          get:
            parameters:
              - { name: q, in: query, schema: { type: string } }
              - { name: sort, in: query, schema: { type: string } }
            responses: { 200: { description: ok } }
        /v1/tracks/{id}:
          parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
          get: { responses: { 404: { description: none } } }
          delete: { responses: { 204: { description: gone } } }
        /v1/tracks/{id}/plays:
          parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]
          get: { responses: { 200: { description: ok } } }
      """)
    let drift = SchemaDrift(document)
    for request in Self.traffic { drift.add(request) }
    let found = drift.items().map { "\($0.kind.rawValue) \($0.endpoint) \($0.subject)" }
    #expect(
      found == [
        "optional-always-present GET /v1/search q", "parameter-never-seen GET /v1/search sort",
        "parameter-not-declared GET /v1/search limit",
        "parameter-not-declared GET /v1/tracks/{id} market", "status-not-declared GET /v1/tracks/{id} 200",
        "operation-never-seen DELETE /v1/tracks/{id} ",
        "operation-never-seen GET /v1/tracks/{id}/plays ", "endpoint-not-declared GET /v1/users/{userId} ",
        "method-not-declared POST /v1/tracks/{trackId}/plays ",
      ])
    // A document that was learned from the traffic does not differ from it.
    let own = SchemaDrift(try Self.load(Self.learned()))
    for request in Self.traffic { own.add(request) }
    #expect(own.items().isEmpty, "\(own.items())")
  }
}
