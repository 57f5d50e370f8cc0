import Glibc
import ReverseProxy
import Testing

/// Clients that take their time with an answer, and those that never take it.
@Suite("Slow readers", .serialized)
struct SlowReaderTests {
  private static let size = 6_000_000
  /// The whole answer is held for phase 4, and so written at once.
  private static let held = "SecResponseBodyAccess On\nSecResponseBodyLimit 20000000\nSecResponseBodyMimeType text/html"

  /// Answers with `size` times #, and keeps the connection.
  private static func large() -> ScriptedOrigin {
    ScriptedOrigin { connection, _ in
      let body = String(repeating: "#", count: size)
      while Harness.readRequest(connection) != nil {
        connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: \(size)\r\n\r\n\(body)")
      }
    }
  }

  private static func count(_ answer: String) -> Int { answer.utf8.count { $0 == UInt8(ascii: "#") } }

  /// The first reads begin after 600 ms: longer than every limit but that of writing.
  private static func patient(_ configuration: inout ProxyConfiguration) {
    configuration.idleTimeout = .milliseconds(150)
    configuration.writeTimeout = .seconds(3)
  }

  @Test("an answer that is complete reaches a client that has ended its side", arguments: ["", "Connection: close\r\n"])
  func clientEndsItsSide(fields: String) async throws {
    try await Harness.withProxy(rules: Self.held, origins: [Self.large()], configure: Self.patient) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n")
      while log.records.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(10)) }
      client.endSending()
      try await Task.sleep(for: .milliseconds(450))
      #expect(Self.count(client.receiveToEnd()) == Self.size)
      client.close()
    }
  }

  @Test("a kept connection is idle when its answer is read, not when it is made")
  func idleAfterTheAnswer() async throws {
    try await Harness.withProxy(rules: Self.held, origins: [Self.large()], configure: Self.patient) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
      try await Task.sleep(for: .milliseconds(450))
      #expect(Self.count(client.receiveToEnd()) == Self.size)
      client.close()
    }
  }

  @Test("a client that never reads is let go, whether the answer is under way or complete", arguments: [held, ""])
  func neverReads(rules: String) async throws {
    try await Harness.withProxy(
      rules: rules, origins: [Self.large()],
      configure: {
        $0.idleTimeout = .seconds(3)
        $0.writeTimeout = .milliseconds(100)
      }
    ) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
      try await Task.sleep(for: .milliseconds(900))
      #expect(Self.count(client.receiveToEnd()) < Self.size)
      client.close()
    }
  }

  @Test("an upstream is not to blame for the time that a client takes")
  func pausedUpstream() async throws {
    try await Harness.withProxy(
      origins: [Self.large()],
      configure: {
        $0.upstreamTimeout = .milliseconds(150)
        $0.writeTimeout = .seconds(3)
      }
    ) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      try await Task.sleep(for: .milliseconds(450))
      #expect(Self.count(client.receiveToEnd()) == Self.size)
      client.close()
    }
  }

  @Test("a client that reads little, but steadily, is not cut off", arguments: [held, ""])
  func steadyReader(rules: String) async throws {
    try await Harness.withProxy(
      rules: rules, origins: [Self.large()],
      configure: {
        $0.idleTimeout = .milliseconds(300)
        $0.upstreamTimeout = .milliseconds(300)
        $0.writeTimeout = .milliseconds(300)
      }
    ) { server, _ in
      let client = LoopbackSocket.connect(port: server.port, receiveBuffer: 8192)
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      var count = 0
      // Much less than the kernel takes in one go: to the proxy's writes, this client stands still.
      for _ in 0..<30 {
        count += Self.count(String(decoding: client.receive(atMost: 4096), as: UTF8.self))
        try await Task.sleep(for: .milliseconds(30))
      }
      #expect(count + Self.count(client.receiveToEnd()) == Self.size)
      client.close()
    }
  }
}
