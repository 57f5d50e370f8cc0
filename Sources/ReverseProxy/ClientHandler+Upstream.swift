import EvidenceModel
import HTTPModel
import HTTPWire
import NIOCore

/// The way to the upstream: a request at once, or piece by piece.
extension ClientHandler {
  /// The head, and what follows it at once, in one piece.
  private func sendHead(_ exchange: Exchange, framing: BodyFraming, body: [UInt8], isWhole: Bool, over connection: UpstreamConnection) {
    var buffer = loop.takeBuffer()
    let route = ForwardedHead.Route(
      client: clientAddress, isTrusted: isTrusted, forwardedFor: exchange.forwardedFor, name: exchange.name, via: shared.pseudonym,
      framing: framing, isAnswerInspected: exchange.inspector.settings.isResponseBodyAccessed)
    ForwardedHead.request(exchange.head, exchange.parts, route, to: &buffer)
    if !body.isEmpty { buffer.writeBytes(body) }
    connection.send(&buffer, toHEAD: exchange.isHEAD, isWhole: isWhole, isHeld: !exchange.isLean, receiver: self)
    loop.giveBack(buffer)
  }

  /// Sends a request whose body is held as a whole.
  func send(_ exchange: Exchange, at now: NIODeadline = .now()) {
    requestHalf.complete()
    wait(at: now)
    if !exchange.wasRetried { loop.retries.requestWasSent() }
    exchange.upstreamStarted = exchange.upstreamStarted ?? now
    if let idle = idleConnection(exchange, at: now) { return sendWhole(exchange, over: idle) }
    withUpstream(exchange) { handler, connection in handler.sendWhole(exchange, over: connection) }
  }

  private func sendWhole(_ exchange: Exchange, over connection: UpstreamConnection) {
    sendHead(exchange, framing: exchange.heldFraming, body: exchange.body, isWhole: true, over: connection)
    if !exchange.canRetry, !exchange.body.isEmpty {
      exchange.body = []
      exchange.release()
    }
  }

  /// A kept connection, if there is one to the upstream whose turn it is. A second attempt takes none: it could be as stale as the
  /// first, and the next one too.
  private func idleConnection(_ exchange: Exchange, at now: NIODeadline) -> UpstreamConnection? {
    guard !exchange.wasRetried, exchange.triedUpstreams.isEmpty, shared.upstreams.all.count == 1 else { return nil }
    connection = loop.takeIdle(0, at: now)
    return connection
  }

  /// Sends what is held of the body, and then what comes. Reading stops until there is a connection to send to.
  func beginStreaming(_ exchange: Exchange) {
    exchange.canRetry = false
    requestHalf.wait()
    wait()
    withUpstream(exchange) { handler, connection in
      let held = exchange.body
      exchange.body = []
      exchange.release()
      handler.sendHead(exchange, framing: exchange.parts.framing, body: [], isWhole: false, over: connection)
      handler.requestHalf.stream()
      if exchange.windows != nil {
        // The beginning has been judged; what came behind it with it has not.
        handler.sendPiece(held, exchange, isLast: false)
        guard handler.sendWindows(exchange) else { return }
      } else {
        handler.sendPiece(held, exchange, isLast: exchange.isBodyComplete)
      }
      // What is whole has been ended by that piece; a second end would be read as the next request.
      if exchange.isBodyComplete { handler.requestHalf.complete() }
      handler.process()
    }
  }

  /// One step of sending a body on; false if more must arrive first.
  func stream(_ exchange: Exchange) -> Bool {
    var bytes: [UInt8] = []
    if let fault = take(exchange, into: &bytes) {
      refuse(exchange, fault)
      return true
    }
    if exchange.windows != nil {
      exchange.windows?.append(bytes)
      guard sendWindows(exchange) else { return true }
    } else if !bytes.isEmpty || exchange.isBodyComplete {
      sendPiece(bytes, exchange, isLast: exchange.isBodyComplete)
    }
    if exchange.isBodyComplete {
      requestHalf.complete()
      wait()
      return true
    }
    if inputIsClosed {
      refuse(exchange, FramingFault(status: 400, detail: "the request's body was cut off"))
      return true
    }
    wait()
    return false
  }

  /// Sends on what has been judged of a body behind the limit; false if a window was refused.
  private func sendWindows(_ exchange: Exchange) -> Bool {
    while let (form, bytes) = exchange.windows?.next(isLast: exchange.isBodyComplete) {
      let verdict = exchange.timed(2) { $0.inspectWindow(form) }
      if verdict.kind == .block {
        refuse(exchange, verdict)
        return false
      }
      sendPiece(bytes, exchange, isLast: false)
    }
    if exchange.isBodyComplete { sendPiece([], exchange, isLast: true) }
    return true
  }

  private func sendPiece(_ bytes: [UInt8], _ exchange: Exchange, isLast: Bool) {
    var output: [UInt8] = []
    if case .chunked = exchange.parts.framing {
      if !bytes.isEmpty { output += Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [0x0D, 0x0A] }
      if isLast { output += Array("0\r\n\r\n".utf8) }
    } else {
      output = bytes
    }
    var buffer = ByteBuffer(bytes: output)
    connection?.write(&buffer, isLast: isLast)
  }

  /// Finds or opens a connection. An upstream that cannot be reached gives way to the next one: nothing was sent yet.
  private func withUpstream(_ exchange: Exchange, _ body: @escaping (ClientHandler, UpstreamConnection) -> Void) {
    guard let upstream = shared.upstreams.choose(tried: exchange.triedUpstreams) else { return refuse(exchange, status: 502) }
    exchange.upstreamStarted = exchange.upstreamStarted ?? .now()
    if !exchange.wasRetried, let idle = loop.takeIdle(upstream, at: .now()) {
      connection = idle
      return body(self, idle)
    }
    UpstreamConnection.open(upstream, loop: loop) { [weak self] result in
      guard let self, self.exchange === exchange else {
        if case .success(let connection) = result { connection.close() }
        return
      }
      switch result {
      case .success(let connection):
        self.connection = connection
        body(self, connection)
      case .failure(let failure):
        shared.upstreams.eject(upstream)
        exchange.triedUpstreams.append(upstream)
        if exchange.triedUpstreams.count < shared.upstreams.all.count { return withUpstream(exchange, body) }
        refuse(exchange, status: failure == .timedOut ? 504 : 502)
      }
    }
  }

  func dropConnection() {
    connection?.close()
    connection = nil
  }
}

extension ClientHandler: UpstreamReceiver {
  func upstreamWritabilityDidChange(isWritable: Bool) {
    wait()
    updateReading()
  }

  func upstreamDidFail(_ failure: UpstreamFailure) {
    let wasReused = connection?.isReused ?? false
    connection = nil
    guard let exchange else { return }
    // A kept connection may have been closed by the upstream just then: once more on a fresh one.
    if wasReused, exchange.canRetry, !exchange.wasRetried, failure == .closed, loop.retries.take() {
      exchange.wasRetried = true
      return send(exchange)
    }
    refuse(exchange, status: failure == .timedOut ? 504 : 502)
  }
}
