import Glibc

/// What clients of a kind load along with pages, and what they cost: a browser that loads no picture is none where browsers load
/// them, and who asks for nothing but what is dear is after that.
///
/// Both are held against the crowd's clients of the same kind (browser, app, other) after as many requests.
struct PageModel: Sendable {
  /// Of what the crowd's requests cost at the time, how fast the mean follows.
  private static let drift: Float = 0.002
  /// In logarithms: what costs as much as others is here.
  private static let middle: Float = 8

  private var loads = HistogramModel(contexts: 12, buckets: 7, bounds: -0.3...2, trust: 60)
  private var costs = HistogramModel(contexts: 12, buckets: 16, bounds: -0.2...1.5, trust: 60)
  private var meanCost: Float = 0

  /// - Parameter weight: what the client teaches; 0 for nothing.
  mutating func record(_ event: ClientEvent, isAsset: Bool, weight: Float, voice: Float, in state: inout ClientState) {
    if event.milliseconds >= 0, !isAsset { weigh(event.milliseconds, in: &state) }
    guard let mark = Self.mark(Int(state.requests) + 1) else { return }
    let context = state.flags.kind * 4 + mark
    if Int(state.requests) + 1 == 8 << mark, weight > 0 {
      loads.teach(context, Self.load(state), weight: weight)
      if state.cost > 0 { costs.teach(context, Self.cost(state), weight: weight) }
    }
    judge(&state, voice: voice)
  }

  /// What is known of pages and cost; nothing is learned.
  mutating func judge(_ state: inout ClientState, voice: Float) {
    guard let mark = Self.mark(Int(state.requests) + 1) else { return }
    let context = state.flags.kind * 4 + mark
    state.missing = loads.evidence(context, Self.load(state)) * voice
    // Few assets are odd; many are not.
    if Self.load(state) > 2 { state.missing = min(0, state.missing) }
    guard state.cost > 0 else { return }
    state.dearness = costs.evidence(context, Self.cost(state)) * voice
    if state.cost < UInt8(Self.middle * 16) { state.dearness = min(0, state.dearness) }
  }

  private mutating func weigh(_ milliseconds: Int32, in state: inout ClientState) {
    let value = log2(Float(min(milliseconds, 60_000)) + 1)
    let relative = min(max((value - meanCost + Self.middle) * 16, 1), 255)
    meanCost += (value - meanCost) * (meanCost == 0 ? 1 : Self.drift)
    if state.cost == 0 {
      state.cost = UInt8(relative)
    } else {
      state.cost = UInt8(min(255, max(1, Float(state.cost) + (relative - Float(state.cost)) * 0.125 + 0.5)))
    }
  }

  /// From the 8th, 16th, 32nd and 64th request on.
  private static func mark(_ requests: Int) -> Int? {
    requests < 8 ? nil : requests < 16 ? 0 : requests < 32 ? 1 : requests < 64 ? 2 : 3
  }

  private static func load(_ state: ClientState) -> Int {
    let share = Float(state.assets) / Float(state.counted)
    return share == 0 ? 0 : share < 0.02 ? 1 : share < 0.05 ? 2 : share < 0.1 ? 3 : share < 0.2 ? 4 : share < 0.35 ? 5 : 6
  }

  private static func cost(_ state: ClientState) -> Int { Int(state.cost >> 4) }
}

extension PageModel {
  func write(to writer: inout SnapshotWriter) {
    loads.write(to: &writer)
    costs.write(to: &writer)
    writer.put(meanCost)
  }

  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) {
    try loads.read(from: &reader)
    try costs.read(from: &reader)
    try reader.take(&meanCost)
  }
}
