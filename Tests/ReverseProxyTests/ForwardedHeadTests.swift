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

  /// Fields that only a trusted peer may send, and fields that anybody may.
  static let claims = [
    "X-Forwarded-Port", "X-Forwarded-Server", "X-FORWARDED-Prefix", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP",
    "X-Cluster-Client-IP", "X_Forwarded_Port", "X_Real-IP",
  ]
  static let harmless = ["X_Filename", "X-Filename", "X-Forward", "X_Odd_Name", "Client", "Via_", "Accept"]
  static let never = ["X_Forwarded_For", "X_FORWARDED-PROTO", "Transfer_Encoding", "Content_Length", "X_Request_ID", "Forwarded"]

  @Test("only a trusted peer says where a request came from", arguments: [false, true])
  func claims(isTrusted: Bool) async throws {
    let names = Self.claims + Self.harmless + Self.never
    #expect(names.count == 23)
    let fields = names.map { "\($0): marked-\($0)\r\n" }.joined()
    let head = try await forwarded(fields) { configuration in
      if isTrusted { _ = configuration.trustedPeers.insert("127.0.0.0/8") }
    }
    for name in Self.harmless { #expect(head.contains("\r\n\(name): marked-\(name)\r\n"), "\(name)") }
    for name in Self.claims { #expect(head.contains("marked-\(name)\r\n") == isTrusted, "\(name)") }
    for name in Self.never { #expect(!head.contains("marked-\(name)\r\n"), "\(name)") }
  }
}
