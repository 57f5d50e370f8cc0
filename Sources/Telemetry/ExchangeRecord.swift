import Behavior
import Detection
import EvidenceModel
import HTTPModel
import SecLang

/// Everything that is written down of one exchange; made once, when the answer is known.
public struct ExchangeRecord: Sendable {
  public var request: Request
  /// The session identity, if the request carried one.
  public var sessionID: [UInt8]?
  public var apiKey: [UInt8]?
  /// The session that the answer gave out.
  public var issuedSession: [UInt8]?
  /// A short hash of the header names in their order, and the JA4 fingerprint of the TLS handshake, which whoever ends TLS knows.
  public var headerOrder: [UInt8]?
  public var fingerprint: [UInt8]?
  public var status: Int
  public var outcome: InspectionOutcome
  /// What the client has come to with this request; nil if behavior is not looked at.
  public var standing: ClientStanding?
  /// Whether the client's behavior was the reason to refuse it.
  public var isRefusedForBehavior = false
  /// Bytes of the answer's body and of the whole answer.
  public var bodyBytesSent = 0
  public var bytesSent = 0
  public var requestBytes = 0
  /// Microseconds.
  public var queueTime = 0
  public var inspectionTime = 0
  /// The same by phase; -1 for a phase that did not run. Index 0 is unused.
  public var phaseTimes = SIMD8<Int32>(repeating: -1)
  /// Whether the answer was one of our own: a refusal, or an error of the way.
  public var isOwnAnswer = false
  /// Who broke the answer off, if somebody did.
  public var brokenOffBy: Party?
  public var upstreamTime: Int?
  public var totalTime = 0

  /// Those who can end an answer that is under way, whose status has gone out already.
  public enum Party: String, Sendable { case client, upstream }

  public init(request: Request, status: Int, outcome: InspectionOutcome) {
    self.request = request
    self.status = status
    self.outcome = outcome
  }
}

extension ExchangeRecord {
  /// What was done.
  public var verdict: VerdictKind { isRefusedForBehavior ? .block : outcome.verdict.kind }

  /// What a brake held back: that of the rules, or that nobody asked for verdicts on behavior to be carried out.
  public var would: VerdictKind? {
    if isRefusedForBehavior { return outcome.would }
    guard let standing, !standing.isShared, standing.verdict.kind > max(outcome.would ?? .allow, outcome.verdict.kind) else {
      return outcome.would
    }
    return standing.verdict.kind
  }

  /// 0.0 to 1.0: the worse of what the request and what the client's behavior comes to.
  public var score: Double { max(outcome.verdict.score, standing?.verdict.score ?? 0) }

  public var label: ClientClass {
    guard let standing else { return outcome.verdict.label }
    if standing.verdict.kind > .allow { return standing.verdict.label }
    // A request that is refused is not what fans send, whatever the client did before.
    let isRefused = max(outcome.verdict.kind, outcome.would ?? .allow) > .allow
    return outcome.verdict.label == .undecided && !isRefused ? standing.verdict.label : outcome.verdict.label
  }
}

/// Which exchanges get an audit record.
public enum AuditSelection: String, Sendable, CaseIterable {
  /// Those with a match, a refusal, or a 5xx of ours.
  case relevant
  case all
  case off

  /// What `SecAuditEngine` asks for; `relevant` if no file says anything.
  public init(_ mode: AuditMode?) {
    switch mode {
    case .on: self = .all
    case .off: self = .off
    case .relevantOnly, nil: self = .relevant
    }
  }

  public func selects(_ record: ExchangeRecord) -> Bool {
    switch self {
    case .all: true
    case .off: false
    case .relevant:
      record.isOwnAnswer || record.outcome.isAuditRelevant || record.would != nil
        || record.outcome.evidence.rules.contains(where: \.isLogged)
    }
  }
}
