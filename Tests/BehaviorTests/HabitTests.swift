import HTTPModel
import Testing

@testable import Behavior

@Suite("Pauses, stacks, pages, protocols")
struct HabitTests {
  private static let start: Int64 = 1_790_000_000_000_000

  private static func event(
    _ method: String = "GET", _ path: String = "/", status: Int = 200, at seconds: Double = 0, bytes: Int = -1, milliseconds: Int32 = -1,
    headerOrder: UInt64 = 0
  ) -> ClientEvent {
    var event = ClientEvent(
      time: Timestamp(microseconds: start + Int64(seconds * 1_000_000)), status: status, path: Array(path.utf8),
      method: Array(method.utf8), hasSession: true)
    event.bytes = bytes
    event.milliseconds = milliseconds
    event.headerOrder = headerOrder
    return event
  }

  static let protocolLines = [
    "play: start POST /plays/*", "play: beat POST /plays/*/beat after start, beat every 30s of 1kB",
    "play: end POST /plays/*/end after start, beat at least 5s at most 10m",
  ]

  @Test("protocols are read, and what is wrong in them is said")
  func descriptions() throws {
    let description = try ProtocolDescription(Self.protocolLines)
    #expect(description.names == ["play"] && description.states == [["start", "beat", "end"]])
    #expect(description.step(Array("POST".utf8), Array("/plays/7/beat".utf8))?.state == 1)
    for (method, path) in [("GET", "/plays/7/beat"), ("POST", "/plays/7/beat/x"), ("POST", "/plays")] {
      #expect(description.step(Array(method.utf8), Array(path.utf8)) == nil, "\(method) \(path)")
    }
    let bad = [
      "play start POST /x", "play: start POST", "play: start POST x", "play: a POST /x every", "play: a POST /x every soon",
      "play: a POST /x at noon", "play: a POST /x of much", "play: a POST /x sometimes", "play: a POST /x after b",
      "play: a POST /x every 0s",
    ]
    for line in bad { #expect(throws: ProtocolStep.Mistake.self, "\(line)") { try ProtocolDescription([line]) } }
    #expect(throws: ProtocolStep.Mistake.self) { try ProtocolDescription((0..<5).map { "p\($0): a GET /x" }) }
    #expect(throws: ProtocolStep.Mistake.self) { try ProtocolDescription((0..<8).map { "p: s\($0) GET /x" }) }
    #expect(bad.count == 10)
  }

  @Test("who keeps to the protocol as people do has nothing to fear; beats out of nothing, too early or too short do")
  func protocols() throws {
    var model = ProtocolModel()
    model.description = try ProtocolDescription(Self.protocolLines)
    func play(_ times: [(String, Double, Int)], weight: Float) -> ClientState {
      var state = ClientState()
      for (path, seconds, bytes) in times {
        let event = Self.event("POST", path, at: seconds, bytes: bytes)
        model.record(event, weight: weight, voice: 1, in: &state)
        state.lastSeen = event.time.microseconds
      }
      return state
    }
    for person in 0..<300 {
      let late = Double(person % 10) * 0.4
      _ = play(
        [("/plays/1", 0, 0), ("/plays/1/beat", 30 + late, 2000), ("/plays/1/beat", 60 + late, 2000), ("/plays/1/end", 80, 0)], weight: 1)
    }
    let honest = play([("/plays/1", 0, 0), ("/plays/1/beat", 30.8, 2000), ("/plays/1/beat", 61, 2000), ("/plays/1/end", 82, 0)], weight: 0)
    #expect(ProtocolSignal.bits(honest) < 0.5)
    let rows: [(String, [(String, Double, Int)])] = [
      ("beats without a start", (0..<8).map { ("/plays/1/beat", Double($0) * 30, 2000) }),
      ("beats in a row", [("/plays/1", 0, 0)] + (1..<8).map { ("/plays/1/beat", Double($0), 2000) }),
      ("beats without a stream", [("/plays/1", 0, 0)] + (1..<8).map { ("/plays/1/beat", Double($0) * 30, 10) }),
      ("ends at once", (0..<8).flatMap { [("/plays/1", Double($0) * 3, 0), ("/plays/1/end", Double($0) * 3 + 1, 0)] }),
    ]
    for (why, times) in rows {
      let state = play(times, weight: 0)
      #expect(state.protocolPlace >> 5 > 0 && honest.protocolPlace >> 5 == 0, "\(why)")
      #expect(why == "beats without a start" || ProtocolSignal.bits(state) > 1, "\(why): \(state.protocolBits)")
    }
    #expect(rows.count == 4)
  }

  @Test("a header order that its family hardly has is evidence, a family that nobody knows is none")
  func stacks() {
    var model = StackModel()
    for number in 0..<200 {
      var state = ClientState()
      model.record(Self.event(headerOrder: number % 20 == 0 ? 12 : 11), family: 5, isAsset: false, weight: 1, in: &state)
    }
    func bits(_ order: UInt64, family: UInt64) -> Float {
      var state = ClientState()
      model.record(Self.event(headerOrder: order), family: family, isAsset: false, weight: 0, in: &state)
      return state.stack
    }
    #expect(bits(11, family: 5) == 0 && bits(12, family: 5) == 0)
    #expect(bits(99, family: 5) > 3)
    #expect(bits(99, family: 6) == 0)
    #expect(bits(0, family: 5) == 0, "not observed")
  }

  @Test("who asks again at once after a refusal, or anew for what it has, differs from a crowd that does not")
  func retries() {
    var model = RetryModel()
    func run(gap: Int, status: Int, times: Int, weight: Float) -> Float {
      var state = ClientState()
      for _ in 0..<times {
        state.flags.insert(.failed)
        state.flags.insert(.throttled)
        model.record(Self.event(status: status), step: 7, gap: gap, isAgain: true, weight: weight, voice: 1, in: &state)
      }
      return state.discipline
    }
    for _ in 0..<200 { _ = run(gap: 13, status: 304, times: 2, weight: 1) }
    #expect(run(gap: 13, status: 304, times: 4, weight: 0) < 0)
    #expect(run(gap: 2, status: 200, times: 4, weight: 0) > 1)
    var untaught = RetryModel()
    var state = ClientState()
    untaught.record(Self.event(), step: 7, gap: 2, isAgain: true, weight: 0, voice: 1, in: &state)
    #expect(abs(state.discipline) < 0.01, "without a crowd nothing is known")
  }

  @Test("a browser without assets among browsers that load them, and requests dearer than others'")
  func pages() {
    var model = PageModel()
    func run(assets: Int, cost: Int32, kind: ClientFlags, weight: Float) -> ClientState {
      var state = ClientState()
      state.flags.insert(kind)
      for number in 0..<16 {
        let isAsset = number < assets
        state.composition.count(
          Self.event(isAsset ? "GET" : "GET", "/x"), .init(template: 1, hasVariable: false, isAsset: isAsset), [], isSameStep: false,
          isPoll: false)
        if isAsset { state.composition.assets += 1 }
        model.record(Self.event(milliseconds: cost), isAsset: isAsset, weight: weight, voice: 1, in: &state)
        state.requests += 1
      }
      state.requests -= 1
      return state
    }
    for number in 0..<300 {
      _ = run(assets: 5 + number % 4, cost: 20 + Int32(number % 20), kind: .browser, weight: 1)
      _ = run(assets: 0, cost: 20 + Int32(number % 20), kind: .app, weight: 1)
    }
    #expect(run(assets: 6, cost: 30, kind: .browser, weight: 0).missing <= 0)
    #expect(run(assets: 0, cost: 30, kind: .browser, weight: 0).missing > 1)
    #expect(run(assets: 0, cost: 30, kind: .app, weight: 0).missing <= 0, "apps load nothing along")
    #expect(run(assets: 6, cost: 900, kind: .browser, weight: 0).dearness > 0.5)
    #expect(run(assets: 6, cost: 30, kind: .browser, weight: 0).dearness <= 0)
  }

  @Test("clients that all at once ask for one thing and nothing else are many hands; not if they go on, are ever there, or are few")
  func polls() {
    let span: Int64 = 600_000_000
    let rows: [(why: String, idle: Int, resolved: Int, networks: Int, before: Int, isFound: Bool)] = [
      ("a flood", 200, 3, 60, 0, true), ("a crowd that waits and then goes on", 200, 150, 60, 0, false),
      ("tabs that are open all day", 200, 0, 60, 150, false), ("one office", 200, 0, 2, 0, false), ("a few", 15, 0, 15, 0, false),
    ]
    for row in rows {
      var book = PollBook()
      for number in 0..<12 {
        let now = Self.start + Int64(number) * span
        for client in 0..<max(1, row.before) { book.enter(7, network: UInt64(client), at: now) }
      }
      let now = Self.start + 14 * span
      for client in 0..<row.idle + row.resolved { book.enter(7, network: UInt64(client % row.networks), at: now) }
      for _ in 0..<row.resolved { book.resolve(7, at: now + 1000) }
      #expect((book.bits(7, at: now, clients: 2000) > 9) == row.isFound, "\(row.why): \(book.bits(7, at: now, clients: 2000))")
    }
    #expect(rows.count == 5)
  }

  @Test("what is held against somebody fades while they are away")
  func fading() {
    var state = ClientState()
    state.requests = 9
    state.lastSeen = Self.start
    state.order = 12
    state.failedLogins = 8
    state.flags.insert(.flagged)
    var soon = state
    soon.fade(until: Self.start + 600_000_000)
    #expect(soon.order == 12 && soon.failedLogins == 8)
    var later = state
    later.fade(until: Self.start + 43_200_000_000)
    #expect(abs(later.order - 6) < 0.01 && later.failedLogins == 4 && later.flags.contains(.flagged))
    state.fade(until: Self.start + 2 * 86_400_000_000)
    #expect(state.order < 1 && !state.flags.contains(.flagged))
  }

  @Test("an endpoint of a document is known before anybody asks, and its variables take any word")
  func declared() {
    var templates = EndpointTemplates()
    templates.declare(method: Array("GET".utf8), path: Array("/artists/{name}/albums".utf8))
    let one = templates.match(method: Array("GET".utf8), path: Array("/artists/abba/albums".utf8), isFound: false)
    let two = templates.match(method: Array("GET".utf8), path: Array("/artists/blur/albums".utf8), isFound: false)
    #expect(one.template == two.template && one.template != EndpointTemplates.none && one.hasVariable)
    #expect(templates.name(one.template) == "GET /artists/{}/albums")
  }
}
