import EvidenceModel

/// Hundreds of different pages, hardly one twice, and none of what a browser loads along with a page.
enum BreadthSignal: Signal {
  static let name = "breadth"
  static let label = ClientClass.scraper
  private static let minimumPaths = 120

  static func evidence(in history: ClientHistory) -> BehaviorSignal? {
    let distinct = history.distinctPaths.count
    guard distinct >= minimumPaths, distinct * 10 >= history.requests * 7, history.assets * 50 <= history.requests else { return nil }
    let bits = min(6, 3 + Double(distinct) / 300)
    return BehaviorSignal(
      signal: name, bits: bits, detail: "about \(distinct) different paths in \(history.requests) requests, and \(history.assets) assets")
  }
}
