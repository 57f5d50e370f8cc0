import HTTPWire
import NIOCore
import Telemetry

/// What comes after an answer: the next request, or the end of the connection.
extension ClientHandler {
  /// Whether the connection is to carry another request; asked when the answer's head is made.
  func isPersistent(_ exchange: Exchange) -> Bool {
    exchange.parts.isPersistent && !closesAfterAnswer && !isExhausted && !shared.isDraining.load(ordering: .relaxed)
  }

  /// Whether no request can follow: the client has ended its side, and what it sent before has been read. Requests that it sent in a
  /// row wait in the buffer, and each gets its answer.
  private var isExhausted: Bool { inputIsClosed && buffer.readableBytes == 0 }

  func answered(_ exchange: Exchange, at now: NIODeadline = .now()) {
    self.exchange = nil
    answerHalf.end()
    guard exchange.keepsConnection, !closesAfterAnswer, !isExhausted else { return closeAfterFlush() }
    requestHalf.next()
    headStarted = nil
    scan = HeadScan()
    if buffer.readableBytes == 0 {
      buffer = ByteBuffer()
      wait(at: now)
      // A connection is idle when the client has the whole answer, not when the answer was made.
      if waiting == .reader { afterFlush { $0.wait() } }
      updateReading()
    } else if !isProcessing {
      // Not at once: the upstream is still telling of its answer.
      loop.eventLoop.assumeIsolated().execute { [weak self] in self?.process() }
    }
  }

  /// Flushes, ends our side, and reads on while the client sends: bytes under way would turn a close into a reset, which could take
  /// the answer with it (RFC 9112 section 9.6).
  func closeAfterFlush() {
    dropConnection()
    requestHalf.end()
    buffer = ByteBuffer()
    updateReading()
    wait()
    afterFlush { handler in
      guard !handler.inputIsClosed else { return handler.closeNow() }
      handler.isLingering = true
      handler.direct.close()
      handler.channel?.close(mode: .output, promise: nil)
      handler.wait()
    }
  }

  /// Calls back when all that was written so far has left this process, or never will.
  private func afterFlush(_ body: @escaping (ClientHandler) -> Void) {
    guard let channel else { return }
    let bound = NIOLoopBound((self, body), eventLoop: loop.eventLoop)
    channel.writeAndFlush(channel.allocator.buffer(capacity: 0)).whenComplete { _ in
      let (handler, body) = bound.value
      body(handler)
    }
  }

  /// Says so before a request has come. A crowd beyond that is closed without a word: what is lingered for takes room too.
  ///
  /// - Parameter status: 503, or 429 if the client itself has all that it may.
  func thereIsNoRoom(status: Int, excess: Int) {
    shared.metrics.refusedConnections.add(1, ordering: .relaxed)
    guard excess <= max(1, shared.maximumConnections / 8) else { return closeNow() }
    let (head, body) = Refusal.bytes(
      status: status, requestID: loop.names.next(at: Clock.now()).text, wantsHTML: false, isHEAD: false, isPersistent: false)
    write(head + body)
    closeAfterFlush()
  }

  /// Ends without an answer, or in the middle of one: then a broken connection is the only honest end.
  func breakOff(_ exchange: Exchange, status: Int) {
    dropConnection()
    record(exchange, status: status)
    self.exchange = nil
    requestHalf.end()
    answerHalf.end()
    closeNow()
  }

  /// Closes what is idle; a request that is under way, or may be, is answered first.
  func drain() {
    closesAfterAnswer = true
    guard case .head = requestHalf.state, buffer.readableBytes == 0 else { return }
    if hasCarriedRequest { return closeAfterFlush() }
    startTimer(.now() + TimeAmount(shared.configuration.drainGrace))
  }

  func closeNow() {
    direct.close()
    channel?.close(promise: nil)
  }

  func record(_ exchange: Exchange, status: Int, at now: NIODeadline = .now()) {
    guard !exchange.isRecorded else { return }
    exchange.isRecorded = true
    loop.metrics.requestEnded()
    if exchange.isLean, !exchange.isOwnAnswer, exchange.brokenOffBy == nil {
      return loop.metrics.passed(totalTime: exchange.totalTime(at: now), upstreamTime: exchange.upstreamTime)
    }
    let configuration = shared.configuration
    var record = exchange.record(status: status)
    if shared.watchesBehavior, let monitor = configuration.behavior, let identity = exchange.identity {
      record.standing = identity.observe(record, in: monitor)
    }
    shared.metrics.record(record, in: loop.metrics)
    // `ctl:auditEngine=Off` is about what rules found; what the front end refused is written down all the same.
    let isSelected =
      (configuration.auditSelection ?? AuditSelection(record.outcome.auditMode)).selects(record)
      || configuration.auditSelection == nil && record.outcome.evidence.framing != nil
    if let audit = configuration.audit, isSelected {
      audit.write(configuration.auditFormat.line(for: record, version: configuration.version))
    }
    configuration.access?.write(AccessLogLine.line(for: record))
    configuration.onExchange?(record)
  }
}
