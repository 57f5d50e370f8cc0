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
}
