/// Its address stands in a data center.
enum HostingSignal: Signal {
  static let name = "hosting-network"

  static func bits(_ state: ClientState) -> Float {
    state.flags.contains(.hosting) && state.flags.isDisjoint(with: .machine) ? 1.5 : 0
  }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    "says it is a person's program, and comes from a network in which servers stand"
  }
}
