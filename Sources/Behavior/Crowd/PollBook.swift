import Glibc

/// Clients whose whole visit is one request again and again, against those of them that went on to something else.
///
/// People refresh a page and then do something, or did something before; tabs that were left open ask at all times of the day. Where
/// all at once many clients from many networks come that ask for one thing only, and hardly one of them goes on, they are many hands of
/// one: a flood, or programs that wait for a sale. It shows when they have gone, so it counts for reports and not for refusals.
struct PollBook: Sendable {
  private struct Span: Sendable {
    var number: Int64 = -1
    var step: Int64 = -1
    var idle: Float = 0
    var resolved: Float = 0
    /// Networks of the idle, by hash.
    var networks: UInt64 = 0
  }

  /// Requests for the same thing from which on a client is counted.
  static let length: UInt8 = 5
  private static let span: Int64 = 600_000_000
  /// Spans that are kept for each step; steps beyond so many share places, and the newer one has them.
  private static let kept = 16
  private static let steps = 512
  private static let patience = 6
  private static let fewest: Float = 24
  private static let leastNetworks = 12
  /// How many times as many must come as at other times, and as go on to something else.
  private static let surge: Float = 6
  private static let excess: Float = 4
  /// That so many come all at once is evidence beside how rare it is to do one thing only.
  private static let surgeBits: Float = 4
  private static let maximumBits: Float = 14

  private var spans = [Span](repeating: Span(), count: steps * kept)
  private var firstSpan: Int64 = .max

  mutating func enter(_ step: Int, network: UInt64, at time: Int64) {
    let index = place(step, time)
    spans[index].idle += 1
    spans[index].networks |= 1 << (mixed(network) & 63)
  }

  mutating func resolve(_ step: Int, at time: Int64) {
    // It came in this span or in one not long before.
    let number = time / Self.span
    for earlier in 0..<Int64(Self.patience) {
      guard let span = span(step, number - earlier), span.idle > 0 else { continue }
      let index = Self.index(step, number - earlier)
      spans[index].idle -= 1
      spans[index].resolved += 1
      return
    }
  }

  /// Bits for a client that only ever asked for this, and was last seen at a time.
  ///
  /// - Parameter clients: that came in ten minutes.
  func bits(_ step: Int, at time: Int64, clients: Float) -> Float {
    let number = time / Self.span
    // Without half an hour before it, nobody knows what is usual here.
    guard firstSpan < number - 3 else { return 0 }
    // The third most of the two hours before: floods come more than once.
    let earlier = (number - Int64(Self.kept) + 2..<number - 2).map { span(step, $0)?.idle ?? 0 }.sorted()
    let usual = earlier[earlier.count - 3]
    var best: Float = 0
    for near in (number - 1)...(number + 1) {
      guard let span = span(step, near), span.idle >= Self.fewest, span.networks.nonzeroBitCount >= Self.leastNetworks,
        span.idle >= Self.surge * usual, span.idle >= Self.excess * (span.resolved + 1)
      else { continue }
      best = max(best, log2((clients + span.idle) / (usual + span.resolved + 1)) + min(Self.surgeBits, log2(span.idle / Self.fewest)))
    }
    return min(Self.maximumBits, best)
  }

  private func span(_ step: Int, _ number: Int64) -> Span? {
    let span = spans[Self.index(step, number)]
    return span.number == number && span.step == Int64(step) ? span : nil
  }

  private static func index(_ step: Int, _ number: Int64) -> Int {
    step % steps * kept + Int(number & Int64(kept - 1))
  }

  private mutating func place(_ step: Int, _ time: Int64) -> Int {
    let number = time / Self.span
    firstSpan = min(firstSpan, number)
    let index = Self.index(step, number)
    if spans[index].number != number || spans[index].step != Int64(step) { spans[index] = Span(number: number, step: Int64(step)) }
    return index
  }
}

extension PollBook {
  func write(to writer: inout SnapshotWriter) {
    writer.put(spans)
    writer.put(firstSpan)
  }

  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) {
    try reader.take(&spans)
    try reader.take(&firstSpan)
  }
}
