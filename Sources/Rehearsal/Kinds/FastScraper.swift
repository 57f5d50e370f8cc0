import EvidenceModel

/// One machine that takes the catalogue as fast as it is given.
enum FastScraper: EntityKind {
  static let name = "fast-scraper"
  static let label = ClientClass.scraper
  static let group = EntityGroup.abuse
  static let casting = Casting(share: 0.03, requestsEach: 460, arrival: .audience)

  static func enter(_ stage: inout Stage) -> any Script {
    let identity = Identity(
      ip: stage.abuserAddress(residential: 0.2), userAgent: stage.abuserAgent(tool: 0.5), session: stage.abuserSession(0.25))
    let script = CrawlingClient(
      stage.take(identity), left: stage.volume(120...1_500), gap: stage.random.logUniform(0.06...1.5),
      spread: stage.random.pick([0.05, 0.4, 0.9]), &stage)
    return stage.disguised(script, as: identity)
  }
}
