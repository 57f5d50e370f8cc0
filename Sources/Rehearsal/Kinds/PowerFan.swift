import EvidenceModel

/// A fan who refreshes until the drop, by thumb or with an extension that does it like a clock, and then hears everything.
enum PowerFan: EntityKind {
  static let name = "power-fan"
  static let label = ClientClass.fan
  static let group = EntityGroup.powerFan
  static let casting = Casting(share: 0.055, requestsEach: 165, arrival: .atDrop(before: 1_200, after: -30))

  static func enter(_ stage: inout Stage) -> any Script {
    let device: Device = stage.random.chance(0.55) ? .desktop : stage.random.chance(0.5) ? .phoneApp : .phoneBrowser
    let addresses = stage.addresses
    let ip =
      switch stage.random.weighted([6, 2, 1]) {
      case 0: addresses.home(stage.random.index(addresses.homes), device: stage.random.index(4))
      case 1: addresses.carrier(&stage.random)
      default: addresses.campus(stage.random.index(addresses.campuses), &stage.random)
      }
    let identity = Identity(ip: ip, userAgent: device.userAgent(&stage.random), session: stage.newSession())
    return Refreshing(device, identity, &stage)
  }
}

private struct Refreshing: Script {
  private let identity: Int
  /// Seconds between refreshes of an extension; nil for a thumb.
  private let clock: Double?
  private let patience: Double
  private var listening: FanScript
  private var isOver = false

  init(_ device: Device, _ identity: Identity, _ stage: inout Stage) {
    self.identity = stage.take(identity)
    clock = stage.random.chance(0.15) ? [3, 5, 10, 15][stage.random.index(4)] : nil
    patience = stage.random.logNormal(median: 4.5, spread: 0.5)
    listening = FanScript(device, as: identity, steps: 8 + stage.random.geometric(mean: 10), &stage)
  }

  mutating func turn(_ stage: inout Stage) -> Double? {
    if isOver { return listening.turn(&stage) }
    // Some see the album at once, some press on for a minute because the first answers were errors.
    let page = stage.random.chance(0.85) ? EventAPI.nextDrop() : EventAPI.album(Catalogue.drop, isOut: stage.isAfterDrop)
    let isNew = stage.isAfterDrop && stage.secondsSinceDrop < 10
    let answer = stage.send(page.status == 200 && !isNew && stage.random.chance(0.8) ? page.revalidated : page, as: identity)
    if stage.isAfterDrop, !answer.isOverload, stage.random.chance(0.5) { isOver = true }
    if stage.secondsSinceDrop > 120 { isOver = true }
    if let clock { return clock + stage.random.logNormal(median: 0.06, spread: 0.7) }
    // The nearer the drop, the faster the thumb; now and then a look elsewhere.
    if stage.random.chance(0.05) { return stage.random.logNormal(median: 25, spread: 0.6) }
    let haste = stage.secondsSinceDrop > -60 ? 0.45 : 1.0
    return max(0.25, stage.random.logNormal(median: patience * haste, spread: 0.6))
  }
}
