/// Accounts that play for money: a few addresses, a few dozen sessions, a handful of tracks of one artist, around the clock.
struct PlayFarm: Script {
  private let identities: [Int]
  private let tracks: [Int]
  /// Seconds that are heard of each track; nil for all of it.
  private let heard: Double?
  private var left: Int
  /// When each account is free again; the next one is asked first.
  private var freeAt: [Double]
  private var isVisited = false

  /// - Parameters:
  ///   - accounts: how many play at the same time.
  ///   - heard: seconds of each play; nil plays to the end.
  init(accounts: Int, heard: Double?, left: Int, _ stage: inout Stage) {
    let ips = (0..<max(1, accounts / 8)).map { _ in stage.abuserAddress(residential: 0.4) }
    let agent = stage.random.pick(UserAgents.phoneApps)
    var identities: [Int] = []
    for account in 0..<accounts {
      identities.append(
        stage.take(Identity(ip: ips[account % ips.count], userAgent: agent, session: stage.newSession())))
    }
    self.identities = identities
    let album = 1 + stage.random.index(Catalogue.albums)
    tracks = (0..<Catalogue.tracksPerAlbum).map { album * Catalogue.tracksPerAlbum + $0 }.filter(Catalogue.hasTrack)
    self.heard = heard
    self.left = left
    let now = stage.now
    var random = stage.random
    freeAt = (0..<accounts).map { _ in now + random.uniform(0...60) }
    stage.random = random
  }

  mutating func turn(_ stage: inout Stage) -> Double? {
    if !isVisited {
      isVisited = true
      for (account, identity) in identities.enumerated() { freeAt[account] += stage.planVisit(as: identity) }
    }
    guard left > 0, var account = freeAt.indices.first else { return nil }
    for other in freeAt.indices where freeAt[other] < freeAt[account] { account = other }
    let wait = freeAt[account] - stage.now
    if wait > 0.001 { return wait }
    let track = stage.random.pick(tracks.isEmpty ? [Catalogue.tracksPerAlbum] : tracks)
    let identity = identities[account]
    let length = heard ?? Catalogue.length(of: track)
    stage.send(EventAPI.playStart(track), as: identity)
    left -= 2
    // A timer in a program on a machine in a hall: it is never late, never asleep, never skips.
    var beat = Player.heartbeatSeconds
    while beat <= length {
      stage.plan(EventAPI.heartbeat(track), in: beat + stage.random.uniform(0...0.004), as: identity)
      left -= 1
      beat += Player.heartbeatSeconds
    }
    stage.plan(EventAPI.playEnd(track), in: length + stage.random.uniform(0...0.004), as: identity)
    freeAt[account] = stage.now + length + stage.random.uniform(0.9...1.1)
    return 0.01
  }
}
