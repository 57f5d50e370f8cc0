import Detection
import Synchronization
import Telemetry

/// What all connections share. Safe from any thread.
final class ProxyShared: Sendable {
  let configuration: ProxyConfiguration
  let metrics: Metrics
  let upstreams: UpstreamSet
  /// By what name this process stands in `Via`; different for each, or a chain of two would look like a loop.
  let pseudonym = Array("ropeline-\(String(UInt64.random(in: 0x1000_0000_0000...0xFFFF_FFFF_FFFF), radix: 16))".utf8)
  let held: HeldBytes
  let maximumConnections: Int
  let connectionCounts: ConnectionCounts
  let isDraining = Atomic<Bool>(false)
  /// Whether there is anybody whom each exchange is told of.
  let wantsRecords: Bool
  /// Whether behavior is looked at: not where nobody would hear of it.
  let watchesBehavior: Bool
  /// Counts up with each new set of rules.
  let generation = Atomic<Int>(0)
  private let current: Mutex<Inspector>

  init(configuration: ProxyConfiguration, inspector: Inspector) {
    self.configuration = configuration
    metrics = Metrics(version: configuration.version)
    upstreams = UpstreamSet(configuration.upstreams)
    maximumConnections = min(configuration.maximumConnections, FileLimit.connections)
    connectionCounts = ConnectionCounts(maximum: configuration.maximumConnectionsPerClient)
    held = HeldBytes(maximum: configuration.maximumHeldBytes)
    let isEnforced = configuration.behaviorEnforcement != .off
    wantsRecords = configuration.audit != nil || configuration.access != nil || configuration.onExchange != nil || isEnforced
    watchesBehavior = wantsRecords && configuration.behavior != nil
    current = Mutex(inspector)
  }

  /// The generation of rules for new requests; those in flight end with theirs.
  var rules: (inspector: Inspector, generation: Int) {
    current.withLock { ($0, generation.load(ordering: .relaxed)) }
  }

  func replace(_ inspector: Inspector) {
    current.withLock {
      $0 = inspector
      generation.add(1, ordering: .releasing)
    }
  }
}
