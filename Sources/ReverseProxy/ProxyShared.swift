import Detection
import NIOCore
import Synchronization
import Telemetry

/// What all connections share. Safe from any thread.
final class ProxyShared: Sendable {
  let configuration: ProxyConfiguration
  let metrics: Metrics
  let isDraining = Atomic<Bool>(false)
  private let current: Mutex<Inspector>
  private let nextUpstream = Atomic<Int>(0)

  init(configuration: ProxyConfiguration, inspector: Inspector) {
    self.configuration = configuration
    metrics = Metrics(version: configuration.version)
    current = Mutex(inspector)
  }

  /// The generation of rules for new requests; those in flight end with theirs.
  var inspector: Inspector { current.withLock { $0 } }

  func replace(_ inspector: Inspector) { current.withLock { $0 = inspector } }

  /// The next upstream in turn.
  func chooseUpstream() -> Upstream {
    let upstreams = configuration.upstreams
    let index = nextUpstream.wrappingAdd(1, ordering: .relaxed).oldValue
    return upstreams[Int(UInt(bitPattern: index) % UInt(upstreams.count))]
  }
}

/// What the connections of one event loop share: match data, idle upstream connections, and who is connected.
///
/// `@unchecked Sendable`: made for one loop and touched on that loop only.
final class LoopState: @unchecked Sendable {
  let eventLoop: any EventLoop
  let shared: ProxyShared
  private var generation: Inspector
  private var scratchOfGeneration: InspectionScratch
  private var idle: [Int: [UpstreamConnection]] = [:]
  private var clients: [ObjectIdentifier: ClientHandler] = [:]

  /// Idle connections that are kept to one upstream.
  private static let maximumIdle = 64

  init(eventLoop: any EventLoop, shared: ProxyShared) {
    self.eventLoop = eventLoop
    self.shared = shared
    generation = shared.inspector
    scratchOfGeneration = generation.makeScratch()
  }

  /// The rules of now with working memory that fits them.
  func inspection() -> (Inspector, InspectionScratch) {
    let inspector = shared.inspector
    if inspector !== generation {
      generation = inspector
      scratchOfGeneration = inspector.makeScratch()
    }
    return (inspector, scratchOfGeneration)
  }

  func connected(_ client: ClientHandler) { clients[ObjectIdentifier(client)] = client }
  func disconnected(_ client: ClientHandler) { clients[ObjectIdentifier(client)] = nil }
  var clientCount: Int { clients.count }

  /// Closes connections without a request; the others close after their answer.
  func drain() {
    for client in clients.values { client.drain() }
  }

  func closeAll() {
    for client in clients.values { client.closeNow() }
    for connections in idle.values { for connection in connections { connection.close() } }
    idle.removeAll()
  }

  private func key(_ upstream: Upstream) -> Int { shared.configuration.upstreams.firstIndex(of: upstream) ?? 0 }

  /// A connection that waits, if there is one. The newest first: it is the least likely to have been closed meanwhile.
  func takeIdle(_ upstream: Upstream) -> UpstreamConnection? {
    while let connection = idle[key(upstream)]?.popLast() {
      if connection.isUsable { return connection }
    }
    return nil
  }

  func giveBack(_ connection: UpstreamConnection) {
    guard connection.isUsable, !shared.isDraining.load(ordering: .relaxed),
      idle[key(connection.upstream), default: []].count < Self.maximumIdle
    else { return connection.close() }
    idle[key(connection.upstream), default: []].append(connection)
  }

  func forget(_ connection: UpstreamConnection) {
    idle[key(connection.upstream)]?.removeAll { $0 === connection }
  }
}
