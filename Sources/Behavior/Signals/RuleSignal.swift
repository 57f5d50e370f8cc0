import EvidenceModel

/// Requests that the rules would refuse. One may be a mistake of a rule; several are an attack.
enum RuleSignal: Signal {
  static let name = "rules"
  static let label = ClientClass.attacker

  static func evidence(in history: ClientHistory) -> BehaviorSignal? {
    guard history.refusedByRules > 0 else { return nil }
    // A score of 5 is one rule, which may be mistaken: 1.5 bits, and half a bit for each doubling, up to 4. From 10 on several rules
    // agree: 4 bits, and one for each doubling, up to 12.
    let isOneRule = history.worstAnomaly < 10
    var bits = isOneRule ? 1.5 : 4 + min(Double(history.worstAnomaly - 10) / 10, 3)
    var count = history.refusedByRules
    while count > 1 {
      bits += isOneRule ? 0.5 : 1
      count /= 2
    }
    bits = min(bits, isOneRule ? 4 : 12)
    return BehaviorSignal(
      signal: name, bits: bits,
      detail: "the rules would refuse \(history.refusedByRules) of \(history.requests) requests; the worst scored \(history.worstAnomaly)")
  }
}
