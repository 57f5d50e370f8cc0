import Glibc
import HTTPModel
import HTTPWire
import NIOCore
import NIOPosix

/// Why an upstream gave no usable answer.
enum UpstreamFailure: Error {
  case unreachable
  /// The connection ended without a byte of an answer.
  case closed
  /// What came is no answer, or not all of one.
  case broken
  case timedOut
}

/// What an upstream connection tells the exchange that uses it. All calls come on the connection's event loop.
protocol UpstreamReceiver: AnyObject {
  /// An interim answer (RFC 9110 section 15.2) other than 100 and 101; the answer itself follows.
  func upstreamDidInform(_ head: HeadBytes, _ parts: ResponseParts)
  /// `head` holds until the connection gets its next request.
  func upstreamDidAnswer(_ head: HeadBytes, _ parts: ResponseParts)
  /// `isLast` is set with the last bytes, which may be none.
  func upstreamDidSend(_ bytes: ByteBuffer, isLast: Bool)
  /// Nothing more is there for the moment.
  func upstreamDidPause()
  func upstreamDidFail(_ failure: UpstreamFailure)
  func upstreamWritabilityDidChange(isWritable: Bool)
}

/// One connection to an upstream, used by one exchange at a time. Confined to its event loop.
final class UpstreamConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum State {
    case idle
    case head(toHEAD: Bool)
    case body(left: Int, keeps: Bool)
    case chunked(ChunkedDecoder, keeps: Bool)
    case untilClose
    case closed
  }

  /// The upstream's number in the configuration.
  let upstream: Int
  private let parser: ResponseHeadParser
  private var state = State.idle
  private var scan = HeadScan()
  private let head = HeadBytes()
  private var parts = ResponseParts()
  private var isReading = true
  /// Since when nobody uses it.
  private(set) var idleSince = NIODeadline.now()
  private var writeProgress = WriteProgress()
  private var buffer = ByteBuffer()
  private var context: ChannelHandlerContext?
  private var channel: (any Channel)?
  /// Let go with the end of its exchange, or of the connection.
  private var receiver: (any UpstreamReceiver)?
  private let loop: LoopState
  /// Whether an answer has been received on it before: a reused connection may have been closed under our hands.
  private(set) var isReused = false
  /// Whether anything came since the request was sent: then the upstream has seen it, and must not get it twice.
  private var hasAnswerBytes = false
  private var interimCount = 0
  /// Whether all of the request was given to `write`. While it was not, what the next request would send is the rest of this one
  /// to the upstream: requests of other clients would be smuggled into its body.
  private var isRequestWhole = false
  /// Whether what was written last is known to have left this process; if not, the channel is asked.
  private var isFlushed = true
  private var direct = DirectWriter()
  /// A request that leaves with those of other clients, at the end of the loop's round.
  private var held = ByteBuffer()
  /// Whether the connection takes more; told by events.
  private(set) var isWritable = true

  /// Interim answers to one request that are passed on; what comes beyond them is dropped, and gives the upstream no more time.
  private static let maximumInterimAnswers = 32

  init(upstream: Int, loop: LoopState) {
    self.upstream = upstream
    self.loop = loop
    parser = ResponseHeadParser(limits: loop.shared.configuration.limits)
  }

  /// Opens a connection; `body` gets it, or the reason why there is none.
  static func open(_ upstream: Int, loop: LoopState, then body: @escaping (Result<UpstreamConnection, UpstreamFailure>) -> Void) {
    let connection = UpstreamConnection(upstream: upstream, loop: loop)
    let bound = NIOLoopBound(connection, eventLoop: loop.eventLoop)
    let result = NIOLoopBound(body, eventLoop: loop.eventLoop)
    let address = loop.shared.upstreams.all[upstream]
    ClientBootstrap(group: loop.eventLoop)
      .connectTimeout(TimeAmount(loop.shared.configuration.connectTimeout))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      // An upstream that vanished without a word is noticed after two minutes, however long an answer may be silent.
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelOption(.tcpOption(.init(rawValue: TCP_KEEPIDLE)), value: 60)
      .channelOption(.tcpOption(.init(rawValue: TCP_KEEPINTVL)), value: 15)
      .channelOption(.tcpOption(.init(rawValue: TCP_KEEPCNT)), value: 4)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value) }
      }
      .connect(host: address.host, port: address.port)
      .whenComplete { outcome in
        switch outcome {
        case .success: result.value(.success(bound.value))
        case .failure(let error): result.value(.failure(Self.isTimeout(error) ? .timedOut : .unreachable))
        }
      }
  }

  private static func isTimeout(_ error: any Error) -> Bool {
    if case .connectTimeout = error as? ChannelError { return true }
    guard let error = error as? NIOConnectionError, !error.connectionErrors.isEmpty else { return false }
    return error.connectionErrors.allSatisfy {
      if case .connectTimeout = $0.error as? ChannelError { true } else { false }
    }
  }

  var isUsable: Bool {
    if case .idle = state { return channel != nil }
    return false
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    channel = context.channel
  }

  func channelActive(context: ChannelHandlerContext) { direct.open(context) }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  // MARK: Requests

  /// Begins a request. The answer goes to `receiver`.
  ///
  /// - Parameters:
  ///   - bytes: taken, but for their room.
  ///   - isWhole: nothing of the request follows.
  ///   - isHeld: it may leave at the end of the loop's round.
  func send(_ bytes: inout ByteBuffer, toHEAD: Bool, isWhole: Bool, isHeld: Bool, receiver: any UpstreamReceiver) {
    self.receiver = receiver
    state = .head(toHEAD: toHEAD)
    scan = HeadScan()
    hasAnswerBytes = false
    interimCount = 0
    guard isHeld, isWhole, isFlushed, held.readableBytes == 0 else { return write(&bytes, isLast: isWhole) }
    isRequestWhole = true
    swap(&held, &bytes)
    loop.hold(self)
  }

  /// Sends what was held.
  func sendHeld() {
    guard held.readableBytes > 0 else { return }
    var bytes = ByteBuffer()
    swap(&bytes, &held)
    write(&bytes, isLast: isRequestWhole)
    bytes.clear()
    if bytes.capacity <= LoopState.keptBuffer { held = bytes }
  }

  /// - Parameters:
  ///   - bytes: taken, but for their room.
  ///   - isLast: nothing of the request follows; the bytes may be none.
  func write(_ bytes: inout ByteBuffer, isLast: Bool) {
    sendHeld()
    isRequestWhole = isLast
    guard let context, bytes.readableBytes > 0 else { return }
    writeProgress.wrote(bytes.readableBytes)
    if isFlushed, direct.send(&bytes) { return }
    context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    isFlushed = bytes.isOurs
  }

  /// Whether the upstream has taken more of the request since the last call.
  func hasTakenMore() -> Bool { writeProgress.hasMoved(underWay: channel?.bytesUnderWay ?? 0) }

  /// Whether to read what the upstream sends: off while the client is slow.
  func setReading(_ isOn: Bool) {
    guard isOn != isReading, let channel else { return }
    isReading = isOn
    try? channel.syncOptions?.setOption(.autoRead, value: isOn)
  }

  func close() {
    receiver = nil
    state = .closed
    held.clear()
    direct.close()
    channel?.close(promise: nil)
  }

  // MARK: Answers

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    hasAnswerBytes = true
    loop.answerTime = .now()
    buffer.receive(unwrapInboundIn(data))
    process()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    receiver?.upstreamDidPause()
  }

  private func process() {
    while true {
      switch state {
      case .idle:
        // Bytes that nobody asked for: the connection is out of step and must not be used again.
        if buffer.readableBytes > 0 { fail(.broken) }
        return
      case .closed: return
      case .head(let toHEAD):
        switch buffer.withUnsafeReadableBytes({ parser.parse($0, scan: &scan, toHEAD: toHEAD, into: head, &parts) }) {
        case .needsMore: return
        case .broken: return fail(.broken)
        case .head(let consumed):
          buffer.moveReaderIndex(forwardBy: consumed)
          scan = HeadScan()
          if parts.status < 200 {
            // 101 would be a tunnel that nobody asked for.
            if parts.status == 101 { return fail(.broken) }
            interimCount += 1
            // To the one that waits for 100, this proxy has said so itself.
            if parts.status > 101, interimCount <= Self.maximumInterimAnswers { receiver?.upstreamDidInform(head, parts) }
            continue
          }
          begin()
          if case .idle = state { return }
        }
      case .body(let left, let keeps):
        guard buffer.readableBytes > 0 else { return }
        guard let bytes = buffer.readSlice(length: min(left, buffer.readableBytes)) else { return }
        state = .body(left: left - bytes.readableBytes, keeps: keeps)
        if left == bytes.readableBytes { return finish(bytes, keeps: keeps) }
        receiver?.upstreamDidSend(bytes, isLast: false)
      case .chunked(var decoder, let keeps):
        guard buffer.readableBytes > 0 else { return }
        var output: [UInt8] = []
        switch buffer.withUnsafeReadableBytes({ decoder.decode($0, into: &output) }) {
        case .broken: return fail(.broken)
        case .consumed(let count):
          buffer.moveReaderIndex(forwardBy: count)
          state = .chunked(decoder, keeps: keeps)
          if decoder.isDone { return finish(ByteBuffer(bytes: output), keeps: keeps) }
          if !output.isEmpty { receiver?.upstreamDidSend(ByteBuffer(bytes: output), isLast: false) }
        }
      case .untilClose:
        guard buffer.readableBytes > 0, let bytes = buffer.readSlice(length: buffer.readableBytes) else { return }
        receiver?.upstreamDidSend(bytes, isLast: false)
        return
      }
    }
  }

  private func begin() {
    let receiver = self.receiver
    switch parts.framing {
    case .none, .length(0):
      receiver?.upstreamDidAnswer(head, parts)
      if case .closed = state { return }
      finish(ByteBuffer(), keeps: parts.isPersistent)
    case .length(let count):
      state = .body(left: count, keeps: parts.isPersistent)
      receiver?.upstreamDidAnswer(head, parts)
    case .chunked:
      state = .chunked(ChunkedDecoder(), keeps: parts.isPersistent)
      receiver?.upstreamDidAnswer(head, parts)
    case .untilClose:
      state = .untilClose
      receiver?.upstreamDidAnswer(head, parts)
    }
  }

  /// The answer is complete: tell the exchange, then wait for the next one or close.
  private func finish(_ bytes: ByteBuffer, keeps: Bool) {
    let receiver = self.receiver
    self.receiver = nil
    isReused = true
    // An upstream may answer before it has read the request: what of it is still queued here would come before the next one.
    if keeps, isRequestWhole, held.readableBytes == 0, isFlushed || channel?.unsentBytes == 0, buffer.readableBytes == 0 {
      state = .idle
      idleSince = loop.answerTime
      buffer = ByteBuffer()
      setReading(true)
      loop.giveBack(self)
    } else {
      close()
    }
    receiver?.upstreamDidSend(bytes, isLast: true)
  }

  private func fail(_ failure: UpstreamFailure) {
    let receiver = self.receiver
    close()
    loop.forget(self)
    receiver?.upstreamDidFail(failure)
  }

  func channelInactive(context: ChannelHandlerContext) {
    direct.close()
    held.clear()
    switch state {
    case .untilClose:
      loop.answerTime = .now()
      finish(ByteBuffer(), keeps: false)
    case .closed: break
    case .idle:
      state = .closed
      loop.forget(self)
    case .head, .body, .chunked: fail(hasAnswerBytes ? .broken : .closed)
    }
    channel = nil
    isWritable = false
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if case .closed = state { return }
    fail(hasAnswerBytes ? .broken : .closed)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    isWritable = context.channel.isWritable
    receiver?.upstreamWritabilityDidChange(isWritable: isWritable)
  }
}
