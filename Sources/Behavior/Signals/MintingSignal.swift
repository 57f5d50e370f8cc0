/// Identities that its source makes and leaves.
enum MintingSignal: Signal {
  static let name = "minting"

  static func bits(_ state: ClientState) -> Float { state.minting }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    "its address and user agent show ever new sessions, most of which are never used again"
  }
}
