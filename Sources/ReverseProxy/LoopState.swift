import Detection
import NIOCore

/// What the connections of one event loop share: match data, idle upstream connections, and who is connected.
///
/// `@unchecked Sendable`: made for one loop and touched on that loop only.
final class LoopState: @unchecked Sendable {
  let eventLoop: any EventLoop
  let shared: ProxyShared
  private var generation: Inspector
  private var scratchOfGeneration: InspectionScratch
  private var idle: [[UpstreamConnection]]
  var retries = RetryBudget()
  private var isSweeping = false
  private var clients: [ObjectIdentifier: ClientHandler] = [:]

  /// Idle connections that are kept to one upstream.
  private static let maximumIdle = 64

  init(eventLoop: any EventLoop, shared: ProxyShared) {
    self.eventLoop = eventLoop
    self.shared = shared
    generation = shared.inspector
    scratchOfGeneration = generation.makeScratch()
    idle = Array(repeating: [], count: shared.upstreams.all.count)
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
  func takeIdle(_ upstream: Int) -> UpstreamConnection? {
    while let connection = idle[upstream].popLast() {
      guard connection.isUsable else { continue }
      if !isTooOld(connection) { return connection }
      connection.close()
    }
    return nil
  }

  private var isTooOld: (UpstreamConnection) -> Bool {
    let oldest = NIODeadline.now() - TimeAmount(shared.configuration.upstreamIdleTimeout)
    return { $0.idleSince < oldest }
  }

  /// Closes what has been idle for too long, now and then while there is anything idle.
  private func sweepLater() {
    guard !isSweeping else { return }
    isSweeping = true
    let limit = TimeAmount(shared.configuration.upstreamIdleTimeout)
    eventLoop.assumeIsolated().scheduleTask(in: limit) { [weak self] in
      guard let self else { return }
      isSweeping = false
      let isTooOld = isTooOld
      for upstream in idle.indices {
        for connection in idle[upstream] where isTooOld(connection) { connection.close() }
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
