import Glibc

/// How high the evidence against those goes who are most likely people: it turns sums, which mistakes of the models inflate, into
/// chances that were observed.
///
/// The tail is taken to fall off exponentially between the share of people that reach a value once in five and once in thirty; further
/// out there may be machines among them. Half an hour of a crowd is enough; before that a cautious slope stands in.
struct Calibration: Sendable {
  private static let buckets = 128
  private static let perUnit: Float = 4
  private static let near: Float = 0.2
  private static let far: Float = 0.03
  /// People after whom the observed slope counts as much as the assumed one.
  private static let trust: Float = 60
  private static let assumedNear: Float = 3
  private static let assumedSlope: Float = 0.7
  private static let slopes: ClosedRange<Float> = 0.25...1.2

  private var counts = [Float](repeating: 0, count: buckets)
  private var total: Float = 0
  private var learnedAt: Float = 0
  private var start: Float = assumedNear
  private var slope: Float = assumedSlope

  mutating func teach(_ peak: Float, weight: Float) {
    counts[min(Self.buckets - 1, max(0, Int(peak * Self.perUnit)))] += weight
    total += weight
    if total > learnedAt * 1.05 + 1 { learn() }
  }

  private mutating func learn() {
    learnedAt = total
    let near = quantile(Self.near)
    let far = quantile(Self.far)
    let observed = log2(Self.near / Self.far) / max(far - near, 0.5)
    let share = total / (total + Self.trust)
    start = share * near + (1 - share) * Self.assumedNear
    slope = min(max(share * observed + (1 - share) * Self.assumedSlope, Self.slopes.lowerBound), Self.slopes.upperBound)
  }

  private func quantile(_ share: Float) -> Float {
    var above: Float = 0
    for bucket in stride(from: Self.buckets - 1, to: 0, by: -1) {
      above += counts[bucket]
      if above > share * total { return Float(bucket) / Self.perUnit }
    }
    return 0
  }

  /// Bits: minus the logarithm of the share of people who ever come so far, less what would be no news.
  func bits(_ value: Float) -> Float {
    if value <= 0 { return value }
    return value <= start ? 0 : (value - start) * slope
  }
}

extension Calibration {
  func write(to writer: inout SnapshotWriter) {
    writer.put(counts)
    for value in [total, learnedAt, start, slope] { writer.put(value) }
  }

  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) {
    try reader.take(&counts)
    try reader.take(&total)
    try reader.take(&learnedAt)
    try reader.take(&start)
    try reader.take(&slope)
  }
}
