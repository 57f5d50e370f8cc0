import Glibc
import ReverseProxy
import Testing

/// Answers and requests of which one part comes long before the next.
@Suite("Streams", .serialized)
struct StreamingTests {
  @Test("an answer's head does not wait for its body", arguments: ["Transfer-Encoding: chunked", "Content-Length: 5", "X: until close"])
  func headBeforeBody(framing: String) async throws {
    let log = Log()
    let origin = ScriptedOrigin { connection, _ in
      guard Harness.readRequest(connection) != nil else { return }
      connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\(framing)\r\n\r\n")
      for _ in 0..<5000 where log.seen.withLock({ $0.isEmpty }) { usleep(2000) }
      connection.send(framing.contains("chunked") ? "5\r\ntick!\r\n0\r\n\r\n" : "tick!")
    }
    try await Harness.withProxy(origins: [origin], log: log) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      let head = client.receive(until: "\r\n\r\n")
      #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && !head.contains("tick!"))
      log.note("seen")
      #expect(client.receiveToEnd().contains("tick!"))
      client.close()
    }
  }

  @Test("an answer that breaks before anything of it was sent on is a 502")
  func brokenBeforeTheHeadWasSent() async throws {
    let origin = ScriptedOrigin { connection, _ in
      guard Harness.readRequest(connection) != nil else { return }
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n")
      usleep(100_000)
    }
    try await Harness.withProxy(origins: [origin]) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      let answer = client.receiveToEnd()
      #expect(answer.hasPrefix("HTTP/1.1 502 ") && !answer.contains("200 OK"))
      client.close()
      #expect(log.records.withLock { $0.map(\.bytesSent) } == [answer.utf8.count])
    }
  }

  @Test("a body and its answer may be a conversation")
  func duplex() async throws {
    let origin = ScriptedOrigin { connection, _ in
      var text = connection.receive(until: "\r\n\r\n")
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      for round in 1...3 {
        if !text.contains("ping\(round)") { text += connection.receive(until: "ping\(round)") }
        connection.send("5\r\npong\(round)\r\n")
      }
      if !text.contains("\r\n0\r\n\r\n") { text += connection.receive(until: "0\r\n\r\n") }
      connection.send("0\r\n\r\n")
      if Harness.readRequest(connection) != nil { connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nkept") }
    }
    try await Harness.withProxy(rules: "SecRequestBodyAccess Off", origins: [origin]) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
      #expect(client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
      for round in 1...3 {
        client.send("5\r\nping\(round)\r\n")
        #expect(client.receive(until: "pong\(round)\r\n") == "5\r\npong\(round)\r\n")
      }
      client.send("0\r\n\r\n")
      #expect(client.receiveToEnd() == "0\r\n\r\n")
      client.close()
      // All of the request was sent and all of the answer came: the upstream's connection is as good as new.
      let next = LoopbackSocket.connect(port: server.port)
      next.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      #expect(next.receiveToEnd().hasSuffix("kept"))
      next.close()
    }
    #expect(origin.connectionCount == 1)
  }

  @Test("an answer that ends before its request closes both sides")
  func answerEndsFirst() async throws {
    let log = Log()
    let origin = ScriptedOrigin { connection, _ in
      log.note(connection.receive(until: "abc"))
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
      log.note(connection.receive(until: "def"))
      connection.send("done")
      log.note(connection.receiveToEnd())
    }
    try await Harness.withProxy(rules: "SecRequestBodyAccess Off", origins: [origin], log: log) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc")
      #expect(client.receive(until: "\r\n\r\n").contains("\r\nConnection: close\r\n"))
      client.send("def")
      #expect(client.receive(until: "done") == "done")
      client.send("GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(client.receiveToEnd().isEmpty)
      client.close()
    }
    #expect(log.seen.withLock { $0.count == 3 && $0[1] == "def" && $0[2].isEmpty })
  }

  @Test("an answer that is held has the upstream's limit for each piece, not for all of it")
  func heldAnswerInPieces() async throws {
    let origin = ScriptedOrigin { connection, _ in
      guard Harness.readRequest(connection) != nil else { return }
      connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n")
      for piece in 1...6 {
        usleep(300_000)
        connection.send("\(piece)")
      }
    }
    try await Harness.withProxy(
      rules: "SecResponseBodyAccess On\nSecResponseBodyMimeType text/html", origins: [origin],
      configure: { $0.upstreamTimeout = .seconds(1) }
    ) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      #expect(client.receiveToEnd().hasSuffix("\r\n\r\n123456"))
      client.close()
    }
  }

  @Test("interim answers reach clients that know them, without what is of one hop", arguments: ["HTTP/1.1", "HTTP/1.0"])
  func interimAnswers(version: String) async throws {
    let origin = ScriptedOrigin { connection, _ in
      guard Harness.readRequest(connection) != nil else { return }
      connection.send("HTTP/1.1 100 Continue\r\n\r\n")
      connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: X-Hop\r\nX-Hop: 1\r\nContent-Length: 5\r\n\r\n")
      for _ in 0..<100 { connection.send("HTTP/1.1 102 Processing\r\n\r\n") }
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    }
    try await Harness.withProxy(origins: [origin]) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / \(version)\r\nHost: h\r\nConnection: close\r\n\r\n")
      let answer = client.receiveToEnd()
      client.close()
      if version == "HTTP/1.1" {
        #expect(answer.hasPrefix("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nVia: 1.1 ropeline\r\n\r\nHTTP/1.1 102 "))
        #expect(answer.ranges(of: "HTTP/1.1 102 Processing\r\n").count == 30)
      } else {
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
      }
      #expect(answer.ranges(of: "HTTP/1.1 200 OK\r\n").count == 1 && answer.hasSuffix("ok"))
      #expect(log.records.withLock { $0.map(\.bytesSent) } == [answer.utf8.count])
    }
  }

  @Test("an upstream that says that it works is waited for")
  func processing() async throws {
    let origin = ScriptedOrigin { connection, _ in
      guard Harness.readRequest(connection) != nil else { return }
      for _ in 0..<6 {
        usleep(300_000)
        connection.send("HTTP/1.1 102 Processing\r\n\r\n")
      }
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    }
    try await Harness.withProxy(origins: [origin], configure: { $0.upstreamTimeout = .seconds(1) }) { server, _ in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      #expect(client.receiveToEnd().hasSuffix("ok"))
      client.close()
    }
  }

  @Test("requests in a row are answered though the client has ended its side", arguments: ["", "GET /half HT"])
  func pipelineThenEnd(rest: String) async throws {
    let log = Log()
    let origin = ScriptedOrigin { connection, _ in
      while let request = Harness.readRequest(connection) {
        log.note(String(request.prefix(6)))
        // The end of the client's side comes while the first request is under way.
        usleep(50_000)
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      }
    }
    try await Harness.withProxy(origins: [origin], log: log) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send((1...3).map { "GET /\($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined() + rest)
      client.endSending()
      let answers = client.receiveToEnd()
      client.close()
      #expect(answers.ranges(of: "HTTP/1.1 200 OK\r\n").count == 3)
      #expect(answers.ranges(of: "HTTP/1.1 400 ").count == (rest.isEmpty ? 0 : 1))
      #expect(answers.ranges(of: "\r\nConnection: close\r\n").count == 1)
    }
    #expect(log.seen.withLock { $0 } == ["GET /1", "GET /2", "GET /3"])
  }
}
