import EvidenceModel

/// Requests like clockwork. Only a helper: monitors and players are regular too.
enum RegularitySignal: Signal {
  static let name = "regular-pace"
  static let label = ClientClass.scraper
  private static let minimumGaps = 60

  static func evidence(in history: ClientHistory) -> BehaviorSignal? {
    guard history.gaps.count >= minimumGaps, history.gaps.variation < 0.15, history.gaps.mean < 10, history.distinctPaths.count >= 30 else {
      return nil
    }
    let tenths = Int((history.gaps.mean * 10).rounded())
    return BehaviorSignal(
      signal: name, bits: 1.5,
      detail: "\(history.requests) requests at a steady \(tenths / 10).\(tenths % 10) s, for \(history.distinctPaths.count) paths")
  }
}
