import EvidenceModel

/// Most of what is asked for does not exist or is not allowed: a fuzzer tries names, a person follows links.
enum ClientErrorSignal: Signal {
  static let name = "client-errors"
  static let label = ClientClass.fuzzer
  /// Below this many requests a share says nothing: one page with broken images makes a dozen 404s.
  private static let minimumErrors = 15

  static func evidence(in history: ClientHistory) -> BehaviorSignal? {
    let errors = history.clientErrors - history.unauthorized
    guard errors >= minimumErrors, errors * 2 > history.requests else { return nil }
    let share = Double(errors) / Double(history.requests)
    let bits = min(6, (share - 0.3) * 6 + (errors >= 60 ? 1.5 : 0))
    return BehaviorSignal(
      signal: name, bits: bits, detail: "\(percent(errors, of: history.requests)) of \(history.requests) requests were answered 4xx")
  }
}
