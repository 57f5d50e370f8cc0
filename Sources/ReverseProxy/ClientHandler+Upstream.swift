import EvidenceModel
import HTTPModel
import HTTPWire
import NIOCore

/// The way to the upstream: a request at once, or piece by piece.
extension ClientHandler {
  private func requestHead(_ exchange: Exchange, framing: BodyFraming) -> [UInt8] {
    ForwardedHead.request(
      exchange.request.head, client: client.address, isTrusted: exchange.isTrusted, forwardedFor: exchange.forwardedFor,
      requestID: exchange.request.id, via: shared.pseudonym, framing: framing)
  }

  /// Sends a request whose body is held as a whole.
  func send(_ exchange: Exchange) {
    requestHalf.complete()
    wait()
    if !exchange.wasRetried { loop.retries.requestWasSent() }
    withUpstream(exchange) { handler, connection in
      connection.send(
        handler.requestHead(exchange, framing: exchange.heldFraming) + exchange.body, toHEAD: exchange.isHEAD, isWhole: true,
        receiver: handler)
      if !exchange.canRetry {
        exchange.body = []
        exchange.release()
      }
    }
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
      connection.send(
        handler.requestHead(exchange, framing: exchange.parsed.framing), toHEAD: exchange.isHEAD, isWhole: false,
        receiver: handler)
      handler.requestHalf.stream()
      handler.sendPiece(held, exchange)
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
    if !bytes.isEmpty || exchange.isBodyComplete { sendPiece(bytes, exchange) }
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

  private func sendPiece(_ bytes: [UInt8], _ exchange: Exchange) {
    var output: [UInt8] = []
    if case .chunked = exchange.parsed.framing {
      if !bytes.isEmpty { output += Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [0x0D, 0x0A] }
      if exchange.isBodyComplete { output += Array("0\r\n\r\n".utf8) }
    } else {
      output = bytes
    }
    connection?.write(output, isLast: exchange.isBodyComplete)
  }

  /// Finds or opens a connection. An upstream that cannot be reached gives way to the next one: nothing was sent yet.
  private func withUpstream(_ exchange: Exchange, _ body: @escaping (ClientHandler, UpstreamConnection) -> Void) {
    guard let upstream = shared.upstreams.choose(tried: exchange.triedUpstreams) else { return refuse(exchange, status: 502) }
    exchange.upstreamStarted = exchange.upstreamStarted ?? .now()
    // A second attempt takes no kept connection: it could be as stale as the first, and the next one too.
    if !exchange.wasRetried, let idle = loop.takeIdle(upstream) {
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
