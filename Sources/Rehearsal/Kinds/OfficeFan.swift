import EvidenceModel

/// A colleague behind the one address of an office, where everybody has the browser that the company installs.
enum OfficeFan: EntityKind {
  static let name = "fan-office"
  static let label = ClientClass.fan
  static let group = EntityGroup.office
  static let casting = Casting(share: 0.037, requestsEach: 17, arrival: .audience)

  static func enter(_ stage: inout Stage) -> any Script {
    let office = stage.random.index(stage.addresses.offices)
    let agents = UserAgents.desktopBrowsers
    let identity = Identity(
      ip: stage.addresses.office(office), userAgent: agents[office % agents.count],
      session: stage.random.chance(0.08) ? "-" : stage.newSession())
    return FanScript(.desktop, as: identity, &stage)
  }
}
