import Glibc

/// What the crowd asks for next: the chance of each step after the two before it, learned without labels.
///
/// Chances after two steps lean on those after one, and these on how common a step is anywhere, as far as there is too little to learn
/// from. The evidence of a step is the likelihood ratio of a client that follows the crowd only half (each chance to the power of one
/// half, made to add up to 1) against the crowd itself. It is a proper likelihood ratio: over honest clients its expectation is at most
/// 1, so that a sum of b bits is reached by chance in at most one of 2^b; where everything is equally likely it says nothing.
struct TransitionModel: Sendable {
  private struct Cell: Sendable {
    var step: UInt16
    var count: Float
  }

  private struct Row: Sendable {
    var total: Float = 0
    /// Sorted by step.
    var cells: [Cell] = []
    /// log2 of the sum of square roots, and the total at which it was computed.
    var normalizer: Float = 0
    var normalizedAt: Float = -1

    func count(_ step: Int) -> Float {
      let index = place(step)
      return index < cells.count && cells[index].step == step ? cells[index].count : 0
    }

    mutating func add(_ step: Int, _ weight: Float) {
      total += weight
      let index = place(step)
      if index < cells.count && cells[index].step == step {
        cells[index].count += weight
      } else {
        cells.insert(Cell(step: UInt16(step), count: weight), at: index)
      }
    }

    private func place(_ step: Int) -> Int {
      var low = 0
      var high = cells.count
      while low < high {
        let middle = (low + high) / 2
        if cells[middle].step < step { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  /// How many steps' worth of what is known more generally stand in for what was not yet seen in particular.
  private static let leastBackoff: Float = 3
  /// What only fewer than this share of the clients ever came to is not believed for itself.
  private static let backoffShare: Float = 0.006
  private static let novelty: Float = 0.25
  /// A step that fewer of the clients than this share ever make earns no credit, however usual it is for those who make it: a gang of
  /// machines is no crowd.
  private static let rareShare: Float = 0.004
  /// Bits for each halving of the share below that, and at most.
  private static let bitsPerHalving: Float = 0.3
  private static let maximumRarity: Float = 0.8
  static let bounds: ClosedRange<Float> = -1.5...3
  /// Pairs of steps after which chances are learned; others lean on the last step alone.
  private static let maximumPairs = 60_000

  private var rows: [Row] = []
  private var pairs = IndexMap(maximum: maximumPairs)
  private var pairRows: [Row] = []
  private var counts: [Float] = []
  private(set) var total: Float = 0
  private var rootSum: Float = 1
  private var rootSumAt: Float = -1

  /// Clients that taught, by weight.
  private(set) var teachers: Float = 0

  mutating func countTeacher(weight: Float) { teachers += weight }

  mutating func teach(after before: Int, _ previous: Int, to step: Int, weight: Float) {
    while rows.count <= max(previous, step) {
      rows.append(Row())
      counts.append(0)
    }
    rows[previous].add(step, weight)
    counts[step] += weight
    total += weight
    let pair = Self.pair(before, previous)
    if let index = pairs[pair] {
      pairRows[index].add(step, weight)
    } else if pairs.insert(pair, pairRows.count) {
      pairRows.append(Row())
      pairRows[pairRows.count - 1].add(step, weight)
    }
  }

  /// The same for the clients of one cohort.
  mutating func teach(cohort: Int, after previous: Int, to step: Int, weight: Float) {
    let key = Self.cohort(cohort, previous)
    if let index = pairs[key] {
      pairRows[index].add(step, weight)
    } else if pairs.insert(key, pairRows.count) {
      pairRows.append(Row())
      pairRows[pairRows.count - 1].add(step, weight)
    }
  }

  private var backoff: Float { Self.leastBackoff + Self.backoffShare * teachers }

  private static func pair(_ before: Int, _ previous: Int) -> UInt64 { mixed(UInt64(before) << 16 | UInt64(previous) + 1) }

  private static func cohort(_ cohort: Int, _ previous: Int) -> UInt64 { mixed(UInt64(cohort) << 40 | UInt64(previous) + 1) }

  // MARK: Chances

  /// The crowd's chance of a step after one step, whatever was before.
  func chance(from previous: Int, to step: Int) -> Float {
    let common = commonChance(of: step)
    guard previous < rows.count else { return common }
    return (rows[previous].count(step) + backoff * common) / (rows[previous].total + backoff)
  }

  private func commonChance(of step: Int) -> Float {
    ((step < counts.count ? counts[step] : 0) + Self.novelty) / (total + Self.novelty * Float(counts.count + 1))
  }

  /// How many of the clients make this step after that one.
  func share(from previous: Int, to step: Int) -> Float {
    ((previous < rows.count ? rows[previous].count(step) : 0) + 0.1) / (teachers + 5)
  }

  // MARK: Evidence

  /// Bits for abuse; negative where the crowd does the same.
  mutating func evidence(after before: Int, _ previous: Int, to step: Int) -> Float {
    guard total > 0 else { return 0 }
    let general = chance(from: previous, to: step)
    let pair = Self.pair(before, previous)
    var bits: Float
    if let index = pairs[pair] {
      let chance = (pairRows[index].count(step) + backoff * general) / (pairRows[index].total + backoff)
      bits = -0.5 * log2(chance) - normalizer(ofPair: index, previous)
    } else {
      bits = -0.5 * log2(general) - normalizer(previous)
    }
    // What follows a step that hardly anybody takes is not known: whoever takes it is odd once, not at each step from there.
    if bits > 0 { bits *= trust(in: previous) }
    let share = share(from: previous, to: step)
    if share < Self.rareShare { bits = max(bits, min(Self.maximumRarity, Self.bitsPerHalving * log2(Self.rareShare / share))) }
    return min(max(bits, Self.bounds.lowerBound), Self.bounds.upperBound)
  }

  /// Bits against the clients of one cohort; nil if too little is known of them.
  mutating func evidence(after previous: Int, to step: Int, cohort: Int) -> Float? {
    guard total > 0, let index = pairs[Self.cohort(cohort, previous)], pairRows[index].total >= Self.leastCohort else { return nil }
    let chance = (pairRows[index].count(step) + backoff * chance(from: previous, to: step)) / (pairRows[index].total + backoff)
    return min(max(-0.5 * log2(chance) - normalizer(ofPair: index, previous), Self.bounds.lowerBound), Self.bounds.upperBound)
  }

  private static let leastCohort: Float = 10

  /// The same, whatever was before.
  mutating func evidence(after previous: Int, to step: Int) -> Float {
    guard total > 0 else { return 0 }
    var bits = -0.5 * log2(chance(from: previous, to: step)) - normalizer(previous)
    if bits > 0 { bits *= trust(in: previous) }
    return min(max(bits, Self.bounds.lowerBound), Self.bounds.upperBound)
  }

  private static let leastTrust: Float = 0.4
  private static let halfTrust: Float = 12

  private func trust(in previous: Int) -> Float {
    let total = previous < rows.count ? rows[previous].total : 0
    return max(Self.leastTrust, total / (total + Self.halfTrust))
  }

  private mutating func normalizer(ofPair index: Int, _ previous: Int) -> Float {
    guard pairRows[index].total > pairRows[index].normalizedAt * 1.1 || pairRows[index].normalizedAt < 0 else {
      return pairRows[index].normalizer
    }
    let rest = exp2(normalizer(previous))
    let result = normalizer(of: pairRows[index], rest: rest) { chance(from: previous, to: $0) }
    pairRows[index].normalizer = result
    pairRows[index].normalizedAt = pairRows[index].total
    return result
  }

  private mutating func normalizer(_ previous: Int) -> Float {
    if total > rootSumAt * 1.05 {
      rootSumAt = total
      rootSum = 0
      for step in 0...counts.count { rootSum += commonChance(of: step).squareRoot() }
    }
    guard previous < rows.count else { return log2(rootSum) }
    if rows[previous].total > rows[previous].normalizedAt * 1.05 || rows[previous].normalizedAt < 0 {
      rows[previous].normalizer = normalizer(of: rows[previous], rest: rootSum) { commonChance(of: $0) }
      rows[previous].normalizedAt = rows[previous].total
    }
    return rows[previous].normalizer
  }

  /// - Parameter rest: the sum of the square roots of all `general` chances.
  private func normalizer(of row: Row, rest: Float, general: (Int) -> Float) -> Float {
    let scale = row.total + backoff
    var sum: Float = 0
    var covered: Float = 0
    for cell in row.cells {
      let chance = general(Int(cell.step))
      sum += ((cell.count + backoff * chance) / scale).squareRoot()
      covered += chance.squareRoot()
    }
    return log2(sum + max(0, rest - covered) * (backoff / scale).squareRoot())
  }
}

extension TransitionModel {
  func write(to writer: inout SnapshotWriter) {
    writer.put(UInt64(rows.count))
    for row in rows { Self.write(row, to: &writer) }
    writer.put(UInt64(pairRows.count))
    for row in pairRows { Self.write(row, to: &writer) }
    pairs.write(to: &writer)
    for step in rows.indices { writer.put(counts[step]) }
    for value in [total, rootSum, rootSumAt, teachers] { writer.put(value) }
  }

  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) {
    rows = []
    for _ in 0..<(try reader.takeCount(atMost: CrowdModel.maximumSteps)) { rows.append(try Self.row(from: &reader)) }
    pairRows = []
    for _ in 0..<(try reader.takeCount(atMost: Self.maximumPairs)) { pairRows.append(try Self.row(from: &reader)) }
    try pairs.read(from: &reader, limit: max(1, pairRows.count))
    counts = Array(repeating: 0, count: rows.count)
    for step in rows.indices { try reader.take(&counts[step]) }
    try reader.take(&total)
    try reader.take(&rootSum)
    try reader.take(&rootSumAt)
    try reader.take(&teachers)
  }

  private static func write(_ row: Row, to writer: inout SnapshotWriter) {
    for value in [row.total, row.normalizer, row.normalizedAt] { writer.put(value) }
    writer.put(UInt64(row.cells.count))
    for cell in row.cells {
      writer.put(cell.step)
      writer.put(cell.count)
    }
  }

  private static func row(from reader: inout SnapshotReader) throws(SnapshotError) -> Row {
    var row = Row()
    try reader.take(&row.total)
    try reader.take(&row.normalizer)
    try reader.take(&row.normalizedAt)
    for _ in 0..<(try reader.takeCount(atMost: CrowdModel.maximumSteps)) {
      var cell = Cell(step: 0, count: 0)
      try reader.take(&cell.step)
      try reader.take(&cell.count)
      row.cells.append(cell)
    }
    return row
  }
}
