import Detection
import NIOCore
import Synchronization
import Testing

@testable import ReverseProxy

@Suite("Heads that are sent on", .serialized)
struct ForwardedHeadTests {
  /// Sends one request and gives the head that the origin got.
  private func forwarded(
    _ fields: String, line: String = "GET / HTTP/1.1", configure: (inout ProxyConfiguration) -> Void = { _ in }
  ) async throws -> String {
    let log = Log()
    try await Harness.withProxy(origins: [Harness.polite(log)], log: log, configure: configure) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("\(line)\r\nHost: h\r\nConnection: close\r\n\(fields)\r\n")
      #expect(client.receiveToEnd().hasSuffix("ok"))
      client.close()
    }
    return try #require(log.seen.withLock { $0.first })
  }

  @Test("Via keeps those before us, and names this process")
  func via() async throws {
    let head = try await forwarded("Via: 1.1 first, 1.0 second (comment)\r\nVia: HTTP/2 third\r\n")
    #expect(head.firstMatch(of: /\r\nVia: 1\.1 first, 1\.0 second \(comment\), HTTP\/2 third, 1\.1 ropeline-[0-9a-f]{12}\r\n/) != nil)
    #expect(head.ranges(of: "Via:").count == 1)
    #expect(try await forwarded("", line: "GET / HTTP/1.0").contains("\r\nVia: 1.0 ropeline-"))
  }

  @Test("a request that comes back is a 508")
  func loop() async throws {
    // The proxy's upstream is the proxy: the port is known only when it listens.
    let port = Mutex(0)
    let origin = ScriptedOrigin { connection, _ in
      let back = LoopbackSocket.connect(port: port.withLock { $0 })
      if let request = Harness.readRequest(connection) { back.send(request) }
      connection.send(back.receive(until: "}\n"))
      back.close()
    }
    try await Harness.withProxy(origins: [origin]) { server, log in
      port.withLock { $0 = server.port }
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      #expect(client.receiveToEnd().hasPrefix("HTTP/1.1 508 Loop Detected\r\n"))
      client.close()
      #expect(log.records.withLock { $0.count } == 2)
    }
    #expect(origin.connectionCount == 1)
  }
}
