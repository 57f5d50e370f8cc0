import EvidenceModel

/// Query strings that no client of the application makes.
enum MalformedParameterSignal: Signal {
  static let name = "malformed-parameters"
  static let label = ClientClass.fuzzer
  private static let minimumCount = 5

  static func evidence(in history: ClientHistory) -> BehaviorSignal? {
    guard history.malformedParameters >= minimumCount, history.malformedParameters * 5 >= history.requests else { return nil }
    let bits = min(6, 2 + Double(history.malformedParameters) / 4)
    return BehaviorSignal(
      signal: name, bits: bits,
      detail: "\(history.malformedParameters) of \(history.requests) query strings are broken (bad escapes, control bytes, raw markup)")
  }
}
