/// What follows from the evidence for a request or a client.
public enum VerdictKind: String, Sendable, CaseIterable, Comparable {
  case allow, throttle, challenge, block

  private var rank: Int { Self.allCases.firstIndex(of: self)! }
  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

/// What kind of client the evidence speaks of.
public enum ClientClass: String, Sendable, CaseIterable {
  case fan, partner, crawler, monitor, scraper, enumerator, fuzzer, scanner, attacker
  case credentialStuffer = "credential-stuffer"
  case streamFraud = "stream-fraud"
  case ticketBot = "ticket-bot"
  case flooder, undecided
}

/// The decision on one request: made from evidence here and nowhere else, so that no detector can decide on its own.
public struct Verdict: Sendable, Equatable {
  public let kind: VerdictKind
  /// 0.0 (fan) to 1.0 (certain abuse).
  public let score: Double
  public let label: ClientClass
  /// The status to answer with if the verdict refuses; nil for `allow`.
  public let status: Int?
  /// What the rules asked for, if they did.
  public let intervention: Intervention?

  init(kind: VerdictKind, score: Double, label: ClientClass, status: Int?, intervention: Intervention?) {
    self.kind = kind
    self.score = score
    self.label = label
    self.status = status
    self.intervention = intervention
  }

  /// Turns one request's evidence into the verdict on it.
  ///
  /// - The rules' wish to deny, drop or redirect is a `block`; so are broken framing and a body that could not be read.
  /// - The score joins what the rules added up (`inbound` against `threshold`) with the behavior's bits:
  ///   1 - 2^-(bits), where a total at the threshold counts 4 bits, and one below it less than one bit: what the rules let pass
  ///   alone is no more than doubtful. Negative bits are credit.
  /// - Schema violations that score add to `inbound`. If the sum reaches the threshold, or one of them is to block, the request is
  ///   refused: findings of rules and of the schema that are each too little on their own join.
  /// - Parameter threshold: the inbound anomaly score at which the CRS denies; 5 by default, at least 1.
  public static func of(_ evidence: Evidence, threshold: Int = 5) -> Verdict {
    let schemaPoints = evidence.schema.anomaly
    let share = Double(evidence.anomaly.inbound + schemaPoints) / Double(max(threshold, 1))
    let ruleBits = share < 1 ? share : 4 * share
    let behaviorBits = evidence.behavior.reduce(0) { $0 + $1.bits }
    var score = Score.probability(bits: ruleBits + behaviorBits)
    if let framing = evidence.framing {
      score = max(score, 0.5)
      return Verdict(kind: .block, score: score, label: label(of: evidence), status: framing.status, intervention: nil)
    }
    if let intervention = evidence.intervention {
      score = max(score, Score.probability(bits: 4))
      return Verdict(
        kind: .block, score: score, label: label(of: evidence), status: intervention.status, intervention: intervention)
    }
    if let fault = evidence.body {
      score = max(score, 0.5)
      return Verdict(kind: .block, score: score, label: label(of: evidence), status: fault.status, intervention: nil)
    }
    if evidence.schemaActs, let status = refusal(of: evidence.schema, anomaly: evidence.anomaly.inbound + schemaPoints, threshold) {
      return Verdict(kind: .block, score: max(score, 0.5), label: label(of: evidence), status: status, intervention: nil)
    }
    return Verdict(
      kind: .allow, score: score, label: score < 0.5 ? .undecided : label(of: evidence), status: nil, intervention: nil)
  }

  /// The status with which schema violations refuse; nil if they do not.
  private static func refusal(of violations: [SchemaViolation], anomaly: Int, _ threshold: Int) -> Int? {
    if let blocking = violations.first(where: { $0.reaction == .block }) { return blocking.status }
    let isScored = violations.contains { if case .score = $0.reaction { true } else { false } }
    return isScored && anomaly >= max(threshold, 1) ? 403 : nil
  }

  /// The verdict on a client from its accumulated evidence, for reports.
  ///
  /// The score is the probability of abuse if a client is expected to be an abuser as seldom as `threshold` bits can outweigh: at the
  /// threshold it is 0.7 (throttle), 1.3 bits above it 0.85 (challenge), 3 bits above it 0.95 (block).
  ///
  /// - Parameters:
  ///   - bits: the sum of all evidence on the client.
  ///   - threshold: bits from which a client is flagged.
  ///   - label: what the strongest evidence speaks of.
  public static func ofClient(bits: Double, threshold: Double, label: ClientClass) -> Verdict {
    let score = Score.posterior(bits: bits - threshold + Score.bitsAtThrottle)
    let kind: VerdictKind = bits < threshold ? .allow : score >= 0.95 ? .block : score >= 0.85 ? .challenge : .throttle
    return Verdict(kind: kind, score: score, label: label, status: nil, intervention: nil)
  }

  /// The class that the matched rules' tags speak of.
  private static func label(of evidence: Evidence) -> ClientClass {
    guard !evidence.rules.isEmpty else { return evidence.schema.contains(where: \.weighs) ? .fuzzer : .undecided }
    for match in evidence.rules {
      for tag in match.tags where tag.elementsEqual("attack-reputation-scanner".utf8) { return .scanner }
    }
    return .attacker
  }
}

/// How bits of evidence become a score between 0 and 1.
public enum Score {
  /// 0 for no evidence or credit, then 1 - 2^-bits: 1 bit 0.5, 4 bits 0.9375, 10 bits 0.999.
  public static func probability(bits: Double) -> Double {
    guard bits > 0 else { return 0 }
    return 1 - exponential2(-bits)
  }

  /// log2(0.7 / 0.3), a little more so that the score at the threshold does not round below 0.7.
  static let bitsAtThrottle = 1.222_393

  /// The probability whose odds are 2^bits.
  public static func posterior(bits: Double) -> Double {
    let small = exponential2(-abs(bits))
    return bits > 0 ? 1 / (1 + small) : small / (1 + small)
  }

  /// 2 to the power of `x` for x in -64...0, by repeated square roots of two; exact to 1e-12. Keeps the core free of Foundation.
  private static func exponential2(_ x: Double) -> Double {
    let clamped = Swift.max(x, -64)
    let whole = clamped.rounded(.towardZero)
    var result = Double(sign: .plus, exponent: Int(whole), significand: 1)
    var fraction = whole - clamped
    var factor = 0.5
    for _ in 0..<40 {
      factor = factor.squareRoot()
      fraction *= 2
      if fraction >= 1 {
        result *= factor
        fraction -= 1
      }
    }
    return result
  }
}
