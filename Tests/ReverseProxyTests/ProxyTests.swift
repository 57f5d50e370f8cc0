import Detection
import Glibc
import NIOCore
import NIOPosix
import ReverseProxy
import SecLang
import Synchronization
import Telemetry
import Testing

private struct NoFiles: RuleFileReader {
  struct Missing: Error {}
  func read(_ path: String) throws -> [UInt8] { throw Missing() }
  func glob(_ pattern: String) -> [String] { [] }
}

/// An origin that keeps what it received and answers every request with a fixed text.
private final class RecordingOrigin: Sendable {
  let received = Mutex<[String]>([])
  private let answer: String
  let channel = Mutex<(any Channel)?>(nil)

  init(answer: String) { self.answer = answer }

  func start(group: MultiThreadedEventLoopGroup) async throws -> Int {
    let bound = try await ServerBootstrap(group: group)
      .childChannelInitializer { [self] channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(origin: self, answer: answer)) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    channel.withLock { $0 = bound }
    return bound.localAddress?.port ?? 0
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let origin: RecordingOrigin
    private let answer: String
    private var text = ""

    init(origin: RecordingOrigin, answer: String) {
      self.origin = origin
      self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      text += String(buffer: unwrapInboundIn(data))
      while let end = text.firstRange(of: "\r\n\r\n") {
        let head = String(text[..<end.upperBound])
        var length = 0
        if let match = head.lowercased().firstMatch(of: /\r\ncontent-length: (\d+)/) { length = Int(match.1) ?? 0 }
        guard text[end.upperBound...].utf8.count >= length else { return }
        let body = String(decoding: text[end.upperBound...].utf8.prefix(length), as: UTF8.self)
        text = String(decoding: text[end.upperBound...].utf8.dropFirst(length), as: UTF8.self)
        origin.received.withLock { $0.append(head + body) }
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(string: answer)), promise: nil)
      }
    }
  }
}

@Suite("Reverse proxy", .serialized)
struct ProxyTests {
  private static let plainAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nX-Kept: 2\r\n\r\nok\n"
  private static let rules = """
    SecRule ARGS "@contains attack" "id:1,phase:2,deny,log,msg:'attack'"
    SecRule REQUEST_HEADERS:X-Stop "@rx ." "id:2,phase:1,deny,status:406,log"
    """

  /// Runs `body` with the proxy's port and gives what the origin received and what was recorded.
  private func withProxy(
    answer: String = ProxyTests.plainAnswer, mode: EnforcementMode = .block, trust: [String] = [], upstreamPort: Int? = nil,
    _ body: (Int) async throws -> Void
  ) async throws -> (received: [String], records: [ExchangeRecord]) {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let origin = RecordingOrigin(answer: answer)
    let port = try await origin.start(group: group)
    var parser = RuleSetParser(reader: NoFiles())
    parser.parse(text: Array(Self.rules.utf8), path: "test.conf")
    let inspector = try Inspector(ruleSet: parser.finish(), configuration: InspectorConfiguration(mode: mode))
    let records = Records()
    var configuration = ProxyConfiguration(upstreams: [Upstream(host: "127.0.0.1", port: upstreamPort ?? port)])
    configuration.listenPort = 0
    configuration.drainGrace = .milliseconds(20)
    for network in trust {
      let isNetwork = configuration.trustedPeers.insert(network)
      #expect(isNetwork)
    }
    configuration.onExchange = { record in records.list.withLock { $0.append(record) } }
    let proxy = try await ProxyServer.start(configuration: configuration, inspector: inspector)
    try await body(proxy.port)
    try await proxy.drain()
    try? await origin.channel.withLock { $0 }?.close().get()
    try await group.shutdownGracefully()
    return (origin.received.withLock { $0 }, records.list.withLock { $0 })
  }

  private final class Records: Sendable {
    let list = Mutex<[ExchangeRecord]>([])
  }

  /// Sends bytes and reads until the peer closes, or says nothing for 20 seconds.
  private func exchange(_ text: String, _ port: Int, closes: Bool = true) -> String {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
    }
    guard isConnected else { return "" }
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    if closes { shutdown(descriptor, Int32(SHUT_WR)) }
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0 else { break }
      answer += chunk[..<count]
    }
    return String(decoding: answer, as: UTF8.self)
  }

  @Test func aRequestIsForwardedAndItsHopsAreRebuilt() async throws {
    let (received, records) = try await withProxy { port in
      let answer = exchange(
        "GET /a?b=c HTTP/1.1\r\nHost: example.org\r\nX-Forwarded-For: 6.6.6.6\r\nX-Request-ID: forged-by-client\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\nX_Odd: kept\r\n\r\n",
        port)
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(answer.hasSuffix("\r\n\r\nok\n"))
      #expect(answer.contains("X-Kept: 2") && !answer.contains("X-Hop"))
    }
    let head = try #require(received.first)
    #expect(head.hasPrefix("GET /a?b=c HTTP/1.1\r\n"))
    #expect(head.contains("Host: example.org\r\n"))
    #expect(head.contains("X-Forwarded-For: 127.0.0.1\r\n") && !head.contains("6.6.6.6"), "nobody is trusted by default")
    #expect(!head.contains("forged-by-client") && head.contains("X-Request-ID: "))
    #expect(!head.contains("X-Mine") && head.contains("X_Odd: kept"))
    #expect(records.count == 1 && records.first?.status == 200)
  }

  @Test func aTrustedPeerNamesTheClient() async throws {
    let (received, records) = try await withProxy(trust: ["127.0.0.0/8"]) { port in
      _ = exchange(
        "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 6.6.6.6, 203.0.113.9\r\nX-Request-ID: from-the-edge-1\r\nConnection: close\r\n\r\n",
        port)
    }
    #expect(records.first?.request.client.address == "203.0.113.9", "the first from the right that is not trusted")
    #expect(records.first?.request.id == "from-the-edge-1")
    #expect(received.first?.contains("X-Forwarded-For: 6.6.6.6, 203.0.113.9, 127.0.0.1\r\n") == true)
  }

  @Test func verdictsRefuseInBlockModeOnly() async throws {
    let request =
      "POST /x HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 14\r\nConnection: close\r\n\r\n{\"a\":\"attack\"}"
    let blocked = try await withProxy { port in
      let answer = exchange(request, port)
      #expect(answer.hasPrefix("HTTP/1.1 403 ") && answer.contains("application/problem+json") && !answer.contains("attack"))
      #expect(exchange("GET / HTTP/1.1\r\nHost: h\r\nX-Stop: 1\r\nConnection: close\r\n\r\n", port).hasPrefix("HTTP/1.1 406 "))
    }
    #expect(blocked.received.isEmpty)
    let detected = try await withProxy(mode: .detect) { port in #expect(exchange(request, port).hasPrefix("HTTP/1.1 200 ")) }
    #expect(detected.received.count == 1)
    #expect(detected.records.first?.outcome.would == .block)
  }

  @Test func connectionsAreKeptAndPipelinedRequestsAnsweredInOrder() async throws {
    let (received, _) = try await withProxy { port in
      let one = "GET /%d HTTP/1.1\r\nHost: h\r\n\r\n"
      let text = (1...5).map { one.replacing("%d", with: String($0)) }.joined() + "GET /6 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
      let answer = exchange(text, port, closes: false)
      #expect(answer.ranges(of: "HTTP/1.1 200 OK").count == 6)
    }
    #expect(received.map { $0.prefix(6) } == (1...6).map { "GET /\($0)" })
  }

  @Test func chunkedBodiesAreJudgedWholeAndForwardedWithALength() async throws {
    let (received, records) = try await withProxy { port in
      let head =
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
      #expect(exchange(head + "3\r\na=1\r\n4;x=y\r\n&b=2\r\n0\r\nX-Trailer: 1\r\n\r\n", port).hasPrefix("HTTP/1.1 200 "))
      #expect(
        exchange(head + "5\r\na=att\r\n3\r\nack\r\n0\r\n\r\n", port).hasPrefix("HTTP/1.1 403 "), "a payload cut by a chunk is still one")
    }
    #expect(received.count == 1 && received[0].contains("Content-Length: 7\r\n") && received[0].hasSuffix("a=1&b=2"))
    #expect(records.count == 2)
  }

  @Test func answersWithoutABodyHaveNone() async throws {
    _ = try await withProxy(answer: "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n") { port in
      let answer = exchange("HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", port)
      #expect(answer.contains("Content-Length: 99") && answer.hasSuffix("\r\n\r\n"))
    }
    _ = try await withProxy(answer: "HTTP/1.1 304 Not Modified\r\n\r\n") { port in
      #expect(exchange("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", port).hasPrefix("HTTP/1.1 304 "))
    }
  }

  @Test func anUpstreamThatFailsIsABadGateway() async throws {
    let down = try await withProxy(upstreamPort: 1) { port in
      #expect(exchange("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", port).hasPrefix("HTTP/1.1 502 "))
    }
    #expect(down.records.first?.status == 502)
    _ = try await withProxy(answer: "SSH-2.0-junk\r\n\r\n") { port in
      #expect(exchange("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", port).hasPrefix("HTTP/1.1 502 "))
    }
  }

  static let broken = [
    "GET / HTTP/1.1\nHost: h\n\n", "GET / HTTP/1.1\r\nHost: h\r\n X: folded\r\n\r\n", "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\nnocolon\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\nX: a\u{0}b\r\n\r\n", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
    " GET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", "GET /#x HTTP/1.1\r\nHost: h\r\n\r\n", "GET x HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET / JUNK/1.0\r\nHost: h\r\n\r\n", "GET / HTTP/9.9\r\nHost: h\r\n\r\n",
    "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", "GET /\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3, 3\r\n\r\nabc",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x3\r\n\r\nabc",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \r\n\r\nabc", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n 3\r\nabc\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;a\nb\r\nabc\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
    "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "GET / HTTP/1.1\r\nHos", "GET /", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
  ]

  @Test func brokenRequestsAreRefusedRecordedAndNeverForwarded() async throws {
    for mode in EnforcementMode.allCases {
      let (received, records) = try await withProxy(mode: mode) { port in
        for request in Self.broken {
          let answer = exchange(request, port)
          #expect(
            answer.hasPrefix("HTTP/1.1 4") || answer.hasPrefix("HTTP/1.1 5"),
            "\(request.debugDescription): \(answer.prefix(40).debugDescription)")
        }
      }
      #expect(received.isEmpty, "\(received)")
      #expect(records.count == Self.broken.count, "each is written down, in \(mode)")
      #expect(records.allSatisfy { $0.outcome.evidence.framing != nil })
    }
    #expect(Self.broken.count == 41)
  }

  @Test func headsHaveLimits() async throws {
    let (received, _) = try await withProxy { port in
      #expect(exchange("GET /\(String(repeating: "a", count: 17_000)) HTTP/1.1\r\nHost: h\r\n\r\n", port).hasPrefix("HTTP/1.1 414 "))
      #expect(exchange("GET / HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "a", count: 17_000))\r\n\r\n", port).hasPrefix("HTTP/1.1 431 "))
      #expect(exchange("GET / HTTP/1.1\r\nHost: h\r\n\(String(repeating: "X: a\r\n", count: 130))\r\n", port).hasPrefix("HTTP/1.1 431 "))
    }
    #expect(received.isEmpty)
  }
}
