import EvidenceModel

/// One of a family behind one line. There are about as many fans as it takes for three at each line.
enum HouseholdFan: EntityKind {
  static let name = "fan-household"
  static let label = ClientClass.fan
  static let group = EntityGroup.household
  static let casting = Casting(share: 0.14, requestsEach: 17, arrival: .audience)

  static func enter(_ stage: inout Stage) -> any Script {
    let device = Device.any(&stage.random)
    // A seventh of the lines hold families: enough for three of them at each.
    let line = stage.random.index(max(1, stage.addresses.homes / 7))
    let ip = stage.addresses.home(line, device: stage.random.index(5))
    return FanScript(
      device, as: Identity(ip: ip, userAgent: device.userAgent(&stage.random), session: stage.newSession()), &stage)
  }
}
