import Glibc
import ReverseProxy
import Testing

/// Clients that take their time with an answer, and those that never take it.
@Suite("Slow readers", .serialized)
struct SlowReaderTests {
  private static let size = 6_000_000
  /// The whole answer is held for phase 4, and so written at once.
  private static let held = "SecResponseBodyAccess On\nSecResponseBodyLimit 20000000\nSecResponseBodyMimeType text/html"

  /// Made before the clock runs.
  private static let answer =
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: \(size)\r\n\r\n" + String(repeating: "#", count: size)

  /// Answers with `size` times #, and keeps the connection.
  private static func large() -> ScriptedOrigin {
    let answer = answer
    return ScriptedOrigin { connection, _ in
      while Harness.readRequest(connection) != nil { connection.send(answer) }
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
      while log.records.withLock({ $0.isEmpty }) { pause(milliseconds: 10) }
      client.endSending()
      pause(milliseconds: 450)
      #expect(Self.count(client.receiveToEnd()) == Self.size)
      client.close()
    }
  }

  @Test("a kept connection is idle when its answer is read, not when it is made")
  func idleAfterTheAnswer() async throws {
    try await Harness.withProxy(rules: Self.held, origins: [Self.large()], configure: Self.patient) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
      pause(milliseconds: 450)
      #expect(Self.count(client.receiveToEnd()) == Self.size)
      client.close()
    }
  }

  @Test("a client that never reads is let go, whether the answer is under way or complete", arguments: [held, ""])
  func neverReads(rules: String) async throws {
    try await Harness.withProxy(
      rules: rules, origins: [Self.large()],
      configure: {
        $0.adminPort = 0
        $0.idleTimeout = .seconds(60)
        $0.upstreamTimeout = .seconds(60)
        $0.writeTimeout = .milliseconds(100)
      }
    ) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
      var wasThere = false
      for _ in 0..<200 {
        let admin = LoopbackSocket.connect(port: server.adminPort ?? 0)
        admin.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n")
        let isThere = !admin.receiveToEnd().contains("\nropeline_connections 0\n")
        admin.close()
        if wasThere, !isThere { break }
        wasThere = wasThere || isThere
        pause(milliseconds: 50)
      }
      #expect(Self.count(client.receiveToEnd()) < Self.size)
      client.close()
    }
  }

  @Test("an upstream is not to blame for the time that a client takes")
  func pausedUpstream() async throws {
    try await Harness.withProxy(
      origins: [Self.large()],
      configure: {
        $0.upstreamTimeout = .seconds(1)
        $0.writeTimeout = .seconds(8)
      }
    ) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      pause(milliseconds: 2500)
      #expect(Self.count(client.receiveToEnd()) == Self.size)
      client.close()
    }
  }

  @Test("a client that reads little, but steadily, is not cut off", arguments: [held, ""])
  func steadyReader(rules: String) async throws {
    try await Harness.withProxy(
      rules: rules, origins: [Self.large()],
      configure: {
        $0.idleTimeout = .seconds(1)
        $0.upstreamTimeout = .seconds(1)
        $0.writeTimeout = .seconds(1)
      }
    ) { server, _ in
      let client = LoopbackSocket.connect(port: server.port, receiveBuffer: 8192)
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      var count = 0
      // Much less than the kernel takes in one go: to the proxy's writes, this client stands still.
      for _ in 0..<30 {
        count += Self.count(String(decoding: client.receive(atMost: 4096), as: UTF8.self))
        pause(milliseconds: 100)
      }
      #expect(count + Self.count(client.receiveToEnd()) == Self.size)
      client.close()
    }
  }
}
