import EvidenceModel

/// One machine with a list of other people's passwords.
enum CredentialStuffer: EntityKind {
  static let name = "credential-stuffer"
  static let label = ClientClass.credentialStuffer
  static let group = EntityGroup.abuse
  static let casting = Casting(share: 0.015, requestsEach: 230, arrival: .audience)
  /// Share of the list that is right.
  static let hits = 0.02

  static func enter(_ stage: inout Stage) -> any Script {
    let identity = Identity(
      ip: stage.abuserAddress(residential: 0.3), userAgent: stage.abuserAgent(tool: 0.5), session: stage.abuserSession(0.2))
    return stage.disguised(
      Stuffing(identity: stage.take(identity), left: stage.volume(60...700), gap: stage.random.logUniform(0.2...12)), as: identity)
  }
}

private struct Stuffing: Script {
  let identity: Int
  var left: Int
  let gap: Double

  mutating func turn(_ stage: inout Stage) -> Double? {
    guard left > 0 else { return nil }
    left -= 1
    let isRight = stage.random.chance(CredentialStuffer.hits)
    stage.send(EventAPI.login(isRight), as: identity)
    // What the account is worth.
    if isRight { stage.plan(EventAPI.me(), in: stage.random.uniform(0.1...0.5), as: identity) }
    return stage.random.logNormal(median: gap, spread: 0.5)
  }
}
