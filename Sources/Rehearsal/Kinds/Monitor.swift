import EvidenceModel

/// Somebody who asks every minute from two or three places whether the service is alive.
enum Monitor: EntityKind {
  static let name = "monitor"
  static let label = ClientClass.monitor
  static let group = EntityGroup.benignBot
  static let casting = Casting(share: 0.008, requestsEach: 330, arrival: .early)

  static func enter(_ stage: inout Stage) -> any Script {
    let agent = stage.random.pick(UserAgents.monitors)
    let identities = (0..<stage.random.integer(1...3)).map { _ in
      stage.take(Identity(ip: stage.addresses.hosting(&stage.random), userAgent: agent))
    }
    let left = stage.volume(200...700)
    let page = stage.random.pick([EventAPI.health(), EventAPI.health(), EventAPI.home(), EventAPI.page("/")])
    return Watching(identities: identities, ask: page, period: stage.secondsLeft / Double(left), left: left)
  }
}

private struct Watching: Script {
  let identities: [Int]
  let ask: Ask
  let period: Double
  var left: Int

  mutating func turn(_ stage: inout Stage) -> Double? {
    guard left > 0 else { return nil }
    left -= 1
    let answer = stage.send(ask, as: identities[left % identities.count])
    // It wants to be sure before it wakes somebody.
    return answer.isOverload ? min(period, 10) : period + stage.random.uniform(-0.05...0.05)
  }
}
