/// Log-ins that fail one after the other: credential stuffing. A person who forgot a password gives up or resets it.
enum LoginFailureSignal: Signal {
  static let name = "login-failures"
  /// One in five people fails at first, and every other one of them again.
  private static let first: Float = 1.5
  private static let next: Float = 1
  private static let later: Float = 1.5

  static func bits(_ state: ClientState) -> Float {
    let failed = Float(state.failedLogins)
    guard failed > 0 else { return 0 }
    return min(14, first + min(failed - 1, 2) * next + max(failed - 3, 0) * later)
  }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String { "\(state.failedLogins) log-ins failed" }
}
