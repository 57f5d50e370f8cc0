/// It names itself a crawler whose operator publishes its addresses, and comes from another.
enum ImpostorSignal: Signal {
  static let name = "false-crawler"

  static func bits(_ state: ClientState) -> Float { state.flags.contains(.impostor) ? 6 : 0 }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    "says it is a crawler whose operator publishes its addresses, and comes from none of them"
  }
}
