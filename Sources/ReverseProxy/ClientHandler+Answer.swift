import EvidenceModel
import HTTPModel
import HTTPWire
import NIOCore
import Telemetry

/// The way back: the upstream's answer, or one of our own.
extension ClientHandler {
  func upstreamDidAnswer(_ head: ParsedResponseHead) {
    guard let exchange else { return }
    exchange.canRetry = false
    if let start = exchange.upstreamStarted { exchange.upstreamTime = Int((NIODeadline.now() - start).nanoseconds / 1000) }
    if !exchange.isBodyComplete {
      // An answer before the whole request was read: on neither side can the rest be told from a new request.
      closesAfterAnswer = true
      connection?.mustClose = true
    }
    let verdict = exchange.timed(3) { $0.inspectResponseHead(head.response) }
    if verdict.kind == .block {
      dropConnection()
      return refuse(exchange, verdict)
    }
    if head.framing != .none, case .buffer(let limit, let overLimit) = exchange.inspection.responseBodyDemand {
      state = .answer(exchange, head, limit: limit, overLimit: overLimit)
      return startTimer(shared.configuration.upstreamTimeout)
    }
    // Phase 4 runs without a body; a refusal is still possible, for nothing has been sent.
    let bodyless = exchange.timed(4) { $0.inspectResponseBody([]) }
    if bodyless.kind == .block {
      dropConnection()
      return refuse(exchange, bodyless)
    }
    beginRelaying(exchange, head)
  }

  func upstreamDidSend(_ bytes: ByteBuffer, isLast: Bool) {
    if isLast { connection = nil }
    switch state {
    case .relaying: relay(bytes, isLast: isLast)
    case .answer(let exchange, let head, let limit, let overLimit):
      exchange.answerBody.append(contentsOf: bytes.readableBytesView)
      if exchange.answerBody.count > limit {
        answerIsOverLimit(exchange, head, limit: limit, isRejected: overLimit == .reject && exchange.isEnforcing, isLast: isLast)
      } else if isLast {
        answerIsWhole(exchange, head)
      }
    case .head, .body, .streaming, .upstream, .closed: break
    }
  }

  private func answerIsOverLimit(_ exchange: Exchange, _ head: ParsedResponseHead, limit: Int, isRejected: Bool, isLast: Bool) {
    if isRejected {
      dropConnection()
      return refuse(exchange, status: 500)
    }
    let verdict = exchange.timed(4) { $0.inspectResponseBody(Array(exchange.answerBody.prefix(limit)), isTruncated: true) }
    if verdict.kind == .block {
      dropConnection()
      return refuse(exchange, verdict)
    }
    beginRelaying(exchange, head)
    relay(ByteBuffer(bytes: exchange.answerBody), isLast: isLast)
    exchange.answerBody = []
  }

  private func answerIsWhole(_ exchange: Exchange, _ head: ParsedResponseHead) {
    let verdict = exchange.timed(4) { $0.inspectResponseBody(exchange.answerBody) }
    if verdict.kind == .block { return refuse(exchange, verdict) }
    var whole = head
    whole.framing = .length(exchange.answerBody.count)
    beginRelaying(exchange, whole)
    relay(ByteBuffer(bytes: exchange.answerBody), isLast: true)
  }

  /// Makes the head; it goes out with the first bytes of the body.
  private func beginRelaying(_ exchange: Exchange, _ head: ParsedResponseHead) {
    var framing = head.framing
    switch framing {
    case .chunked, .untilClose:
      framing = exchange.isHTTP10 ? .untilClose : .chunked
      if exchange.isHTTP10 { closesAfterAnswer = true }
    case .none, .length: break
    }
    state = .relaying(exchange, status: head.response.status, toClient: framing)
    startTimer(shared.configuration.upstreamTimeout)
    // RFC 9110 section 8.6: what a body would be long is said in answers to HEAD and in a 304, and never in a 204.
    let announced = framing == .none && head.response.status != 204 ? head.response.fields.firstValue(of: "content-length") : nil
    pendingHead = ForwardedHead.response(
      head.response, requestID: exchange.request.id, framing: framing, isPersistent: isPersistent(exchange), isHTTP10: exchange.isHTTP10,
      announcedLength: announced)
    exchange.bytesSent += pendingHead.count
  }

  private func relay(_ bytes: ByteBuffer, isLast: Bool) {
    guard case .relaying(let exchange, let status, let framing) = state else { return }
    exchange.bodyBytesSent += bytes.readableBytes
    exchange.bytesSent += bytes.readableBytes
    // Written down before the last byte is sent.
    if isLast { record(exchange, status: status) }
    var start = pendingHead
    pendingHead = []
    var end: StaticString = ""
    if case .chunked = framing {
      if bytes.readableBytes > 0 {
        start += Array("\(String(bytes.readableBytes, radix: 16))\r\n".utf8)
        end = isLast ? "\r\n0\r\n\r\n" : "\r\n"
      } else if isLast {
        end = "0\r\n\r\n"
      }
    }
    write(start, bytes, end)
    if isLast { return answered(exchange) }
    startTimer(shared.configuration.upstreamTimeout)
    if channel?.isWritable == false { connection?.setReading(false) }
  }

  /// One flush; small pieces are joined, large ones go as they are.
  private func write(_ start: [UInt8], _ body: ByteBuffer, _ end: StaticString) {
    guard let channel else { return }
    let isSmall = body.readableBytes <= 16 * 1024
    var first = channel.allocator.buffer(capacity: start.count + (isSmall ? body.readableBytes : 0) + end.utf8CodeUnitCount)
    first.writeBytes(start)
    if isSmall {
      first.writeImmutableBuffer(body)
    } else {
      channel.write(first, promise: nil)
      channel.write(body, promise: nil)
      first.clear()
    }
    first.writeStaticString(end)
    if first.readableBytes > 0 { channel.writeAndFlush(first, promise: nil) } else { channel.flush() }
  }

  func write(_ bytes: [UInt8]) {
    guard let channel, !bytes.isEmpty else { return }
    channel.writeAndFlush(channel.allocator.buffer(bytes: bytes), promise: nil)
  }

  // MARK: Our own answers

  /// What the rules or a detector asked for.
  func refuse(_ exchange: Exchange, _ verdict: Verdict) {
    guard let intervention = verdict.intervention else { return refuse(exchange, status: verdict.status ?? 403) }
    switch intervention.kind {
    case .deny: refuse(exchange, status: intervention.status)
    case .drop:
      exchange.isOwnAnswer = true
      record(exchange, status: intervention.status)
      closeNow()
    case .redirect(let location): refuse(exchange, status: intervention.status, location: location)
    }
  }

  /// Broken, or odd in a way that makes forwarding ambiguous: refused in every mode, and what follows is not believed.
  func refuse(_ exchange: Exchange, _ fault: FramingFault) {
    exchange.inspection.report(fault)
    refuse(exchange, status: fault.status, closes: true)
  }

  func refuse(_ exchange: Exchange, status: Int, closes: Bool = false, location: [UInt8]? = nil) {
    // Without the whole body the next bytes are not a request.
    if closes || !exchange.isBodyComplete { closesAfterAnswer = true }
    pendingHead = []
    exchange.isOwnAnswer = true
    let (head, body) = Refusal.bytes(
      status: status, requestID: exchange.request.id, wantsHTML: Refusal.wantsHTML(exchange.request.head), isHEAD: exchange.isHEAD,
      isPersistent: isPersistent(exchange), location: location)
    exchange.bytesSent += head.count + body.count
    exchange.bodyBytesSent += body.count
    record(exchange, status: status)
    write(head + body)
    answered(exchange)
  }

  // MARK: The end

  func isPersistent(_ exchange: Exchange) -> Bool {
    exchange.parsed.isPersistent && !closesAfterAnswer && !inputIsClosed && !shared.isDraining.load(ordering: .relaxed)
  }

  private func answered(_ exchange: Exchange) {
    guard isPersistent(exchange) else { return closeAfterFlush() }
    state = .head
    headStarted = nil
    scan = HeadScan()
    startTimer(shared.configuration.idleTimeout)
    if buffer.readableBytes > 0 {
      loop.eventLoop.assumeIsolated().execute { [weak self] in self?.process() }
    } else {
      buffer = ByteBuffer()
      setReading(true)
    }
  }

  /// Flushes, ends our side, and reads on for a moment: bytes under way would turn a close into a reset, which could take the
  /// answer with it (RFC 9112 section 9.6).
  private func closeAfterFlush() {
    state = .closed
    buffer = ByteBuffer()
    setReading(true)
    startTimer(shared.configuration.idleTimeout)
    guard let channel else { return }
    let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
    channel.writeAndFlush(channel.allocator.buffer(capacity: 0)).whenComplete { _ in
      let handler = bound.value
      guard !handler.inputIsClosed else { return handler.closeNow() }
      handler.channel?.close(mode: .output, promise: nil)
      handler.startTimer(1)
    }
  }

  func record(_ exchange: Exchange, status: Int) {
    guard !exchange.isRecorded else { return }
    exchange.isRecorded = true
    shared.metrics.inFlight.wrappingSubtract(1, ordering: .relaxed)
    let configuration = shared.configuration
    var record = exchange.record(status: status)
    record.sessionID = Identity.session(exchange.request.head.fields, cookie: configuration.sessionCookie)
    record.apiKey = exchange.request.head.fields.firstValue(of: "x-api-key")
    shared.metrics.record(record)
    if let audit = configuration.audit, (configuration.auditSelection ?? AuditSelection(record.outcome.auditMode)).selects(record) {
      audit.write(configuration.auditFormat.line(for: record, version: configuration.version))
    }
    configuration.access?.write(AccessLogLine.line(for: record))
    configuration.onExchange?(record)
  }
}
