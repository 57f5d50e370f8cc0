import EvidenceModel

/// One scraper behind hundreds of lines that belong to others: a handful of requests from each.
enum SpreadScraper: EntityKind {
  static let name = "spread-scraper"
  static let label = ClientClass.scraper
  static let group = EntityGroup.abuse
  static let casting = Casting(share: 0.03, requestsEach: 1_500, arrival: .early)

  static func enter(_ stage: inout Stage) -> any Script {
    let left = stage.volume(900...2_600)
    return SpreadCrawling(
      crawl: Crawl(&stage.random), left: left, perMember: 4...14, gap: stage.secondsLeft / Double(left) * 0.85,
      agents: (0..<4).map { _ in stage.abuserAgent(tool: 0.1) })
  }
}

private struct SpreadCrawling: Script {
  var crawl: Crawl
  var left: Int
  /// Requests from one address before the next has its turn.
  let perMember: ClosedRange<Int>
  /// Seconds for each request, so that the whole takes the evening.
  let gap: Double
  let agents: [String]

  mutating func turn(_ stage: inout Stage) -> Double? {
    guard left > 0 else { return nil }
    let share = min(left, stage.random.integer(perMember))
    left -= share
    let member = Identity(
      ip: stage.addresses.residential(&stage.random), userAgent: stage.random.pick(agents), session: stage.abuserSession(0.4))
    let identity = stage.take(member)
    var delay = stage.planVisit(as: identity)
    for _ in 0..<share {
      stage.plan(crawl.next(&stage.random), in: delay, as: identity)
      delay += stage.random.logNormal(median: 6, spread: 0.8)
    }
    return stage.random.exponential(mean: gap * Double(share))
  }
}
