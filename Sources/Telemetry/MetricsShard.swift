import Synchronization

/// The counters of one event loop, which no other writes: no lock, no locked instruction, no cache line that goes to and fro.
///
/// Reading them from any thread is safe and costs them nothing; a reader may see one counter of an exchange before another.
public final class MetricsShard: @unchecked Sendable {
  /// Places of the counters.
  private enum Place {
    static let started = 0
    static let ended = 1
    static let passed = 2
    static let total = 3
    static let upstream = total + Histogram.counterCount
    static let inspection = upstream + Histogram.counterCount
    static let count = inspection + 5 * Histogram.counterCount
  }
  private let counters: UnsafeMutablePointer<Atomic<Int>>

  init() {
    counters = .allocate(capacity: Place.count)
    for index in 0..<Place.count { (counters + index).initialize(to: Atomic(0)) }
  }

  deinit {
    counters.deinitialize(count: Place.count)
    counters.deallocate()
  }

  @inline(__always)
  private func add(_ value: Int, at index: Int) {
    // Nobody else writes, so that reading and writing apart loses nothing.
    counters[index].store(counters[index].load(ordering: .relaxed) &+ value, ordering: .relaxed)
  }

  private func value(_ index: Int) -> Int { counters[index].load(ordering: .relaxed) }

  private func observe(_ microseconds: Int, _ place: Int) {
    add(1, at: place + Histogram.bucket(of: microseconds))
    add(microseconds, at: place + Histogram.counterCount - 1)
  }

  public func requestStarted() { add(1, at: Place.started) }
  public func requestEnded() { add(1, at: Place.ended) }

  /// An exchange that nothing was found in, and that no log wants: microseconds, nil where there was no upstream.
  public func passed(totalTime: Int, upstreamTime: Int?) {
    add(1, at: Place.passed)
    observe(totalTime, Place.total)
    if let upstreamTime { observe(upstreamTime, Place.upstream) }
  }

  func countPassed() { add(1, at: Place.passed) }

  func observe(_ record: ExchangeRecord) {
    observe(record.totalTime, Place.total)
    for phase in 1...5 where record.phaseTimes[phase] >= 0 {
      observe(Int(record.phaseTimes[phase]), Place.inspection + (phase - 1) * Histogram.counterCount)
    }
    if let time = record.upstreamTime { observe(time, Place.upstream) }
  }

  var inFlight: Int { value(Place.started) - value(Place.ended) }
  var passedCount: Int { value(Place.passed) }

  func add(to total: inout Histogram, upstream: inout Histogram, inspection: inout [Histogram]) {
    total.add { value(Place.total + $0) }
    upstream.add { value(Place.upstream + $0) }
    for phase in inspection.indices { inspection[phase].add { value(Place.inspection + phase * Histogram.counterCount + $0) } }
  }
}

/// Durations in buckets from 50 microseconds to 10 seconds.
struct Histogram: Sendable {
  private static let bounds: [(microseconds: Int, label: String)] = [
    (50, "0.00005"), (100, "0.0001"), (250, "0.00025"), (500, "0.0005"), (1000, "0.001"), (2500, "0.0025"), (5000, "0.005"),
    (10_000, "0.01"), (25_000, "0.025"), (50_000, "0.05"), (100_000, "0.1"), (250_000, "0.25"), (500_000, "0.5"), (1_000_000, "1"),
    (2_500_000, "2.5"), (10_000_000, "10"),
  ]
  /// One for each bound, one beyond them, and the sum.
  static let counterCount = 18
  private var counts = Array(repeating: 0, count: Histogram.counterCount - 1)
  private var sum = 0

  static func bucket(of microseconds: Int) -> Int {
    bounds.firstIndex { microseconds <= $0.microseconds } ?? bounds.count
  }

  mutating func add(_ counter: (Int) -> Int) {
    for index in counts.indices { counts[index] += counter(index) }
    sum += counter(counts.count)
  }

  /// - Parameter label: `name="value"`, or empty for none.
  func lines(_ name: String, label: String = "") -> [String] {
    let prefix = label.isEmpty ? "" : "\(label),"
    let braces = label.isEmpty ? "" : "{\(label)}"
    var lines: [String] = []
    var total = 0
    for (index, bound) in Self.bounds.enumerated() {
      total += counts[index]
      lines.append("\(name)_bucket{\(prefix)le=\"\(bound.label)\"} \(total)")
    }
    total += counts[Self.bounds.count]
    lines.append("\(name)_bucket{\(prefix)le=\"+Inf\"} \(total)")
    lines.append("\(name)_sum\(braces) \(Double(sum) / 1_000_000)")
    lines.append("\(name)_count\(braces) \(total)")
    return lines
  }
}
