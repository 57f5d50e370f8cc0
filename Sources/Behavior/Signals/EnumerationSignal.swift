/// One number after the other: `/tracks/1041`, `/tracks/1042`, `/tracks/1043`.
enum EnumerationSignal: Signal {
  static let name = "id-enumeration"
  /// Whoever plays an album or leafs through pages goes up too.
  private static let tolerated: Float = 8

  static func bits(_ state: ClientState) -> Float {
    guard state.ascendingIDs * 5 >= state.counted * 3 else { return 0 }
    return min(12, max(0, (Float(state.ascendingIDs) - tolerated) * 0.8))
  }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    "\(state.ascendingIDs) of its last \(state.counted) requests ask for ids one after the other in rising order"
  }
}
