import EvidenceModel

/// A scraper that takes a new name and a new session every dozen requests, at the same few addresses.
enum RotatingScraper: EntityKind {
  static let name = "rotating-scraper"
  static let label = ClientClass.scraper
  static let group = EntityGroup.abuse
  static let casting = Casting(share: 0.02, requestsEach: 510, arrival: .audience)

  static func enter(_ stage: inout Stage) -> any Script {
    Rotating(
      crawl: Crawl(&stage.random), ips: (0..<stage.random.integer(1...3)).map { _ in stage.abuserAddress(residential: 0.3) },
      left: stage.volume(250...900), gap: stage.random.logUniform(0.4...5))
  }
}

private struct Rotating: Script {
  var crawl: Crawl
  let ips: [String]
  var left: Int
  let gap: Double

  mutating func turn(_ stage: inout Stage) -> Double? {
    guard left > 0 else { return nil }
    let share = min(left, stage.random.integer(6...20))
    left -= share
    let agents = stage.random.chance(0.75) ? UserAgents.desktopBrowsers : UserAgents.phoneBrowsers
    let identity = stage.take(
      Identity(ip: stage.random.pick(ips), userAgent: stage.random.pick(agents), session: stage.abuserSession(0.7)))
    var delay = stage.planVisit(as: identity)
    for _ in 0..<share {
      stage.plan(crawl.next(&stage.random), in: delay, as: identity)
      delay += stage.random.logNormal(median: gap, spread: 0.5)
    }
    return delay
  }
}
