import EvidenceModel

/// A partner with an API key: charts by the clock, or the whole list of releases page by page.
enum Partner: EntityKind {
  static let name = "partner"
  static let label = ClientClass.partner
  static let group = EntityGroup.benignBot
  static let casting = Casting(share: 0.03, requestsEach: 390, arrival: .early)

  static func enter(_ stage: inout Stage) -> any Script {
    let ips = stage.addresses.hostingBlock(stage.random.integer(1...3), &stage.random)
    let agent = stage.random.pick(UserAgents.partners)
    let key = "pk-" + stage.random.hex(12)
    let identities = ips.map { stage.take(Identity(ip: $0, userAgent: agent, key: key)) }
    let left = stage.volume(120...900)
    return stage.random.chance(0.5)
      ? ChartPolling(identities: identities, period: max(15, stage.secondsLeft / Double(left)), left: left)
      : CatalogueSync(identities: identities, left: left, page: 1 + stage.random.index(200), gap: stage.random.logUniform(0.5...8))
  }
}

private struct ChartPolling: Script {
  let identities: [Int]
  let period: Double
  var left: Int

  mutating func turn(_ stage: inout Stage) -> Double? {
    guard left > 0 else { return nil }
    left -= 1
    let ask =
      switch stage.random.weighted([6, 2, 2]) {
      case 0: EventAPI.charts()
      case 1: EventAPI.nextDrop()
      default: EventAPI.album(Catalogue.drop, isOut: stage.isAfterDrop)
      }
    let answer = stage.send(ask.status == 200 && stage.random.chance(0.4) ? ask.revalidated : ask, as: stage.random.pick(identities))
    // A contract says how to behave: wait when told that there is no room.
    return answer.isOverload ? period * 2 : period + stage.random.uniform(0...0.4)
  }
}

private struct CatalogueSync: Script {
  let identities: [Int]
  var left: Int
  var page: Int
  let gap: Double
  private var inPage = 0

  init(identities: [Int], left: Int, page: Int, gap: Double) {
    self.identities = identities
    self.left = left
    self.page = page
    self.gap = gap
  }

  mutating func turn(_ stage: inout Stage) -> Double? {
    guard left > 0 else { return nil }
    left -= 1
    let identity = identities[page % identities.count]
    guard inPage > 0 else {
      inPage = stage.random.integer(10...30)
      stage.send(EventAPI.releases(page: page), as: identity)
      return gap
    }
    inPage -= 1
    let album = 1 + (page * 50 + inPage) % Catalogue.albums
    let answer = stage.send(EventAPI.album(album), as: identity)
    if inPage == 0 {
      page += 1
      // The next batch in a few minutes.
      return stage.random.uniform(20...240)
    }
    return answer.isOverload ? gap * 5 : gap * stage.random.uniform(0.9...1.2)
  }
}
