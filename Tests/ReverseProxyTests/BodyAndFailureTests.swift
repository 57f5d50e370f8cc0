import Detection
import Glibc
import Testing

@Suite("Bodies, slowness and failure", .serialized)
struct BodyAndFailureTests {
  static let overLimit: [(rules: String, mode: EnforcementMode, status: Int, isForwarded: Bool)] = [
    ("SecRequestBodyLimit 1000", .block, 413, false),
    ("SecRequestBodyLimit 1000", .detect, 200, true),
    ("SecRequestBodyLimit 1000\nSecRequestBodyLimitAction ProcessPartial", .block, 200, true),
    ("SecRequestBodyAccess Off", .block, 200, true),
    ("SecRequestBodyLimit 1000\nSecRuleEngine DetectionOnly", .block, 200, true),
  ]

  @Test("a body beyond the limit is refused or passed as the setting says, whole", arguments: overLimit, [false, true])
  func bodyLimit(setting: (rules: String, mode: EnforcementMode, status: Int, isForwarded: Bool), isChunked: Bool) async throws {
    let log = Log()
    let body = String(repeating: "0123456789", count: 50_000)
    try await Harness.withProxy(rules: setting.rules, mode: setting.mode, origins: [Harness.polite(log)], log: log) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      if isChunked {
        client.send("POST /p HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.send("7a120\r\n\(body)\r\n0\r\n\r\n")
      } else {
        client.send(Harness.post(body))
      }
      #expect(client.receiveToEnd().hasPrefix("HTTP/1.1 \(setting.status) "))
      client.close()
    }
    let seen = log.seen.withLock { $0 }
    #expect(seen.count == (setting.isForwarded ? 1 : 0))
    if setting.isForwarded { #expect(seen.first.map { $0.utf8.count { $0 == UInt8(ascii: "7") } } ?? 0 >= 50_000) }
    #expect(log.records.withLock { $0.first?.status } == setting.status)
  }

  @Test("a large answer reaches a client that reads slowly, with and without a length", arguments: [false, true])
  func largeAnswer(isChunked: Bool) async throws {
    let size = 6_000_000
    let origin = ScriptedOrigin { connection, _ in
      guard Harness.readRequest(connection) != nil else { return }
      let body = String(repeating: "x", count: size)
      connection.send("HTTP/1.1 200 OK\r\n")
      if isChunked {
        connection.send("Transfer-Encoding: chunked\r\n\r\n\(String(size, radix: 16))\r\n\(body)\r\n0\r\n\r\n")
      } else {
        connection.send("Content-Length: \(size)\r\n\r\n\(body)")
      }
    }
    try await Harness.withProxy(origins: [origin]) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      pause(milliseconds: 200)
      let answer = client.receiveToEnd()
      #expect(answer.utf8.count { $0 == UInt8(ascii: "x") } >= size)
      #expect(!isChunked || answer.hasSuffix("\r\n0\r\n\r\n"))
      client.close()
    }
  }

  @Test("the proxy answers Expect: 100-continue itself")
  func continues() async throws {
    let log = Log()
    try await Harness.withProxy(origins: [Harness.polite(log)], log: log) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n")
      #expect(client.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
      client.send("abc")
      #expect(client.receiveToEnd().hasPrefix("HTTP/1.1 200 OK\r\n"))
      client.close()
    }
    #expect(log.seen.withLock { $0.count == 1 && !$0[0].contains("Expect") && $0[0].hasSuffix("abc") })
  }

  @Test("a request may come byte by byte")
  func byteByByte() async throws {
    let log = Log()
    try await Harness.withProxy(origins: [Harness.polite(log)], log: log) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      var option: Int32 = 1
      setsockopt(client.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &option, socklen_t(MemoryLayout<Int32>.size))
      for byte in "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n" {
        client.send("\(byte)")
      }
      #expect(client.receiveToEnd().hasPrefix("HTTP/1.1 200 OK\r\n"))
      client.close()
    }
    #expect(log.seen.withLock { $0.first?.hasSuffix("\r\n\r\nabc") } == true)
  }

  @Test("an upstream that says nothing is a 504, a head that does not end a 408")
  func timeouts() async throws {
    let origin = ScriptedOrigin { connection, _ in _ = connection.receiveToEnd() }
    try await Harness.withProxy(
      origins: [origin],
      configure: {
        $0.upstreamTimeout = .seconds(1)
        $0.headTimeout = .seconds(1)
      }
    ) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET /slow HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      #expect(client.receiveToEnd().hasPrefix("HTTP/1.1 504 "))
      client.close()
      let slow = LoopbackSocket.connect(port: server.port)
      slow.send("GET /half HTTP/1.1\r\nHost:")
      #expect(slow.receiveToEnd().hasPrefix("HTTP/1.1 408 "))
      slow.close()
      #expect(log.records.withLock { $0.map(\.status) } == [504, 408])
    }
  }

  @Test("after an answer to half a request neither connection is used again")
  func earlyAnswer() async throws {
    let log = Log()
    let origin = ScriptedOrigin { connection, number in
      if number == 0 {
        log.note(connection.receive(until: "\r\n\r\n"))
        connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        log.note(connection.receiveToEnd())
      } else if let request = Harness.readRequest(connection) {
        log.note(request)
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      }
    }
    try await Harness.withProxy(rules: "SecRequestBodyAccess Off", origins: [origin], log: log) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc")
      #expect(client.receive(until: "\r\n\r\n").contains("Connection: close\r\n"))
      client.send("GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(client.receiveToEnd().isEmpty)
      client.close()
      let next = LoopbackSocket.connect(port: server.port)
      next.send("GET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      #expect(next.receiveToEnd().hasSuffix("ok"))
      next.close()
    }
    #expect(origin.connectionCount == 2)
    #expect(log.seen.withLock { $0.allSatisfy { !$0.contains("/smuggled") } })
  }

  @Test("a kept connection that the upstream closed costs no request that may be sent twice")
  func staleConnection() async throws {
    let origin = ScriptedOrigin { connection, number in
      guard Harness.readRequest(connection) != nil else { return }
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(number)")
      // The first connection ends without an answer to its second request.
      if number == 0 { _ = connection.receive(until: "\r\n\r\n") }
    }
    try await Harness.withProxy(origins: [origin]) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(client.receive(until: "\r\n\r\n0").hasSuffix("0"))
      client.send("GET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      #expect(client.receiveToEnd().hasSuffix("1"))
      client.close()
    }
    #expect(origin.connectionCount == 2)
  }

  @Test("an upstream that is down gives way to the next one")
  func failover() async throws {
    let log = Log()
    let down = ScriptedOrigin { _, _ in }
    down.stop()
    pause(milliseconds: 50)
    try await Harness.withProxy(origins: [down, Harness.polite(log)], log: log) { server, _ in
      for _ in 0..<4 {
        let client = LoopbackSocket.connect(port: server.port)
        client.send(Harness.post("a"))
        #expect(client.receiveToEnd().hasSuffix("ok"))
        client.close()
      }
    }
    #expect(log.seen.withLock { $0.count } == 4)
  }

  @Test("half an answer ends in a broken connection, not in a whole one")
  func truncatedAnswer() async throws {
    let origin = ScriptedOrigin { connection, _ in
      guard Harness.readRequest(connection) != nil else { return }
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")
    }
    try await Harness.withProxy(origins: [origin]) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
      let answer = client.receiveToEnd()
      #expect(!answer.contains("0\r\n\r\n"))
      client.close()
      #expect(log.records.withLock { $0.count } == 1)
    }
  }

  @Test("an HTTP/1.0 client gets neither chunks nor a kept connection it did not ask for")
  func http10() async throws {
    let origin = ScriptedOrigin { connection, _ in
      while Harness.readRequest(connection) != nil {
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
      }
    }
    try await Harness.withProxy(origins: [origin]) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.0\r\n\r\n")
      let answer = client.receiveToEnd()
      #expect(answer.hasSuffix("\r\n\r\nhello") && !answer.contains("Transfer-Encoding"))
      client.close()
    }
  }

  @Test(
    "a client that vanishes is written down, wherever it does",
    arguments: ["GET / HT", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab"])
  func vanishes(text: String) async throws {
    let log = Log()
    let origin = Harness.polite(log)
    try await Harness.withProxy(origins: [origin], log: log) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send(text)
      pause(milliseconds: 500)
      client.abort()
    }
    #expect(log.records.withLock { $0.count } == 1)
    #expect(log.seen.withLock { $0.isEmpty })
  }

  @Test("a drain lets a request in flight end and takes no new ones")
  func drain() async throws {
    let log = Log()
    let origin = ScriptedOrigin { connection, _ in
      guard let request = Harness.readRequest(connection) else { return }
      log.note(request)
      usleep(500_000)
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    }
    try await Harness.withProxy(origins: [origin], log: log) { server, _ in
      let idle = LoopbackSocket.connect(port: server.port)
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
      while log.seen.withLock({ $0.isEmpty }) { pause(milliseconds: 10) }
      async let drained: Void = server.drain()
      let answer = await Thread.run { client.receiveToEnd() }
      // Whether the drain began before the answer, and so said `Connection: close`, is up to the scheduler.
      #expect(answer.hasSuffix("ok"))
      #expect(await Thread.run { idle.receiveToEnd() }.isEmpty)
      client.close()
      idle.close()
      try await drained
    }
  }

  @Test("new rules hold for new requests")
  func reload() async throws {
    let log = Log()
    try await Harness.withProxy(origins: [Harness.polite(log)], log: log) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET /?a=stop HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(client.receive(until: "\r\n\r\nok").hasPrefix("HTTP/1.1 200 "))
      server.replaceRules(with: try Harness.inspector("SecRule ARGS \"@streq stop\" \"id:1,phase:1,deny,status:418,log\""))
      client.send("GET /?a=stop HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\nConnection: close\r\n\r\n")
      let answer = client.receiveToEnd()
      #expect(answer.hasPrefix("HTTP/1.1 418 ") && answer.contains("text/html") && answer.contains("Cache-Control: no-store"))
      client.close()
    }
    #expect(log.seen.withLock { $0.count } == 1)
  }

  @Test("the answer's body is judged where the rules ask for it")
  func responseBody() async throws {
    let origin = ScriptedOrigin { connection, _ in
      while Harness.readRequest(connection) != nil {
        connection.send(
          "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nsec\r\n3\r\nret\r\n0\r\n\r\n")
      }
    }
    let rules = "SecResponseBodyAccess On\nSecRule RESPONSE_BODY \"@contains secret\" \"id:1,phase:4,deny,log\""
    try await Harness.withProxy(rules: rules, origins: [origin]) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      let answer = client.receiveToEnd()
      #expect(answer.hasPrefix("HTTP/1.1 403 ") && !answer.contains("secret"))
      client.close()
    }
  }

  @Test("the admin port tells health and numbers")
  func admin() async throws {
    let log = Log()
    try await Harness.withProxy(origins: [Harness.polite(log)], log: log, configure: { $0.adminPort = 0 }) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send(Harness.post("a"))
      _ = client.receiveToEnd()
      client.close()
      func get(_ path: String) -> String {
        let client = LoopbackSocket.connect(port: server.adminPort ?? 0)
        defer { client.close() }
        client.send("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n")
        return client.receiveToEnd()
      }
      for path in ["/livez", "/readyz", "/version"] { #expect(get(path).hasPrefix("HTTP/1.1 200 OK\r\n")) }
      #expect(get("/else").hasPrefix("HTTP/1.1 404 "))
      let metrics = get("/metrics")
      #expect(metrics.contains("ropeline_requests_total{verdict=\"allow\",reason=\"none\"} 1\n"))
      #expect(metrics.contains("ropeline_inspection_duration_seconds_count{phase=\"2\"} 1\n"))
      #expect(metrics.contains("ropeline_inflight_requests 0\n"))
    }
  }

  private static func chunked(_ body: String) -> String { "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n\(body)" }
  private static func framed(_ fields: String) -> String { "POST /a HTTP/1.1\r\nHost: h\r\n\(fields)\r\n" }

  /// Each is followed by a request that a lenient parser would take for one of its own.
  static let smuggling: [String] = [
    framed("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\nG",
    framed("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n") + "5c\r\n",
    framed("Transfer-Encoding: xchunked\r\n"), framed("Transfer-Encoding: \u{A0}chunked\r\n"), framed("Transfer-Encoding: \"chunked\"\r\n"),
    framed("Transfer-Encoding: chunked, identity\r\n"), framed("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n"),
    framed("Transfer-Encoding:\u{B}chunked\r\n"), framed("Transfer-Encoding : chunked\r\n"), framed("Transfer-Encoding\t: chunked\r\n"),
    framed(" Transfer-Encoding: chunked\r\n"), framed("X: y\r\n Transfer-Encoding: chunked\r\n"),
    framed("X: y\nTransfer-Encoding: chunked\r\n"),
    framed("X: y\rTransfer-Encoding: chunked\r\n"), framed("Transfer-Encoding:\r\n chunked\r\n"),
    framed("Transfer-Encoding: chunked\0\r\n"),
    framed("Transfer-Encoding\0: chunked\r\n"), framed("Transfer-Encoding: chunked;a=b\r\n"), framed("Content-Length: 1_0\r\n"),
    framed("Content-Length: 1 0\r\n"), framed("Content-Length: 1.0\r\n"), framed("Content-Length: 1e1\r\n"),
    framed("Content-Length: 10,\r\n"),
    framed("Content-Length: \u{A0}1\r\n"), framed("Content-Length: 99999999999999999999\r\n"),
    framed("Content-Length: 0\r\nContent-Length: 40\r\n"),
    framed("Content_Length: 3\r\n:\r\n"), framed("Content-Length\r\n"), chunked("0_2e\r\n"), chunked("+1\r\na\r\n0\r\n\r\n"),
    chunked("1 \r\na\r\n0\r\n\r\n"),
    chunked("1\r\r;\na\r\n0\r\n\r\n"), chunked("\r\na\r\n0\r\n\r\n"), chunked("1;\r\na\r\n0\r\n\r\n"), chunked("1;a\rb\r\na\r\n0\r\n\r\n"),
    chunked("2\r\naXX0\r\n\r\n"), chunked("1\r\naa\r\n0\r\n\r\n"), chunked("0\r\nX: y\n\r\n"), chunked("0\r\nX : y\r\n\r\n"),
    chunked("0\r\nnothing\r\n\r\n"),
    chunked("0\n\r\n"), chunked("-1\r\n\r\n"), chunked("0000000000000000\r\n\r\n"), "GET /a HTTP/1.1\rHost: h\r\r",
    "GET /a HTTP/1.1\r\nHost: h\r\n\n",
    "GET /a\u{B}b HTTP/1.1\r\nHost: h\r\n\r\n", "GET /a HTTP/1.1\u{C}\r\nHost: h\r\n\r\n", "GET\t/a HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET http://other/ HTTP/1.1\r\nHost: h\r\n\r\n", "GET http://h@other/ HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h:80:80\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", "GET /a HTTP/01.1\r\nHost: h\r\n\r\n", "GET /a HTTP/1.1x\r\nHost: h\r\n\r\n",
    "GET /a HTTP /1.1\r\nHost: h\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\r\n\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n", "\0GET /a HTTP/1.1\r\nHost: h\r\n\r\n",
    "\u{16}\u{3}\u{1}\0\u{5}hello\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue, x\r\n\r\n",
  ]

  @Test("nothing that two parsers could read differently reaches the origin, nor what follows it", arguments: EnforcementMode.allCases)
  func smugglesNothing(mode: EnforcementMode) async throws {
    #expect(Self.smuggling.count == 60)
    let log = Log()
    try await Harness.withProxy(mode: mode, origins: [Harness.polite(log)], log: log) { server, _ in
      for text in Self.smuggling {
        let client = LoopbackSocket.connect(port: server.port)
        client.send(text + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n")
        client.endSending()
        let answer = client.receiveToEnd()
        #expect(
          answer.hasPrefix("HTTP/1.1 4") || answer.hasPrefix("HTTP/1.1 5"),
          "\(text.debugDescription): \(answer.prefix(20).debugDescription)")
        #expect(answer.ranges(of: "HTTP/1.1 ").count == 1, "\(text.debugDescription)")
        client.close()
      }
    }
    #expect(log.seen.withLock { $0 } == [])
    #expect(log.records.withLock { $0.count { $0.outcome.evidence.framing != nil } } == Self.smuggling.count)
  }
}
