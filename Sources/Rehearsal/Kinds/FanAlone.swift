import EvidenceModel

/// A fan with a line of their own.
enum FanAlone: EntityKind {
  static let name = "fan-alone"
  static let label = ClientClass.fan
  static let group = EntityGroup.alone
  static let casting = Casting(share: 0.21, requestsEach: 17, arrival: .audience)

  static func enter(_ stage: inout Stage) -> any Script {
    let device = Device.any(&stage.random)
    let line = stage.addresses.homes + stage.random.index(1 << 24)
    var identity = Identity(ip: stage.addresses.home(line, device: 0), userAgent: device.userAgent(&stage.random))
    // A few refuse cookies.
    if !device.isBrowser || !stage.random.chance(0.06) { identity.session = stage.newSession() }
    return FanScript(device, as: identity, &stage)
  }
}
