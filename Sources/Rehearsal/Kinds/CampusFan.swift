import EvidenceModel

/// A student behind a university's dozen addresses.
enum CampusFan: EntityKind {
  static let name = "fan-campus"
  static let label = ClientClass.fan
  static let group = EntityGroup.campus
  static let casting = Casting(share: 0.055, requestsEach: 17, arrival: .audience)

  static func enter(_ stage: inout Stage) -> any Script {
    let device = Device.any(&stage.random)
    let ip = stage.addresses.campus(stage.random.index(stage.addresses.campuses), &stage.random)
    return FanScript(
      device, as: Identity(ip: ip, userAgent: device.userAgent(&stage.random), session: stage.newSession()), &stage)
  }
}
