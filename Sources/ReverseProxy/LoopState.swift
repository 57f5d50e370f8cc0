import Detection
import HTTPModel
import HTTPWire
import NIOCore
import Telemetry

/// One generation of rules, and an event loop's working memory for it.
final class LoopRules {
  let inspector: Inspector
  let scratch: InspectionScratch
  /// Whether limits of bodies refuse; under a brake they only mark.
  let isEnforcing: Bool

  init(_ inspector: Inspector) {
    self.inspector = inspector
    scratch = inspector.makeScratch()
    isEnforcing = inspector.configuration.mode == .block && inspector.settings.mode == .on
  }
}

/// Limits of time as timers want them.
struct TimeLimits {
  let idle, head, body, upstream, write, linger, lingerTotal: TimeAmount

  init(_ configuration: ProxyConfiguration) {
    idle = TimeAmount(configuration.idleTimeout)
    head = TimeAmount(configuration.headTimeout)
    body = TimeAmount(configuration.bodyTimeout)
    upstream = TimeAmount(configuration.upstreamTimeout)
    write = TimeAmount(configuration.writeTimeout)
    linger = TimeAmount(configuration.lingerTimeout)
    lingerTotal = TimeAmount(configuration.lingerTotal)
  }
}

/// What the connections of one event loop share: match data, idle upstream connections, and who is connected.
///
/// `@unchecked Sendable`: made for one loop and touched on that loop only.
final class LoopState: @unchecked Sendable {
  let eventLoop: any EventLoop
  let shared: ProxyShared
  /// The rules of now, with working memory that fits them.
  private(set) var rules: LoopRules
  private var generation = 0
  /// Whether no request without a body can be of interest to rules or logs.
  private var isLean = false
  /// Up to how many bytes of a body are of no interest either.
  private var leanBodyLimit = 0
  let metrics: MetricsShard
  let limits: BodyLimits
  let times: TimeLimits
  /// When an upstream's connection was last read from: the clock is asked once for all that follows from it.
  var answerTime = NIODeadline.now()
  var names = RequestNames()
  private var date: (second: Int64, text: [UInt8]) = (-1, [])
  private var spareBuffer = ByteBuffer()
  private var idle: [[UpstreamConnection]]
  private var holding: [UpstreamConnection] = []
  var retries = RetryBudget()
  private var isSweeping = false
  /// That a connection may be idle.
  private let oldest: TimeAmount
  private var nextEviction = NIODeadline.now()
  private var clients: [ObjectIdentifier: ClientHandler] = [:]

  /// Idle connections that are kept to one upstream.
  private static let maximumIdle = 64

  init(eventLoop: any EventLoop, shared: ProxyShared) {
    self.eventLoop = eventLoop
    self.shared = shared
    let inspector: Inspector
    (inspector, generation) = shared.rules
    rules = LoopRules(inspector)
    metrics = shared.metrics.makeShard()
    let configuration = shared.configuration
    limits = BodyLimits(
      grace: configuration.bodyGrace, minimumRate: configuration.minimumBodyRate, isStrict: configuration.isStrict)
    times = TimeLimits(configuration)
    oldest = TimeAmount(configuration.upstreamIdleTimeout)
    idle = Array(repeating: [], count: shared.upstreams.all.count)
    findLean()
  }

  private func findLean() {
    let inspector = rules.inspector
    isLean = inspector.isSilent && inspector.configuration.schema == nil && !shared.wantsRecords
    // Where bodies can be refused for what they are, they are read; where nobody wants to see them, they stream.
    let settings = inspector.settings
    leanBodyLimit =
      rules.isEnforcing || !settings.isRequestBodyAccessed ? 0 : min(settings.requestBodyLimit, settings.requestBodyNoFilesLimit)
  }

  /// Whether there is nothing that rules could say about a request, and nobody who wants to know.
  func isLean(_ parts: RequestParts) -> Bool {
    guard isLean, parts.fault == nil, parts.ambiguity == nil else { return false }
    switch parts.framing {
    case .none: return true
    case .length(let count): return count <= leanBodyLimit
    case .chunked, .untilClose: return false
    }
  }

  /// Takes new rules if there are any; before each request.
  @inline(__always)
  func takeNewRules() {
    if shared.generation.load(ordering: .acquiring) != generation { replaceRules() }
  }

  private func replaceRules() {
    let inspector: Inspector
    (inspector, generation) = shared.rules
    rules = LoopRules(inspector)
    findLean()
  }

  /// The time for `Date`, made once a second.
  func dateText(at time: Timestamp) -> [UInt8] {
    let second = time.microseconds / 1_000_000
    if second != date.second { date = (second, Array(TimestampText.http(time).utf8)) }
    return date.text
  }

  /// An empty buffer, whose room has mostly been used before: what is written leaves this process at once, as a rule.
  @inline(__always)
  func takeBuffer() -> ByteBuffer {
    var buffer = ByteBuffer()
    swap(&buffer, &spareBuffer)
    buffer.clear()
    return buffer
  }

  /// - Parameter buffer: written; whoever still has its bytes keeps them.
  @inline(__always)
  func giveBack(_ buffer: consuming ByteBuffer) {
    if buffer.capacity <= Self.keptBuffer { spareBuffer = buffer }
  }

  static let keptBuffer = 64 * 1024

  // MARK: Requests that leave together

  /// Sends a connection's request at the end of this round of events, with the others'.
  ///
  /// Between two requests that are sent at once, the rules take long enough for the upstream to fall asleep; to wake it again for each
  /// costs the sender as much as sending.
  func hold(_ connection: UpstreamConnection) {
    holding.append(connection)
    if holding.count >= Self.maximumHolding { return sendHeld() }
    if holding.count == 1 { eventLoop.assumeIsolated().execute { [weak self] in self?.sendHeld() } }
  }

  /// Sends what is held now: before something that may take long.
  func sendHeld() {
    guard !holding.isEmpty else { return }
    var connections: [UpstreamConnection] = []
    swap(&connections, &holding)
    for connection in connections { connection.sendHeld() }
    connections.removeAll(keepingCapacity: true)
    if holding.isEmpty { holding = connections }
  }

  private static let maximumHolding = 8

  func connected(_ client: ClientHandler) { clients[ObjectIdentifier(client)] = client }
  func disconnected(_ client: ClientHandler) { clients[ObjectIdentifier(client)] = nil }
  var clientCount: Int { clients.count }

  /// Closes those of the loop's connections that have been idle for longest; false if there is none, or if this was done just now:
  /// it looks at all of them, and a crowd at the door must not have that done for each of its members.
  func evictIdle() -> Bool {
    let now = NIODeadline.now()
    guard now >= nextEviction else { return false }
    nextEviction = now + .milliseconds(20)
    let victims = clients.values.filter(\.isIdle).sorted { $0.idleSince < $1.idleSince }.prefix(Self.evictedAtOnce)
    for victim in victims { victim.closeAfterFlush() }
    return !victims.isEmpty
  }

  private static let evictedAtOnce = 16

  /// Closes idle connections; the others close after their answer.
  func drain() {
    for client in clients.values { client.drain() }
  }

  func closeAll() {
    for client in clients.values { client.closeNow() }
    for connections in idle { for connection in connections { connection.close() } }
    for index in idle.indices { idle[index].removeAll() }
  }

  /// A connection that waits, if there is one. The newest first: it is the least likely to have been closed meanwhile.
  func takeIdle(_ upstream: Int, at now: NIODeadline) -> UpstreamConnection? {
    while let connection = idle[upstream].popLast() {
      guard connection.isUsable else { continue }
      if now - connection.idleSince <= oldest { return connection }
      connection.close()
    }
    return nil
  }

  /// Closes what has been idle for too long, now and then while there is anything idle.
  private func sweepLater() {
    guard !isSweeping else { return }
    isSweeping = true
    eventLoop.assumeIsolated().scheduleTask(in: oldest) { [weak self] in
      guard let self else { return }
      isSweeping = false
      let now = NIODeadline.now()
      for upstream in idle.indices {
        for connection in idle[upstream] where now - connection.idleSince > oldest { connection.close() }
        idle[upstream].removeAll { !$0.isUsable }
      }
      if idle.contains(where: { !$0.isEmpty }) { sweepLater() }
    }
  }

  func giveBack(_ connection: UpstreamConnection) {
    guard connection.isUsable, !shared.isDraining.load(ordering: .relaxed), idle[connection.upstream].count < Self.maximumIdle
    else { return connection.close() }
    idle[connection.upstream].append(connection)
    sweepLater()
  }

  func forget(_ connection: UpstreamConnection) {
    idle[connection.upstream].removeAll { $0 === connection }
  }
}
