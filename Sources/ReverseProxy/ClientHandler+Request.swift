import EvidenceModel
import HTTPModel
import HTTPWire
import NIOCore

/// The request's half: heads and bodies, and what the rules say about them.
extension ClientHandler {
  /// One step with what has arrived; false if something else must happen first.
  func step() -> Bool {
    switch requestHalf.state {
    case .head: return readHead()
    case .collecting(let limit, let overLimit):
      guard let exchange else { return false }
      return collect(exchange, limit: limit, isRejected: overLimit == .reject && exchange.isEnforcing)
    case .streaming:
      guard let exchange else { return false }
      return stream(exchange)
    case .waiting, .complete: return false
    case .over:
      buffer = ByteBuffer()
      return false
    }
  }

  private func readHead() -> Bool {
    guard channel?.isWritable ?? false else { return false }
    if headStarted == nil, buffer.readableBytes > 0 {
      headStarted = .now()
      wait()
    }
    switch buffer.withUnsafeReadableBytes({ parser.parse($0, scan: &scan, atEnd: inputIsClosed) }) {
    case .needsMore:
      if inputIsClosed { closeAfterFlush() }
      return false
    case .head(let parsed, let consumed):
      buffer.moveReaderIndex(forwardBy: consumed)
      begin(parsed, headBytes: consumed)
      return true
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
      forwardedFor: forwardedFor, isEnforcing: inspector.configuration.mode == .block && inspector.settings.mode == .on,
      pace: BodyPace(started: .now(), grace: shared.configuration.bodyGrace, minimumRate: shared.configuration.minimumBodyRate),
      budget: shared.held)
    exchange.requestBytes = headBytes
    shared.metrics.inFlight.wrappingAdd(1, ordering: .relaxed)
    self.exchange = exchange
    hasCarriedRequest = true
    requestHalf.headArrived()
    answerHalf.expect()
    let verdict = exchange.timed(1) { $0.inspectHead() }
    if let fault = parsed.fault {
      // The rules see what could be read; what they say is evidence, the answer is certain.
      _ = exchange.timed(2) { $0.inspectBody([]) }
      return refuse(exchange, fault)
    }
    if verdict.kind == .block { return refuse(exchange, verdict) }
    // Sent on, it would come again, until something breaks.
    if ForwardedHead.isLoop(parsed.head, via: shared.pseudonym) { return refuse(exchange, status: 508) }
    switch (parsed.framing, exchange.inspection.requestBodyDemand) {
    case (.none, _), (.untilClose, _), (.length(0), _): bodyIsWhole(exchange)
    case (let framing, .buffer(let limit, let overLimit)):
      if case .length(let count) = framing, count > limit, overLimit == .reject, exchange.isEnforcing {
        return refuse(exchange, FramingFault(status: 413, detail: "a body of \(count) bytes where \(limit) are allowed"))
      }
      sendContinue(parsed)
      requestHalf.collect(limit: limit, overLimit: overLimit)
      wait()
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
      last = Endpoint(address: AddressRanges.canonical(address))
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
      exchange.pace.received(count)
      return nil
    case .chunked:
      let step = buffer.withUnsafeReadableBytes { exchange.decoder.decode($0, into: &output) }
      switch step {
      case .broken(let fault): return fault
      case .consumed(let count):
        buffer.moveReaderIndex(forwardBy: count)
        exchange.requestBytes += count
        exchange.pace.received(count)
        return nil
      }
    }
  }

  /// One step of collecting a body; false if more must arrive first.
  private func collect(_ exchange: Exchange, limit: Int, isRejected: Bool) -> Bool {
    if let fault = take(exchange, into: &exchange.body) {
      _ = exchange.timed(2) { $0.inspectBody(exchange.body, isTruncated: true) }
      refuse(exchange, fault)
      return true
    }
    if exchange.body.count > limit {
      if isRejected {
        refuse(exchange, FramingFault(status: 413, detail: "a body of more than the \(limit) bytes that are allowed"))
      } else {
        bodyIsOverLimit(exchange, limit: limit)
      }
      return true
    }
    guard exchange.hold() else {
      if exchange.isEnforcing { refuse(exchange, status: 503) } else { bodyIsOverLimit(exchange, limit: exchange.body.count) }
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
    wait()
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
  func cutOff(status: Int, detail: String) {
    switch buffer.withUnsafeReadableBytes({ parser.parse($0, atEnd: true) }) {
    case .needsMore: closeNow()
    case .head(var parsed, let consumed):
      buffer.moveReaderIndex(forwardBy: consumed)
      parsed.fault = FramingFault(status: status, detail: detail)
      begin(parsed, headBytes: consumed)
    }
  }
}
