import EvidenceModel

/// One number after the other: `/tracks/1041`, `/tracks/1042`, `/tracks/1043`.
enum EnumerationSignal: Signal {
  static let name = "id-enumeration"
  static let label = ClientClass.enumerator
  private static let minimumSteps = 25

  static func evidence(in history: ClientHistory) -> BehaviorSignal? {
    guard history.ascendingIDs >= minimumSteps, history.ascendingIDs * 2 >= history.requests else { return nil }
    let bits = min(8, 4 + Double(history.ascendingIDs) / 50)
    return BehaviorSignal(signal: name, bits: bits, detail: "asked for \(history.ascendingIDs) ids one after the other in rising order")
  }
}
