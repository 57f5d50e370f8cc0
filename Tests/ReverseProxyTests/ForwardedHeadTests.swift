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

  @Test("Connection takes nothing away that this proxy adds")
  func connectionOptions() async throws {
    let head = try await forwarded(
      "Connection: X-Forwarded-For, X-Forwarded-Proto, X-Request-ID, Via, Host, Content-Length, Authorization-Result\r\nAuthorization-Result: ok\r\n",
      line: "POST / HTTP/1.1")
    for name in [
      "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: http", "X-Request-ID: ", "Via: 1.1 ropeline-", "Host: h", "Content-Length: 0",
    ] {
      #expect(head.contains("\r\n\(name)"), "\(name)")
    }
    #expect(!head.contains("Authorization-Result"))
  }

  /// (what a trusted peer sends, whether it is kept)
  static let names: [(name: String, isKept: Bool)] = [
    ("abcdefgh", true), ("A-b.c_d-0", true), (String(repeating: "a", count: 128), true), (String(repeating: "a", count: 129), false),
    (String(repeating: "a", count: 10_000), false), ("abcdefg", false), ("", false), ("abc\"defgh", false), ("abc defgh", false),
    ("abcdéfgh", false), ("abcdefgh;", false),
  ]

  @Test("a request's name from outside is kept only if it is fit to be written down", arguments: names)
  func requestNames(row: (name: String, isKept: Bool)) async throws {
    let head = try await forwarded("X-Request-ID: \(row.name)\r\n") { _ = $0.trustedPeers.insert("127.0.0.0/8") }
    #expect(head.contains("\r\nX-Request-ID: \(row.name)\r\n") == row.isKept)
    #expect(row.isKept || head.firstMatch(of: /\r\nX-Request-ID: [0-9a-f-]{36}\r\n/) != nil)
    #expect(Self.names.count == 11)
  }

  @Test("of an answer that rules look at no slices are asked for", arguments: [false, true])
  func ranges(isInspected: Bool) async throws {
    let log = Log()
    try await Harness.withProxy(
      rules: isInspected ? "SecResponseBodyAccess On" : "", origins: [Harness.polite(log)], log: log
    ) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nRange: bytes=0-1\r\nIf-Range: x\r\nX-Range: 1\r\n\r\n")
      #expect(client.receiveToEnd().hasSuffix("ok"))
      client.close()
    }
    let head = try #require(log.seen.withLock { $0.first })
    #expect(head.contains("\r\nRange: ") == !isInspected && head.contains("\r\nIf-Range: ") == !isInspected)
    #expect(head.contains("\r\nX-Range: 1\r\n"))
  }

  /// Fields that only a trusted peer may send, and fields that anybody may.
  static let claims = [
    "X-Forwarded-Port", "X-Forwarded-Server", "X-FORWARDED-Prefix", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP",
    "X-Cluster-Client-IP", "X_Forwarded_Port", "X_Real-IP", "X-Request-Start", "Remote-User", "X-Auth-Request-User",
  ]
  static let harmless = [
    "X_Filename", "X-Filename", "X-Forward", "X_Odd_Name", "Client", "Via_", "Accept", "X-Requested-With", "X-Auth-Token", "Range",
  ]
  static let never = [
    "X_Forwarded_For", "X_FORWARDED-PROTO", "Transfer_Encoding", "Content_Length", "X_Request_ID", "Forwarded", "X-Ropeline-Score",
    "X_ROPELINE-User",
  ]

  @Test("only a trusted peer says where a request came from", arguments: [false, true])
  func claims(isTrusted: Bool) async throws {
    let names = Self.claims + Self.harmless + Self.never
    #expect(names.count == 31)
    let fields = names.map { "\($0): marked-\($0)\r\n" }.joined()
    let head = try await forwarded(fields) { configuration in
      if isTrusted { _ = configuration.trustedPeers.insert("127.0.0.0/8") }
    }
    for name in Self.harmless { #expect(head.contains("\r\n\(name): marked-\(name)\r\n"), "\(name)") }
    for name in Self.claims { #expect(head.contains("marked-\(name)\r\n") == isTrusted, "\(name)") }
    for name in Self.never { #expect(!head.contains("marked-\(name)\r\n"), "\(name)") }
  }
}
