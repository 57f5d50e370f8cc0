import EvidenceModel

/// A subscriber behind a carrier's translation: thousands share a /24, and most of them an app's version too.
enum CarrierFan: EntityKind {
  static let name = "fan-carrier"
  static let label = ClientClass.fan
  static let group = EntityGroup.carrierNAT
  static let casting = Casting(share: 0.145, requestsEach: 17, arrival: .audience)

  static func enter(_ stage: inout Stage) -> any Script {
    let isApp = stage.random.chance(0.8)
    let device: Device = isApp ? .phoneApp : .phoneBrowser
    var identity = Identity(
      ip: stage.addresses.carrier(&stage.random),
      userAgent: isApp ? stage.random.pick(UserAgents.commonPhoneApps) : device.userAgent(&stage.random))
    if isApp || !stage.random.chance(0.06) { identity.session = stage.newSession() }
    return MovingFan(device, identity, &stage)
  }
}

/// A fan on the move: the carrier gives another address in the middle of the session.
private struct MovingFan: Script {
  private var before: FanScript
  private var after: FanScript?

  init(_ device: Device, _ identity: Identity, _ stage: inout Stage) {
    guard stage.random.chance(0.12) else {
      before = FanScript(device, as: identity, &stage)
      return
    }
    before = FanScript(device, as: identity, steps: stage.random.geometric(mean: 3), &stage)
    var moved = identity
    moved.ip = stage.addresses.carrier(&stage.random)
    after = FanScript(device, as: moved, steps: stage.random.geometric(mean: 3), &stage)
  }

  mutating func turn(_ stage: inout Stage) -> Double? {
    if let next = before.turn(&stage) { return next }
    guard let other = after else { return nil }
    before = other
    after = nil
    return stage.random.logNormal(median: 20, spread: 0.8)
  }
}
