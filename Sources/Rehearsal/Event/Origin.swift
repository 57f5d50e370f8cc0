/// What came back.
struct Answer: Equatable {
  var status: Int
  var size: Int
  /// Seconds.
  var took: Double

  var isOverload: Bool { status >= 500 }
}

/// The invented service under load: slower as more is asked of it, with errors from its capacity on.
struct Origin: Sendable {
  /// Seconds over which load is felt.
  private static let memory = 5.0
  /// Cost units a second that it serves without trouble.
  private let capacity: Double
  private var level = 0.0
  private var last = 0.0

  /// - Parameter capacity: at least 4 a second are assumed, so that a tiny log has no outage.
  init(capacity: Double) { self.capacity = max(capacity, 4) }

  /// - Parameter second: never before that of the call before.
  mutating func answer(_ ask: Ask, at second: Double, _ random: inout RandomSource) -> Answer {
    level *= Elementary.exponential((last - second) / Self.memory)
    level += ask.cost
    last = second
    guard ask.cost > 0 else {
      return Answer(status: ask.status, size: ask.size, took: random.logNormal(median: 0.004, spread: 0.6))
    }
    let load = level / Self.memory / capacity
    let took = random.logNormal(median: 0.018 + 0.008 * ask.cost, spread: 0.5) * (1 + 4 * max(0, load - 0.7))
    let failure = load > 1 ? min(0.15, 0.01 + 0.06 * (load - 1)) : 0.0006
    if random.chance(failure) {
      switch random.weighted([7, 2, 1]) {
      case 0: return Answer(status: 503, size: 132, took: took)
      case 1: return Answer(status: 502, size: 150, took: took)
      default: return Answer(status: 504, size: 160, took: 10 + took)
      }
    }
    // People close the tab, phones enter a tunnel.
    if random.chance(0.0015 + (load > 1 ? 0.01 : 0)) { return Answer(status: 499, size: 0, took: took * 3) }
    return Answer(status: ask.status, size: ask.size, took: took)
  }
}
