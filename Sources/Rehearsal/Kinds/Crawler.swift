import EvidenceModel

/// A search engine's crawler: says so, reads robots.txt, and takes its time.
enum Crawler: EntityKind {
  static let name = "crawler"
  static let label = ClientClass.crawler
  static let group = EntityGroup.benignBot
  static let casting = Casting(share: 0.015, requestsEach: 255, arrival: .steady)

  static func enter(_ stage: inout Stage) -> any Script {
    let agent = stage.random.pick(UserAgents.crawlers)
    let ips = stage.addresses.hostingBlock(stage.random.integer(1...5), &stage.random)
    return Crawling(
      identities: ips.map { stage.take(Identity(ip: $0, userAgent: agent)) }, left: stage.volume(60...600),
      gap: stage.random.logUniform(2...15))
  }
}

private struct Crawling: Script {
  let identities: [Int]
  var left: Int
  let gap: Double
  private var isFirst = true

  init(identities: [Int], left: Int, gap: Double) {
    self.identities = identities
    self.left = left
    self.gap = gap
  }

  mutating func turn(_ stage: inout Stage) -> Double? {
    guard left > 0 else { return nil }
    left -= 1
    let identity = stage.random.pick(identities)
    if isFirst {
      isFirst = false
      stage.send(EventAPI.robots(), as: identity)
      stage.plan(EventAPI.sitemap(stage.random.integer(1...9)), in: stage.random.uniform(1...5), as: identity)
      return gap
    }
    // Links that others set long ago: one in twelve is dead.
    let album = stage.random.chance(0.05) ? Catalogue.albums + 10 + stage.random.index(4_000) : 1 + stage.random.index(Catalogue.albums)
    let ask =
      switch stage.random.weighted([6, 2, 2]) {
      case 0: EventAPI.albumPage(album)
      case 1: EventAPI.artist(Catalogue.artist(of: album))
      default: EventAPI.page("/artist/\(Catalogue.artist(of: album))")
      }
    let answer = stage.send(ask, as: identity)
    return (answer.isOverload ? 10 : 1) * gap * stage.random.uniform(0.6...1.6)
  }
}
