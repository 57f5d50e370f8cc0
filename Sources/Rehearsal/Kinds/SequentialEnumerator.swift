import EvidenceModel

/// Somebody who counts: one number after the other, up or down, or every so many.
enum SequentialEnumerator: EntityKind {
  static let name = "sequential-enumerator"
  static let label = ClientClass.enumerator
  static let group = EntityGroup.abuse
  static let casting = Casting(share: 0.015, requestsEach: 380, arrival: .audience)

  static func enter(_ stage: inout Stage) -> any Script {
    let identity = Identity(
      ip: stage.abuserAddress(residential: 0.3), userAgent: stage.abuserAgent(tool: 0.5), session: stage.abuserSession(0.3))
    let script = Counting(
      identity: stage.take(identity), left: stage.volume(100...1_200), resource: .any(&stage.random),
      step: stage.random.pick([1, 1, 1, -1, 2, 7]),
      gap: stage.random.logUniform(0.15...4))
    return stage.disguised(script, as: identity)
  }
}

/// What is worth counting through.
enum Enumerable: Sendable {
  case tracks, playlists, artists

  static func any(_ random: inout RandomSource) -> Enumerable { random.pick([.tracks, .tracks, .playlists, .artists]) }

  /// How many numbers there are, about.
  var extent: Int {
    switch self {
    case .tracks: Catalogue.tracks
    case .playlists: 130_000
    case .artists: Catalogue.artists
    }
  }

  func ask(_ number: Int) -> Ask {
    switch self {
    case .tracks: EventAPI.track(number)
    // Private playlists of others.
    case .playlists:
      RandomSource.mix(UInt64(bitPattern: Int64(number))) % 4 == 0 ? EventAPI.playlist(number) : EventAPI.playlist(number).answered(403)
    case .artists: EventAPI.artist(number)
    }
  }
}

private struct Counting: Script {
  let identity: Int
  var left: Int
  let resource: Enumerable
  let step: Int
  let gap: Double
  private var number: Int?

  init(identity: Int, left: Int, resource: Enumerable, step: Int, gap: Double) {
    self.identity = identity
    self.left = left
    self.resource = resource
    self.step = step
    self.gap = gap
  }

  mutating func turn(_ stage: inout Stage) -> Double? {
    guard left > 0 else { return nil }
    left -= 1
    let current = number ?? stage.random.index(resource.extent)
    number = ((current + step) % resource.extent + resource.extent) % resource.extent
    let answer = stage.send(resource.ask(current), as: identity)
    return (answer.isOverload ? 2 : 1) * stage.random.logNormal(median: gap, spread: 0.35)
  }
}
