import EvidenceModel

/// Log-ins that fail one after the other: credential stuffing. A person who forgot a password gives up or resets it.
enum LoginFailureSignal: Signal {
  static let name = "login-failures"
  static let label = ClientClass.credentialStuffer
  private static let minimumFailures = 12

  static func evidence(in history: ClientHistory) -> BehaviorSignal? {
    guard history.unauthorized >= minimumFailures, history.loginAttempts * 2 >= history.unauthorized else { return nil }
    let share = Double(history.unauthorized) / Double(max(history.loginAttempts, 1))
    guard share > 0.6 else { return nil }
    let bits = min(8, 4 + Double(history.unauthorized) / 20)
    return BehaviorSignal(
      signal: name, bits: bits, detail: "\(history.unauthorized) of \(history.loginAttempts) log-ins failed")
  }
}
