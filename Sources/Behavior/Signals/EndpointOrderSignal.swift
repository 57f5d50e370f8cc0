/// The order in which things are asked for, against what the crowd asks for next.
enum EndpointOrderSignal: Signal {
  static let name = "endpoint-order"

  static func bits(_ state: ClientState) -> Float { state.order }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    if state.order < 0 { return "asks for one thing after the other as the crowd does" }
    let share = min(1, crowd.share(from: Int(state.oddFrom), to: Int(state.oddTo)))
    return
      "an order that the crowd does not follow; oddest: \(crowd.name(Int(state.oddTo))) after \(crowd.name(Int(state.oddFrom))), which \(Int((share * 1000).rounded())) in 1000 clients do"
  }
}
