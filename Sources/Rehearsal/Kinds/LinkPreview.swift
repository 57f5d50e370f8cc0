import EvidenceModel

/// A messenger that fetches the page of a link which somebody posted, from a few addresses at once.
enum LinkPreview: EntityKind {
  static let name = "link-preview"
  static let label = ClientClass.crawler
  static let group = EntityGroup.benignBot
  static let casting = Casting(share: 0.005, requestsEach: 3, arrival: .audience)

  static func enter(_ stage: inout Stage) -> any Script {
    let agent = stage.random.pick(UserAgents.linkPreviews)
    let album = stage.isAfterDrop && stage.random.chance(0.8) ? Catalogue.drop : Catalogue.popularAlbum(&stage.random)
    var script = Fetching()
    for ip in stage.addresses.hostingBlock(stage.random.integer(1...3), &stage.random) {
      let identity = stage.take(Identity(ip: ip, userAgent: agent))
      script.pages.append((EventAPI.albumPage(album), identity))
      if stage.random.chance(0.4) { script.pages.append((EventAPI.cover(album), identity)) }
    }
    return script
  }
}

private struct Fetching: Script {
  var pages: [(ask: Ask, identity: Int)] = []

  mutating func turn(_ stage: inout Stage) -> Double? {
    var delay = 0.0
    for page in pages {
      stage.plan(page.ask, in: delay, as: page.identity)
      delay += stage.random.exponential(mean: 0.3)
    }
    return nil
  }
}
