import EvidenceModel

/// One kind of evidence about a client.
protocol Signal: SendableMetatype {
  /// The stable name in reports.
  static var name: String { get }
  /// Which class it speaks for.
  static var label: ClientClass { get }
  /// log2 of the likelihood ratio abuse : fan; 0 if it says nothing.
  static func bits(_ state: ClientState) -> Float
  /// The same for a person.
  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String
}

/// All signals: the index.
enum Signals {
  /// What is measured against the crowd.
  static let soft: [any Signal.Type] = [
    EndpointOrderSignal.self, PaceSignal.self, NoveltySignal.self, RepetitionSignal.self, ModeSignal.self, BreadthSignal.self,
  ]
  /// What speaks for itself.
  static let hard: [any Signal.Type] = [
    RuleSignal.self, ScannerSignal.self, ToolSignal.self, ClientErrorSignal.self, LoginFailureSignal.self, MalformedParameterSignal.self,
    EnumerationSignal.self, InheritedSignal.self,
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
      + LoginFailureSignal.bits(state) + MalformedParameterSignal.bits(state) + EnumerationSignal.bits(state) + InheritedSignal.bits(state)
  }

  static func bits(_ state: ClientState) -> Float {
    let sum = max(softBits(state), -maximumCredit) + clockBits(state) + hardBits(state)
    return state.flags.contains(.shared) ? min(sum, Judgement.threshold - 1) : sum
  }

  private static func clockBits(_ state: ClientState) -> Float {
    let sum = ModeSignal.bits(state) + RepetitionSignal.bits(state) + BreadthSignal.bits(state)
    if state.flags.contains(.declared) { return min(sum, 0) }
    return state.flags.contains(.hasKey) ? min(sum * keyedShare, 4) : sum
  }

  static func evidence(_ state: ClientState, _ crowd: CrowdModel) -> [BehaviorSignal] {
    (soft + hard).compactMap { signal in
      let bits = signal.bits(state)
      guard abs(bits) >= 0.05 else { return nil }
      return BehaviorSignal(signal: signal.name, bits: (Double(bits) * 100).rounded() / 100, detail: signal.detail(state, crowd))
    }
    .sorted { ($0.bits, $1.signal) > ($1.bits, $0.signal) }
  }

  /// The class that the strongest signal speaks for.
  static func label(_ state: ClientState) -> ClientClass {
    var best: Float = 0
    var label = ClientClass.undecided
    for signal in soft + hard {
      let bits = signal.bits(state)
      if bits > best {
        best = bits
        label = signal.label
      }
    }
    return label
  }
}

/// A share as a person reads it.
func percent(_ part: Int, of whole: Int) -> String { whole == 0 ? "0 %" : "\((part * 100 + whole / 2) / whole) %" }
