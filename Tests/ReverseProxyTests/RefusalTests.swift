import Testing

@testable import ReverseProxy

@Suite("Refusals", .serialized)
struct RefusalTests {
  /// (status that the rule names, status sent, whether there is a body)
  static let statuses: [(named: Int, sent: Int, hasBody: Bool)] = [
    (403, 403, true), (204, 204, false), (304, 304, false), (205, 205, false), (200, 200, true), (503, 503, true), (100, 403, true),
    (199, 403, true), (599, 599, true),
  ]

  @Test("an answer without a body has none, and the next one can be read", arguments: statuses)
  func bodies(row: (named: Int, sent: Int, hasBody: Bool)) async throws {
    let rules = "SecRule REQUEST_URI \"@streq /no\" \"id:1,phase:1,deny,status:\(row.named),log\""
    let log = Log()
    try await Harness.withProxy(rules: rules, origins: [Harness.polite(log)], log: log) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET /no HTTP/1.1\r\nHost: h\r\n\r\nGET /yes HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      let answers = client.receiveToEnd()
      client.close()
      #expect(answers.hasPrefix("HTTP/1.1 \(row.sent) "))
      #expect(answers.firstMatch(of: /\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/) != nil)
      let end = try #require(answers.firstRange(of: "\r\n\r\n"))
      let first = answers[..<end.upperBound]
      let rest = answers[end.upperBound...]
      #expect(first.contains("\r\nContent-Length: ") == (row.hasBody || row.sent == 205))
      #expect(rest.hasPrefix("HTTP/1.1 200 OK\r\n") == !row.hasBody, "\(rest.prefix(40))")
      #expect(rest.hasSuffix("\r\n\r\nok"))
      #expect(log.records.withLock { $0.map(\.status) } == [row.sent, 200])
    }
    #expect(Self.statuses.count == 9)
  }

  @Test("an origin's Date stays, and is made where there is none")
  func date() async throws {
    let origin = ScriptedOrigin { connection, _ in
      guard Harness.readRequest(connection) != nil else { return }
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\nok")
      guard Harness.readRequest(connection) != nil else { return }
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    }
    try await Harness.withProxy(origins: [origin]) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n")
      let first = client.receive(until: "\r\n\r\nok")
      #expect(first.contains("\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n") && first.ranges(of: "Date:").count == 1)
      client.send("GET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      let second = client.receiveToEnd()
      #expect(second.ranges(of: "\r\nDate: ").count == 1 && !second.contains("1994"))
      client.close()
    }
  }
}
