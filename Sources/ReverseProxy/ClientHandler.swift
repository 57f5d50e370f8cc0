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
  var requestHalf = RequestHalf()
  var answerHalf = AnswerHalf()
  /// The request that is being read or answered, from the end of its head to the last byte of its answer.
  var exchange: Exchange?
  var connection: UpstreamConnection?
  /// What was received and not yet read.
  var buffer = ByteBuffer()
  var scan = HeadScan()
  var channel: (any Channel)?
  var headStarted: NIODeadline?
  /// Whether the client has ended its side.
  var inputIsClosed = false
  var closesAfterAnswer = false
  /// Whether a request has come on this connection.
  var hasCarriedRequest = false
  /// Whether our side of the connection is ended and flushed.
  var isLingering = false
  /// Since when nothing more is taken for a request, and what came since.
  private var overSince: NIODeadline?
  private var discardedBytes = 0
  var writeProgress = WriteProgress()
  var client = Endpoint(address: "")
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
    parser = RequestHeadParser(limits: loop.shared.configuration.limits)
  }

  // MARK: The connection

  func channelActive(context: ChannelHandlerContext) {
    channel = context.channel
    client = Self.endpoint(context.remoteAddress)
    server = Self.endpoint(context.localAddress)
    loop.connected(self)
    // One of the last, taken from the listener's queue, is not waited for as long.
    let isLate = shared.isDraining.load(ordering: .relaxed)
    startTimer(.now() + TimeAmount(isLate ? shared.configuration.drainGrace : shared.configuration.headTimeout))
    let count = shared.metrics.connections.add(1, ordering: .relaxed).newValue
    if count > shared.maximumConnections { thereIsNoRoom(excess: count - shared.maximumConnections) }
  }

  func channelInactive(context: ChannelHandlerContext) {
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
    channel = nil
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
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { closeNow() }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    connection?.setReading(context.channel.isWritable)
    // The clock starts anew for whom it is now waited for.
    wait()
    if context.channel.isWritable { process() }
    context.fireChannelWritabilityChanged()
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
      case .head: channel.isWritable
      case .waiting: false
      case .collecting, .over: true
      case .streaming: connection?.isWritable ?? false
      case .complete: buffer.readableBytes <= Self.maximumPipelinedBytes
      }
    guard isWanted != isReading else { return }
    isReading = isWanted
    try? channel.syncOptions?.setOption(.autoRead, value: isWanted)
  }

  // MARK: Time

  var waiting: Waiting {
    Waiting.of(
      requestHalf, answerHalf, hasInput: buffer.readableBytes > 0, isClientWritable: channel?.isWritable ?? true,
      isUpstreamWritable: connection?.isWritable ?? false, hasUnsent: channel?.unsentBytes ?? 0 > 0)
  }

  /// Starts the time limit of what is waited for now, since something has happened.
  func wait() {
    let configuration = shared.configuration
    let now = NIODeadline.now()
    let waiting = self.waiting
    // Only the time in which the client is waited for is the client's.
    if waiting == .restOfBody { exchange?.pace.resume(at: now) } else { exchange?.pace.pause(at: now) }
    switch waiting {
    case .nextRequest: startTimer(now + TimeAmount(configuration.idleTimeout))
    // For the whole head, however many pieces it comes in.
    case .restOfHead: startTimer((headStarted ?? now) + TimeAmount(configuration.headTimeout))
    case .restOfBody: startTimer(min(now + TimeAmount(configuration.bodyTimeout), exchange?.pace.deadline ?? .distantFuture))
    case .upstream: startTimer(now + TimeAmount(configuration.upstreamTimeout))
    case .reader: startTimer(now + TimeAmount(configuration.writeTimeout))
    case .end: startTimer(min(now + TimeAmount(configuration.lingerTimeout), (overSince ?? now) + TimeAmount(configuration.lingerTotal)))
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
