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

  enum State {
    /// Waiting for, or in, a request's head.
    case head
    /// Collecting the body for phase 2.
    case body(Exchange, limit: Int, overLimit: BodyDemand.OverLimit)
    /// Sending the rest of a body on as it comes.
    case streaming(Exchange)
    /// The request is sent, or about to be; waiting for the answer's head.
    case upstream(Exchange)
    /// Collecting the answer's body for phase 4.
    case answer(Exchange, ParsedResponseHead, limit: Int, overLimit: BodyDemand.OverLimit)
    /// Passing the answer's body on; `toClient` says how its end is shown.
    case relaying(Exchange, status: Int, toClient: BodyFraming)
    /// The last answer is sent, or there is nobody left to answer.
    case closed
  }

  let loop: LoopState
  let shared: ProxyShared
  let parser: RequestHeadParser
  var state = State.head
  var buffer = ByteBuffer()
  var scan = HeadScan()
  var channel: (any Channel)?
  var connection: UpstreamConnection?
  var headStarted: NIODeadline?
  var inputIsClosed = false
  var closesAfterAnswer = false
  var client = Endpoint(address: "")
  /// The answer's head, kept until its first bytes or its end, so that a small answer is one write.
  var pendingHead: [UInt8] = []
  private var server = Endpoint(address: "")
  private var isProcessing = false
  private var isReading = true
  private var timer: Scheduled<Void>?
  private var timerDue = NIODeadline.distantFuture
  private var deadline = NIODeadline.distantFuture

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
    // A request that was cut off, or that the client gave up, is written down all the same.
    if case .head = state, buffer.readableBytes > 0 { cutOff(status: 400, detail: "the request's head was cut off") }
    let unfinished = exchange
    state = .closed
    connection?.close()
    connection = nil
    if let unfinished { record(unfinished, status: 499) }
    timer?.cancel()
    timer = nil
    loop.disconnected(self)
    channel = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .closed = state { return }
    var incoming = unwrapInboundIn(data)
    if buffer.readableBytes == 0 { buffer = incoming } else { buffer.writeBuffer(&incoming) }
    process()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed {
      inputIsClosed = true
      // With the answer flushed and nothing more to come, both sides are done.
      if case .closed = state { startTimer(.zero) } else { process() }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { closeNow() }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    connection?.setReading(context.channel.isWritable)
    if context.channel.isWritable { process() }
    context.fireChannelWritabilityChanged()
  }

  /// Closes if nothing is under way; else after the answer.
  func drain() {
    closesAfterAnswer = true
    if case .head = state, buffer.readableBytes == 0 { closeNow() }
  }

  func closeNow() { channel?.close(promise: nil) }

  func setReading(_ isOn: Bool) {
    guard isOn != isReading, let channel else { return }
    isReading = isOn
    try? channel.syncOptions?.setOption(.autoRead, value: isOn)
  }

  var exchange: Exchange? {
    switch state {
    case .head, .closed: nil
    case .body(let exchange, _, _), .streaming(let exchange), .upstream(let exchange), .answer(let exchange, _, _, _),
      .relaying(let exchange, _, _):
      exchange
    }
  }

  // MARK: Time

  /// Sets the time limit of the present state. A timer that is due earlier is left to find that out itself: most never matter.
  func startTimer(_ limit: Duration) {
    deadline = .now() + TimeAmount(limit)
    if timer != nil, timerDue <= deadline { return }
    schedule()
  }

  private func schedule() {
    timer?.cancel()
    timerDue = deadline
    timer = loop.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in self?.timerFired() }
  }

  private func timerFired() {
    timer = nil
    if deadline > .now() { schedule() } else { timeIsUp() }
  }

  private func timeIsUp() {
    switch state {
    case .head:
      // An idle connection just closes; a head that does not come to its end is answered.
      if buffer.readableBytes == 0 { closeNow() } else { cutOff(status: 408, detail: "the request's head did not arrive in time") }
    case .body(let exchange, _, _), .streaming(let exchange): refuse(exchange, status: 408, closes: true)
    case .upstream(let exchange), .answer(let exchange, _, _, _):
      dropConnection()
      refuse(exchange, status: 504)
    case .relaying, .closed: closeNow()
    }
  }

  // MARK: Requests

  func process() {
    // Answers of our own come back into this function; one loop is enough.
    guard !isProcessing else { return }
    isProcessing = true
    defer { isProcessing = false }
    while true {
      switch state {
      case .head:
        // A client that sends requests and reads no answers waits.
        guard channel?.isWritable ?? false else { return setReading(false) }
        setReading(true)
        if headStarted == nil, buffer.readableBytes > 0 {
          headStarted = .now()
          startTimer(shared.configuration.headTimeout)
        }
        switch buffer.withUnsafeReadableBytes({ parser.parse($0, scan: &scan, atEnd: inputIsClosed) }) {
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

  private func begin(_ parsed: ParsedRequestHead, headBytes: Int) {
    let started = headStarted ?? .now()
    headStarted = nil
    scan = HeadScan()
    let received = Clock.now()
    let fields = parsed.head.fields
    let isTrusted = shared.configuration.trustedPeers.contains(client.address)
    var id: String?
    var origin = client
    var forwardedFor: [UInt8]?
    if isTrusted {
      if let given = fields.firstValue(of: "x-request-id"), RequestID.isAcceptable(given) { id = String(decoding: given, as: UTF8.self) }
      let chain = fields.filter { $0.isNamed("x-forwarded-for") }.map(\.value)
      if !chain.isEmpty {
        let joined = Array(chain.joined(separator: Array(", ".utf8)))
        forwardedFor = joined
        origin = trustedOrigin(joined)
      }
    }
    let request = Request(
      head: parsed.head, body: .absent, client: origin, server: server, received: received, id: id ?? RequestID.make(at: received))
    let (inspector, scratch) = loop.inspection()
    let exchange = Exchange(
      parsed: parsed, request: request, inspection: inspector.begin(request, scratch: scratch), started: started, isTrusted: isTrusted,
      forwardedFor: forwardedFor, isEnforcing: inspector.configuration.mode == .block && inspector.settings.mode == .on)
    exchange.requestBytes = headBytes
    shared.metrics.inFlight.wrappingAdd(1, ordering: .relaxed)
    state = .upstream(exchange)  // Until the next step is known.
    let verdict = exchange.timed(1) { $0.inspectHead() }
    if let fault = parsed.fault {
      // The rules see what could be read; what they say is evidence, the answer is certain.
      _ = exchange.timed(2) { $0.inspectBody([]) }
      return refuse(exchange, fault)
    }
    if verdict.kind == .block { return refuse(exchange, verdict) }
    switch (parsed.framing, exchange.inspection.requestBodyDemand) {
    case (.none, _), (.untilClose, _), (.length(0), _): bodyIsWhole(exchange)
    case (let framing, .buffer(let limit, let overLimit)):
      if case .length(let count) = framing, count > limit, overLimit == .reject, exchange.isEnforcing {
        return refuse(exchange, FramingFault(status: 413, detail: "a body of \(count) bytes where \(limit) are allowed"))
      }
      sendContinue(parsed)
      state = .body(exchange, limit: limit, overLimit: overLimit)
      startTimer(shared.configuration.bodyTimeout)
    case (_, .none):
      let verdict = exchange.timed(2) { $0.inspectBody([]) }
      if verdict.kind == .block { return refuse(exchange, verdict) }
      if let ambiguity = parsed.ambiguity { return refuse(exchange, ambiguity) }
      sendContinue(parsed)
      beginStreaming(exchange)
    }
  }

  /// The client's own address in a chain of proxies: walking from the right, the first that is not trusted.
  private func trustedOrigin(_ chain: [UInt8]) -> Endpoint {
    var last = client
    for part in chain.split(separator: 0x2C).reversed() {
      let address = String(decoding: part.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self)
      guard AddressRanges.isAddress(address) else { return last }
      last = Endpoint(address: address)
      if !shared.configuration.trustedPeers.contains(address) { return last }
    }
    return last
  }

  private func sendContinue(_ parsed: ParsedRequestHead) {
    if parsed.expectsContinue { write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
  }

  /// Moves bytes of the body from the buffer.
  func take(_ exchange: Exchange, into output: inout [UInt8]) -> FramingFault? {
    switch exchange.parsed.framing {
    case .none, .untilClose: return nil
    case .length:
      let count = min(exchange.bodyLeft, buffer.readableBytes)
      if let slice = buffer.readSlice(length: count) { output.append(contentsOf: slice.readableBytesView) }
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

  /// One step of collecting a body; false if more must arrive first.
  private func collect(_ exchange: Exchange, limit: Int, overLimit: BodyDemand.OverLimit) -> Bool {
    if let fault = take(exchange, into: &exchange.body) {
      _ = exchange.timed(2) { $0.inspectBody(exchange.body, isTruncated: true) }
      refuse(exchange, fault)
      return true
    }
    if exchange.body.count > limit {
      if overLimit == .reject, exchange.isEnforcing {
        refuse(exchange, FramingFault(status: 413, detail: "a body of more than the \(limit) bytes that are allowed"))
      } else {
        bodyIsOverLimit(exchange, limit: limit)
      }
      return true
    }
    if exchange.isBodyComplete {
      bodyIsWhole(exchange)
      return true
    }
    if inputIsClosed {
      _ = exchange.timed(2) { $0.inspectBody(exchange.body, isTruncated: true) }
      refuse(exchange, FramingFault(status: 400, detail: "the request's body was cut off"))
      return true
    }
    startTimer(shared.configuration.bodyTimeout)
    return false
  }

  private func bodyIsWhole(_ exchange: Exchange) {
    let verdict = exchange.timed(2) { $0.inspectBody(exchange.body) }
    if verdict.kind == .block { return refuse(exchange, verdict) }
    if let ambiguity = exchange.parsed.ambiguity { return refuse(exchange, ambiguity) }
    send(exchange)
  }

  /// The first bytes are inspected, the rest passes by: allowed by setting, and said in the record.
  private func bodyIsOverLimit(_ exchange: Exchange, limit: Int) {
    let verdict = exchange.timed(2) { $0.inspectBody(Array(exchange.body.prefix(limit)), isTruncated: true) }
    if verdict.kind == .block { return refuse(exchange, verdict) }
    if let ambiguity = exchange.parsed.ambiguity { return refuse(exchange, ambiguity) }
    beginStreaming(exchange)
  }

  /// A head that did not come to its end.
  private func cutOff(status: Int, detail: String) {
    switch buffer.withUnsafeReadableBytes({ parser.parse($0, atEnd: true) }) {
    case .needsMore: closeNow()
    case .head(var parsed, let consumed):
      buffer.moveReaderIndex(forwardBy: consumed)
      parsed.fault = FramingFault(status: status, detail: detail)
      begin(parsed, headBytes: consumed)
    }
  }
}
