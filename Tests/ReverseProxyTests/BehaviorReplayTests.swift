import Behavior
import Detection
import EvidenceModel
import Glibc
import HTTPModel
import LogAnalysis
import Reporting
import ReverseProxy
import Telemetry
import Testing

/// What the proxy decides and what the analyzer makes of the proxy's own log are the same.
@Suite("Behavior, inline and from the log", .serialized)
struct BehaviorReplayTests {
  /// An origin that answers by what is asked: log-ins are refused, `/missing` is not there.
  private static func origin() -> ScriptedOrigin {
    ScriptedOrigin { connection, _ in
      while let request = Harness.readRequest(connection) {
        let status = request.contains("/login") ? "401 Unauthorized" : request.contains("/missing") ? "404 Not Found" : "200 OK"
        connection.send("HTTP/1.1 \(status)\r\nContent-Length: 2\r\n\r\nok")
      }
    }
  }

  private static func fields(_ client: String, _ session: String?) -> String {
    "Host: h\r\nX-Forwarded-For: \(client)\r\nUser-Agent: Browser \"1\"\r\n" + (session.map { "Cookie: session=\($0)\r\n" } ?? "")
  }

  /// Fans, somebody with a list of passwords, and somebody who looks for what is not there.
  private static var traffic: [String] {
    var requests: [String] = []
    for fan in 0..<12 {
      let fields = fields("198.51.100.\(fan)", fan % 3 == 0 ? nil : "fan\(fan)")
      requests.append("GET /home HTTP/1.1\r\n\(fields)\r\n")
      for item in 0..<4 {
        requests.append("GET /items/\((fan * 7 + item * 3) % 20)?q=\(item)&password=secret HTTP/1.1\r\n\(fields)\r\n")
        requests.append("POST /items/\((fan * 7 + item * 3) % 20)/like HTTP/1.1\r\n\(fields)Content-Length: 0\r\n\r\n")
      }
    }
    for _ in 0..<14 { requests.append("POST /login HTTP/1.1\r\n\(fields("203.0.113.7", "s1"))Content-Length: 0\r\n\r\n") }
    for number in 0..<30 { requests.append("GET /missing/\(number)x HTTP/1.1\r\n\(fields("203.0.113.8", nil))\r\n") }
    return requests
  }

  @Test("the log's replay comes to the same bits for every client")
  func replay() async throws {
    var template = Array("/tmp/ropeline-replay-XXXXXX".utf8CString)
    let directory = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    let path = "\(directory)/access.log"
    defer {
      unlink(path)
      rmdir(directory)
    }
    let rules = "SecRule ARGS:q \"@streq 3\" \"id:1,phase:2,deny,log\""
    let log = Log()
    let access = try LineWriter(path: path)
    try await Harness.withProxy(
      rules: rules, mode: .detect, origins: [Self.origin()], log: log,
      configure: {
        $0.behavior = BehaviorMonitor(BehaviorConfiguration())
        $0.access = access
        _ = $0.trustedPeers.insert("127.0.0.1")
      }
    ) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      for (index, request) in Self.traffic.enumerated() {
        client.send(request)
        #expect(client.receive(until: "\r\n\r\nok").hasSuffix("ok"), "request \(index)")
      }
      client.close()
    }
    await access.finish(within: .seconds(2))

    // What the proxy came to: for each client its worst score and how it was told.
    var inline: [String: (score: Double, label: ClientClass, signals: [String])] = [:]
    let records = log.records.withLock { $0 }
    #expect(records.count == Self.traffic.count)
    for record in records {
      let standing = try #require(record.standing)
      let client = record.request.client.address
      if standing.verdict.score > inline[client]?.score ?? -1 {
        inline[client] = (
          standing.verdict.score, standing.verdict.label, standing.evidence.map { "\($0.signal) \($0.bits)" }
        )
      }
    }

    let analyzer = LogAnalyzer(inspector: try Harness.inspector(rules, .detect))
    analyzer.read(path)
    let report = analyzer.finish()
    #expect(report.parsed == Self.traffic.count)
    var compared = 0
    for client in report.clients {
      let seen = try #require(inline[client.ip])
      #expect(client.verdict.score == seen.score, "\(client.ip)")
      if client.verdict.kind > .allow {
        #expect(client.verdict.label == seen.label)
        #expect(client.evidence.map { "\($0.signal) \($0.bits)" } == seen.signals, "\(client.ip)")
      }
      compared += 1
    }
    #expect(compared == 14)
    #expect(Set(report.clients.filter { $0.verdict.kind > .allow }.map(\.ip)) == ["203.0.113.7", "203.0.113.8"])
  }

  /// Whether somebody with a list of passwords is refused in the end.
  static let enforcements: [(mode: EnforcementMode, enforcement: BehaviorEnforcement, isRefused: Bool)] = [
    (.block, .off, false), (.block, .block, true), (.block, .flagged, true), (.detect, .block, false),
  ]

  @Test("behavior refuses only where the operator says so, with 429, and the record says what would have been", arguments: enforcements)
  func enforcement(row: (mode: EnforcementMode, enforcement: BehaviorEnforcement, isRefused: Bool)) async throws {
    try await Harness.withProxy(
      mode: row.mode, origins: [Self.origin()],
      configure: {
        $0.behavior = BehaviorMonitor(BehaviorConfiguration())
        $0.behaviorEnforcement = row.enforcement
      }
    ) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      var refused = 0
      for _ in 0..<20 {
        client.send("POST /login HTTP/1.1\r\nHost: h\r\nCookie: session=a\r\nContent-Length: 0\r\n\r\n")
        let answer = client.receive(until: "\r\n\r\n")
        let length = Int(answer.firstMatch(of: /Content-Length: (\d+)/)?.1 ?? "0") ?? 0
        var body = answer.firstRange(of: "\r\n\r\n").map { answer.utf8.distance(from: $0.upperBound, to: answer.endIndex) } ?? 0
        while body < length { body += client.receive().count }
        if answer.hasPrefix("HTTP/1.1 429") {
          refused += 1
          #expect(answer.contains("Retry-After"))
        }
      }
      client.close()
      #expect((refused > 0) == row.isRefused)
      let last = try #require(log.records.withLock { $0.last })
      #expect(last.label == .credentialStuffer && last.score >= 0.7)
      #expect(row.isRefused ? last.verdict == .block && last.would == nil : (last.would ?? .allow) > .allow && last.verdict == .allow)
      let line = String(decoding: AuditRecord.line(for: last), as: UTF8.self)
      #expect(line.contains("\"signal\":\"login-failures\"") && line.contains("\"bits\":"))
    }
    #expect(Self.enforcements.count == 4)
  }
}
