import EvidenceModel

/// Somebody who counts with many hands: each address has its own part of the numbers, in a shuffled order, at its leisure.
enum PartitionedEnumerator: EntityKind {
  static let name = "partitioned-enumerator"
  static let label = ClientClass.enumerator
  static let group = EntityGroup.abuse
  static let casting = Casting(share: 0.02, requestsEach: 1_080, arrival: .steady)

  static func enter(_ stage: inout Stage) -> any Script {
    let left = stage.volume(700...1_600)
    let hands = stage.random.integer(6...40)
    let agent = stage.abuserAgent(tool: 0.3)
    var identities: [Int] = []
    for _ in 0..<hands {
      identities.append(
        stage.take(Identity(ip: stage.abuserAddress(residential: 0.7), userAgent: agent, session: stage.abuserSession(0.5))))
    }
    let resource = Enumerable.any(&stage.random)
    return Partitioned(
      identities: identities, resource: resource, first: stage.random.index(resource.extent), part: max(20, left / hands * 2), left: left,
      gap: min(stage.random.logUniform(0.4...4), stage.secondsLeft / Double(left)))
  }
}

private struct Partitioned: Script {
  let identities: [Int]
  let resource: Enumerable
  let first: Int
  /// Numbers in the part of one address.
  let part: Int
  var left: Int
  let gap: Double
  private var round = 0
  private var isVisited = false

  init(identities: [Int], resource: Enumerable, first: Int, part: Int, left: Int, gap: Double) {
    self.identities = identities
    self.resource = resource
    self.first = first
    self.part = part
    self.left = left
    self.gap = gap
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
    let hand = round % identities.count
    // 7 and the sizes of the parts that are no multiple of it have no common factor: each number of the part has its turn.
    let inPart = round / identities.count * 7 % part
    round += 1
    let number = (first + hand * part + inPart) % resource.extent
    stage.send(resource.ask(number), as: identities[hand])
    return stage.random.exponential(mean: gap)
  }
}
