import Glibc
import Testing

@testable import ReverseProxy

/// When a connection to an upstream carries another client's request, and when it must not.
@Suite("Kept upstream connections", .serialized)
struct UpstreamReuseTests {
  private static let streaming = "SecRequestBodyAccess Off"

  private static func get(_ path: String, port: Int) -> String {
    let client = LoopbackSocket.connect(port: port)
    defer { client.close() }
    client.send("GET \(path) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    return client.receiveToEnd()
  }

  @Test("after a body that did not come in time, the next request is not read as its rest")
  func bodyTimeout() async throws {
    let log = Log()
    let origin = ScriptedOrigin { connection, number in
      if number == 0 {
        log.note(connection.receive(until: "abc"))
        usleep(400_000)
        // An answer that comes late; nobody may take the connection for a free one.
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")
        log.note(connection.receiveToEnd())
      } else if Harness.readRequest(connection) != nil {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      }
    }
    try await Harness.withProxy(
      rules: Self.streaming, origins: [origin], log: log, configure: { $0.bodyTimeout = .milliseconds(200) }
    ) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc")
      #expect(client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 408 "))
      pause(milliseconds: 400)
      #expect(Self.get("/next", port: server.port).hasSuffix("ok"))
      client.close()
      #expect(log.records.withLock { $0.map(\.status) } == [408, 200])
    }
    #expect(origin.connectionCount == 2)
    #expect(log.seen.withLock { $0.allSatisfy { !$0.contains("/next") } })
  }

  @Test("an upstream that takes no more of a body is a 504, not the client's 408")
  func upstreamTakesNoMore() async throws {
    let origin = ScriptedOrigin { connection, _ in
      _ = connection.receive(until: "\r\n\r\n")
      usleep(8_000_000)
    }
    try await Harness.withProxy(
      rules: Self.streaming, origins: [origin],
      configure: {
        $0.bodyTimeout = .seconds(3)
        $0.upstreamTimeout = .milliseconds(400)
      }
    ) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      let sender = Thread.start {
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n")
        let piece = String(repeating: "x", count: 1_000_000)
        for _ in 0..<100 where !client.send(piece) { break }
      }
      #expect(client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 504 "))
      client.endSending()
      sender.wait()
      client.close()
      #expect(log.records.withLock { $0.map(\.status) } == [504])
    }
  }

  @Test("a chunked body that is whole when streaming begins is ended once")
  func oneLastChunk() async throws {
    let log = Log()
    let origin = ScriptedOrigin { connection, _ in
      let text = connection.receive(until: "0\r\n\r\n")
      usleep(100_000)
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
      log.note(text + connection.receiveToEnd())
    }
    try await Harness.withProxy(
      rules: "SecRequestBodyLimit 10\nSecRequestBodyLimitAction ProcessPartial", origins: [origin], log: log
    ) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send(
        "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n01234567890123456789\r\n0\r\n\r\n")
      #expect(client.receiveToEnd().hasSuffix("ok"))
      client.close()
    }
    #expect(log.seen.withLock { $0.first?.hasSuffix("\r\n\r\n14\r\n01234567890123456789\r\n0\r\n\r\n") == true })
  }

  @Test("an answer that comes before a held body has left does not free the connection")
  func answerBeforeTheBody() async throws {
    let origin = ScriptedOrigin { connection, number in
      if number == 0 {
        _ = connection.receive(until: "\r\n\r\n")
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly")
        usleep(700_000)
      } else if Harness.readRequest(connection) != nil {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      }
    }
    try await Harness.withProxy(
      rules: "SecRequestBodyNoFilesLimit 13107200", origins: [origin], configure: { $0.upstreamTimeout = .seconds(5) }
    ) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send(Harness.post(String(repeating: "x", count: 12_000_000)))
      #expect(client.receiveToEnd().hasSuffix("early"))
      client.close()
      #expect(Self.get("/next", port: server.port).hasSuffix("ok"))
    }
    #expect(origin.connectionCount == 2)
  }

  @Test("one request is sent twice at most, however many kept connections are stale")
  func oneRetry() async throws {
    let log = Log()
    let origin = ScriptedOrigin { connection, _ in
      guard let first = Harness.readRequest(connection) else { return }
      // All requests of the beginning are answered when all are there, so that each has a connection of its own.
      if !first.hasPrefix("GET /first ") { return log.note("again") }
      log.note("first")
      while log.seen.withLock({ $0.count }) < 8 { usleep(2000) }
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      if Harness.readRequest(connection) != nil { log.note("again") }
    }
    try await Harness.withProxy(origins: [origin], log: log) { server, log in
      let clients = (0..<8).map { _ in LoopbackSocket.connect(port: server.port) }
      for client in clients { client.send("GET /first HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n") }
      for client in clients {
        #expect(client.receiveToEnd().hasSuffix("ok"))
        client.close()
      }
      #expect(origin.connectionCount == 8)
      #expect(Self.get("/next", port: server.port).hasPrefix("HTTP/1.1 502 "))
      #expect(log.seen.withLock { $0.count { $0 == "again" } } == 2)
    }
    #expect(origin.connectionCount == 9)
  }

  @Test("a request of which the answer had begun is not sent again")
  func noRetryAfterTheFirstByte() async throws {
    let origin = ScriptedOrigin { connection, _ in
      guard Harness.readRequest(connection) != nil else { return }
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      guard Harness.readRequest(connection) != nil else { return }
      connection.send("HTTP/1.1 2")
    }
    try await Harness.withProxy(origins: [origin]) { server, _ in
      #expect(Self.get("/1", port: server.port).hasSuffix("ok"))
      #expect(Self.get("/2", port: server.port).hasPrefix("HTTP/1.1 502 "))
    }
    #expect(origin.connectionCount == 1)
  }

  @Test("ten retries are free, then every tenth request pays for one")
  func budget() {
    var budget = RetryBudget()
    func takeAll() -> Int {
      var count = 0
      while budget.take() { count += 1 }
      return count
    }
    #expect(takeAll() == 10)
    for _ in 0..<9 { budget.requestWasSent() }
    #expect(takeAll() == 0)
    for _ in 0..<21 { budget.requestWasSent() }
    #expect(takeAll() == 3)
    for _ in 0..<1000 { budget.requestWasSent() }
    #expect(takeAll() == 10)
  }

  @Test("a connection that nobody uses is closed after its time")
  func idleAge() async throws {
    let log = Log()
    let origin = ScriptedOrigin { connection, number in
      while Harness.readRequest(connection) != nil { connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(number)") }
      log.note("ended \(number)")
    }
    try await Harness.withProxy(
      origins: [origin], log: log, configure: { $0.upstreamIdleTimeout = .milliseconds(200) }
    ) { server, log in
      #expect(Self.get("/1", port: server.port).hasSuffix("\r\n\r\n0"))
      #expect(Self.get("/2", port: server.port).hasSuffix("\r\n\r\n0"))
      // Twice the limit at most, as it is looked at now and then.
      for _ in 0..<1500 where log.seen.withLock({ $0.isEmpty }) { pause(milliseconds: 10) }
      #expect(log.seen.withLock { $0 } == ["ended 0"])
      #expect(Self.get("/3", port: server.port).hasSuffix("\r\n\r\n1"))
    }
  }
}
