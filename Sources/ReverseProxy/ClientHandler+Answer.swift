import EvidenceModel
import HTTPModel
import HTTPWire
import NIOCore
import Telemetry

/// The way back: the upstream's answer, or one of our own.
extension ClientHandler {
  func upstreamDidInform(_ head: HeadBytes, _ parts: ResponseParts) {
    guard let exchange, case .awaited = answerHalf.state else { return }
    // The upstream is alive.
    wait()
    // RFC 9110 section 15.2: an HTTP/1.0 client knows no interim answers. Nor is there use in more of them than it reads.
    guard !exchange.isHTTP10, isWritable else { return }
    var buffer = loop.takeBuffer()
    ForwardedHead.interim(head, parts, to: &buffer)
    exchange.bytesSent += buffer.readableBytes
    write(buffer)
  }

  func upstreamDidAnswer(_ head: HeadBytes, _ parts: ResponseParts) {
    guard let exchange else { return }
    exchange.canRetry = false
    if let start = exchange.upstreamStarted { exchange.upstreamTime = Int((loop.answerTime - start).nanoseconds / 1000) }
    if !exchange.isBodyComplete {
      // Whether the rest will come before the answer ends is not known now, when the head must say what follows.
      closesAfterAnswer = true
      // RFC 9112 section 9.5: an error before the end of the body says that no more of it is wanted; what is sent on could turn the
      // upstream's close into a reset. Any other answer may be half of a conversation, of which the body is the other half.
      if parts.status >= 400 { requestHalf.wait() }
    }
    if exchange.isLean { return beginRelaying(exchange, head, parts) }
    let response = head.response(parts)
    if exchange.identity != nil {
      exchange.issuedSession = Identity.issuedSession(response.fields, cookie: shared.configuration.sessionCookie)
    }
    let verdict = exchange.timed(3) { $0.inspectResponseHead(response) }
    if verdict.kind == .block { return refuse(exchange, verdict) }
    if parts.framing != .none, case .buffer(let limit, let overLimit) = exchange.inspection.responseBodyDemand {
      answerHalf.collect(head, parts, limit: limit, overLimit: overLimit)
      return wait()
    }
    // Phase 4 runs without a body; a refusal is still possible, for nothing has been sent.
    let bodyless = exchange.timed(4) { $0.inspectResponseBody([]) }
    if bodyless.kind == .block { return refuse(exchange, bodyless) }
    beginRelaying(exchange, head, parts)
  }

  func upstreamDidSend(_ bytes: ByteBuffer, isLast: Bool) {
    if isLast { connection = nil }
    switch answerHalf.state {
    case .relaying: relay(bytes, isLast: isLast)
    case .collecting(let head, let parts, let limit, let overLimit):
      guard let exchange else { return }
      exchange.answerBody.append(contentsOf: bytes.readableBytesView)
      if exchange.answerBody.count > limit {
        answerIsOverLimit(exchange, head, parts, limit: limit, isRejected: overLimit == .reject && exchange.isEnforcing, isLast: isLast)
      } else if !exchange.hold() {
        if exchange.isEnforcing { return refuse(exchange, status: 503) }
        answerIsOverLimit(exchange, head, parts, limit: limit, isRejected: false, isLast: isLast)
      } else if isLast {
        answerIsWhole(exchange, head, parts)
      } else {
        wait()
      }
    case .none, .awaited: break
    }
  }

  private func answerIsOverLimit(
    _ exchange: Exchange, _ head: HeadBytes, _ parts: ResponseParts, limit: Int, isRejected: Bool, isLast: Bool
  ) {
    if isRejected { return refuse(exchange, status: 500) }
    let verdict = exchange.timed(4) { $0.inspectResponseBody(Array(exchange.answerBody.prefix(limit)), isTruncated: true) }
    if verdict.kind == .block { return refuse(exchange, verdict) }
    beginRelaying(exchange, head, parts)
    relay(ByteBuffer(bytes: exchange.answerBody), isLast: isLast)
    exchange.answerBody = []
    exchange.release()
  }

  private func answerIsWhole(_ exchange: Exchange, _ head: HeadBytes, _ parts: ResponseParts) {
    let verdict = exchange.timed(4) { $0.inspectResponseBody(exchange.answerBody) }
    if verdict.kind == .block { return refuse(exchange, verdict) }
    var whole = parts
    whole.framing = .length(exchange.answerBody.count)
    beginRelaying(exchange, head, whole)
    relay(ByteBuffer(bytes: exchange.answerBody), isLast: true)
  }

  /// Makes the head; it goes out with the first bytes of the body.
  private func beginRelaying(_ exchange: Exchange, _ head: HeadBytes, _ parts: ResponseParts) {
    var framing = parts.framing
    switch framing {
    case .chunked, .untilClose:
      framing = exchange.isHTTP10 ? .untilClose : .chunked
      if exchange.isHTTP10 { closesAfterAnswer = true }
    case .none, .length: break
    }
    // RFC 9110 section 8.6: what a body would be long is said in answers to HEAD and in a 304, and never in a 204.
    let announced = framing == .none && parts.status != 204 ? head.spans.first { $0.isExactly(.contentLength) }?.value : nil
    exchange.keepsConnection = isPersistent(exchange)
    var buffer = loop.takeBuffer()
    ForwardedHead.response(
      head, parts, name: exchange.name, framing: framing, isPersistent: exchange.keepsConnection, isHTTP10: exchange.isHTTP10,
      announcedLength: announced, date: loop.dateText(at: exchange.received), to: &buffer)
    answerHalf.relay(head: buffer, status: parts.status, framing: framing)
  }

  private func relay(_ bytes: ByteBuffer, isLast: Bool) {
    guard let exchange, case .relaying(let status, _) = answerHalf.state else { return }
    exchange.bodyBytesSent += bytes.readableBytes
    var start = answerHalf.takeHead() ?? loop.takeBuffer()
    let end = answerHalf.wrap(count: bytes.readableBytes, isLast: isLast, start: &start)
    exchange.bytesSent += start.readableBytes + bytes.readableBytes + end.utf8CodeUnitCount
    // Written down before the last byte is sent.
    // Without rules nothing has taken time since.
    let now = exchange.isLean ? loop.answerTime : .now()
    if isLast { record(exchange, status: status, at: now) }
    write(start, bytes, end)
    if isLast { return answered(exchange, at: now) }
    wait(at: now)
    if !isWritable { connection?.setReading(false) }
  }

  /// Sends a head for which no body has come yet: a stream of events may begin with a long silence, and its reader waits for the head.
  func upstreamDidPause() {
    guard answerHalf.isHeadPending, let exchange else { return }
    // After everything that is known now has been handled: an end of the connection may be, and then the answer is another one.
    loop.eventLoop.assumeIsolated().execute { [weak self] in
      guard let self, self.exchange === exchange, answerHalf.isHeadPending else { return }
      relay(ByteBuffer(), isLast: false)
    }
  }

  /// One flush; small pieces are joined, large ones go as they are.
  private func write(_ start: consuming ByteBuffer, _ body: ByteBuffer, _ end: StaticString) {
    guard let context else { return }
    writeProgress.wrote(start.readableBytes + body.readableBytes + end.utf8CodeUnitCount)
    if body.readableBytes <= 16 * 1024 {
      if body.readableBytes > 0 { start.writeImmutableBuffer(body) }
      if end.utf8CodeUnitCount > 0 { start.writeStaticString(end) }
      if isFlushed, direct.send(&start) { return loop.giveBack(start) }
      context.writeAndFlush(wrapOutboundOut(start), promise: nil)
      isFlushed = start.isOurs
      return loop.giveBack(start)
    }
    isFlushed = false
    if start.readableBytes > 0 { context.write(wrapOutboundOut(start), promise: nil) }
    context.write(wrapOutboundOut(body), promise: nil)
    if end.utf8CodeUnitCount > 0 { context.write(wrapOutboundOut(ByteBuffer(staticString: end)), promise: nil) }
    context.flush()
  }

  func write(_ bytes: [UInt8]) { write(ByteBuffer(bytes: bytes)) }

  private func write(_ buffer: ByteBuffer) {
    guard let context, buffer.readableBytes > 0 else { return }
    writeProgress.wrote(buffer.readableBytes)
    isFlushed = false
    context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
  }

  // MARK: Our own answers

  /// What the rules or a detector asked for.
  func refuse(_ exchange: Exchange, _ verdict: Verdict) {
    guard let intervention = verdict.intervention else { return refuse(exchange, status: verdict.status ?? 403) }
    switch intervention.kind {
    case .deny: refuse(exchange, status: intervention.status)
    case .drop:
      exchange.isOwnAnswer = true
      breakOff(exchange, status: Refusal.finalStatus(intervention.status))
    case .redirect(let location): refuse(exchange, status: intervention.status, location: location)
    }
  }

  /// Broken, or odd in a way that makes forwarding ambiguous: refused in every mode, and what follows is not believed.
  func refuse(_ exchange: Exchange, _ fault: FramingFault) {
    exchange.inspection.report(fault)
    refuse(exchange, status: fault.status, closes: true)
  }

  /// Answers, or breaks off if an answer is under way: both sides of an exchange may find a fault, and at any time.
  func refuse(_ exchange: Exchange, status: Int, closes: Bool = false, location: [UInt8]? = nil) {
    if let sent = answerHalf.sentStatus {
      // The answer that is not possible any more tells whose fault it is.
      exchange.brokenOffBy = status >= 500 ? .upstream : .client
      return breakOff(exchange, status: sent)
    }
    // Whatever the upstream still does, nobody listens; and it may have half a request.
    dropConnection()
    // Without the whole body the next bytes are not a request.
    if closes || !exchange.isBodyComplete { closesAfterAnswer = true }
    exchange.isOwnAnswer = true
    exchange.keepsConnection = isPersistent(exchange)
    let status = Refusal.finalStatus(status)
    let (head, body) = Refusal.bytes(
      status: status, requestID: exchange.name.text, wantsHTML: Refusal.wantsHTML(exchange.request.head), isHEAD: exchange.isHEAD,
      isPersistent: exchange.keepsConnection, location: location, method: exchange.request.head.method)
    exchange.bytesSent += head.count + body.count
    exchange.bodyBytesSent += body.count
    record(exchange, status: status)
    write(head + body)
    answered(exchange)
  }
}
