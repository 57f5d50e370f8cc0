import EvidenceModel
import HTTPModel
import Synchronization

/// What a client has come to, with the evidence for it.
public struct ClientStanding: Sendable {
  public var verdict: Verdict
  /// The strongest first; empty if there is next to nothing to say.
  public var evidence: [BehaviorSignal]
  /// Whether so many others stand behind the same address and user agent that the verdict must not be carried out.
  public var isShared: Bool
  /// The client's own number of requests so far.
  public var requests: Int
  /// People whom carrying it out would hit besides.
  public var collateral: Int

  public init(verdict: Verdict, evidence: [BehaviorSignal], isShared: Bool, requests: Int, collateral: Int = 0) {
    self.collateral = collateral
    self.verdict = verdict
    self.evidence = evidence
    self.isShared = isShared
    self.requests = requests
  }
}

/// One `BehaviorEngine` for all threads of a proxy: what a client does on one connection counts on the next.
///
/// A lock around each question; a question takes about a microsecond.
public final class BehaviorMonitor: Sendable {
  private let engine: Mutex<BehaviorEngine>
  /// Below so many bits nobody asks why.
  private static let worthTelling: Float = 3

  public init(_ configuration: BehaviorConfiguration) { engine = Mutex(BehaviorEngine(configuration)) }

  /// What was learned, to be restored after a restart. The lock is held meanwhile: about 0.2 s for a million clients.
  public func snapshot() -> [UInt8] { engine.withLock { $0.snapshot() } }

  /// - Throws: `SnapshotError`; then nothing has changed.
  public func restore(_ bytes: [UInt8], _ configuration: BehaviorConfiguration) throws(SnapshotError) {
    try engine.withLock { engine throws(SnapshotError) in engine = try BehaviorEngine(configuration, restoring: bytes) }
  }

  /// What is known of a client before its next request; nil for one that was never seen. Changes nothing.
  public func standing(of identity: ClientIdentity, userAgent: [UInt8], hasSession: Bool, hasKey: Bool, at time: Timestamp)
    -> ClientStanding?
  {
    engine.withLock { engine in
      guard let state = engine.state(of: identity, at: time) else { return nil }
      return Self.standing(engine, state, identity, userAgent: userAgent, isNarrow: hasSession || hasKey, hasKey: hasKey)
    }
  }

  /// Takes an answered request into account.
  ///
  /// - Parameter issued: the identity that its answer gave out with a session, if it did.
  public func observe(_ event: ClientEvent, of identity: ClientIdentity, issuing issued: ClientIdentity? = nil) -> ClientStanding {
    engine.withLock { engine in
      if let issued { engine.issue(issued) }
      let state = engine.observe(event, of: identity)
      return Self.standing(
        engine, state, identity, userAgent: event.userAgent, isNarrow: event.hasSession || event.hasKey, hasKey: event.hasKey)
    }
  }

  private static func standing(
    _ engine: BehaviorEngine, _ state: ClientState, _ identity: ClientIdentity, userAgent: [UInt8], isNarrow: Bool, hasKey: Bool
  ) -> ClientStanding {
    let verdict = engine.judgement(state, declared: DeclaredClient.label(userAgent), hasKey: hasKey)
    return ClientStanding(
      verdict: verdict, evidence: engine.bits(state) >= worthTelling ? engine.evidence(state) : [],
      isShared: !isNarrow && engine.isShared(state, identity), requests: Int(state.requests),
      collateral: engine.collateral(identity, hasSession: isNarrow))
  }
}
