import EvidenceModel

/// Requests that the rules would refuse. One may be a mistake of a rule; several are an attack.
enum RuleSignal: Signal {
  static let name = "rules"
  static let label = ClientClass.attacker

  static func evidence(in history: ClientHistory) -> BehaviorSignal? {
    guard history.refusedByRules > 0 else { return nil }
    // 3 bits for the first, one more for each doubling, and one for each further ten points of the worst score, up to 12 in all.
    var bits = 3.0
    var count = history.refusedByRules
    while count > 1 {
      bits += 1
      count /= 2
    }
    bits = min(12, bits + Double(max(history.worstAnomaly - 5, 0)) / 10)
    return BehaviorSignal(
      signal: name, bits: bits,
      detail: "the rules would refuse \(history.refusedByRules) of \(history.requests) requests; the worst scored \(history.worstAnomaly)")
  }
}
