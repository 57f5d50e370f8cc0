import Detection
import InputValidation
import SecLang
import Testing

@testable import ReverseProxy

/// Exchanges that neither rules nor logs want are handled without asking either; nobody outside may see a difference.
@Suite("The lean path", .serialized)
struct LeanPathTests {
  /// (requests on one connection, what the origin answers to each)
  static let talks: [(name: String, requests: String, answer: String)] = [
    ("plain", "GET /a?b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
    (
      "pipelined",
      String(repeating: "GET / HTTP/1.1\r\nHost: h\r\n\r\n", count: 5) + "GET /z HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    ),
    (
      "fields of one hop",
      "GET / HTTP/1.1\r\nHost:  h \r\nConnection: close, X-Mine\r\nX-Mine: 1\r\nTE: trailers\r\nX-Forwarded-For: 6.6.6.6\r\nX_Real_IP: 6.6.6.6\r\nA:b\r\nX_Odd: 1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nA:b\r\nKeep-Alive: 5\r\nX-Kept:  2\r\nDate: x\r\nX-Request-ID: 9\r\nContent-Length: 0\r\n\r\n"
    ),
    (
      "absolute form", "GET http://a.b:80?x HTTP/1.1\r\nHost: A.B:80\r\nConnection: close\r\n\r\n",
      "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"
    ),
    (
      "chunked answer", "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    ),
    (
      "chunked answer to HTTP/1.0", "GET / HTTP/1.0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    ),
    (
      "kept HTTP/1.0", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
    ),
    (
      "HEAD", "HEAD / HTTP/1.1\r\nHost: h\r\n\r\nHEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"
    ),
    ("not modified", "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
    (
      "interim answers", "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
    ),
    ("a broken answer", "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n"),
    ("a broken request", "GET / HTTP/1.1\r\nHost: h\r\nA : b\r\n\r\n", ""),
    ("an ambiguous request", "GET / HTTP/4.0\r\nHost: h\r\n\r\n", ""),
    ("a request that was cut off", "GET / HTTP/1.1\r\nHost", ""),
    (
      "a request with a body", "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    ),
    (
      "bodies in a row",
      "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcPUT /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"
        + "POST /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    ),
    (
      "a body in many pieces",
      "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 131072\r\n\r\n" + String(repeating: "x", count: 131_072),
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    ),
    (
      "a body that is waited for",
      "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    ),
    (
      "a chunked body", "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    ),
    ("a body that was cut off", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nabc", ""),
  ]

  /// What client and origin see, but for names and times.
  private static func seen(
    _ talk: (name: String, requests: String, answer: String), _ mode: EnforcementMode, isLean: Bool
  ) async throws -> [String] {
    let log = Log()
    let origin = ScriptedOrigin { connection, _ in
      while let request = Harness.readRequest(connection) {
        log.note(request)
        connection.send(talk.answer)
      }
    }
    try await Harness.withProxy(
      mode: mode, origins: [origin], log: log, configure: { if isLean { $0.onExchange = nil } }
    ) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send(talk.requests)
      client.endSending()
      log.note(client.receiveToEnd())
      client.close()
    }
    #expect(log.records.withLock { $0.isEmpty } == isLean)
    return log.seen.withLock { $0 }.map {
      $0.replacing(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/, with: "NAME")
        .replacing(/Date: \w{3}, [^\r]*/, with: "Date: NOW").replacing(/ropeline-[0-9a-f]{12}/, with: "ropeline-N")
    }
  }

  /// Bodies take it only where they cannot be refused.
  @Test("client and origin see the same with and without it", arguments: talks.indices, [EnforcementMode.block, .detect])
  func sameBytes(index: Int, mode: EnforcementMode) async throws {
    let talk = Self.talks[index]
    let lean = try await Self.seen(talk, mode, isLean: true)
    #expect(lean == (try await Self.seen(talk, mode, isLean: false)), "\(talk.name)")
    #expect(lean.last?.hasPrefix("HTTP/1.1 ") == true && lean.last?.contains("NAME") == true)
    #expect(Self.talks.count == 20)
  }

  @Test("what is held against a schema does not take it")
  func schemasAreAsked() async throws {
    var schema = SchemaGuardConfiguration()
    schema.graphQLPaths = ["/graphql"]
    schema.policy.set(.graphQLMutationByGET, to: .block)
    var configuration = InspectorConfiguration(mode: .block)
    configuration.schema = SchemaGuard(schema)
    let inspector = try Inspector(ruleSet: RuleSet(), configuration: configuration)
    let log = Log()
    try await Harness.withProxy(origins: [Harness.polite(log)], log: log, configure: { $0.onExchange = nil }) { server, _ in
      server.replaceRules(with: inspector)
      for (query, status) in [("%7Ba%7D", "200"), ("mutation%7Ba%7D", "405")] {
        let client = LoopbackSocket.connect(port: server.port)
        client.send("GET /graphql?query=\(query) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        #expect(client.receiveToEnd().hasPrefix("HTTP/1.1 \(status) "), "\(query)")
        client.close()
      }
    }
    #expect(log.seen.withLock { $0.count } == 1)
  }

  @Test("the metrics count what no record was made of, and rules that come are asked")
  func metricsAndNewRules() async throws {
    let log = Log()
    try await Harness.withProxy(
      origins: [Harness.polite(log)], log: log,
      configure: {
        $0.onExchange = nil
        $0.adminPort = 0
      }
    ) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      for _ in 0..<3 {
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(client.receive(until: "\r\n\r\nok").hasSuffix("ok"))
      }
      server.replaceRules(with: try Harness.inspector("SecAction \"id:1,phase:1,deny,status:418,log\"", .block))
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(client.receive(until: "}\n").hasPrefix("HTTP/1.1 418 "))
      server.replaceRules(with: try Harness.inspector("", .block))
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      #expect(client.receiveToEnd().hasSuffix("ok"))
      client.close()
      let admin = LoopbackSocket.connect(port: server.adminPort ?? 0)
      admin.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n")
      let metrics = admin.receiveToEnd()
      admin.close()
      for line in [
        "ropeline_requests_total{verdict=\"allow\",reason=\"none\"} 4", "ropeline_requests_total{verdict=\"block\",reason=\"rules\"} 1",
        "ropeline_request_duration_seconds_count 5", "ropeline_upstream_duration_seconds_count 4", "ropeline_inflight_requests 0",
      ] {
        #expect(metrics.contains("\n\(line)\n"), "\(line)")
      }
    }
    #expect(log.seen.withLock { $0.count } == 4)
  }

  @Test("a stale connection is tried again, and an upstream that is gone is a 502")
  func failures() async throws {
    let origin = ScriptedOrigin { connection, number in
      guard number < 2, Harness.readRequest(connection) != nil else { return }
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(number)")
      // Gone with the next request, which the client need not know of.
      _ = Harness.readRequest(connection)
    }
    try await Harness.withProxy(origins: [origin], configure: { $0.onExchange = nil }) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      for expected in ["0", "1"] {
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(client.receive(until: "\r\n\r\n\(expected)").hasSuffix(expected))
      }
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      #expect(client.receiveToEnd().hasPrefix("HTTP/1.1 502 "))
      client.close()
    }
    #expect(origin.connectionCount == 3)
  }
}
