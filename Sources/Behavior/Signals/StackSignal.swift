/// Header order and TLS fingerprint against the program that it says it is.
enum StackSignal: Signal {
  static let name = "client-stack"

  static func bits(_ state: ClientState) -> Float { state.stack }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    "its header order or TLS fingerprint is one that hardly any client of its name has"
  }
}
