import Detection
import Glibc
import NIOCore
import Testing

@testable import ReverseProxy

/// What clients can make the proxy hold, and for how long.
@Suite("Resources", .serialized)
struct ResourceTests {
  /// (bytes, milliseconds without, milliseconds paused) and whether the time is up after them; grace 1 s, 100 bytes a second.
  static let paces: [(steps: [(bytes: Int, wait: Int64, paused: Int64)], left: Int64)] = [
    ([(0, 0, 0)], 1000),
    ([(0, 999, 0)], 1),
    ([(0, 1001, 0)], -1),
    ([(100, 1500, 0)], 500),
    ([(1, 500, 0), (1, 500, 0), (1, 500, 0)], -470),
    ([(50, 500, 0), (50, 500, 0), (50, 500, 0)], 1000),
    ([(0, 500, 5000), (0, 400, 5000)], 100),
  ]

  @Test("a body gets its grace and a second for each so many bytes", arguments: paces)
  func pace(row: (steps: [(bytes: Int, wait: Int64, paused: Int64)], left: Int64)) {
    var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
    var pace = BodyPace(started: now, grace: .seconds(1), minimumRate: 100)
    for step in row.steps {
      pace.received(step.bytes)
      now = now + .milliseconds(step.wait)
      pace.pause(at: now)
      pace.pause(at: now)
      now = now + .milliseconds(step.paused)
      pace.resume(at: now)
    }
    #expect(pace.deadline - now == .milliseconds(row.left))
    #expect(Self.paces.count == 7)
  }

  @Test("any rate will do if none is asked for")
  func noPace() {
    #expect(BodyPace(started: .now(), grace: .zero, minimumRate: 0).deadline == .distantFuture)
  }

  @Test("the budget is given back, and refuses what would exceed it")
  func budget() {
    let budget = HeldBytes(maximum: 100)
    let answers = [budget.take(60), budget.take(41), budget.take(40), budget.take(1)]
    #expect(answers == [true, false, true, false])
    budget.giveBack(60)
    #expect(budget.total == 40)
  }

  @Test("connections leave files for upstreams")
  func files() {
    #expect(FileLimit.connections(files: 0) == 8)
    for files in [256, 1024, 20_000, 1_048_576] {
      let connections = FileLimit.connections(files: files)
      #expect(connections * 17 / 8 + 64 <= files && connections > files / 4)
    }
  }

  @Test("a body that trickles is a 408, held or streamed", arguments: ["", "SecRequestBodyAccess Off"])
  func trickle(rules: String) async throws {
    let origin = ScriptedOrigin { connection, _ in _ = connection.receiveToEnd() }
    try await Harness.withProxy(
      rules: rules, origins: [origin],
      configure: {
        $0.bodyGrace = .milliseconds(300)
        $0.minimumBodyRate = 1000
      }
    ) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n")
      for _ in 0..<40 where log.records.withLock({ $0.isEmpty }) {
        client.send("x")
        pause(milliseconds: 20)
      }
      #expect(client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 408 "))
      client.close()
      #expect(log.records.withLock { $0.map(\.status) } == [408])
    }
  }

  @Test("bodies that are held have a bound together, and give their room back", arguments: [EnforcementMode.block, .detect])
  func heldBodies(mode: EnforcementMode) async throws {
    let log = Log()
    try await Harness.withProxy(
      mode: mode, origins: [Harness.polite(log)], log: log, configure: { $0.maximumHeldBytes = 100_000 }
    ) { server, log in
      let half = LoopbackSocket.connect(port: server.port)
      half.send("POST /half HTTP/1.1\r\nHost: h\r\nContent-Length: 80000\r\n\r\n" + String(repeating: "x", count: 70_000))
      pause(milliseconds: 1000)
      let second = LoopbackSocket.connect(port: server.port)
      second.send(Harness.post(String(repeating: "x", count: 60_000)))
      let answer = second.receiveToEnd()
      if mode == .block {
        #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("\r\nRetry-After: "))
      } else {
        #expect(answer.hasSuffix("ok"), "under a brake it goes on, inspected in part")
        #expect(log.records.withLock { $0.last?.outcome.inspected } == .partial)
      }
      second.close()
      half.send(String(repeating: "x", count: 10_000))
      #expect(half.receive(until: "\r\n\r\nok").hasSuffix("ok"))
      half.close()
      let third = LoopbackSocket.connect(port: server.port)
      third.send(Harness.post(String(repeating: "x", count: 90_000)))
      #expect(third.receiveToEnd().hasSuffix("ok"))
      third.close()
    }
  }

  @Test("an answer's body takes of the same budget")
  func heldAnswer() async throws {
    let origin = ScriptedOrigin { connection, _ in
      guard Harness.readRequest(connection) != nil else { return }
      connection.send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 200000\r\n\r\n" + String(repeating: "x", count: 200_000))
    }
    try await Harness.withProxy(
      rules: "SecResponseBodyAccess On\nSecResponseBodyMimeType text/html", origins: [origin],
      configure: { $0.maximumHeldBytes = 100_000 }
    ) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      #expect(client.receiveToEnd().hasPrefix("HTTP/1.1 503 "))
      client.close()
    }
  }

  @Test("who has waited longest for a next request makes room")
  func eviction() async throws {
    let log = Log()
    try await Harness.withProxy(origins: [Harness.polite(log)], log: log, configure: { $0.maximumConnections = 2 }) { server, _ in
      func ask(_ client: LoopbackSocket) -> Bool {
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        return client.receive(until: "\r\n\r\nok").hasSuffix("ok")
      }
      let idle = LoopbackSocket.connect(port: server.port)
      #expect(ask(idle))
      let busy = LoopbackSocket.connect(port: server.port)
      #expect(ask(busy))
      busy.send("GET /busy HTTP/1.1\r\n")
      pause(milliseconds: 1000)
      let third = LoopbackSocket.connect(port: server.port)
      #expect(ask(third))
      #expect(idle.receive().isEmpty, "closed without a word")
      busy.send("Host: h\r\n\r\n")
      #expect(busy.receive(until: "\r\n\r\nok").hasSuffix("ok"))
      for client in [idle, busy, third] { client.close() }
    }
  }

  @Test("a client that has all its connections is told so, and others are not", arguments: [false, true])
  func connectionsOfOneClient(isTrusted: Bool) async throws {
    let log = Log()
    try await Harness.withProxy(
      origins: [Harness.polite(log)], log: log,
      configure: {
        $0.maximumConnectionsPerClient = 2
        if isTrusted { _ = $0.trustedPeers.insert("127.0.0.1") }
      }
    ) { server, _ in
      let clients = (0..<3).map { _ in LoopbackSocket.connect(port: server.port) }
      pause(milliseconds: 50)
      for client in clients { client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n") }
      let statuses = clients.map { $0.receiveToEnd().prefix(12) }.sorted()
      #expect(statuses == ["HTTP/1.1 200", "HTTP/1.1 200", isTrusted ? "HTTP/1.1 200" : "HTTP/1.1 429"])
      for client in clients { client.close() }
      pause(milliseconds: 1000)
      let next = LoopbackSocket.connect(port: server.port)
      next.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      #expect(next.receiveToEnd().hasSuffix("ok"))
      next.close()
    }
  }

  @Test("a client is an IPv4 address or 64 bits of IPv6")
  func clientKeys() {
    #expect(AddressRanges.clientKey("192.0.2.1") == AddressRanges.clientKey("::ffff:192.0.2.1"))
    #expect(AddressRanges.clientKey("192.0.2.1") != AddressRanges.clientKey("192.0.2.2"))
    #expect(AddressRanges.clientKey("2001:db8::1") == AddressRanges.clientKey("2001:db8::ffff:2"))
    #expect(AddressRanges.clientKey("2001:db8::1") != AddressRanges.clientKey("2001:db8:0:1::1"))
  }

  @Test("more connections than there is room for are told so, until one ends")
  func connections() async throws {
    let log = Log()
    try await Harness.withProxy(
      origins: [Harness.polite(log)], log: log,
      configure: {
        $0.maximumConnections = 2
        $0.adminPort = 0
      }
    ) { server, _ in
      func ask(_ client: LoopbackSocket) -> String {
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        return client.receive(until: "\r\n\r\n")
      }
      let first = LoopbackSocket.connect(port: server.port)
      let second = LoopbackSocket.connect(port: server.port)
      #expect(ask(first).hasPrefix("HTTP/1.1 200 ") && ask(second).hasPrefix("HTTP/1.1 200 "))
      // Neither is idle: each has begun its next request.
      for client in [first, second] { client.send("GET / HTTP/1.1\r\n") }
      pause(milliseconds: 1000)
      let third = LoopbackSocket.connect(port: server.port)
      #expect(third.receiveToEnd().hasPrefix("HTTP/1.1 503 "))
      third.close()
      first.close()
      pause(milliseconds: 1000)
      let fourth = LoopbackSocket.connect(port: server.port)
      #expect(ask(fourth).hasPrefix("HTTP/1.1 200 "))
      let admin = LoopbackSocket.connect(port: server.adminPort ?? 0)
      admin.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n")
      let metrics = admin.receiveToEnd()
      #expect(metrics.contains("ropeline_connections 2\n") && metrics.contains("ropeline_connections_refused_total 1\n"))
      for client in [second, fourth, admin] { client.close() }
    }
  }

  /// Sends pieces to a proxy that has refused the request, until they are not taken any more; true if all were.
  private func sendOn(_ client: LoopbackSocket, pieces: Int, of size: Int, every pause: useconds_t) -> Bool {
    let piece = String(repeating: "x", count: size)
    for _ in 0..<pieces {
      usleep(pause)
      if !client.send(piece) { return false }
    }
    return true
  }

  @Test("a client that is still sending gets its answer, for a while and up to a size")
  func linger() async throws {
    try await Harness.withProxy(
      rules: "SecAction \"id:1,phase:1,deny,status:403,log\"", origins: [],
      configure: {
        $0.upstreams = [Upstream(host: "127.0.0.1", port: 1)]
        $0.lingerTimeout = .milliseconds(800)
        $0.lingerTotal = .seconds(4)
        $0.maximumLingerBytes = 1_000_000
      }
    ) { server, _ in
      func refused() -> LoopbackSocket {
        let client = LoopbackSocket.connect(port: server.port)
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\nabc")
        return client
      }
      // Longer than the pause between two bytes may be, shorter than the whole.
      let steady = refused()
      #expect(sendOn(steady, pieces: 12, of: 1000, every: 200_000))
      #expect(steady.receiveToEnd().hasPrefix("HTTP/1.1 403 "))
      let endless = refused()
      #expect(!sendOn(endless, pieces: 60, of: 1000, every: 150_000))
      let greedy = refused()
      #expect(!sendOn(greedy, pieces: 100, of: 1_000_000, every: 0))
      for client in [steady, endless, greedy] { client.close() }
    }
  }

  @Test("the admin port waits for nobody either", arguments: ["", "GET /livez HTTP/1.1\r\nHo", "GET /livez HTTP/1.1\r\nHost: h\r\n\r\n"])
  func adminTimeouts(text: String) async throws {
    let log = Log()
    try await Harness.withProxy(
      origins: [Harness.polite(log)], log: log,
      configure: {
        $0.adminPort = 0
        $0.headTimeout = .milliseconds(200)
      }
    ) { server, _ in
      let client = LoopbackSocket.connect(port: server.adminPort ?? 0)
      // A second request in the same breath gets no second answer.
      client.send(text.hasSuffix("\r\n\r\n") ? text + text : text)
      let start = ContinuousClock.now
      let answer = client.receiveToEnd()
      #expect(ContinuousClock.now - start < .seconds(8))
      #expect(answer.ranges(of: "alive\n").count == (text.hasSuffix("\r\n\r\n") ? 1 : 0))
      client.close()
    }
  }
}
