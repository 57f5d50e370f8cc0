import Glibc

/// All clients' states in memory of a fixed size, allocated at start; parts that were never touched cost nothing.
///
/// Sets of eight places, chosen by the keyed hash of the identity, so that nobody can aim at a place. While a set has an empty place,
/// whoever comes takes it. In a full set, and where a network brings more newcomers than `NewcomerQuota` allows, newcomers are only
/// counted in a sketch; at its third request one is given the place of the least worthy:
///
/// 1. whoever has the least evidence and standing, and among equals was silent longest,
/// 2. a flagged client only by time: if all eight are flagged and one was silent for a day. Until then whoever comes new is looked at
///    without being remembered, in a place beside the table.
///
/// So no number of identities makes it forget one that was flagged within a day, and a flood of identities that ask once or twice
/// takes nobody's place. Of whoever gives way with evidence against it, two bytes remain in a sketch.
final class ClientTable {
  private static let ways = 8
  private static let most = 1 << 27

  private let sets: UInt64
  let capacity: Int
  let secondLines: Int
  private(set) var count = 0
  private(set) var evictions = 0
  /// Sixteen bits of the tags of a set stand in one line of memory: finding a client touches that one and its own.
  private let tags: UnsafeMutablePointer<UInt16>
  private let hot: UnsafeMutablePointer<HotLine>
  private let cold: UnsafeMutablePointer<ColdLine>
  private let memory: [ZeroedMemory]
  /// Second lines given out so far; those that came back are a list through `lastIDAndDiscipline`.
  private var coldUsed = 0
  private var coldFree: UInt32 = 0
  private var hand = 0
  private let debts: DebtSketch
  private var newcomers = NewcomerSketch()
  private var quota = NewcomerQuota()

  /// - Parameters:
  ///   - capacity: clients, of 66 bytes each; 1,024 to 134,217,728.
  ///   - secondLines: clients with more than one request, of 64 bytes more; as many as clients by default.
  init(capacity: Int, secondLines: Int? = nil) {
    let size = (min(max(capacity, 1024), Self.most) + Self.ways - 1) / Self.ways * Self.ways
    self.capacity = size
    self.secondLines = min(size, max(1024, secondLines ?? size))
    sets = UInt64(size / Self.ways)
    memory = [
      ZeroedMemory(bytes: (size + Self.ways) * MemoryLayout<UInt16>.stride), ZeroedMemory(bytes: (size + 1) * MemoryLayout<HotLine>.stride),
      ZeroedMemory(bytes: self.secondLines * MemoryLayout<ColdLine>.stride),
    ]
    tags = memory[0].start.bindMemory(to: UInt16.self, capacity: size + Self.ways)
    hot = memory[1].start.bindMemory(to: HotLine.self, capacity: size + 1)
    cold = memory[2].start.bindMemory(to: ColdLine.self, capacity: self.secondLines)
    debts = DebtSketch(capacity: Self.powerOfTwo(atLeast: min(size * 2, 1 << 21)))
  }

  private static func powerOfTwo(atLeast size: Int) -> Int {
    var result = 1024
    while result < size { result *= 2 }
    return result
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
    let liked = start + Self.liked(tag)
    return hot[liked].tag == tag ? liked : find(tag, in: start, Self.set(tags, start))
  }

  /// All eight at once: where in its set a client stands is as good as random, and a loop would be guessed wrong.
  @inline(__always)
  private func find(_ tag: UInt64, in start: Int, _ shorts: SIMD8<UInt16>) -> Int? {
    var places = Self.places(where: shorts .== SIMD8(repeating: Self.short(tag)))
    while places != 0 {
      let index = start + places.trailingZeroBitCount
      if hot[index].tag == tag { return index }
      places &= places - 1
    }
    return nil
  }

  @inline(__always)
  private static func set(_ tags: UnsafeMutablePointer<UInt16>, _ start: Int) -> SIMD8<UInt16> {
    UnsafeRawPointer(tags + start).load(as: SIMD8<UInt16>.self)
  }

  /// A bit for each place at which it holds.
  @inline(__always)
  private static func places(where mask: SIMDMask<SIMD8<Int16>>) -> UInt8 {
    let bits = SIMD8<UInt16>(1, 2, 4, 8, 16, 32, 64, 128)
    return UInt8(truncatingIfNeeded: SIMD8<UInt16>(repeating: 0).replacing(with: bits, where: mask).wrappedSum())
  }

  /// The place of a client, made if it has none.
  ///
  /// - Parameter network: whose quota a newcomer counts against; nil for none.
  func place(_ tag: UInt64, of network: UInt64? = nil, at now: Int64) -> (index: Int, isNew: Bool) {
    let start = set(of: tag)
    // Most stand where they like best: that line of memory is asked for without waiting for the tags.
    let liked = start + Self.liked(tag)
    if hot[liked].tag == tag { return (liked, false) }
    let shorts = Self.set(tags, start)
    if let index = find(tag, in: start, shorts) { return (index, false) }
    return (newPlace(tag, in: start, shorts, of: network, at: now), true)
  }

  private func newPlace(_ tag: UInt64, in start: Int, _ shorts: SIMD8<UInt16>, of network: UInt64?, at now: Int64) -> Int {
    let free = Self.places(where: shorts .== SIMD8(repeating: 0))
    let liked = Self.liked(tag)
    let empty = free == 0 ? nil : start + (free & 1 << UInt8(liked) != 0 ? liked : free.trailingZeroBitCount)
    let isWithinQuota = network.map { quota.takes($0, at: now) } ?? true
    let index: Int
    if let empty, isWithinQuota {
      index = empty
      count += 1
    } else if newcomers.count(tag, at: now) < Self.proven {
      index = capacity
    } else if let empty {
      index = empty
      count += 1
    } else {
      index = victim(from: start, at: now)
      if index < capacity { remove(index) }
    }
    if index == capacity {
      // Whoever was looked at there last leaves two bytes too, if there was something against it.
      note(hot[index])
      if hot[index].cold != 0 { giveBack(hot[index].cold) }
    }
    hot[index] = HotLine()
    if index < capacity { tags[index] = Self.short(tag) }
    hot[index].tag = tag
    hot[index].lastSeen = HotLine.clock(now)
    if let level = debts.level(of: tag) { restore(level, to: index) }
    return index
  }

  /// Requests after which a newcomer may take another's place.
  private static let proven: UInt8 = 3

  // MARK: Who gives way

  private func victim(from start: Int, at now: Int64) -> Int {
    var least = start
    var leastWorth = Float.infinity
    for index in start..<(start + Self.ways) {
      let worth = worth(hot[index], at: now)
      if worth < leastWorth {
        leastWorth = worth
        least = index
      }
    }
    // All are flagged: the place beside the table.
    if leastWorth > Self.flaggedWorth / 2, hot[least].silence(at: now) < Self.day { return capacity }
    return least
  }

  private static let flaggedWorth: Float = 1e6
  private static let day: UInt32 = 86_400_000

  private func worth(_ line: HotLine, at now: Int64) -> Float {
    let flags = line.allFlags
    let evidence = Float(abs(Int32(line.order))) / 512 + Float(line.failedLogins)
    let silence = Float(line.silence(at: now)) / 60_000
    return (flags.contains(.flagged) ? Self.flaggedWorth : flags.contains(.suspicious) ? 1e3 : 0) + evidence * 10
      + Float(min(line.requests, 100))
      - silence
  }

  private func note(_ line: HotLine) {
    let flags = line.allFlags
    guard line.tag != 0, !flags.isDisjoint(with: .owing) else { return }
    debts.note(line.tag, level: flags.contains(.flagged) ? .flagged : .suspicious)
  }

  private func remove(_ index: Int) {
    let line = hot[index]
    note(line)
    if line.cold != 0 { giveBack(line.cold) }
    evictions += 1
  }

  private func restore(_ level: DebtSketch.Level, to index: Int) {
    let lastSeen = hot[index].lastSeen
    var state = ClientState()
    state.tag = hot[index].tag
    state.flags.insert(.suspicious)
    if level == .flagged { state.flags.insert(.flagged) }
    state.order = level == .flagged ? 20 : 8
    hot[index] = HotLine(state, cold: 0)
    hot[index].lastSeen = lastSeen
  }

  private func set(of tag: UInt64) -> Int { Int(((tag >> 32) &* sets) >> 32) * Self.ways }

  /// The place of its set that a client takes if it is free.
  private static func liked(_ tag: UInt64) -> Int { Int(tag >> 17 & 7) }

  private static func short(_ tag: UInt64) -> UInt16 { UInt16(truncatingIfNeeded: tag) | 1 }

  // MARK: Second lines

  private func takeSecondLine() -> UInt32 {
    if coldFree != 0 {
      let line = coldFree
      coldFree = cold[Int(line) - 1].lastIDAndDiscipline
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
    cold[Int(line) - 1].lastIDAndDiscipline = coldFree
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
    tags[index] = Self.short(line.tag)
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
