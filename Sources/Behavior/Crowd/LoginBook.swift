import Glibc

/// Who fails to log in and never succeeds, against who gets in, in each ten minutes.
///
/// A list of stolen passwords that is tried from hundreds of addresses shows nowhere but here: each address fails once or twice, as
/// people do, but people then succeed, and came to look at something. While far more clients fail for good than people explain, the
/// evidence on one of them is how rare it is among people to fail like this. The same is asked for each step from which people come to
/// the log-in: hands that look around first, as people do, all come from where their script ends, and people from elsewhere too.
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
  /// What is learned of that, in the place from which most people log in, goes down to this.
  private static let leastGivingUp: Float = 0.05
  private static let leastMembers: Float = 12
  private static let leastNetworks = 8
  /// How many times as many must fail for good as people explain.
  private static let excess: Float = 6
  private static let maximumBits: Float = 11
  /// Places from which a log-in comes, by hash; 0 stands for none.
  static let places = 32

  private var spans = [Span](repeating: Span(), count: kept)
  /// `places` for each span.
  private var from = [Tally](repeating: Tally(), count: kept * places)
  /// A log-in succeeded with a redirect once: this application sends on whoever got in.
  private(set) var redirects = false

  mutating func countClient(at time: Int64) { spans[place(time)].clients += 1 }

  /// Clients that came in the ten minutes around a time.
  func clients(at time: Int64) -> Float {
    let span = spans[Int(time / Self.length & Int64(Self.kept - 1))]
    return span.number == time / Self.length ? span.clients : 0
  }

  /// Where a log-in comes from that follows a step.
  static func place(after step: Int) -> UInt8 { UInt8(1 + mixed(UInt64(step)) % UInt64(places - 1)) }

  /// - Parameters:
  ///   - place: where its first log-in came from.
  ///   - isAgain: it had failed before and gone on to something else.
  mutating func fail(isBare: Bool, isAgain: Bool, from place: UInt8, network: UInt64, at time: Int64) {
    let index = self.place(time)
    let bit = UInt64(1) << (mixed(network) & 63)
    from[index * Self.places + Int(place)].failing += 1
    from[index * Self.places + Int(place)].networks |= bit
    guard !isAgain else { return }
    spans[index].all.failing += 1
    spans[index].all.networks |= bit
    guard isBare else { return }
    spans[index].bare.failing += 1
    spans[index].bare.networks |= bit
  }

  /// - Parameters:
  ///   - hadFailed: counted among the failing before.
  ///   - endsFailure: the same at `place`.
  mutating func succeed(isBare: Bool, from place: UInt8, endsFailure: Bool, hadFailed: Bool, isRedirected: Bool, at time: Int64) {
    if isRedirected { redirects = true }
    let index = self.place(time)
    let cell = index * Self.places + Int(place)
    from[cell].successful += 1
    if endsFailure { from[cell].failing = max(0, from[cell].failing - 1) }
    spans[index].all.successful += 1
    if hadFailed { spans[index].all.failing = max(0, spans[index].all.failing - 1) }
    guard isBare else { return }
    spans[index].bare.successful += 1
    if hadFailed { spans[index].bare.failing = max(0, spans[index].bare.failing - 1) }
  }

  /// A client that failed went on to something else without getting in: its visit did not end at the log-in.
  mutating func goOn(from place: UInt8, at time: Int64) {
    let cell = self.place(time) * Self.places + Int(place)
    from[cell].failing = max(0, from[cell].failing - 1)
  }

  /// Bits for a client whose log-ins fail at a time.
  func bits(isBare: Bool, from place: UInt8, at time: Int64) -> Float {
    let number = time / Self.length
    var best: Float = 0
    for near in (number - 1)...(number + 1) {
      let index = Int(near & Int64(Self.kept - 1))
      let span = spans[index]
      guard span.number == near else { continue }
      let givingUp = givingUp(inSpan: index)
      best = max(best, Self.bits(span.all, among: span.clients, Self.givingUp))
      if place != 0 { best = max(best, Self.bits(from[index * Self.places + Int(place)], among: span.clients, givingUp)) }
      if isBare { best = max(best, Self.bits(span.bare, among: span.clients, Self.givingUp)) }
    }
    return best
  }

  private static func bits(_ tally: Tally, among clients: Float, _ givingUp: Float) -> Float {
    guard tally.failing >= leastMembers, tally.networks.nonzeroBitCount >= leastNetworks else { return 0 }
    let people = givingUp * tally.successful + 1
    guard tally.failing >= excess * people else { return 0 }
    return min(maximumBits, max(0, -log2(people / (clients + 1))))
  }

  /// How many give up for each that succeeds, where most succeed: people do not give up more often because of where they come from.
  private func givingUp(inSpan index: Int) -> Float {
    var usual = Tally()
    for place in 1..<Self.places where from[index * Self.places + place].successful > usual.successful {
      usual = from[index * Self.places + place]
    }
    // With few to learn from, the cautious share counts as much.
    let observed = (usual.failing + 10 * Self.givingUp) / (usual.successful + 10)
    return min(Self.givingUp, max(Self.leastGivingUp, observed))
  }

  private mutating func place(_ time: Int64) -> Int {
    let number = time / Self.length
    let index = Int(number & Int64(Self.kept - 1))
    if spans[index].number != number {
      spans[index] = Span(number: number)
      for place in 0..<Self.places { from[index * Self.places + place] = Tally() }
    }
    return index
  }
}

extension LoginBook {
  func write(to writer: inout SnapshotWriter) {
    writer.put(spans)
    writer.put(from)
    writer.put(redirects ? UInt8(1) : 0)
  }

  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) {
    try reader.take(&spans)
    try reader.take(&from)
    var flag: UInt8 = 0
    try reader.take(&flag)
    redirects = flag != 0
  }
}
