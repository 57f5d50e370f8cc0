/// Whether it keeps to the protocols that the application's own clients follow.
enum ProtocolSignal: Signal {
  static let name = "protocol"

  static func bits(_ state: ClientState) -> Float { state.protocolBits }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    state.protocolBits < 0
      ? "keeps to the protocol \(crowd.protocols.name(state.protocolPlace)) as others do"
      : "does not keep to the protocol \(crowd.protocols.name(state.protocolPlace)): \(state.protocolPlace >> 5) steps out of order or out of time,"
        + " or closer to the clock than people's programs are"
  }
}
