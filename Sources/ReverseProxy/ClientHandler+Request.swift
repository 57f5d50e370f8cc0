import EvidenceModel
import HTTPModel
import HTTPWire
import NIOCore
import RuleEngine

/// The request's half: heads and bodies, and what the rules say about them.
extension ClientHandler {
  /// One step with what has arrived; false if something else must happen first.
  func step() -> Bool {
    switch requestHalf.state {
    case .head: return readHead()
    case .collecting(let limit, let overLimit):
      guard let exchange else { return false }
      return collect(exchange, limit: limit, overLimit: overLimit)
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
    guard isWritable else { return false }
    var parts = RequestParts()
    guard let consumed = buffer.withUnsafeReadableBytes({ parser.parse($0, scan: &scan, atEnd: inputIsClosed, into: head, &parts) }) else {
      if headStarted == nil, buffer.readableBytes > 0 {
        headStarted = .now()
        wait()
      }
      if inputIsClosed { closeAfterFlush() }
      return false
    }
    buffer.moveReaderIndex(forwardBy: consumed)
    begin(parts, headBytes: consumed)
    return true
  }

  private func begin(_ parts: RequestParts, headBytes: Int) {
    let started = headStarted ?? .now()
    headStarted = nil
    scan = HeadScan()
    let received = Clock.now()
    var name = loop.names.next(at: received)
    var origin = client
    var forwardedFor: [UInt8]?
    if isTrusted { believe(&name, &origin, &forwardedFor) }
    loop.takeNewRules()
    let exchange = Exchange(
      head: head, parts: parts, name: name, started: started, origin: origin, server: server, received: received,
      forwardedFor: forwardedFor, rules: loop.rules,
      isLean: loop.isLean(parts), limits: loop.limits,
      budget: shared.held)
    exchange.requestBytes = headBytes
    loop.metrics.requestStarted()
    self.exchange = exchange
    hasCarriedRequest = true
    requestHalf.headArrived()
    answerHalf.expect()
    if exchange.isLean {
      if ForwardedHead.isLoop(head, via: shared.pseudonym) { return refuse(exchange, status: 508) }
      if exchange.isBodyComplete { return send(exchange, at: started) }
      sendContinue(parts)
      // It is short, and comes in one piece as a rule: so does it go on.
      requestHalf.collect(limit: .max, overLimit: .partial)
      return wait()
    }
    if shared.wantsRecords {
      exchange.identity = BehaviorIdentity(
        exchange.request, sessionCookie: shared.configuration.sessionCookie, partnerKeys: shared.configuration.partnerKeys,
        sources: shared.configuration.sources)
    }
    let verdict = exchange.timed(1) { $0.inspectHead() }
    if let fault = parts.fault {
      // The rules see what could be read; what they say is evidence, the answer is certain.
      _ = exchange.timed(2) { $0.inspectBody([]) }
      return refuse(exchange, fault)
    }
    if verdict.kind == .block { return refuse(exchange, verdict) }
    if isRefusedForBehavior(exchange) { return refuse(exchange, status: 429) }
    // Sent on, it would come again, until something breaks.
    if ForwardedHead.isLoop(head, via: shared.pseudonym) { return refuse(exchange, status: 508) }
    switch (parts.framing, exchange.inspection.requestBodyDemand) {
    case (.none, _), (.untilClose, _), (.length(0), _): bodyIsWhole(exchange)
    case (let framing, .buffer(let rulesLimit, let rulesWish)):
      let (limit, overLimit) = bodyLimit(exchange.inspector.settings, exchange.request.head, limit: rulesLimit, wish: rulesWish)
      if case .length(let count) = framing, count > limit, overLimit == .reject, exchange.isEnforcing {
        exchange.inspection.report(.rejected)
        return refuse(exchange, FramingFault(status: 413, detail: "a body of \(count) bytes where \(limit) are allowed"))
      }
      sendContinue(parts)
      requestHalf.collect(limit: limit, overLimit: overLimit)
      wait()
    case (_, .none):
      let verdict = exchange.timed(2) { $0.inspectBody([]) }
      if verdict.kind == .block { return refuse(exchange, verdict) }
      if let ambiguity = parts.ambiguity { return refuse(exchange, ambiguity) }
      sendContinue(parts)
      beginStreaming(exchange)
    }
  }

  /// Whether what the client did so far is reason enough, and nobody else would be hit.
  private func isRefusedForBehavior(_ exchange: Exchange) -> Bool {
    let configuration = shared.configuration
    guard shared.watchesBehavior, configuration.behaviorEnforcement != .off, exchange.isEnforcing, let monitor = configuration.behavior,
      let standing = exchange.identity?.standing(in: monitor, at: exchange.request.received),
      configuration.behaviorEnforcement.refuses(standing.verdict.kind), !standing.isShared
    else { return false }
    exchange.isRefusedForBehavior = true
    return true
  }

  /// What a trusted peer says of a request: its name, and where it came from.
  private func believe(_ name: inout RequestName, _ origin: inout Endpoint, _ forwardedFor: inout [UInt8]?) {
    let bytes = head.bytes
    if let span = head.spans.first(where: { $0.isExactly(.requestID) }) {
      let given = UnsafeRawBufferPointer(rebasing: bytes[span.value])
      if RequestName.isAcceptable(given) { name = RequestName(given: Array(given)) }
    }
    let chain = head.spans.filter { $0.isExactly(.forwardedFor) }.map { Array(bytes[$0.value]) }
    if !chain.isEmpty { forwardedFor = Array(chain.joined(separator: Array(", ".utf8))) }
    let addresses = ForwardedChain.addresses(of: head, field: shared.configuration.clientField)
    if let address = ForwardedChain.origin(addresses, trusting: shared.configuration.trustedPeers) { origin = Endpoint(address: address) }
  }

  private func sendContinue(_ parts: RequestParts) {
    if parts.expectsContinue { write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
  }

  /// Moves bytes of the body from the buffer.
  func take(_ exchange: Exchange, into output: inout [UInt8]) -> FramingFault? {
    switch exchange.parts.framing {
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
  private func collect(_ exchange: Exchange, limit: Int, overLimit: RequestHalf.OverLimit) -> Bool {
    if let fault = take(exchange, into: &exchange.body) {
      _ = exchange.timed(2) { $0.inspectBody(exchange.body, isTruncated: true) }
      refuse(exchange, fault)
      return true
    }
    if exchange.body.count > limit {
      if overLimit == .reject, exchange.isEnforcing {
        exchange.inspection.report(.rejected)
        refuse(exchange, FramingFault(status: 413, detail: "a body of more than the \(limit) bytes that are allowed"))
      } else {
        bodyIsOverLimit(exchange, limit: limit, isInspected: overLimit == .windows)
      }
      return true
    }
    guard exchange.hold() else {
      if exchange.isLean {
        beginStreaming(exchange)
      } else if exchange.isEnforcing {
        refuse(exchange, status: 503)
      } else {
        bodyIsOverLimit(exchange, limit: exchange.body.count, isInspected: false)
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
    wait()
    return false
  }

  private func bodyIsWhole(_ exchange: Exchange) {
    if exchange.isLean { return send(exchange) }
    if exchange.requestBytes > Self.longRequest { loop.sendHeld() }
    let verdict = exchange.timed(2) { $0.inspectBody(exchange.body) }
    if verdict.kind == .block { return refuse(exchange, verdict) }
    if let ambiguity = exchange.parts.ambiguity { return refuse(exchange, ambiguity) }
    send(exchange)
  }

  /// Bytes of a request from which on others do not wait for its inspection.
  private static let longRequest = 4096

  /// The first bytes are inspected, the rest passes by, or is inspected in windows: allowed by setting, and said in the record.
  private func bodyIsOverLimit(_ exchange: Exchange, limit: Int, isInspected: Bool) {
    loop.sendHeld()
    exchange.inspection.report(isInspected ? .windows : .partial)
    let verdict = exchange.timed(2) { $0.inspectBody(Array(exchange.body.prefix(limit)), isTruncated: true) }
    if verdict.kind == .block { return refuse(exchange, verdict) }
    if let ambiguity = exchange.parts.ambiguity { return refuse(exchange, ambiguity) }
    if isInspected {
      exchange.windows = BodyWindows(
        isForm: Self.isForm(exchange.request.head), inspected: exchange.body.prefix(limit),
        maximumBytes: exchange.inspector.settings.requestBodyNoFilesLimit)
      exchange.windows?.append(Array(exchange.body[limit...]))
      exchange.body.removeSubrange(limit...)
    }
    beginStreaming(exchange)
  }

  /// Up to how many bytes a body is inspected as a whole, and what happens beyond. `SecRequestBodyNoFilesLimit` is the engine's
  /// affair, which refuses there, unless the operator has said that such a body is to go on.
  private func bodyLimit(
    _ settings: EngineSettings, _ head: RequestHead, limit: Int, wish: BodyDemand.OverLimit
  ) -> (limit: Int, overLimit: RequestHalf.OverLimit) {
    let type = head.fields.firstValue(of: "content-type") ?? []
    let isMultipart = type.prefix(10).map(asciiLowercased).elementsEqual("multipart/".utf8)
    let whole = isMultipart ? limit : min(limit, settings.requestBodyNoFilesLimit)
    switch shared.configuration.oversizedBodies {
    case .rules: return (limit, wish == .reject ? .reject : .partial)
    case .reject: return (whole, .reject)
    case .partial: return (whole, .partial)
    // From the middle nobody can inflate.
    case .windows: return head.fields.contains { $0.isNamed("content-encoding") } ? (limit, .reject) : (whole, .windows)
    }
  }

  private static func isForm(_ head: RequestHead) -> Bool {
    (head.fields.firstValue(of: "content-type") ?? []).map(asciiLowercased).starts(with: "application/x-www-form-urlencoded".utf8)
  }

  /// A head that did not come to its end.
  func cutOff(status: Int, detail: String) {
    var scan = HeadScan()
    var parts = RequestParts()
    guard let consumed = buffer.withUnsafeReadableBytes({ parser.parse($0, scan: &scan, atEnd: true, into: head, &parts) }) else {
      return closeNow()
    }
    buffer.moveReaderIndex(forwardBy: consumed)
    parts.fault = FramingFault(status: status, detail: detail)
    begin(parts, headBytes: consumed)
  }
}
