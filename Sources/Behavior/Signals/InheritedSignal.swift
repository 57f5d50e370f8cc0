/// What others behind the same address, or of the same campaign, did.
enum InheritedSignal: Signal {
  static let name = "shared-guilt"

  static func bits(_ state: ClientState) -> Float { Float(state.inherited) / 10 }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    "comes from where, or acts as, clients that were found out"
  }
}
