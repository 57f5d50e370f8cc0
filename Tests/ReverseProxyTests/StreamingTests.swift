import Glibc
import ReverseProxy
import Testing

/// Answers and requests of which one part comes long before the next.
@Suite("Streams", .serialized)
struct StreamingTests {
  @Test("an answer's head does not wait for its body", arguments: ["Transfer-Encoding: chunked", "Content-Length: 5", "X: until close"])
  func headBeforeBody(framing: String) async throws {
    let log = Log()
    let origin = ScriptedOrigin { connection, _ in
      guard Harness.readRequest(connection) != nil else { return }
      connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\(framing)\r\n\r\n")
      for _ in 0..<500 where log.seen.withLock({ $0.isEmpty }) { usleep(2000) }
      connection.send(framing.contains("chunked") ? "5\r\ntick!\r\n0\r\n\r\n" : "tick!")
    }
    try await Harness.withProxy(origins: [origin], log: log) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      let head = client.receive(until: "\r\n\r\n")
      #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && !head.contains("tick!"))
      log.note("seen")
      #expect(client.receiveToEnd().contains("tick!"))
      client.close()
    }
  }

  @Test("an answer that breaks before anything of it was sent on is a 502")
  func brokenBeforeTheHeadWasSent() async throws {
    let origin = ScriptedOrigin { connection, _ in
      guard Harness.readRequest(connection) != nil else { return }
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n")
      usleep(100_000)
    }
    try await Harness.withProxy(origins: [origin]) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      let answer = client.receiveToEnd()
      #expect(answer.hasPrefix("HTTP/1.1 502 ") && !answer.contains("200 OK"))
      client.close()
      #expect(log.records.withLock { $0.map(\.bytesSent) } == [answer.utf8.count])
    }
  }
}
