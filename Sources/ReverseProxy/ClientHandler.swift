import HTTPModel
import HTTPWire
import NIOCore

/// One client's connection: reads requests one after the other, has each inspected, and brings back the answers.
///
/// What is under way is two values, `RequestHalf` and `AnswerHalf`. This class is their shell: it takes what the sockets and the
/// clock report, and carries out what follows. Confined to its event loop.
///
/// - `+Request`: reads heads and bodies, and asks the rules about them.
/// - `+Upstream`: sends requests on.
/// - `+Answer`: brings answers back, or gives one of our own.
/// - `+End`: what comes after an answer.
final class ClientHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  let loop: LoopState
  let shared: ProxyShared
  let parser: RequestHeadParser
  let head = HeadBytes()
  var requestHalf = RequestHalf()
  var answerHalf = AnswerHalf()
  /// The request that is being read or answered, from the end of its head to the last byte of its answer.
  var exchange: Exchange?
  var connection: UpstreamConnection?
  /// What was received and not yet read.
  var buffer = ByteBuffer()
  var scan = HeadScan()
  var context: ChannelHandlerContext?
  var channel: (any Channel)?
  var headStarted: NIODeadline?
  /// Whether the client has ended its side.
  var inputIsClosed = false
  var closesAfterAnswer = false
  /// Whether the connection takes more; told by events, since to ask each time costs more than it seems.
  var isWritable = true
  var direct = DirectWriter()
  /// Whether everything that was written is known to have left this process; if not, the channel is asked.
  var isFlushed = true
  private var countedAs: [UInt8]?
  /// Since when the connection has waited for its next request.
  private(set) var idleSince = NIODeadline.now()
  /// Whether a request has come on this connection.
  var hasCarriedRequest = false
  /// Whether our side of the connection is ended and flushed.
  var isLingering = false
  /// Since when nothing more is taken for a request, and what came since.
  private var overSince: NIODeadline?
  private var discardedBytes = 0
  var writeProgress = WriteProgress()
  var client = Endpoint(address: "")
  /// The client's address as text.
  var clientAddress: [UInt8] = []
  /// Whether the peer's forwarding fields are believed.
  var isTrusted = false
  var server = Endpoint(address: "")
  var isProcessing = false
  private var isReading = true
  private var timer: Scheduled<Void>?
  private var timerDue = NIODeadline.distantFuture
  private var deadline = NIODeadline.distantFuture

  /// Bytes of pipelined requests that are kept while one is being answered; then reading stops.
  private static let maximumPipelinedBytes = 64 * 1024

  init(loop: LoopState) {
    self.loop = loop
    shared = loop.shared
    parser = RequestHeadParser(limits: loop.shared.configuration.limits, isStrict: loop.shared.configuration.isStrict)
  }

  // MARK: The connection

  func channelActive(context: ChannelHandlerContext) {
    channel = context.channel
    self.context = context
    direct.open(context)
    client = Self.endpoint(context.remoteAddress)
    clientAddress = Array(client.address.utf8)
    isTrusted = shared.configuration.trustedPeers.contains(client.address)
    server = Self.endpoint(context.localAddress)
    loop.connected(self)
    // One of the last, taken from the listener's queue, is not waited for as long.
    let isLate = shared.isDraining.load(ordering: .relaxed)
    startTimer(.now() + TimeAmount(isLate ? shared.configuration.drainGrace : shared.configuration.headTimeout))
    let count = shared.metrics.connections.add(1, ordering: .relaxed).newValue
    if !isTrusted, let key = shared.connectionCounts.key(of: client.address) {
      countedAs = key
      if !shared.connectionCounts.take(key) { return thereIsNoRoom(status: 429, excess: 0) }
    }
    // Those that wait for nothing make room for who has come.
    if count > shared.maximumConnections, !loop.evictIdle() {
      thereIsNoRoom(status: 503, excess: count - shared.maximumConnections)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    direct.close()
    // A request that was cut off, or that the client gave up, is written down all the same.
    if case .head = requestHalf.state, buffer.readableBytes > 0 { cutOff(status: 400, detail: "the request's head was cut off") }
    if let exchange {
      exchange.brokenOffBy = .client
      record(exchange, status: 499)
    }
    exchange = nil
    requestHalf.end()
    answerHalf.end()
    dropConnection()
    timer?.cancel()
    timer = nil
    loop.disconnected(self)
    shared.metrics.connections.subtract(1, ordering: .relaxed)
    if let countedAs { shared.connectionCounts.giveBack(countedAs) }
    countedAs = nil
    channel = nil
    self.context = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .over = requestHalf.state { return discard(unwrapInboundIn(data).readableBytes) }
    buffer.receive(unwrapInboundIn(data))
    process()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed {
      inputIsClosed = true
      // With the answer flushed and nothing more to come, both sides are done.
      if isLingering { closeNow() } else { process() }
    }
  }

  /// Nothing stands behind this handler that would want to know.
  func channelReadComplete(context: ChannelHandlerContext) {}

  func errorCaught(context: ChannelHandlerContext, error: any Error) { closeNow() }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    isWritable = context.channel.isWritable
    connection?.setReading(isWritable)
    // The clock starts anew for whom it is now waited for.
    wait()
    if isWritable { process() }
  }

  private static func endpoint(_ address: SocketAddress?) -> Endpoint {
    Endpoint(address: address?.ipAddress.map(AddressRanges.canonical) ?? "0.0.0.0", port: address?.port ?? 0)
  }

  /// Reads on after the last request: a client that is still sending must see its end of the answer before a reset.
  private func discard(_ count: Int) {
    overSince = overSince ?? .now()
    discardedBytes += count
    if discardedBytes > shared.configuration.maximumLingerBytes { closeNow() } else if isLingering { wait() }
  }

  /// Takes the steps that are possible with what has arrived.
  func process() {
    // Answers of our own come back into this function; one loop is enough.
    guard !isProcessing else { return }
    isProcessing = true
    while step() {}
    isProcessing = false
    updateReading()
  }

  /// Whether to read on follows from the two halves: nobody has to remember to switch it on again.
  func updateReading() {
    guard let channel else { return }
    let isWanted =
      switch requestHalf.state {
      // A client that sends requests and reads no answers waits.
      case .head: isWritable
      case .waiting: false
      case .collecting, .over: true
      case .streaming: connection?.isWritable ?? false
      case .complete: buffer.readableBytes <= Self.maximumPipelinedBytes
      }
    guard isWanted != isReading else { return }
    isReading = isWanted
    try? channel.syncOptions?.setOption(.autoRead, value: isWanted)
  }

  /// Whether nothing is under way, and nothing has come of a next request.
  var isIdle: Bool {
    guard case .head = requestHalf.state else { return false }
    return exchange == nil && buffer.readableBytes == 0 && hasCarriedRequest && waiting == .nextRequest
  }

  // MARK: Time

  var waiting: Waiting {
    Waiting.of(
      requestHalf, answerHalf, hasInput: buffer.readableBytes > 0, isClientWritable: isWritable,
      isUpstreamWritable: connection?.isWritable ?? false, hasUnsent: !isFlushed && channel?.unsentBytes ?? 0 > 0)
  }

  /// Starts the time limit of what is waited for now, since something has happened.
  func wait(at now: NIODeadline = .now()) {
    let waiting = self.waiting
    // Only the time in which the client is waited for is the client's.
    if waiting == .restOfBody { exchange?.pace.resume(at: now) } else { exchange?.pace.pause(at: now) }
    switch waiting {
    case .nextRequest:
      idleSince = now
      startTimer(now + loop.times.idle)
    // For the whole head, however many pieces it comes in.
    case .restOfHead: startTimer((headStarted ?? now) + loop.times.head)
    case .restOfBody: startTimer(min(now + loop.times.body, exchange?.pace.deadline ?? .distantFuture))
    case .upstream: startTimer(now + loop.times.upstream)
    case .reader: startTimer(now + loop.times.write)
    case .end: startTimer(min(now + loop.times.linger, (overSince ?? now) + loop.times.lingerTotal))
    }
  }

  /// A timer that is due earlier is left to find out itself that it was too early: most never matter.
  func startTimer(_ deadline: NIODeadline) {
    self.deadline = deadline
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
    switch waiting {
    case .nextRequest: closeAfterFlush()
    case .restOfHead: cutOff(status: 408, detail: "the request's head did not arrive in time")
    case .restOfBody: giveUp(status: 408)
    case .upstream:
      // A large body may take long to arrive there; that it moves is enough.
      if connection?.hasTakenMore() ?? false { return wait() }
      giveUp(status: 504)
    case .reader:
      if writeProgress.hasMoved(underWay: channel?.bytesUnderWay ?? 0) { return wait() }
      giveUp(status: 499)
    case .end: closeNow()
    }
  }

  /// Ends the exchange, if there is one, and the connection.
  private func giveUp(status: Int) {
    guard let exchange else { return closeNow() }
    refuse(exchange, status: status, closes: true)
  }
}
