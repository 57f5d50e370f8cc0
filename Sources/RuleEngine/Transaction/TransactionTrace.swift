import EvidenceModel
import SecLang

/// The steps of a transaction that `explain` shows. Filled only if a transaction is given one; not for the hot path.
public final class TransactionTrace {
  public enum Step {
    /// A value on which a rule's operator matched (which need not make the chain match).
    case value(rule: Int, target: [UInt8], original: [UInt8], transformations: [TransformationName], value: [UInt8])
    /// A chain matched; the totals right after its actions.
    case chain(RuleMatch, AnomalyScore)
    /// A rule that PCRE2 could not decide within its limits.
    case limit(rule: Int, target: [UInt8])
  }

  public private(set) var steps: [Step] = []
  /// Steps beyond this are counted and not kept.
  public static let maximumSteps = 20_000
  public private(set) var droppedSteps = 0

  public init() {}

  func valueMatched(
    rule: Int, target: [UInt8], original: [UInt8], transformations: [TransformationName], value: [UInt8]
  ) {
    add(.value(rule: rule, target: target, original: original, transformations: transformations, value: value))
  }

  func chainMatched(_ match: RuleMatch, anomaly: AnomalyScore) { add(.chain(match, anomaly)) }

  func limitReached(rule: Int, target: [UInt8]) { add(.limit(rule: rule, target: target)) }

  private func add(_ step: Step) {
    if steps.count < Self.maximumSteps { steps.append(step) } else { droppedSteps += 1 }
  }
}
