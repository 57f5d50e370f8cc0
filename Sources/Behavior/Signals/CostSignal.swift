/// What its requests cost the origin.
enum CostSignal: Signal {
  static let name = "cost"

  static func bits(_ state: ClientState) -> Float { state.dearness }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    state.dearness < 0
      ? "asks for what costs as much as what others ask for" : "asks for little but what takes the origin long to answer"
  }
}
