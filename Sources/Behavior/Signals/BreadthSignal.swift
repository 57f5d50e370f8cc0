/// How few different things a client does, against the crowd after as many requests.
enum BreadthSignal: Signal {
  static let name = "breadth"

  static func bits(_ state: ClientState) -> Float { state.breadth }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    "\(state.transitions.nonzeroBitCount) different steps in \(state.requests) requests, which is fewer than people take"
  }
}
