import EvidenceModel

/// Counts verdicts against the truth.
public enum Scorer {
  /// - Parameters:
  ///   - hash: how sessions and keys are spelled in output that hides them.
  /// - Returns: the same for any order of rows and records.
  public static func score(
    _ records: [VerdictRecord], against truth: [TruthRow], hash: @escaping (String) -> String
  ) -> Scoreboard {
    let index = VerdictIndex(records, hash: hash)
    var board = Scoreboard()
    var tallies: [Int: Tally] = [:]
    var isUsed = [Bool](repeating: false, count: records.count)
    var byIdentity: [(score: Double, isAbuse: Bool, weight: Double)] = []
    var byRequest: [(score: Double, isAbuse: Bool, weight: Double)] = []
    for row in truth {
      let covering = index.records(covering: row)
      for record in covering { isUsed[record] = true }
      if covering.isEmpty { board.uncoveredRequests += row.requests }
      if covering.count > 1 { board.doublyCoveredRequests += row.requests }
      // A flagged record blocks what it covers, whatever another says of it.
      let score = covering.reduce(0) { max($0, records[$1].score) }
      let flagged = covering.filter { records[$0].isFlagged }
      let isAbuse = row.group == .abuse
      count(isAbuse: isAbuse, isFlagged: !flagged.isEmpty, 1, in: &board.identities)
      count(isAbuse: isAbuse, isFlagged: !flagged.isEmpty, row.requests, in: &board.requests)
      byIdentity.append((score, isAbuse, 1))
      byRequest.append((score, isAbuse, Double(row.requests)))
      var tally = tallies[row.entity] ?? Tally(row)
      tally.add(row, score: score, flagged: flagged.map { records[$0] })
      tallies[row.entity] = tally
    }
    let all = tallies.values.sorted { $0.entity < $1.entity }
    for tally in all { count(isAbuse: tally.isAbuse, isFlagged: tally.isFlagged, 1, in: &board.entities) }
    board.entities.areaUnderCurve = AreaUnderCurve.of(all.map { ($0.score, $0.isAbuse, 1) })
    board.identities.areaUnderCurve = AreaUnderCurve.of(byIdentity)
    board.requests.areaUnderCurve = AreaUnderCurve.of(byRequest)
    board.groups = groups(of: all)
    board.kinds = kinds(of: all)
    board.rightLabels = board.kinds.reduce(0) { $0 + $1.rightLabels }
    board.medianDelay = median(all.compactMap(\.delay))
    board.strayRecords = isUsed.count { !$0 }
    return board
  }

  private static func count(isAbuse: Bool, isFlagged: Bool, _ amount: Int, in measure: inout Scoreboard.Measure) {
    switch (isAbuse, isFlagged) {
    case (true, true): measure.caught += amount
    case (true, false): measure.missed += amount
    case (false, true): measure.falseAlarms += amount
    case (false, false): measure.spared += amount
    }
  }

  private static func groups(of tallies: [Tally]) -> [Scoreboard.Group] {
    EntityGroup.allCases.filter { $0 != .abuse }.compactMap { group in
      var row = Scoreboard.Group(group: group)
      for tally in tallies where tally.group == group {
        row.entities += 1
        row.requests += tally.requests
        row.flaggedRequests += tally.flaggedRequests
        if tally.isFlagged { row.flaggedEntities += 1 }
      }
      return row.entities > 0 ? row : nil
    }
  }

  private static func kinds(of tallies: [Tally]) -> [Scoreboard.Kind] {
    Dictionary(grouping: tallies.filter(\.isAbuse), by: \.kind).map { name, members in
      var row = Scoreboard.Kind(kind: name, label: members[0].label)
      for tally in members {
        row.entities += 1
        row.requests += tally.requests
        row.flaggedRequests += tally.flaggedRequests
        if tally.isFlagged { row.caughtEntities += 1 }
        if tally.isFlagged, tally.named == tally.label.rawValue { row.rightLabels += 1 }
      }
      row.medianDelay = median(members.compactMap(\.delay))
      return row
    }
    .sorted { $0.kind < $1.kind }
  }

  private static func median(_ values: [Int]) -> Int? { values.isEmpty ? nil : values.sorted()[(values.count - 1) / 2] }
}

/// What came of one entity over all its identities.
private struct Tally {
  let entity: Int
  let kind: String
  let label: ClientClass
  let group: EntityGroup
  var requests = 0
  var flaggedRequests = 0
  private var scored = 0.0
  private var earliest: Int?
  /// Requests by the label of the strongest flagged record over them.
  private var labels: [String: Int] = [:]

  init(_ row: TruthRow) {
    entity = row.entity
    kind = row.kind
    label = row.label
    group = row.group
  }

  mutating func add(_ row: TruthRow, score: Double, flagged: [VerdictRecord]) {
    requests += row.requests
    scored += score * Double(row.requests)
    guard let strongest = flagged.max(by: { ($0.score, $0.label) < ($1.score, $1.label) }) else { return }
    flaggedRequests += row.requests
    labels[strongest.label, default: 0] += row.requests
    for record in flagged { earliest = [earliest, record.atRequest].compactMap { $0 }.min() }
  }

  var isAbuse: Bool { group == .abuse }
  var isFlagged: Bool { isAbuse ? flaggedRequests > 0 && flaggedRequests * 2 >= requests : flaggedRequests > 0 }
  /// Mean over the requests.
  var score: Double { requests > 0 ? scored / Double(requests) : 0 }
  var named: String? { labels.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key }
  /// Nil unless it is an abuser that was caught.
  var delay: Int? { isAbuse && isFlagged ? earliest : nil }
}
