import EvidenceModel

/// Requests that do not keep to the API's schema. One is a mistake of somebody's program; many different ones are probing.
enum SchemaSignal: Signal {
  static let name = "schema-violations"
  static let label = ClientClass.fuzzer
  private static let minimumCount = 4

  static func evidence(in history: ClientHistory) -> BehaviorSignal? {
    let count = history.schemaViolations
    guard count >= minimumCount, count * 4 >= history.requests else { return nil }
    // Half a bit each: a dozen is beyond doubt.
    return BehaviorSignal(
      signal: name, bits: min(10, Double(count) / 2), detail: "\(count) of \(history.requests) requests do not keep to the schema")
  }
}
