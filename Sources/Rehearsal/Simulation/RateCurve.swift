/// When a kind of entity arrives.
enum Arrival: Hashable, Sendable {
  /// As the audience does: by the time of day, and more at the drop.
  case audience
  /// Evenly over the evening.
  case steady
  /// Around the drop, evenly from so many seconds before it to so many after.
  case atDrop(before: Double, after: Double)
  /// In the first minutes, to stay.
  case early
}

/// How a kind's arrivals are spread over the evening: a distribution that yields moments in order.
struct RateCurve: Sendable {
  /// Seconds of a step.
  private static let step = 5.0
  /// Share of all arrivals up to the end of each step; the last is 1.
  private let cumulative: [Double]

  init(_ arrival: Arrival, _ configuration: SimulationConfiguration) {
    var sum = 0.0
    var sums: [Double] = []
    var time = Self.step / 2
    while time < configuration.span {
      sum += max(Self.density(arrival, time, configuration), 0)
      sums.append(sum)
      time += Self.step
    }
    cumulative = sum > 0 ? sums.map { $0 / sum } : sums.indices.map { Double($0 + 1) / Double(sums.count) }
  }

  /// The second before which this share of all arrivals has come.
  func second(share: Double) -> Double {
    var low = 0
    var high = cumulative.count - 1
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] < share { low = middle + 1 } else { high = middle }
    }
    let before = low == 0 ? 0 : cumulative[low - 1]
    let width = cumulative[low] - before
    return (Double(low) + (width > 0 ? min((share - before) / width, 1) : 0)) * Self.step
  }

  /// The audience's rate as a multiple of its base.
  static func audience(_ second: Double, _ configuration: SimulationConfiguration) -> Double {
    let clock = configuration.start.microseconds / 1_000_000 % 86_400
    let hour = (Double(clock) + second) / 3600
    let first = Int(hour)
    let diurnal = Self.hours[first % 24] * (1 - (hour - Double(first))) + Self.hours[(first + 1) % 24] * (hour - Double(first))
    return diurnal * (1 + configuration.surge * surge(second - configuration.secondsToDrop))
  }

  /// How much of the surge is felt so many seconds after the drop: a crowd that gathers for ten minutes, everybody within twenty
  /// seconds, and a long way back.
  private static func surge(_ second: Double) -> Double {
    if second < -600 { return 0 }
    if second < 0 { return 0.3 * (second + 600) / 600 }
    if second < 20 { return 0.3 + 0.7 * second / 20 }
    return Elementary.exponential(-(second - 20) / 1500)
  }

  private static func density(_ arrival: Arrival, _ second: Double, _ configuration: SimulationConfiguration) -> Double {
    switch arrival {
    case .audience: audience(second, configuration)
    case .steady: 1
    case .atDrop(let before, let after):
      second >= configuration.secondsToDrop - before && second < configuration.secondsToDrop + after ? 1 : 0
    case .early: second < configuration.span / 24 ? 1 : 0
    }
  }

  /// A music service's day in UTC, as a share of its best hour: few at night, a lunch hump, the evening.
  private static let hours = [
    0.45, 0.30, 0.20, 0.16, 0.16, 0.22, 0.36, 0.52, 0.60, 0.62, 0.64, 0.70, 0.76, 0.74, 0.72, 0.76, 0.82, 0.88, 0.93, 0.98, 1.00, 0.97,
    0.84, 0.64,
  ]
}

/// So many moments of a curve, drawn one after the other in their order.
///
/// The smallest of n uniform numbers is 1 - u^(1/n); what remains is the same problem on the rest of the interval. So nothing is
/// sorted and nothing kept, however many there are.
struct OrderedArrivals: Sendable {
  private let curve: RateCurve
  private(set) var left: Int
  private var share = 0.0

  init(_ count: Int, along curve: RateCurve) {
    left = count
    self.curve = curve
  }

  /// The next moment in seconds; nil after the last.
  mutating func next(_ random: inout RandomSource) -> Double? {
    guard left > 0 else { return nil }
    share = 1 - (1 - share) * Elementary.exponential(Elementary.logarithm(1 - random.unit()) / Double(left))
    left -= 1
    return curve.second(share: share)
  }
}
