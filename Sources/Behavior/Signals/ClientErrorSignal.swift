/// Most of what is asked for does not exist or is not allowed: a fuzzer tries names, a person follows links.
enum ClientErrorSignal: Signal {
  static let name = "client-errors"
  /// One page with broken images makes a few 404s.
  private static let tolerated: Float = 4

  static func bits(_ state: ClientState) -> Float {
    let share = Float(state.clientErrors) / Float(state.counted)
    guard share > 0.3 else { return 0 }
    return min(12, max(0, (Float(state.clientErrors) - tolerated) * (share - 0.3)))
  }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    "\(percent(state.clientErrors, of: state.counted)) of \(state.counted) requests were answered 4xx"
  }
}
