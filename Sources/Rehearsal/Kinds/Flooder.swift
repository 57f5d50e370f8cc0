import EvidenceModel

/// Hundreds of machines of a botnet that ask for the same dear thing for some minutes.
enum Flooder: EntityKind {
  static let name = "flooder"
  static let label = ClientClass.flooder
  static let group = EntityGroup.abuse
  static let casting = Casting(share: 0.03, requestsEach: 1_700, arrival: .atDrop(before: 60, after: 1_200))

  static func enter(_ stage: inout Stage) -> any Script {
    let left = stage.volume(1_000...3_200)
    let agents = (0..<3).map { _ in stage.abuserAgent(tool: 0.3) }
    let ownSessions = stage.random.chance(0.3)
    var identities: [Int] = []
    for _ in 0..<max(3, min(left / 15, 600)) {
      identities.append(
        stage.take(
          Identity(
            ip: stage.addresses.residential(&stage.random), userAgent: stage.random.pick(agents),
            session: stage.abuserSession(ownSessions ? 1 : 0))))
    }
    return Flooding(
      identities: identities, left: left, gap: stage.random.uniform(100...400) / Double(left), style: stage.random.index(3))
  }
}

private struct Flooding: Script {
  let identities: [Int]
  var left: Int
  let gap: Double
  /// 0 the search with a new text each time, 1 the front page past the cache, 2 the same call.
  let style: Int
  private var isVisited = false

  init(identities: [Int], left: Int, gap: Double, style: Int) {
    self.identities = identities
    self.left = left
    self.gap = gap
    self.style = style
  }

  mutating func turn(_ stage: inout Stage) -> Double? {
    guard isVisited else {
      isVisited = true
      var longest = 0.0
      for identity in identities { longest = max(longest, stage.planVisit(as: identity)) }
      return longest
    }
    guard left > 0 else { return nil }
    left -= 1
    let ask =
      switch style {
      case 0: EventAPI.search(stage.random.hex(6))
      case 1: Ask("/?\(stage.random.hex(8))", size: 6_800, cost: 2)
      default: EventAPI.home()
      }
    stage.send(ask, as: stage.random.pick(identities))
    return stage.random.exponential(mean: gap)
  }
}
