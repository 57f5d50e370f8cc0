import EvidenceModel

/// One machine that stays below every rate limit, all evening.
enum SlowScraper: EntityKind {
  static let name = "slow-scraper"
  static let label = ClientClass.scraper
  static let group = EntityGroup.abuse
  static let casting = Casting(share: 0.017, requestsEach: 350, arrival: .early)

  static func enter(_ stage: inout Stage) -> any Script {
    let identity = Identity(
      ip: stage.abuserAddress(residential: 0.6), userAgent: stage.abuserAgent(tool: 0.1), session: stage.abuserSession(0.6))
    let left = stage.volume(150...700)
    let script = CrawlingClient(
      stage.take(identity), left: left, gap: stage.secondsLeft / Double(left) * 0.7, spread: stage.random.pick([0.3, 0.7, 1]), &stage)
    return stage.disguised(script, as: identity)
  }
}
