import EvidenceModel

/// One kind of evidence about a client.
protocol Signal: SendableMetatype {
  /// The stable name in reports.
  static var name: String { get }
  /// log2 of the likelihood ratio abuse : fan; 0 if it says nothing.
  static func bits(_ state: ClientState) -> Float
  /// The same for a person.
  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String
}

/// All signals: the index.
enum Signals {
  /// What is measured against the crowd.
  static let soft: [any Signal.Type] = [EndpointOrderSignal.self, PaceSignal.self, NoveltySignal.self]
  /// The same, each for itself: credit for one thing does not pay for another.
  static let habits: [any Signal.Type] = [
    RepetitionSignal.self, ModeSignal.self, BreadthSignal.self, RetrySignal.self, MissingSignal.self, CostSignal.self,
  ]
  /// What speaks for itself.
  static let hard: [any Signal.Type] = [
    RuleSignal.self, ScannerSignal.self, ToolSignal.self, ClientErrorSignal.self, LoginFailureSignal.self, MalformedParameterSignal.self,
    SchemaSignal.self, EnumerationSignal.self, ProtocolSignal.self, StackSignal.self, HostingSignal.self, ImpostorSignal.self,
    MintingSignal.self, InheritedSignal.self,
  ]
  /// Honest behavior pays for so many bits of what speaks for itself.
  private static let maximumCredit: Float = 3
  /// A partner's key vouches for order and pace: of those so much is counted.
  private static let keyedShare: Float = 0.25

  static func softBits(_ state: ClientState) -> Float {
    let sum = state.calibrated
    if state.flags.contains(.declared) { return min(sum, 0) }
    if state.flags.contains(.hasKey) { return min(sum * keyedShare, 4) }
    return sum
  }

  static func hardBits(_ state: ClientState) -> Float {
    RuleSignal.bits(state) + ScannerSignal.bits(state) + ToolSignal.bits(state) + ClientErrorSignal.bits(state)
      + LoginFailureSignal.bits(state) + MalformedParameterSignal.bits(state) + SchemaSignal.bits(state) + EnumerationSignal.bits(state)
      + ProtocolSignal.bits(state) + StackSignal.bits(state) + HostingSignal.bits(state) + ImpostorSignal.bits(state)
      + MintingSignal.bits(state) + InheritedSignal.bits(state)
  }

  /// What honest behavior pays with; 0 or less.
  static func credit(_ state: ClientState) -> Float { max(min(0, softBits(state)), -maximumCredit) + min(0, clockBits(state)) }

  static func bits(_ state: ClientState) -> Float { max(softBits(state), -maximumCredit) + clockBits(state) + hardBits(state) }

  private static func measuredHabits(_ state: ClientState) -> Float {
    ModeSignal.bits(state) + RepetitionSignal.bits(state) + BreadthSignal.bits(state) + RetrySignal.bits(state)
      + MissingSignal.bits(state) + CostSignal.bits(state)
  }

  private static func clockBits(_ state: ClientState) -> Float {
    let sum = measuredHabits(state)
    if state.flags.contains(.declared) { return min(sum, 0) }
    return state.flags.contains(.hasKey) ? min(sum * keyedShare, 4) : sum
  }

  /// The evidence in bits that add up to `bits`, and in words; the strongest first.
  static func evidence(_ state: ClientState, _ crowd: CrowdModel) -> [BehaviorSignal] {
    // What was measured against the crowd is told as what it came to after calibration.
    let measured = state.order + state.timing + state.novelty
    let counted = max(softBits(state), -maximumCredit)
    let softScale = measured == 0 ? 0 : counted / measured
    let clock = measuredHabits(state)
    let clockScale = clock == 0 ? 0 : clockBits(state) / clock
    func told(_ signals: [any Signal.Type], _ scale: Float) -> [BehaviorSignal] {
      signals.compactMap { signal in
        let bits = signal.bits(state) * scale
        guard abs(bits) >= 0.05 else { return nil }
        return BehaviorSignal(signal: signal.name, bits: (Double(bits) * 100).rounded() / 100, detail: signal.detail(state, crowd))
      }
    }
    return (told(soft, softScale) + told(habits, clockScale) + told(hard, 1)).sorted { ($0.bits, $1.signal) > ($1.bits, $0.signal) }
  }
}

/// A share as a person reads it.
func percent(_ part: Int, of whole: Int) -> String { whole == 0 ? "0 %" : "\((part * 100 + whole / 2) / whole) %" }
