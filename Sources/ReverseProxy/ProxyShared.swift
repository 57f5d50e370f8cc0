import Detection
import Synchronization
import Telemetry

/// What all connections share. Safe from any thread.
final class ProxyShared: Sendable {
  let configuration: ProxyConfiguration
  let metrics: Metrics
  let upstreams: UpstreamSet
  /// By what name this process stands in `Via`; different for each, or a chain of two would look like a loop.
  let pseudonym = "ropeline-" + String(UInt64.random(in: 0x1000_0000_0000...0xFFFF_FFFF_FFFF), radix: 16)
  let held: HeldBytes
  let maximumConnections: Int
  let isDraining = Atomic<Bool>(false)
  private let current: Mutex<Inspector>

  init(configuration: ProxyConfiguration, inspector: Inspector) {
    self.configuration = configuration
    metrics = Metrics(version: configuration.version)
    upstreams = UpstreamSet(configuration.upstreams)
    maximumConnections = min(configuration.maximumConnections, FileLimit.connections)
    held = HeldBytes(maximum: configuration.maximumHeldBytes)
    current = Mutex(inspector)
  }

  /// The generation of rules for new requests; those in flight end with theirs.
  var inspector: Inspector { current.withLock { $0 } }

  func replace(_ inspector: Inspector) { current.withLock { $0 = inspector } }
}
