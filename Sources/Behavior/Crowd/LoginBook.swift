import Glibc

/// Who fails to log in and never succeeds, against who gets in, in each ten minutes.
///
/// A list of stolen passwords that is tried from hundreds of addresses shows nowhere but here: each address fails once or twice, as
/// people do, but people then succeed, and came to look at something. While far more clients fail for good than people explain, the
/// evidence on one of them is how rare it is among people to fail like this.
struct LoginBook: Sendable {
  private struct Tally: Sendable {
    var failing: Float = 0
    var successful: Float = 0
    /// Networks of those that fail, by hash.
    var networks: UInt64 = 0
  }

  private struct Span: Sendable {
    var number: Int64 = -1
    var clients: Float = 0
    var all = Tally()
    /// Those that did nothing but log in.
    var bare = Tally()
  }

  private static let length: Int64 = 600_000_000
  private static let kept = 256
  /// Of people who log in, for each that succeeds at most so many fail and give up.
  private static let givingUp: Float = 0.35
  private static let leastMembers: Float = 12
  private static let leastNetworks = 8
  /// How many times as many must fail for good as people explain.
  private static let excess: Float = 6
  private static let maximumBits: Float = 9

  private var spans = [Span](repeating: Span(), count: kept)
  /// A log-in succeeded with a redirect once: this application sends on whoever got in.
  private(set) var redirects = false

  mutating func countClient(at time: Int64) { spans[place(time)].clients += 1 }

  mutating func fail(isBare: Bool, network: UInt64, at time: Int64) {
    let index = place(time)
    let bit = UInt64(1) << (mixed(network) & 63)
    spans[index].all.failing += 1
    spans[index].all.networks |= bit
    guard isBare else { return }
    spans[index].bare.failing += 1
    spans[index].bare.networks |= bit
  }

  /// - Parameter hadFailed: counted among the failing before.
  mutating func succeed(isBare: Bool, hadFailed: Bool, isRedirected: Bool, at time: Int64) {
    if isRedirected { redirects = true }
    let index = place(time)
    spans[index].all.successful += 1
    if hadFailed { spans[index].all.failing = max(0, spans[index].all.failing - 1) }
    guard isBare else { return }
    spans[index].bare.successful += 1
    if hadFailed { spans[index].bare.failing = max(0, spans[index].bare.failing - 1) }
  }

  /// Bits for a client whose log-ins fail at a time.
  func bits(isBare: Bool, at time: Int64) -> Float {
    let number = time / Self.length
    var best: Float = 0
    for near in (number - 1)...(number + 1) {
      let span = spans[Int(near & Int64(Self.kept - 1))]
      guard span.number == near else { continue }
      best = max(best, Self.bits(span.all, among: span.clients))
      if isBare { best = max(best, Self.bits(span.bare, among: span.clients)) }
    }
    return best
  }

  private static func bits(_ tally: Tally, among clients: Float) -> Float {
    let people = givingUp * tally.successful + 1
    guard tally.failing >= leastMembers, tally.failing >= excess * people, tally.networks.nonzeroBitCount >= leastNetworks else { return 0 }
    return min(maximumBits, max(0, -log2(people / (clients + 1))))
  }

  private mutating func place(_ time: Int64) -> Int {
    let number = time / Self.length
    let index = Int(number & Int64(Self.kept - 1))
    if spans[index].number != number { spans[index] = Span(number: number) }
    return index
  }
}

extension LoginBook {
  func write(to writer: inout SnapshotWriter) {
    writer.put(spans)
    writer.put(redirects ? UInt8(1) : 0)
  }

  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) {
    try reader.take(&spans)
    var flag: UInt8 = 0
    try reader.take(&flag)
    redirects = flag != 0
  }
}
