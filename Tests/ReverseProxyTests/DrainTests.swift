import Glibc
import ReverseProxy
import Synchronization
import Testing

@Suite("Drain", .serialized)
struct DrainTests {
  @Test("clients that open a connection for each request lose none of them")
  func underLoad() async throws {
    let log = Log()
    let outcomes = Log()
    try await Harness.withProxy(
      origins: [Harness.polite(log)], log: log, configure: { $0.drainGrace = .seconds(1) }
    ) { server, _ in
      let port = server.port
      let clients = (0..<8).map { _ in
        Thread.start {
          // Until nobody listens any more: then a client knows that its request was not seen.
          while let client = LoopbackSocket.connectIfPossible(port: port) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            let answer = client.receiveToEnd(orUntil: "\r\n\r\nok")
            outcomes.note(answer.hasSuffix("\r\n\r\nok") ? "answered" : "lost: \(answer)")
            client.close()
          }
        }
      }
      pause(milliseconds: 200)
      try await server.drain()
      await Thread.run { for client in clients { client.wait() } }
    }
    let seen = outcomes.seen.withLock { $0 }
    #expect(seen.count > 50)
    #expect(seen.filter { $0 != "answered" } == [])
  }

  @Test("readiness goes first, and what comes in the grace is still answered")
  func grace() async throws {
    let log = Log()
    try await Harness.withProxy(
      origins: [Harness.polite(log)], log: log,
      configure: {
        $0.adminPort = 0
        $0.drainGrace = .seconds(3)
      }
    ) { server, _ in
      let idle = LoopbackSocket.connect(port: server.port)
      idle.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(!idle.receive(until: "ok").contains("Connection: close"))
      let fresh = LoopbackSocket.connect(port: server.port)
      async let drained: Void = server.drain()
      pause(milliseconds: 100)
      let admin = LoopbackSocket.connect(port: server.adminPort ?? 0)
      admin.send("GET /readyz HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(await Thread.run { admin.receiveToEnd() }.hasPrefix("HTTP/1.1 503 "))
      // One that was idle, one that was just opened, and a new one.
      for client in [idle, fresh, LoopbackSocket.connect(port: server.port)] {
        client.send("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n")
        let answer = await Thread.run { client.receiveToEnd() }
        #expect(answer.hasSuffix("ok") && answer.contains("\r\nConnection: close\r\n"))
        client.close()
      }
      admin.close()
      try await drained
    }
    #expect(log.seen.withLock { $0.count } == 4)
  }

  @Test("idle connections end without a reset")
  func idleConnections() async throws {
    let log = Log()
    try await Harness.withProxy(origins: [Harness.polite(log)], log: log) { server, _ in
      let idle = LoopbackSocket.connect(port: server.port)
      idle.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(idle.receive(until: "ok").hasSuffix("ok"))
      async let drained: Void = server.drain()
      #expect(await Thread.run { idle.receive() }.isEmpty)
      // A request that crosses the end is not answered, but it costs nothing that was: no reset comes.
      #expect(idle.send("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n"))
      pause(milliseconds: 50)
      var error: Int32 = 0
      var length = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(idle.descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
      #expect(error == 0)
      idle.close()
      try await drained
    }
    #expect(log.seen.withLock { $0.count } == 1)
  }
}
