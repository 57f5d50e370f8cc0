import Glibc
import ReverseProxy
import Telemetry
import Testing

@Suite("The proxy's logs", .serialized)
struct LoggingTests {
  @Test("a reader of the audit log that stops reading stops neither requests nor a drain")
  func unreadAuditLog() async throws {
    var template = Array("/tmp/ropeline-audit-XXXXXX".utf8CString)
    let directory = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    let path = "\(directory)/audit"
    #expect(mkfifo(path, 0o600) == 0)
    defer {
      unlink(path)
      rmdir(directory)
    }
    let log = Log()
    let audit = try LineWriter(path: path)
    try await Harness.withProxy(
      origins: [Harness.polite(log)], log: log,
      configure: {
        $0.audit = audit
        $0.auditSelection = .all
      }
    ) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      // More than a pipe takes: 64 KiB.
      for _ in 0..<300 {
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        guard client.receive(until: "\r\n\r\nok").hasSuffix("ok") else { break }
      }
      client.close()
      #expect(log.records.withLock { $0.count } == 300)
      #expect(audit.droppedCount == 0, "they wait in the queue")
    }
  }

  /// What the upstream does after its answer's head, what the client does, and what is written down.
  static let endings: [(name: String, status: Int, party: ExchangeRecord.Party?)] = [
    ("whole", 200, nil), ("upstream ends early", 200, .upstream), ("upstream breaks the framing", 200, .upstream),
    ("upstream stands still", 200, .upstream), ("client leaves", 499, .client), ("client reads nothing", 200, .client),
  ]

  @Test("an answer that was broken off is written down with who did it", arguments: endings)
  func brokenOff(row: (name: String, status: Int, party: ExchangeRecord.Party?)) async throws {
    let origin = ScriptedOrigin { connection, _ in
      guard Harness.readRequest(connection) != nil else { return }
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
      usleep(50_000)
      switch row.name {
      case "whole": connection.send("0\r\n\r\n")
      case "upstream ends early": break
      case "upstream breaks the framing": connection.send("no size\r\n")
      case "client reads nothing": connection.send("989680\r\n" + String(repeating: "x", count: 10_000_000) + "\r\n0\r\n\r\n")
      default: _ = connection.receiveToEnd()
      }
    }
    try await Harness.withProxy(
      origins: [origin],
      configure: {
        $0.adminPort = 0
        $0.upstreamTimeout = row.name == "upstream stands still" ? .milliseconds(200) : .seconds(4)
        $0.writeTimeout = .milliseconds(60)
      }
    ) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
      _ = client.receive(until: "hello")
      if row.name == "client leaves" { client.abort() }
      for _ in 0..<2000 where log.records.withLock({ $0.isEmpty }) { pause(milliseconds: 10) }
      if row.name != "client leaves" { client.close() }
      let record = try #require(log.records.withLock { $0.first })
      #expect(record.status == row.status && record.brokenOffBy == row.party)
      let admin = LoopbackSocket.connect(port: server.adminPort ?? 0)
      admin.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(admin.receiveToEnd().contains("reason=\"\(row.party?.rawValue ?? "none")\"} 1\n"))
      admin.close()
      #expect(Self.endings.count == 6)
    }
  }
}
