/// Requests that do not keep to the API's schema. One is a mistake of somebody's program; many are probing.
enum SchemaSignal: Signal {
  static let name = "schema-violations"
  private static let minimumCount: UInt8 = 4

  static func bits(_ state: ClientState) -> Float {
    let count = state.schemaViolations
    guard count >= minimumCount, Int(count) * 4 >= Int(min(state.requests, 255)) else { return 0 }
    // Whoever sends hardly anything else is probing: a dozen are beyond doubt. Among good requests it takes two dozen.
    let isMost = Int(count) * 4 >= Int(min(state.requests, 255)) * 3
    return min(12, Float(count) * (isMost ? 1 : 0.5))
  }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    "\(state.schemaViolations) of \(state.requests) requests do not keep to the schema"
  }
}
