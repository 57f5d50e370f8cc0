/// Requests that the rules would refuse: one may be a title that looks like an attack, different ones are an attack.
enum RuleSignal: Signal {
  static let name = "rules"

  static func bits(_ state: ClientState) -> Float { state.rules }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    "the rules would refuse requests of it; \(state.ruleSet.nonzeroBitCount) or more different rules matched"
  }
}
