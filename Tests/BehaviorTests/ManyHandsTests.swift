import HTTPModel
import Testing

@testable import Behavior

@Suite("Many hands of one")
struct ManyHandsTests {
  /// People at work, and among them hands that look around as people do and then try three passwords each.
  private func evening(hands: Int) -> Audience {
    let audience = Audience()
    audience.visit(people: 300)
    for hand in 0..<hands {
      let address = Self.address(hand)
      audience.ask(address, "/home", after: 900)
      audience.ask(address, "/items/\(hand % 60)", after: Int64(1500 + audience.chance(3000)))
      for _ in 0..<3 { audience.ask(address, "POST", "/login", status: 401, after: Int64(4000 + audience.chance(9000))) }
    }
    return audience
  }

  private static func address(_ hand: Int) -> String { "203.\(hand).113.\(hand % 200 + 1)" }

  private func flagged(_ audience: Audience, hands: Int) -> Int {
    (0..<hands).count { hand in
      let identity = audience.identity(Self.address(hand))
      guard let state = audience.engine.state(of: identity, at: Timestamp(microseconds: audience.now)) else { return false }
      return state.isFlagged || audience.engine.afterthought(state, asLastSeen: state, of: identity, hasSession: true) != nil
    }
  }

  @Test("log-ins that fail for good from where hardly anybody logs in are one list, though each hand looked around first")
  func stuffing() { #expect(flagged(evening(hands: 60), hands: 60) >= 48) }

  @Test("five people who gave up are no list")
  func givingUp() { #expect(flagged(evening(hands: 5), hands: 5) == 0) }

  @Test("whoever failed and went on to something else is not one of them")
  func goingOn() {
    let audience = evening(hands: 60)
    var state = ClientState()
    for (method, target, status) in [
      ("GET", "/home", 200), ("GET", "/items/7", 200), ("POST", "/login", 401), ("POST", "/login", 401), ("GET", "/items/8", 200),
      ("POST", "/items/8/like", 200),
    ] {
      state = audience.ask("198.51.100.9", method, target, status: status, after: 4000)
    }
    #expect(audience.engine.bits(state) < audience.engine.threshold)
    #expect(audience.engine.afterthought(state, asLastSeen: state, of: audience.identity("198.51.100.9"), hasSession: true) == nil)
  }

  @Test("refreshing is worth nothing, however fast", arguments: [80, 900, 5000])
  func refreshing(milliseconds: Int64) {
    let audience = Audience()
    audience.visit(people: 300)
    audience.ask("198.51.100.7", "/home", after: 900)
    var most: Float = 0
    for _ in 0..<250 {
      let state = audience.ask("198.51.100.7", "/items/7", after: milliseconds + Int64(audience.chance(40)))
      most = max(most, audience.engine.bits(state))
    }
    #expect(most < 4, "\(most) bits")
  }

  @Test("a session of which its address was guilty is its own from the third request on")
  func proof() {
    let audience = Audience()
    audience.visit(people: 300)
    for number in 0..<40 { audience.ask("203.0.113.9", "POST", "/login", status: 401, after: 900, session: "s\(number / 2)") }
    var states = [audience.ask("203.0.113.9", "/home", after: 900)]
    states.append(audience.ask("203.0.113.9", "/items/3", after: 2100))
    states.append(audience.ask("203.0.113.9", "POST", "/items/3/like", after: 1700))
    #expect(states.map { audience.engine.bits($0) >= audience.engine.threshold } == [true, true, false])
  }
}
