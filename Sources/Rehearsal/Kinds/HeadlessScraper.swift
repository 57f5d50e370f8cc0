import EvidenceModel

/// A browser without a screen: loads what a browser loads, keeps its session, sends referrers, and reads album after album.
enum HeadlessScraper: EntityKind {
  static let name = "headless-scraper"
  static let label = ClientClass.scraper
  static let group = EntityGroup.abuse
  static let casting = Casting(share: 0.02, requestsEach: 320, arrival: .audience)

  static func enter(_ stage: inout Stage) -> any Script {
    let agent = !stage.isHard && stage.random.chance(0.3) ? UserAgents.headlessBrowser : stage.random.pick(UserAgents.desktopBrowsers)
    let identity = Identity(ip: stage.abuserAddress(residential: 0.4), userAgent: agent, session: stage.newSession())
    return stage.disguised(
      HeadlessReading(
        identity: stage.take(identity), left: stage.volume(120...700), dwell: stage.random.logUniform(1.5...9),
        album: 1 + stage.random.index(Catalogue.albums)), as: identity)
  }
}

private struct HeadlessReading: Script {
  let identity: Int
  var left: Int
  /// Seconds on a page.
  let dwell: Double
  var album: Int
  private var isFirst = true

  init(identity: Int, left: Int, dwell: Double, album: Int) {
    self.identity = identity
    self.left = left
    self.dwell = dwell
    self.album = album
  }

  mutating func turn(_ stage: inout Stage) -> Double? {
    guard left > 0 else { return nil }
    let site = EventAPI.site + "/"
    if isFirst {
      isFirst = false
      stage.send(EventAPI.page("/"), as: identity)
      for asset in EventAPI.assets { stage.plan(asset.from(site), in: stage.random.uniform(0.05...0.4), as: identity) }
      left -= 1 + EventAPI.assets.count
      return dwell
    }
    // Each page is opened anew, as a script does it, and draws its data behind it.
    album = 1 + (album + stage.random.integer(1...9)) % Catalogue.albums
    stage.send(EventAPI.albumPage(album).from(site), as: identity)
    stage.plan(EventAPI.album(album).from(site), in: stage.random.uniform(0.15...0.5), as: identity)
    left -= 2
    if stage.random.chance(0.7) {
      stage.plan(EventAPI.cover(album).from(site), in: stage.random.uniform(0.2...0.7), as: identity)
      left -= 1
    }
    if stage.random.chance(0.5) {
      stage.plan(EventAPI.track(Catalogue.track(of: album, &stage.random)).from(site), in: stage.random.uniform(0.5...1.2), as: identity)
      left -= 1
    }
    return dwell * stage.random.uniform(0.8...1.3)
  }
}
