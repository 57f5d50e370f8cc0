/// How clients take a refusal for overload (429, 503) and an answer that they have already: people's programs wait a little before they
/// ask again, and ask whether what they have is still good (304); most tools do neither.
///
/// What is usual is the crowd's: where no cache could keep anything, nobody is held to have missed it.
struct RetryModel: Sendable {
  private static let bounds: ClosedRange<Float> = -0.5...1.2
  /// The time until the next request: after 429, and after another failure of the origin.
  private var waits = HistogramModel(contexts: 2, buckets: 28, bounds: -0.3...0.8)
  /// A thing asked for again: answered anew, or not modified.
  private var again = HistogramModel(contexts: CrowdModel.maximumSteps, buckets: 2, bounds: -0.2...0.4)

  /// - Parameters:
  ///   - isAgain: the same thing was asked for not long ago and was there.
  ///   - weight: how far the client is believed to be a person; 0 teaches nothing.
  mutating func record(
    _ event: ClientEvent, step: Int, gap: Int, isAgain: Bool, weight: Float, voice: Float, in state: inout ClientState
  ) {
    var bits: Float = 0
    if state.flags.contains(.failed), gap < 28 {
      let context = state.flags.contains(.throttled) ? 0 : 1
      bits += waits.evidence(context, gap)
      if weight > 0 { waits.teach(context, gap, weight: weight) }
    }
    if isAgain, !event.isWrite, event.status == 200 || event.status == 304 {
      let bucket = event.status == 304 ? 1 : 0
      bits += again.evidence(step, bucket)
      if weight > 0 { again.teach(step, bucket, weight: weight) }
    }
    if bits != 0 { state.discipline = bounded(state.discipline + bits * voice, Self.bounds) }
    if event.status == 429 { state.flags.insert(.throttled) } else { state.flags.remove(.throttled) }
  }
}

extension RetryModel {
  func write(to writer: inout SnapshotWriter) {
    waits.write(to: &writer)
    again.write(to: &writer)
  }

  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) {
    try waits.read(from: &reader)
    try again.read(from: &reader)
  }
}
