/// Requests that do not keep to the API's schema. One is a mistake of somebody's program; many are probing.
enum SchemaSignal: Signal {
  static let name = "schema-violations"
  private static let minimumCount: UInt8 = 4

  static func bits(_ state: ClientState) -> Float {
    let count = state.schemaViolations
    guard count >= minimumCount, Int(count) * 4 >= Int(min(state.requests, 255)) else { return 0 }
    // Half a bit each: two dozen are beyond doubt.
    return min(12, Float(count) / 2)
  }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    "\(state.schemaViolations) of \(state.requests) requests do not keep to the schema"
  }
}
