import HTTPModel

@testable import Behavior

/// An engine and a small audience to teach it what people do.
final class Audience {
  let engine: BehaviorEngine
  var now: Int64 = 1_790_000_000_000_000
  private var random: UInt64 = 7

  init(_ configuration: BehaviorConfiguration = .init()) { engine = BehaviorEngine(configuration) }

  init(engine: BehaviorEngine, now: Int64) {
    self.engine = engine
    self.now = now
  }

  func chance(_ outOf: UInt64) -> UInt64 {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (random >> 33) % outOf
  }

  @discardableResult
  func ask(
    _ client: String, _ method: String = "GET", _ target: String, status: Int = 200, after milliseconds: Int64 = 2000,
    session: String? = "own",
    key: String? = nil, agent: String = "Mozilla/5.0 (X11)", anomaly: Int = 0, isScanner: Bool = false, rules: [Int] = [],
    violatesSchema: Bool = false
  ) -> ClientState {
    now += milliseconds * 1000
    let parts = target.split(separator: "?", maxSplits: 1)
    var event = ClientEvent(
      time: Timestamp(microseconds: now), status: status, path: Array(parts[0].utf8), query: parts.count > 1 ? Array(parts[1].utf8) : [],
      method: Array(method.utf8), userAgent: Array(agent.utf8), hasKey: key != nil, hasSession: session != nil, anomaly: anomaly,
      isRefusedByRules: anomaly >= 5, ruleIDs: rules, isScanner: isScanner)
    event.violatesSchema = violatesSchema
    return engine.observe(event, of: identity(client, session: session, key: key, agent: agent))
  }

  func identity(_ client: String, session: String? = "own", key: String? = nil, agent: String = "Mozilla/5.0 (X11)") -> ClientIdentity {
    ClientIdentity(
      address: client, userAgent: Array(agent.utf8), session: session.map { Array("\($0)-\(client)".utf8) }, key: key.map { Array($0.utf8) }
    )
  }

  /// People one after the other: home, a few items, something done with one of them, and so on.
  func visit(people: Int, network: String = "192.0") {
    for person in 0..<people {
      let address = "\(network).\(person / 200).\(person % 200 + 1)"
      ask(address, "/home", after: 500)
      for _ in 0..<(2 + chance(4)) {
        if chance(3) == 0 { ask(address, "/search?q=\(chance(40))", after: Int64(900 + chance(4000))) }
        let item = chance(60)
        ask(address, "/items/\(item)", after: Int64(900 + chance(5000)))
        if chance(3) > 0 { ask(address, "POST", "/items/\(item)/like", after: Int64(700 + chance(3000))) }
      }
      if chance(10) == 0 {
        if chance(4) == 0 { ask(address, "POST", "/login", status: 401, after: 6000) }
        ask(address, "POST", "/login", after: 6000)
      }
    }
    // They have gone: what they did is learned from.
    now += 1_300_000_000
  }
}

extension Audience {
  @discardableResult
  func ask(_ client: String, _ target: String, after milliseconds: Int64) -> ClientState { ask(client, "GET", target, after: milliseconds) }
}
