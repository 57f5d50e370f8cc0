import Glibc

/// All clients' states in memory of a fixed size, allocated at start; parts that were never touched cost nothing.
///
/// Sets of eight places, chosen by the keyed hash of the identity, so that nobody can aim at a place. When a set is full, the least
/// worthy gives way:
///
/// 1. a newcomer - one request, nothing against it - to the next newcomer, while two places of the set are held by such,
/// 2. else whoever has the least evidence and standing, and among equals was silent longest,
/// 3. a flagged client only to time: if all eight are flagged and one was silent for a day. Until then whoever comes new is looked at
///    without being remembered, in a place beside the table.
///
/// So no number of identities against which there is nothing makes it forget one that was flagged within a day, and a flood of identities that ask once
/// fights over a quarter of the places. Of whoever gives way with evidence against it, two bytes remain in a sketch.
final class ClientTable {
  private static let ways = 8
  private static let most = 1 << 27
  /// Places of a set for which newcomers compete with each other once they hold them.
  private static let newcomers = 2

  private let sets: UInt64
  let capacity: Int
  let secondLines: Int
  private(set) var count = 0
  private(set) var evictions = 0
  /// Halves of the tags of a set stand in one line of memory: finding a client touches that one and its own.
  private let tags: UnsafeMutablePointer<UInt32>
  private let hot: UnsafeMutablePointer<HotLine>
  private let cold: UnsafeMutablePointer<ColdLine>
  /// Second lines given out so far; those that came back are a list through `lastID`.
  private var coldUsed = 0
  private var coldFree: UInt32 = 0
  private var hand = 0
  private var debts: DebtSketch

  /// - Parameters:
  ///   - capacity: clients, of 68 bytes each; 1,024 to 134,217,728.
  ///   - secondLines: clients with more than one request, of 64 bytes more; as many as clients by default.
  init(capacity: Int, secondLines: Int? = nil) {
    let size = (min(max(capacity, 1024), Self.most) + Self.ways - 1) / Self.ways * Self.ways
    self.capacity = size
    self.secondLines = min(size, max(1024, secondLines ?? size))
    sets = UInt64(size / Self.ways)
    tags = Self.zeroed(size + 8)
    hot = Self.zeroed(size + 1)
    cold = Self.zeroed(self.secondLines)
    debts = DebtSketch(capacity: Self.powerOfTwo(atLeast: min(size * 2, 1 << 21)))
  }

  private static func powerOfTwo(atLeast size: Int) -> Int {
    var result = 1024
    while result < size { result *= 2 }
    return result
  }

  deinit {
    free(tags)
    free(hot)
    free(cold)
  }

  /// Pages of zeros come from the system when they are first touched, and all zeros is an empty line.
  private static func zeroed<Line>(_ count: Int) -> UnsafeMutablePointer<Line> {
    guard let memory = calloc(count, MemoryLayout<Line>.stride) else { fatalError("no memory for \(count) clients") }
    return memory.bindMemory(to: Line.self, capacity: count)
  }

  func holds(_ tag: UInt64, at index: Int) -> Bool { hot[index].tag == tag }

  func load(_ index: Int, at now: Int64) -> ClientState {
    let line = hot[index]
    return ClientState(line, line.cold == 0 ? nil : cold[Int(line.cold) - 1], now: now)
  }

  func store(_ state: ClientState, at index: Int) {
    var line = hot[index].cold
    if line == 0, state.needsSecondLine { line = takeSecondLine() }
    if line != 0 {
      cold[Int(line) - 1] = ColdLine(state)
      hot[index] = HotLine(state, cold: line)
    } else {
      var state = state
      state.noteFirst()
      hot[index] = HotLine(state, cold: 0)
    }
  }

  func find(_ tag: UInt64) -> Int? {
    let start = set(of: tag)
    for index in start..<(start + Self.ways) where tags[index] == Self.half(tag) && hot[index].tag == tag { return index }
    return nil
  }

  /// The place of a client, made if it has none.
  func place(_ tag: UInt64, at now: Int64) -> (index: Int, isNew: Bool) {
    let start = set(of: tag)
    let half = Self.half(tag)
    var empty: Int?
    for index in start..<(start + Self.ways) {
      if tags[index] == half, hot[index].tag == tag { return (index, false) }
      if tags[index] == 0, empty == nil { empty = index }
    }
    let index = empty ?? victim(from: start, at: now)
    if empty == nil { remove(index) } else { count += 1 }
    hot[index] = HotLine()
    tags[index] = half
    hot[index].tag = tag
    hot[index].lastSeen = HotLine.clock(now)
    if let level = debts.level(of: tag) { restore(level, to: index) }
    return (index, true)
  }

  // MARK: Who gives way

  private func victim(from start: Int, at now: Int64) -> Int {
    var newcomers = 0
    var newcomer = start
    var least = start
    var leastWorth = Float.infinity
    for index in start..<(start + Self.ways) {
      if isNewcomer(hot[index]) {
        newcomers += 1
        if newcomers == 1 || hot[index].silence(at: now) > hot[newcomer].silence(at: now) { newcomer = index }
      }
      let worth = worth(hot[index], at: now)
      if worth < leastWorth {
        leastWorth = worth
        least = index
      }
    }
    if newcomers >= Self.newcomers { return newcomer }
    // All are flagged: the place beside the table.
    if leastWorth > Self.flaggedWorth / 2, hot[least].silence(at: now) < Self.day { return capacity }
    return least
  }

  private static let flaggedWorth: Float = 1e6
  private static let day: UInt32 = 86_400_000

  private func isNewcomer(_ line: HotLine) -> Bool {
    line.requests <= 1 && ClientFlags(rawValue: line.flags).isDisjoint(with: [.flagged, .suspicious])
  }

  private func worth(_ line: HotLine, at now: Int64) -> Float {
    let flags = ClientFlags(rawValue: line.flags)
    let evidence = Float(abs(Int32(line.order))) / 512 + Float(line.failedLogins)
    let silence = Float(line.silence(at: now)) / 60_000
    return (flags.contains(.flagged) ? Self.flaggedWorth : flags.contains(.suspicious) ? 1e3 : 0) + evidence * 10
      + Float(min(line.requests, 100))
      - silence
  }

  private func remove(_ index: Int) {
    let line = hot[index]
    let flags = ClientFlags(rawValue: line.flags)
    if !flags.isDisjoint(with: [.flagged, .suspicious]) {
      debts.note(line.tag, level: flags.contains(.flagged) ? .flagged : .suspicious)
    }
    if line.cold != 0 { giveBack(line.cold) }
    evictions += 1
  }

  private func restore(_ level: DebtSketch.Level, to index: Int) {
    var state = ClientState()
    state.tag = hot[index].tag
    state.flags.insert(.suspicious)
    if level == .flagged { state.flags.insert(.flagged) }
    state.order = level == .flagged ? 20 : 8
    hot[index] = HotLine(state, cold: 0)
  }

  private func set(of tag: UInt64) -> Int { Int(((tag >> 32) &* sets) >> 32) * Self.ways }

  private static func half(_ tag: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: tag) | 1 }

  // MARK: Second lines

  private func takeSecondLine() -> UInt32 {
    if coldFree != 0 {
      let line = coldFree
      coldFree = cold[Int(line) - 1].lastID
      return line
    }
    if coldUsed < secondLines {
      coldUsed += 1
      return UInt32(coldUsed)
    }
    return stealSecondLine()
  }

  private func giveBack(_ line: UInt32) {
    cold[Int(line) - 1] = ColdLine()
    cold[Int(line) - 1].lastID = coldFree
    coldFree = line
  }

  /// All are given out: a hand that goes round takes the least worthy of the next sixteen that have one.
  private func stealSecondLine() -> UInt32 {
    var best: Int?
    var seen = 0
    for _ in 0..<capacity where seen < 16 {
      hand = hand + 1 < capacity ? hand + 1 : 0
      guard hot[hand].cold != 0 else { continue }
      seen += 1
      if best.map({ worth(hot[hand], at: 0) < worth(hot[$0], at: 0) }) ?? true { best = hand }
    }
    guard let best else { return 0 }
    let line = hot[best].cold
    hot[best].cold = 0
    cold[Int(line) - 1] = ColdLine()
    return line
  }
}

extension ClientTable {
  func write(to writer: inout SnapshotWriter) {
    debts.write(to: &writer)
    writer.put(UInt64(capacity))
    writer.put(UInt64(count))
    for index in 0..<capacity where hot[index].tag != 0 {
      var line = hot[index]
      line.cold = min(line.cold, 1)
      writer.put(line)
      if line.cold != 0 { writer.put(cold[Int(hot[index].cold) - 1]) }
    }
  }

  func read(from reader: inout SnapshotReader) throws(SnapshotError) {
    try debts.read(from: &reader)
    var size: UInt64 = 0
    try reader.take(&size)
    guard size == UInt64(capacity) else { throw SnapshotError(description: "the snapshot is of a table of \(size) clients") }
    for _ in 0..<(try reader.takeCount(atMost: capacity)) {
      var line = HotLine()
      try reader.take(&line)
      var second = ColdLine()
      if line.cold != 0 { try reader.take(&second) }
      restore(line, line.cold == 0 ? nil : second)
    }
  }

  private func restore(_ line: HotLine, _ second: ColdLine?) {
    let start = set(of: line.tag)
    guard line.tag != 0, let index = (start..<(start + Self.ways)).first(where: { tags[$0] == 0 }) else { return }
    tags[index] = Self.half(line.tag)
    hot[index] = line
    hot[index].cold = 0
    count += 1
    guard let second else { return }
    let place = takeSecondLine()
    guard place != 0 else { return }
    cold[Int(place) - 1] = second
    hot[index].cold = place
  }
}
