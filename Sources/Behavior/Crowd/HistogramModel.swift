import Glibc

/// How the crowd's values of one kind are spread over a few buckets, for each of many contexts.
///
/// Evidence is the same ratio as in `TransitionModel`: a client that follows the crowd's spread only half, against the crowd.
struct HistogramModel: Sendable {
  private let buckets: Int
  private let bounds: ClosedRange<Float>
  /// Contexts with fewer values than this speak proportionally softer.
  private let trust: Float
  private var counts: [Float]
  private var totals: [Float]
  private var common: [Float]
  private var commonTotal: Float = 0
  /// What each bucket says, and the total at which it was computed: a few teachers change little, and logarithms cost time.
  private var told: [Float]
  private var toldAt: [Float]

  init(contexts: Int, buckets: Int, bounds: ClosedRange<Float>, trust: Float = 30) {
    self.buckets = buckets
    self.bounds = bounds
    self.trust = trust
    counts = Array(repeating: 0, count: contexts * buckets)
    totals = Array(repeating: 0, count: contexts)
    common = Array(repeating: 0, count: buckets)
    told = Array(repeating: 0, count: contexts * buckets)
    toldAt = Array(repeating: 0, count: contexts)
  }

  mutating func teach(_ context: Int, _ bucket: Int, weight: Float) {
    counts[context * buckets + bucket] += weight
    totals[context] += weight
    common[bucket] += weight
    commonTotal += weight
  }

  func chance(_ context: Int, _ bucket: Int) -> Float {
    let backoff: Float = 8
    let everywhere = (common[bucket] + 1) / (commonTotal + Float(buckets))
    return (counts[context * buckets + bucket] + backoff * everywhere) / (totals[context] + backoff)
  }

  mutating func evidence(_ context: Int, _ bucket: Int) -> Float {
    let total = totals[context]
    if total > toldAt[context] * 1.03 { tell(context) }
    return told[context * buckets + bucket] * total / (total + trust)
  }

  private mutating func tell(_ context: Int) {
    toldAt[context] = totals[context]
    var sum: Float = 0
    for bucket in 0..<buckets { sum += chance(context, bucket).squareRoot() }
    let normalizer = log2(sum)
    for bucket in 0..<buckets {
      let bits = -0.5 * log2(chance(context, bucket)) - normalizer
      told[context * buckets + bucket] = min(max(bits, bounds.lowerBound), bounds.upperBound)
    }
  }
}

extension HistogramModel {
  func write(to writer: inout SnapshotWriter) {
    writer.put(counts)
    writer.put(totals)
    writer.put(common)
    writer.put(commonTotal)
    writer.put(told)
    writer.put(toldAt)
  }

  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) {
    try reader.take(&counts)
    try reader.take(&totals)
    try reader.take(&common)
    try reader.take(&commonTotal)
    try reader.take(&told)
    try reader.take(&toldAt)
  }
}
