import HTTPModel
import Testing

@testable import Behavior

@Suite("Newcomers")
struct NewcomerTests {
  private static let now: Int64 = 1_790_000_000_000_000

  @Test("the sketch counts what it is asked about, and forgets")
  func sketch() {
    var sketch = NewcomerSketch()
    let tag = mixed(7)
    let counts = (1...4).map { _ in sketch.count(tag, at: Self.now) }
    #expect(counts == [1, 2, 3, 4])
    let other = sketch.count(mixed(8), at: Self.now)
    #expect(other == 1)
    let later = sketch.count(tag, at: Self.now + 601_000_000)
    #expect(later == 1)
  }

  @Test("a network may bring a crowd at once, and then so many a second")
  func quota() {
    var quota = NewcomerQuota()
    let taken = (0..<10_000).count { _ in quota.takes(5, at: Self.now) }
    #expect((4000...4001).contains(taken), "\(taken)")
    let isTaken = quota.takes(6, at: Self.now)
    #expect(isTaken, "another network's are its own")
    let later = (0..<10_000).count { _ in quota.takes(5, at: Self.now + 1_000_000) }
    #expect((200...201).contains(later), "\(later)")
  }

  @Test("in a full set a newcomer is let in at its third request, in place of the least worthy")
  func thirdRequest() {
    let table = ClientTable(capacity: 1024)
    for number in 1...20_000 {
      let (index, _) = table.place(mixed(UInt64(number)) | 1, at: Self.now)
      var state = table.load(index, at: Self.now)
      state.requests = 1
      table.store(state, at: index)
    }
    #expect(table.count == table.capacity)
    #expect(table.evictions == 0)
    let tag = mixed(99_999_999) | 1
    let places = (0..<4).map { _ in table.place(tag, at: Self.now) }
    #expect(places.map(\.isNew) == [true, true, true, false])
    #expect(places[0].index == table.capacity && places[2].index < table.capacity)
    #expect(table.evictions == 1)
  }

  @Test("what is flagged stays so in a flood that brings its identities three times each")
  func stubbornFlood() {
    let audience = Audience(
      {
        var configuration = BehaviorConfiguration()
        configuration.maximumClients = 4096
        return configuration
      }())
    for number in 0..<200 { for _ in 0..<14 { audience.ask("192.0.2.\(number)", "POST", "/login", status: 401, after: 1) } }
    func flagged() -> Int {
      (0..<200).count {
        audience.engine.state(of: audience.identity("192.0.2.\($0)"), at: Timestamp(microseconds: audience.now))?.isFlagged ?? false
      }
    }
    let before = flagged()
    for number in 0..<60_000 {
      for _ in 0..<3 { audience.ask("10.\(number >> 16).\(number >> 8 & 255).\(number & 255)", "/home", after: 0) }
    }
    #expect(before >= 198)
    #expect(flagged() == before)
  }

  @Test("a session that the origin was seen to give counts for itself from its first request on")
  func issued() {
    let audience = Audience()
    for number in 0..<40 {
      // One source makes sessions of which each asks once for what the rules refuse.
      audience.ask("192.0.2.1", "GET", "/x", session: "made-\(number)", anomaly: 25, rules: [number])
    }
    let fresh = audience.ask("192.0.2.1", "GET", "/home", after: 100, session: "fresh")
    #expect(fresh.inherited > 100, "a session that was made up stands for what they did")
    audience.engine.issue(audience.identity("192.0.2.1", session: "given"))
    let given = audience.ask("192.0.2.1", "GET", "/home", after: 100, session: "given")
    #expect(given.inherited < 100)
  }

  @Test("a verified token is one client wherever it comes from")
  func subjects() {
    let one = ClientIdentity(address: "192.0.2.1", userAgent: [1], session: [2], key: nil, subject: [7])
    let two = ClientIdentity(address: "198.51.100.1", userAgent: [3], session: nil, key: nil, subject: [7])
    #expect(one.client == two.client && one.address != two.address)
    #expect(one.client != ClientIdentity(address: "192.0.2.1", userAgent: [1], session: [2], key: nil).client)
    let six = ClientIdentity(address: "2001:db8:1:1::1", userAgent: [], session: nil, key: nil)
    let near = ClientIdentity(address: "2001:db8:1:2::1", userAgent: [], session: nil, key: nil)
    let far = ClientIdentity(address: "2001:db8:1:101::1", userAgent: [], session: nil, key: nil)
    #expect(six.site == near.site && six.address != near.address && six.site != far.site && six.network == far.network)
  }
}
