import EvidenceModel

/// A program that wants the tickets before anybody else: it watches until they are on sale, then fills cart after cart.
enum TicketBot: EntityKind {
  static let name = "ticket-bot"
  static let label = ClientClass.ticketBot
  static let group = EntityGroup.abuse
  static let casting = Casting(share: 0.015, requestsEach: 210, arrival: .atDrop(before: 600, after: -20))

  static func enter(_ stage: inout Stage) -> any Script {
    let agent = stage.abuserAgent(tool: 0.2)
    let ip = stage.abuserAddress(residential: 0.5)
    var identities: [Int] = []
    for _ in 0..<stage.random.integer(1...6) {
      identities.append(stage.take(Identity(ip: ip, userAgent: agent, session: stage.newSession())))
    }
    let script = Buying(identities: identities, left: stage.volume(90...450), gap: stage.random.logUniform(0.7...5))
    guard let first = identities.first else { return script }
    return stage.disguised(script, as: stage.identities[first])
  }
}

private struct Buying: Script {
  let identities: [Int]
  var left: Int
  /// Seconds between looks before the sale, for all sessions together.
  let gap: Double

  mutating func turn(_ stage: inout Stage) -> Double? {
    guard left > 0 else { return nil }
    let identity = stage.random.pick(identities)
    guard stage.isAfterDrop else {
      left -= 1
      stage.send(stage.random.chance(0.3) ? EventAPI.tickets().revalidated : EventAPI.tickets(), as: identity)
      // It wakes with the sale.
      return min(stage.random.logNormal(median: gap, spread: 0.15), -stage.secondsSinceDrop + 0.02)
    }
    let isSoldOut = stage.random.chance(min(0.95, stage.secondsSinceDrop / 900))
    let answer = stage.send(isSoldOut ? EventAPI.addToCart().answered(409) : EventAPI.addToCart(), as: identity)
    left -= 1
    if answer.status == 201 {
      stage.plan(EventAPI.checkout(), in: stage.random.uniform(0.2...0.6), as: identity)
      left -= 1
    } else if stage.random.chance(0.5) {
      stage.plan(EventAPI.tickets(), in: stage.random.uniform(0.1...0.3), as: identity)
      left -= 1
    }
    // Not one of many carts may be lost: it does not wait because the origin is busy.
    return stage.random.uniform(0.4...2.4)
  }
}
