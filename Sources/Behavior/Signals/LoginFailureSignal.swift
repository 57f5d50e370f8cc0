import EvidenceModel

/// Log-ins that fail one after the other: credential stuffing. A person who forgot a password gives up or resets it.
enum LoginFailureSignal: Signal {
  static let name = "login-failures"
  static let label = ClientClass.credentialStuffer
  private static let tolerated: Float = 3

  static func bits(_ state: ClientState) -> Float { min(14, max(0, (Float(state.failedLogins) - tolerated) * 2)) }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String { "\(state.failedLogins) log-ins failed" }
}
