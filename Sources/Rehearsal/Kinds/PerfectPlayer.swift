import EvidenceModel

/// Stream fraud that plays every track to its end with heartbeats like a clock.
enum PerfectPlayer: EntityKind {
  static let name = "perfect-player"
  static let label = ClientClass.streamFraud
  static let group = EntityGroup.abuse
  static let casting = Casting(share: 0.02, requestsEach: 650, arrival: .audience)

  static func enter(_ stage: inout Stage) -> any Script {
    PlayFarm(accounts: stage.random.integer(2...14), heard: nil, left: stage.volume(350...1_200), &stage)
  }
}
