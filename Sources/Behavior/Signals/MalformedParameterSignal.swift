/// Query strings that no client of the application makes.
enum MalformedParameterSignal: Signal {
  static let name = "malformed-parameters"

  static func bits(_ state: ClientState) -> Float { min(12, max(0, Float(state.malformed) * 2 - 1)) }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    "\(state.malformed) of \(state.requests) query strings are broken (bad escapes, control bytes, raw markup)"
  }
}
