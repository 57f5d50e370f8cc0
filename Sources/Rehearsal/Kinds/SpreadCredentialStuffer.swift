import EvidenceModel

/// The same list tried from hundreds of lines, a few names from each: no address fails often.
enum SpreadCredentialStuffer: EntityKind {
  static let name = "spread-credential-stuffer"
  static let label = ClientClass.credentialStuffer
  static let group = EntityGroup.abuse
  static let casting = Casting(share: 0.017, requestsEach: 960, arrival: .audience)

  static func enter(_ stage: inout Stage) -> any Script {
    let left = stage.volume(500...1_600)
    return SpreadStuffing(
      left: left, gap: min(stage.random.logUniform(0.5...4), stage.secondsLeft / Double(left)),
      agents: stage.random.chance(0.5) ? [stage.abuserAgent(tool: 0.2)] : UserAgents.commonPhoneApps)
  }
}

private struct SpreadStuffing: Script {
  var left: Int
  /// Seconds for each try.
  let gap: Double
  let agents: [String]

  mutating func turn(_ stage: inout Stage) -> Double? {
    guard left > 0 else { return nil }
    let share = min(left, stage.random.integer(1...6))
    left -= share
    let identity = stage.take(
      Identity(ip: stage.addresses.residential(&stage.random), userAgent: stage.random.pick(agents), session: stage.abuserSession(0.3)))
    var delay = stage.planVisit(as: identity)
    for _ in 0..<share {
      stage.plan(EventAPI.login(stage.random.chance(CredentialStuffer.hits)), in: delay, as: identity)
      delay += stage.random.logNormal(median: 12, spread: 0.8)
    }
    return stage.random.exponential(mean: gap * Double(share))
  }
}
