import Testing

@testable import ReverseProxy

/// Where what must reach the rules and what must be refused meet.
@Suite("Front end", .serialized)
struct FrontEndTests {
  private static let marker = "SecRule REQUEST_METHOD \"@rx .\" \"id:1,phase:1,pass,log,msg:'seen'\"\nSecAction \"id:2,phase:5,pass,log\""

  private static func ask(_ text: String, port: Int) -> String {
    let client = LoopbackSocket.connect(port: port)
    defer { client.close() }
    client.send(text)
    client.endSending()
    return client.receiveToEnd()
  }

  /// (request, status where it is not strict, status where it is)
  static let requests: [(text: String, status: Int, strict: Int)] = [
    ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, 400),
    ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501, 501),
    ("GET / HTTP/1.1\r\nHost: h\r\nX : y\r\n\r\n", 400, 400),
    ("GET / HTTP/1.1\r\nHost: h\r\nX", 400, 400),
    ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", 400, 400),
    ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n", 200, 400),
    ("GET / HTTP/1.1\r\n\r\n", 400, 400),
    ("CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", 405, 405),
    ("GET ?x= HTTP/1.1\r\nHost: h\r\n\r\n", 400, 400),
    ("GET / HTTP/4.0\r\nHost: h\r\n\r\n", 505, 505),
    ("BREW / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 200, 405),
    ("GET / HTTP/1.0\r\nHost:\r\n\r\n", 200, 400),
    ("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", 200, 400),
    ("GET /a/%2e%2e/b HTTP/1.1\r\nHost: h\r\nX_Filename: f\r\nX.Filename: f\r\nConnection: close\r\n\r\n", 200, 400),
  ]

  @Test("broken and odd requests alike are seen by the rules and written down", arguments: [false, true])
  func rulesSeeWhatThereIs(isStrict: Bool) async throws {
    let log = Log()
    try await Harness.withProxy(
      rules: Self.marker, origins: [Harness.polite(log)], log: log, configure: { $0.isStrict = isStrict }
    ) { server, log in
      for request in Self.requests {
        let status = isStrict ? request.strict : request.status
        let answer = Self.ask(request.text, port: server.port)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(request.text.debugDescription): \(answer.prefix(30))")
        #expect(answer.contains("\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n") == (status == 405))
      }
    }
    let records = log.records.withLock { $0 }
    #expect(records.map(\.status) == Self.requests.map { isStrict ? $0.strict : $0.status })
    for (record, request) in zip(records, Self.requests) {
      #expect(record.outcome.evidence.rules.map(\.id) == [1, 2], "\(request.text.debugDescription)")
      #expect((record.outcome.evidence.framing == nil) == (record.status == 200))
    }
    #expect(log.seen.withLock { $0.count } == Self.requests.count { (isStrict ? $0.strict : $0.status) == 200 })
    #expect(Self.requests.count == 14)
  }

  @Test("a rule's 405 says what is allowed too, without what it refused")
  func ruleSaysMethodIsNotAllowed() async throws {
    let log = Log()
    try await Harness.withProxy(
      rules: "SecRule REQUEST_METHOD \"@streq DELETE\" \"id:1,phase:1,deny,status:405,log\"", origins: [Harness.polite(log)]
    ) { server, _ in
      let answer = Self.ask("DELETE / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", port: server.port)
      #expect(answer.hasPrefix("HTTP/1.1 405 ") && answer.contains("\r\nAllow: GET, HEAD, POST, PUT, PATCH, OPTIONS\r\n"))
    }
    #expect(log.seen.withLock { $0.isEmpty })
  }
}
