import Detection
import EvidenceModel
import HTTPModel
import HTTPWire
import NIOCore
import RuleEngine
import Telemetry

/// One client's connection: reads requests one after the other, has each inspected, and brings back the answers.
///
/// ```
///  head ──parsed──► body ──whole──► upstream ──answer──► head …
///    │               │ over the limit     ▲
///    │               └──► streaming ──────┘
///    └── refusal at any point ──► answer of our own ──► head, or close
/// ```
/// Confined to its event loop.
final class ClientHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum State {
    /// Waiting for, or in, a request's head.
    case head
    /// Collecting the body for phase 2.
    case body(Exchange, limit: Int, overLimit: BodyDemand.OverLimit)
    /// Sending the rest of a body on as it comes.
    case streaming(Exchange)
    /// The request is sent; waiting for the answer's head.
    case upstream(Exchange)
    /// Collecting the answer's body for phase 4.
    case answer(Exchange, ParsedResponseHead, limit: Int, overLimit: BodyDemand.OverLimit, [UInt8])
    /// Passing the answer's body on; `toClient` says how its end is shown.
    case relaying(Exchange, status: Int, toClient: BodyFraming)
    case closed
  }

  private let loop: LoopState
  private let shared: ProxyShared
  private let parser: RequestHeadParser
  private var state = State.head
  private var buffer = ByteBuffer()
  private var channel: (any Channel)?
  private var connection: UpstreamConnection?
  private var timer: Scheduled<Void>?
  private var headStarted: NIODeadline?
  private var inputIsClosed = false
  private var closesAfterAnswer = false
  private var isProcessing = false
  private var client = Endpoint(address: "")
  private var server = Endpoint(address: "")

  /// Bytes of pipelined requests that are kept while one is being answered; then reading stops.
  private static let maximumPipelinedBytes = 64 * 1024

  init(loop: LoopState) {
    self.loop = loop
    shared = loop.shared
    parser = RequestHeadParser(limits: loop.shared.configuration.limits)
  }

  // MARK: The connection

  func channelActive(context: ChannelHandlerContext) {
    channel = context.channel
    client = Endpoint(address: context.remoteAddress?.ipAddress ?? "0.0.0.0", port: context.remoteAddress?.port ?? 0)
    server = Endpoint(address: context.localAddress?.ipAddress ?? "0.0.0.0", port: context.localAddress?.port ?? 0)
    loop.connected(self)
    startTimer(shared.configuration.headTimeout)
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    loop.disconnected(self)
    // A request that the client gave up is written down all the same.
    let unfinished = exchange
    state = .closed
    connection?.close()
    connection = nil
    if let unfinished { record(unfinished, status: 499) }
    channel = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var incoming = unwrapInboundIn(data)
    if buffer.readableBytes == 0 { buffer = incoming } else { buffer.writeBuffer(&incoming) }
    process()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed {
      inputIsClosed = true
      process()
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { closeNow() }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    connection?.setReading(context.channel.isWritable)
    context.fireChannelWritabilityChanged()
  }

  func drain() {
    closesAfterAnswer = true
    if case .head = state, buffer.readableBytes == 0 { closeNow() }
  }

  func closeNow() {
    if case .closed = state { return }
    channel?.close(promise: nil)
  }

  private var exchange: Exchange? {
    switch state {
    case .head, .closed: nil
    case .body(let exchange, _, _), .streaming(let exchange), .upstream(let exchange), .answer(let exchange, _, _, _, _),
      .relaying(let exchange, _, _):
      exchange
    }
  }

  private func startTimer(_ seconds: Int) {
    timer?.cancel()
    timer = loop.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(seconds))) { [weak self] in self?.timeIsUp() }
  }

  private func timeIsUp() {
    switch state {
    case .head:
      // An idle connection just closes; a head that does not come to its end is answered.
      if buffer.readableBytes == 0 { closeNow() } else { cutOff(status: 408) }
    case .body(let exchange, _, _), .streaming(let exchange): refuse(exchange, status: 408, closes: true)
    case .upstream(let exchange), .answer(let exchange, _, _, _, _):
      connection?.close()
      connection = nil
      refuse(exchange, status: 504)
    case .relaying: closeNow()
    case .closed: break
    }
  }

  // MARK: Requests

  private func process() {
    // Answers of our own come back into this function; one loop is enough.
    guard !isProcessing else { return }
    isProcessing = true
    defer { isProcessing = false }
    while true {
      switch state {
      case .head:
        if headStarted == nil, buffer.readableBytes > 0 {
          headStarted = .now()
          startTimer(shared.configuration.headTimeout)
        }
        switch buffer.withUnsafeReadableBytes({ parser.parse($0, atEnd: inputIsClosed) }) {
        case .needsMore:
          if inputIsClosed { closeNow() }
          return
        case .head(let parsed, let consumed):
          buffer.moveReaderIndex(forwardBy: consumed)
          begin(parsed, headBytes: consumed)
        }
      case .body(let exchange, let limit, let overLimit):
        guard collect(exchange, limit: limit, overLimit: overLimit) else { return }
      case .streaming(let exchange):
        guard stream(exchange) else { return }
      case .upstream, .answer, .relaying:
        if buffer.readableBytes > Self.maximumPipelinedBytes { setReading(false) }
        return
      case .closed: return
      }
    }
  }

  private func setReading(_ isOn: Bool) { channel?.setOption(.autoRead, value: isOn).whenComplete { _ in } }

  private func begin(_ parsed: ParsedRequestHead, headBytes: Int) {
    let started = headStarted ?? .now()
    headStarted = nil
    timer?.cancel()
    let received = Clock.now()
    let fields = parsed.head.fields
    let isTrusted = shared.configuration.trustedPeers.contains(client.address)
    var id = RequestID.make(at: received)
    if isTrusted, let given = fields.firstValue(of: "x-request-id"), RequestID.isAcceptable(given) {
      id = String(decoding: given, as: UTF8.self)
    }
    var origin = client
    var forwardedFor: [UInt8]?
    if isTrusted {
      let chain = fields.filter { $0.isNamed("x-forwarded-for") }.map(\.value)
      if !chain.isEmpty {
        let joined = Array(chain.joined(separator: Array(", ".utf8)))
        forwardedFor = joined
        origin.address = trustedOrigin(joined)
      }
    }
    let request = Request(head: parsed.head, body: .absent, client: origin, server: server, received: received, id: id)
    let (inspector, scratch) = loop.inspection()
    let exchange = Exchange(
      parsed: parsed, request: request, inspection: inspector.begin(request, scratch: scratch), started: started, forwardedFor: forwardedFor
    )
    exchange.requestBytes = headBytes
    shared.metrics.inFlight.wrappingAdd(1, ordering: .relaxed)
    state = .upstream(exchange)  // Set to something that holds the exchange until the next step is known.
    let verdict = exchange.timed { $0.inspectHead() }
    if let fault = parsed.fault {
      _ = exchange.timed { $0.inspectBody([]) }
      exchange.inspection.report(fault)
      return refuse(exchange, status: fault.status, closes: true)
    }
    if verdict.kind == .block { return refuse(exchange, verdict) }
    switch (parsed.framing, exchange.inspection.requestBodyDemand) {
    case (.none, _), (.untilClose, _), (.length(0), _): bodyIsWhole(exchange)
    case (let framing, .buffer(let limit, let overLimit)):
      if case .length(let count) = framing, count > limit, overLimit == .reject, inspector.configuration.mode == .block {
        return refuse(exchange, status: 413, closes: true)
      }
      sendContinue(parsed)
      state = .body(exchange, limit: limit, overLimit: overLimit)
      startTimer(shared.configuration.bodyTimeout)
    case (_, .none):
      let verdict = exchange.timed { $0.inspectBody([]) }
      if verdict.kind == .block { return refuse(exchange, verdict) }
      if let ambiguity = parsed.ambiguity { return refuse(exchange, ambiguity) }
      sendContinue(parsed)
      exchange.canRetry = false
      beginStreaming(exchange)
    }
  }

  /// The client's own address in a chain of proxies: walking from the right, the first that is not trusted.
  private func trustedOrigin(_ chain: [UInt8]) -> String {
    var last = client.address
    for part in chain.split(separator: 0x2C).reversed() {
      let address = String(decoding: part.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self)
      guard AddressRanges.isAddress(address) else { return last }
      last = address
      if !shared.configuration.trustedPeers.contains(address) { return address }
    }
    return last
  }

  private func sendContinue(_ parsed: ParsedRequestHead) {
    if parsed.expectsContinue { write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
  }

  /// Moves bytes of the body from the buffer; false if more must arrive first.
  private func take(_ exchange: Exchange, into output: inout [UInt8]) -> FramingFault? {
    switch exchange.parsed.framing {
    case .none, .untilClose: return nil
    case .length:
      let count = min(exchange.bodyLeft, buffer.readableBytes)
      if let bytes = buffer.readBytes(length: count) { output += bytes }
      exchange.bodyLeft -= count
      exchange.requestBytes += count
      return nil
    case .chunked:
      let step = buffer.withUnsafeReadableBytes { exchange.decoder.decode($0, into: &output) }
      switch step {
      case .broken(let fault): return fault
      case .consumed(let count):
        buffer.moveReaderIndex(forwardBy: count)
        exchange.requestBytes += count
        return nil
      }
    }
  }

  private func collect(_ exchange: Exchange, limit: Int, overLimit: BodyDemand.OverLimit) -> Bool {
    if let fault = take(exchange, into: &exchange.body) {
      _ = exchange.timed { $0.inspectBody(exchange.body, isTruncated: true) }
      exchange.inspection.report(fault)
      refuse(exchange, status: fault.status, closes: true)
      return true
    }
    if exchange.body.count > limit {
      if overLimit == .reject, loop.inspection().0.configuration.mode == .block {
        refuse(exchange, status: 413, closes: true)
        return true
      }
      bodyIsOverLimit(exchange, limit: limit)
      return true
    }
    if exchange.isBodyComplete {
      bodyIsWhole(exchange)
      return true
    }
    if inputIsClosed {
      _ = exchange.timed { $0.inspectBody(exchange.body, isTruncated: true) }
      exchange.inspection.report(FramingFault(status: 400, detail: "the request's body was cut off"))
      refuse(exchange, status: 400, closes: true)
      return true
    }
    startTimer(shared.configuration.bodyTimeout)
    return false
  }

  private func bodyIsWhole(_ exchange: Exchange) {
    let verdict = exchange.timed { $0.inspectBody(exchange.body) }
    if verdict.kind == .block { return refuse(exchange, verdict) }
    if let ambiguity = exchange.parsed.ambiguity { return refuse(exchange, ambiguity) }
    let framing: BodyFraming = exchange.parsed.framing == .none ? .none : .length(exchange.body.count)
    send(exchange, framing: framing, body: exchange.body)
  }

  /// The first bytes are inspected, the rest passes by: allowed by setting, and said in the record.
  private func bodyIsOverLimit(_ exchange: Exchange, limit: Int) {
    let verdict = exchange.timed { $0.inspectBody(Array(exchange.body.prefix(limit)), isTruncated: true) }
    if verdict.kind == .block { return refuse(exchange, verdict, closes: true) }
    if let ambiguity = exchange.parsed.ambiguity { return refuse(exchange, ambiguity) }
    exchange.canRetry = false
    beginStreaming(exchange)
  }

  // MARK: To the upstream

  private func requestHead(_ exchange: Exchange, framing: BodyFraming) -> [UInt8] {
    ForwardedHead.request(
      exchange.request.head, client: client.address, forwardedFor: exchange.forwardedFor, requestID: exchange.request.id, framing: framing)
  }

  private func send(_ exchange: Exchange, framing: BodyFraming, body: [UInt8]) {
    state = .upstream(exchange)
    startTimer(shared.configuration.upstreamTimeout)
    let bytes = requestHead(exchange, framing: framing) + body
    withUpstream(exchange) { [weak self] connection in
      guard let self else { return }
      connection.send(bytes, toHEAD: exchange.isHEAD, receiver: self)
    }
  }

  private func beginStreaming(_ exchange: Exchange) {
    state = .upstream(exchange)
    setReading(false)
    let framing = exchange.parsed.framing
    let held = exchange.body
    exchange.body = []
    withUpstream(exchange) { [weak self] connection in
      guard let self else { return }
      connection.send(requestHead(exchange, framing: framing), toHEAD: exchange.isHEAD, receiver: self)
      state = .streaming(exchange)
      sendPiece(held, exchange)
      setReading(true)
      process()
    }
  }

  private func stream(_ exchange: Exchange) -> Bool {
    var bytes: [UInt8] = []
    if let fault = take(exchange, into: &bytes) {
      exchange.inspection.report(fault)
      connection?.close()
      connection = nil
      refuse(exchange, status: fault.status, closes: true)
      return true
    }
    if !bytes.isEmpty || exchange.isBodyComplete { sendPiece(bytes, exchange) }
    if exchange.isBodyComplete {
      state = .upstream(exchange)
      startTimer(shared.configuration.upstreamTimeout)
      return true
    }
    if inputIsClosed {
      closeNow()
      return false
    }
    startTimer(shared.configuration.bodyTimeout)
    if connection?.isWritable == false { setReading(false) }
    return false
  }

  private func sendPiece(_ bytes: [UInt8], _ exchange: Exchange) {
    guard case .chunked = exchange.parsed.framing else {
      if !bytes.isEmpty { connection?.write(bytes) }
      return
    }
    var output: [UInt8] = []
    if !bytes.isEmpty { output += Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [0x0D, 0x0A] }
    if exchange.isBodyComplete { output += Array("0\r\n\r\n".utf8) }
    if !output.isEmpty { connection?.write(output) }
  }

  private func withUpstream(_ exchange: Exchange, _ body: @escaping (UpstreamConnection) -> Void) {
    exchange.upstreamStarted = .now()
    let upstream = shared.chooseUpstream()
    if let idle = loop.takeIdle(upstream) {
      connection = idle
      return body(idle)
    }
    UpstreamConnection.open(upstream, loop: loop) { [weak self] connection in
      guard let self, case .upstream(let current) = state, current === exchange else {
        connection?.close()
        return
      }
      guard let connection else { return refuse(exchange, status: 502) }
      self.connection = connection
      body(connection)
    }
  }

  // MARK: Answers

  fileprivate func answerBegan(_ head: ParsedResponseHead) {
    guard let exchange else { return }
    exchange.canRetry = false
    if let start = exchange.upstreamStarted { exchange.upstreamTime = Int((NIODeadline.now() - start).nanoseconds / 1000) }
    let verdict = exchange.timed { $0.inspectResponseHead(head.response) }
    if verdict.kind == .block {
      connection?.close()
      connection = nil
      return refuse(exchange, verdict)
    }
    // An answer before the whole request was read: the rest of it cannot be trusted to be a request.
    if !exchange.isBodyComplete { closesAfterAnswer = true }
    if head.framing != .none, case .buffer(let limit, let overLimit) = exchange.inspection.responseBodyDemand {
      state = .answer(exchange, head, limit: limit, overLimit: overLimit, [])
      startTimer(shared.configuration.upstreamTimeout)
      return
    }
    _ = exchange.timed { $0.inspectResponseBody([]) }
    relay(exchange, head)
  }

  /// Sends the head; the body follows as it comes.
  private func relay(_ exchange: Exchange, _ head: ParsedResponseHead, firstBytes: [UInt8] = []) {
    var framing = head.framing
    switch framing {
    case .chunked, .untilClose:
      if exchange.isHTTP10 {
        framing = .untilClose
        closesAfterAnswer = true
      } else {
        framing = .chunked
      }
    case .none, .length: break
    }
    state = .relaying(exchange, status: head.response.status, toClient: framing)
    startTimer(shared.configuration.upstreamTimeout)
    let announced = framing == .none ? head.response.fields.firstValue(of: "content-length") : nil
    let bytes = ForwardedHead.response(
      head.response, requestID: exchange.request.id, framing: framing, isPersistent: isPersistent(exchange), isHTTP10: exchange.isHTTP10,
      announcedLength: announced)
    exchange.bytesSent += bytes.count
    pendingHead = bytes
    if !firstBytes.isEmpty { relay(firstBytes, isLast: false) }
  }
  /// The answer's head, kept until its first bytes or its end, so that a small answer is one write.
  private var pendingHead: [UInt8] = []

  private func relay(_ bytes: [UInt8], isLast: Bool) {
    guard case .relaying(let exchange, let status, let framing) = state else { return }
    var output = pendingHead
    pendingHead = []
    exchange.bodyBytesSent += bytes.count
    if case .chunked = framing {
      if !bytes.isEmpty { output += Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [0x0D, 0x0A] }
      if isLast { output += Array("0\r\n\r\n".utf8) }
    } else {
      output += bytes
    }
    exchange.bytesSent += bytes.count
    if isLast { record(exchange, status: status) }
    write(output)
    if isLast {
      answered(exchange)
    } else {
      startTimer(shared.configuration.upstreamTimeout)
      if channel?.isWritable == false { connection?.setReading(false) }
    }
  }

  fileprivate func answerContinued(_ bytes: [UInt8], isLast: Bool) {
    if isLast { connection = nil }
    switch state {
    case .relaying: relay(bytes, isLast: isLast)
    case .answer(let exchange, let head, let limit, let overLimit, let held):
      let body = held + bytes
      if body.count > limit {
        if overLimit == .reject, loop.inspection().0.configuration.mode == .block {
          connection?.close()
          connection = nil
          return refuse(exchange, status: 500)
        }
        let verdict = exchange.timed { $0.inspectResponseBody(Array(body.prefix(limit)), isTruncated: true) }
        if verdict.kind == .block {
          connection?.close()
          connection = nil
          return refuse(exchange, verdict)
        }
        relay(exchange, head, firstBytes: body)
        if isLast { relay([], isLast: true) }
      } else if isLast {
        let verdict = exchange.timed { $0.inspectResponseBody(body) }
        if verdict.kind == .block { return refuse(exchange, verdict) }
        var whole = head
        whole.framing = .length(body.count)
        relay(exchange, whole)
        relay(body, isLast: true)
      } else {
        state = .answer(exchange, head, limit: limit, overLimit: overLimit, body)
      }
    case .head, .body, .streaming, .upstream, .closed: break
    }
  }

  fileprivate func answerFailed(_ failure: UpstreamFailure) {
    let wasReused = connection?.isReused ?? false
    connection = nil
    guard let exchange else { return }
    if case .relaying = state {
      // Half an answer is sent: the only honest end is a broken connection.
      record(exchange, status: 502)
      return closeNow()
    }
    // A kept connection may have been closed by the upstream just then: once more on a fresh one, if nothing was answered.
    if wasReused, exchange.canRetry, failure == .closed {
      exchange.canRetry = false
      let framing: BodyFraming = exchange.parsed.framing == .none ? .none : .length(exchange.body.count)
      return send(exchange, framing: framing, body: exchange.body)
    }
    refuse(exchange, status: failure == .timedOut ? 504 : 502)
  }

  fileprivate func upstreamIsReady(_ isWritable: Bool) {
    if case .streaming = state { setReading(isWritable) }
  }

  // MARK: Our own answers

  private func refuse(_ exchange: Exchange, _ verdict: Verdict, closes: Bool = false) {
    guard let intervention = verdict.intervention else { return refuse(exchange, status: verdict.status ?? 403, closes: closes) }
    switch intervention.kind {
    case .deny: refuse(exchange, status: intervention.status, closes: closes)
    case .drop:
      record(exchange, status: intervention.status)
      closeNow()
    case .redirect(let location): refuse(exchange, status: intervention.status, closes: closes, location: location)
    }
  }

  /// Odd, and forwarding it would be ambiguous: the rules have spoken, now it is refused.
  private func refuse(_ exchange: Exchange, _ ambiguity: FramingFault) {
    exchange.inspection.report(ambiguity)
    refuse(exchange, status: ambiguity.status, closes: true)
  }

  private func refuse(_ exchange: Exchange, status: Int, closes: Bool = false, location: [UInt8]? = nil) {
    // Without the whole body the next bytes are not a request.
    if closes || !exchange.isBodyComplete { closesAfterAnswer = true }
    pendingHead = []
    let (head, body) = Refusal.bytes(
      status: status, requestID: exchange.request.id, wantsHTML: Refusal.wantsHTML(exchange.request.head), isHEAD: exchange.isHEAD,
      isPersistent: isPersistent(exchange), location: location)
    exchange.bytesSent += head.count + body.count
    exchange.bodyBytesSent += body.count
    record(exchange, status: status)
    write(head + body)
    answered(exchange)
  }

  /// A head that did not come to its end.
  private func cutOff(status: Int) {
    switch buffer.withUnsafeReadableBytes({ parser.parse($0, atEnd: true) }) {
    case .needsMore: closeNow()
    case .head(var parsed, let consumed):
      buffer.moveReaderIndex(forwardBy: consumed)
      parsed.fault = FramingFault(status: status, detail: "the request's head did not arrive in time")
      begin(parsed, headBytes: consumed)
      process()
    }
  }

  private func isPersistent(_ exchange: Exchange) -> Bool {
    exchange.parsed.isPersistent && !closesAfterAnswer && !inputIsClosed && !shared.isDraining.load(ordering: .relaxed)
  }

  private func answered(_ exchange: Exchange) {
    let persists = isPersistent(exchange)
    state = .head
    setReading(true)
    guard persists else {
      state = .closed
      // Flush first, then close: a reset would take the answer with it.
      channel?.close(mode: .output, promise: nil)
      lingerThenClose()
      return
    }
    headStarted = nil
    startTimer(shared.configuration.idleTimeout)
    if buffer.readableBytes > 0 { loop.eventLoop.assumeIsolated().execute { [weak self] in self?.process() } }
  }

  /// Reads on for a moment, so that bytes under way do not turn the close into a reset (RFC 9112 section 9.6).
  private func lingerThenClose() {
    buffer.clear()
    if inputIsClosed {
      channel?.close(promise: nil)
      return
    }
    timer?.cancel()
    timer = loop.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { [weak self] in _ = self?.channel?.close() }
  }

  private func record(_ exchange: Exchange, status: Int) {
    guard !exchange.isRecorded else { return }
    exchange.isRecorded = true
    shared.metrics.inFlight.wrappingSubtract(1, ordering: .relaxed)
    var record = exchange.record(status: status)
    record.sessionID = Identity.session(exchange.request.head.fields, cookie: shared.configuration.sessionCookie)
    record.apiKey = exchange.request.head.fields.firstValue(of: "x-api-key")
    shared.metrics.record(record)
    let configuration = shared.configuration
    if let audit = configuration.audit, selects(record) { audit.write(AuditRecord.line(for: record)) }
    configuration.access?.write(AccessLogLine.line(for: record))
    configuration.onExchange?(record)
  }

  private func selects(_ record: ExchangeRecord) -> Bool {
    switch shared.configuration.auditSelection ?? AuditSelection(record.outcome.auditMode) {
    case .all: true
    case .off: false
    case .relevant:
      record.outcome.isAuditRelevant || !record.outcome.evidence.rules.isEmpty || record.outcome.verdict.kind == .block
        || (record.status >= 500 && record.upstreamTime == nil) || record.status == 413 || record.status == 408
    }
  }

  private func write(_ bytes: [UInt8]) {
    guard let channel, !bytes.isEmpty else { return }
    channel.writeAndFlush(channel.allocator.buffer(bytes: bytes), promise: nil)
  }
}

extension ClientHandler: UpstreamReceiver {
  func upstreamDidAnswer(_ head: ParsedResponseHead) { answerBegan(head) }
  func upstreamDidSend(_ bytes: [UInt8], isLast: Bool) { answerContinued(bytes, isLast: isLast) }
  func upstreamDidFail(_ failure: UpstreamFailure) { answerFailed(failure) }
  func upstreamWritabilityDidChange(isWritable: Bool) { upstreamIsReady(isWritable) }
}
