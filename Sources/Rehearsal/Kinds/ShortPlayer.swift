import EvidenceModel

/// Stream fraud that plays each track for the 31 seconds from which it is paid.
enum ShortPlayer: EntityKind {
  static let name = "short-player"
  static let label = ClientClass.streamFraud
  static let group = EntityGroup.abuse
  static let casting = Casting(share: 0.017, requestsEach: 470, arrival: .audience)

  static func enter(_ stage: inout Stage) -> any Script {
    PlayFarm(accounts: stage.random.integer(1...10), heard: 31, left: stage.volume(200...900), &stage)
  }
}
