import HTTPModel
import Testing

@testable import Behavior

@Suite("The table of clients")
struct ClientTableTests {
  private static let now: Int64 = 1_790_000_000_000_000

  @Test("a client takes two lines of 64 bytes")
  func size() {
    #expect(MemoryLayout<HotLine>.size == 64)
    #expect(MemoryLayout<HotLine>.stride == 64)
    #expect(MemoryLayout<ColdLine>.size <= 64)
    #expect(MemoryLayout<ColdLine>.stride == 64)
    #expect(MemoryLayout<AddressState>.stride == 16)
  }

  @Test("what is stored comes back, bits to a step of 1/512")
  func roundTrip() {
    var state = ClientState()
    state.tag = 77
    state.requests = 1234
    state.lastSeen = Self.now - 5_000_000
    state.order = 7.25
    state.timing = -1.5
    state.novelty = 4.75
    state.repetition = 3.5
    state.rules = 6.125
    state.mode = 9.5
    state.breadth = -0.25
    state.peak = 12.25
    state.waiting = SIMD8(1, 2, 3, 0x7F_FFFF, 5, 6, 7, 8)
    state.stepGaps = SIMD3(9, 10, 0xFFFF_FFFF)
    state.objects = .max
    state.transitions = 0xF0F0
    state.lastID = 0xABCDEF
    state.discipline = 1.0625
    state.stack = 3.25
    state.protocolTime = 65_535
    state.protocolPlace = 0xE9
    state.protocolBits = -0.875
    state.cost = 77
    state.oddFrom = 2047
    state.oddTo = 1024
    state.oddBits = 48
    state.composition.writes = 200
    state.reads = 200
    state.failedLogins = 3
    state.flags = [.tool, .odd, .failed, .hosting, .browser, .throttled]
    let copy = ClientState(HotLine(state, cold: 1), ColdLine(state), now: Self.now)
    #expect(copy.order == state.order && copy.timing == state.timing && copy.novelty == state.novelty)
    #expect(copy.repetition == state.repetition && copy.rules == state.rules && copy.mode == state.mode)
    #expect(copy.breadth == state.breadth && copy.peak == state.peak)
    #expect(copy.waiting == state.waiting && copy.stepGaps == state.stepGaps)
    #expect(copy.objects == state.objects && copy.transitions == state.transitions && copy.lastID == state.lastID)
    #expect(copy.discipline == 1.0625 && copy.stack == 3.25 && copy.cost == 77)
    #expect(copy.protocolTime == 65_535 && copy.protocolPlace == 0xE9 && copy.protocolBits == -0.875)
    #expect(copy.shape == state.shape && copy.oddBits == state.oddBits)
    #expect(copy.requests == state.requests && copy.lastSeen == state.lastSeen && copy.tag == state.tag)
    #expect(copy.writes == 200 && copy.reads == 200 && copy.failedLogins == 3 && copy.flags == state.flags)
  }

  @Test("no flood of identities that ask once makes it forget whoever was flagged, or known for long")
  func flood() {
    let table = ClientTable(capacity: 4096)
    var known: [UInt64] = []
    for number in 1...1500 {
      let tag = mixed(UInt64(number)) | 1
      let (index, _) = table.place(tag, at: Self.now)
      var state = table.load(index, at: Self.now)
      state.requests = 20
      state.lastSeen = Self.now
      state.flags.insert(.flagged)
      state.order = 20
      table.store(state, at: index)
      known.append(tag)
    }
    let before = known.count { table.find($0) != nil }
    for number in 0..<400_000 {
      let now = Self.now + Int64(number) * 100
      let (index, _) = table.place(mixed(UInt64(number) | 1 << 40) | 1, at: now)
      var state = table.load(index, at: now)
      state.requests = 1
      state.lastSeen = now
      table.store(state, at: index)
    }
    #expect(before == 1500 || before >= 1490)
    #expect(known.count { table.find($0) != nil } == before)
    #expect(table.count <= table.capacity)
    #expect(table.evictions < 4096, "whoever asks once takes nobody's place")
  }

  @Test("whoever must give way with evidence against it is known again")
  func sketch() {
    let table = ClientTable(capacity: 1024)
    func store(_ number: Int, _ flags: ClientFlags) -> UInt64 {
      let tag = mixed(UInt64(number)) | 1
      let (index, _) = table.place(tag, at: Self.now)
      var state = table.load(index, at: Self.now)
      state.requests = 5
      state.lastSeen = Self.now
      state.flags.formUnion(flags)
      table.store(state, at: index)
      return tag
    }
    // Twice as many flagged ones as there are places: half of them had to go.
    let tags = (1...2048).map { store($0, [.flagged, .suspicious]) }
    let gone = tags.filter { table.find($0) == nil }
    #expect(gone.count >= 1024)
    var restored = 0
    for tag in gone.suffix(300) {
      let (index, isNew) = table.place(tag, at: Self.now)
      #expect(isNew)
      if table.load(index, at: Self.now).flags.contains(.flagged) { restored += 1 }
    }
    #expect(restored > 150, "\(restored) of 300: the sketch holds the newest")
  }

  @Test("when all second lines are given out, the least worthy gives its own")
  func secondLines() {
    let table = ClientTable(capacity: 8192, secondLines: 1024)
    for number in 0..<4000 {
      let (index, _) = table.place(mixed(UInt64(number)) | 1, at: Self.now)
      var state = table.load(index, at: Self.now)
      state.requests = 3
      state.composition.writes = 2
      table.store(state, at: index)
      #expect(table.load(index, at: Self.now).writes == 2)
    }
  }

  @Test("silence is told over the turn of the clock, and lines out of order are no silence")
  func clock() {
    var line = HotLine()
    let turn: Int64 = (Int64(UInt32.max) + 1) * 1000
    line.lastSeen = HotLine.clock(turn - 2_000_000)
    #expect(line.silence(at: turn + 1_000_000) == 3000)
    #expect(line.silence(at: turn - 5_000_000) == 0)
  }

  @Test("addresses: prefixes of both families, however they are written")
  func prefixes() {
    let rows: [(String, String, Bool)] = [
      ("2001:db8:1:2::7", "2001:0db8:0001:0002:0:0:0:9", true), ("2001:db8:1:2::7", "2001:db8:1:3::7", false),
      ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false), ("::1", "::2", true),
    ]
    for (one, other, isSame) in rows {
      #expect((AddressPrefixes(Array(one.utf8)).line == AddressPrefixes(Array(other.utf8)).line) == isSame, "\(one) \(other)")
    }
    #expect(AddressPrefixes(Array("192.0.2.1".utf8)).network == AddressPrefixes(Array("192.0.2.99".utf8)).network)
    #expect(AddressPrefixes(Array("2001:db8:1:2::".utf8)).network == AddressPrefixes(Array("2001:db8:1:ffff::".utf8)).network)
    for bad in ["", ":", ":::", "1:2:3", "zz::1", "1::2::3", "12345::"] { _ = AddressPrefixes(Array(bad.utf8)) }
    #expect(rows.count == 5)
  }
}
