import EvidenceModel
import HTTPModel
import Testing

@testable import Behavior

@Suite("Signals")
struct SignalTests {
  private func audience() -> Audience {
    let audience = Audience()
    audience.visit(people: 400)
    return audience
  }

  @Test("people who do what the crowd does are let pass, and earn credit")
  func people() {
    let audience = audience()
    var flagged = 0
    var credited = 0
    for person in 0..<200 {
      let address = "198.51.100.\(person)"
      var state = audience.ask(address, "/home", after: 1000)
      for _ in 0..<4 {
        let item = audience.chance(60)
        audience.ask(address, "/items/\(item)", after: Int64(900 + audience.chance(5000)))
        state = audience.ask(address, "POST", "/items/\(item)/like", after: Int64(700 + audience.chance(3000)))
      }
      if state.isFlagged { flagged += 1 }
      if audience.engine.bits(state) < 0 { credited += 1 }
    }
    #expect(flagged == 0)
    #expect(credited > 150)
  }

  @Test("a harvester that only reads is found within thirty requests, without any session or with one", arguments: [nil, "s"])
  func harvester(session: String?) {
    let audience = audience()
    var found: Int?
    for number in 1...60 where found == nil {
      if audience.ask("203.0.113.9", "GET", "/items/\(1000 + (number * 37) % 900)", after: 1500, session: session).isFlagged {
        found = number
      }
    }
    #expect(found != nil && found! <= 30, "at \(found ?? 0)")
  }

  /// What one client does, by how many requests it must be flagged, and as what.
  static let abusers: [(name: String, label: ClientClass, most: Int, act: @Sendable (Audience, Int) -> ClientState)] = [
    ("one id after the other", .enumerator, 30, { $0.ask("203.0.113.1", "/items/\(2000 + $1)", after: 700) }),
    (
      "a list of passwords", .credentialStuffer, 12,
      { audience, _ in audience.ask("203.0.113.2", "POST", "/login", status: 401, after: 900) }
    ),
    (
      "paths that were open elsewhere", .scanner, 30,
      { $0.ask("203.0.113.3", "GET", "/.env.\($1)", status: 404, after: 200, agent: "Mozilla/5.0 (X11)") }
    ),
    ("broken parameters", .fuzzer, 12, { $0.ask("203.0.113.4", "GET", "/search?q=%zz\($1)", status: 400, after: 400) }),
    (
      "values that the schema refuses and the origin takes", .fuzzer, 12,
      { $0.ask("203.0.113.8", "GET", "/items/7?limit=\($1)", status: 200, after: 2500, violatesSchema: true) }
    ),
    (
      "payloads", .attacker, 12,
      { $0.ask("203.0.113.5", "GET", "/items/7?x=\($1)", after: 2000, anomaly: 15, rules: [942_100 + $1]) }
    ),
    (
      "a scanner that says so", .scanner, 12,
      { audience, number in
        audience.ask("203.0.113.6", "GET", "/items/\(number)", status: 404, anomaly: 5, isScanner: true, rules: [913_100])
      }
    ),
    (
      "cart after cart", .ticketBot, 30,
      { audience, number in
        audience.ask("203.0.113.7", "POST", number % 2 == 0 ? "/cart" : "/checkout", status: number % 3 == 0 ? 409 : 201, after: 700)
      }
    ),
  ]

  @Test("each kind of abuse is found and named", arguments: abusers.indices)
  func abuse(index: Int) {
    let row = Self.abusers[index]
    let audience = audience()
    var found: Int?
    var last = ClientState()
    for number in 0..<80 {
      last = row.act(audience, number)
      if last.isFlagged, found == nil { found = number + 1 }
    }
    #expect(found != nil && found! <= row.most, "\(row.name) at \(found ?? 0)")
    #expect(audience.engine.judgement(last, declared: nil, hasKey: false).label == row.label, "\(row.name)")
    #expect(Self.abusers.count == 8)
  }

  @Test("patience is no evidence: refreshing one page, and trying again when the origin fails")
  func patience() {
    let audience = audience()
    audience.ask("203.0.113.20", "/home", after: 1000)
    var state = ClientState()
    for _ in 0..<300 { state = audience.ask("203.0.113.20", "/home", after: Int64(1500 + audience.chance(2500))) }
    #expect(!state.isFlagged, "\(audience.engine.evidence(state))")
    audience.ask("203.0.113.21", "/home", after: 1000)
    for number in 0..<20 {
      for (attempt, status) in [503, 503, 200].enumerated() {
        // A person comes when it comes; an app tries again by its timer.
        let delay = attempt == 0 ? 1500 + Int64(audience.chance(5000)) : 1200
        state = audience.ask("203.0.113.21", "GET", "/items/\(number % 4)", status: status, after: delay)
      }
      audience.ask("203.0.113.21", "POST", "/items/\(number % 4)/like", after: 900 + Int64(audience.chance(4000)))
    }
    #expect(!state.isFlagged, "\(audience.engine.evidence(state))")
  }

  @Test("a clock is told from a person at the same step")
  func repetition() {
    func bits(jitter: UInt64) -> Float {
      let audience = Audience()
      for person in 0..<300 {
        let address = "192.0.\(person / 200).\(person % 200)"
        audience.ask(address, "POST", "/play/start", after: 1000)
        for _ in 0..<8 { audience.ask(address, "POST", "/play/\(person % 9)/beat", after: Int64(29_500 + audience.chance(1000))) }
      }
      audience.now += 1_300_000_000
      var state = audience.ask("203.0.113.30", "POST", "/play/start", after: 1000)
      for _ in 0..<40 {
        state = audience.ask("203.0.113.30", "POST", "/play/1/beat", after: 30_000 + (jitter > 0 ? Int64(audience.chance(jitter)) : 0))
      }
      return state.repetition
    }
    let clock = bits(jitter: 0)
    let person = bits(jitter: 900)
    #expect(clock > 5, "\(clock)")
    #expect(person < 2, "\(person)")
  }

  @Test("what is told adds up to what is counted, and each signal says why")
  func toldBits() {
    let audience = audience()
    var checked = 0
    for abuser in Self.abusers {
      var state = ClientState()
      for number in 0..<25 { state = abuser.act(audience, number) }
      let evidence = audience.engine.evidence(state)
      let sum = evidence.reduce(0) { $0 + $1.bits }
      #expect(abs(sum - Double(audience.engine.bits(state))) < 0.5, "\(abuser.name): \(evidence)")
      #expect(evidence.allSatisfy { $0.detail.count > 10 })
      #expect(evidence.map(\.bits) == evidence.map(\.bits).sorted(by: >))
      checked += evidence.count
    }
    #expect(checked > 20)
  }

  @Test("a key and a declared crawler are judged by what speaks for itself only")
  func vouchedFor() {
    let audience = audience()
    var partner = ClientState()
    var crawler = ClientState()
    for number in 0..<200 {
      partner = audience.ask("203.0.113.40", "GET", "/items/\(1000 + (number * 37) % 900)", after: 1000, session: nil, key: "k")
      crawler = audience.ask(
        "203.0.113.41", "GET", "/items/\(1000 + (number * 41) % 900)", after: 5000, session: nil,
        agent: "Mozilla/5.0 (compatible; Examplebot/1.0; +http://example.com/bot)")
    }
    #expect(!partner.isFlagged)
    #expect(!crawler.isFlagged)
    for number in 0..<20 {
      crawler = audience.ask(
        "203.0.113.41", "GET", "/items/1?x=\(number)", after: 1000, session: nil,
        agent: "Mozilla/5.0 (compatible; Examplebot/1.0; +http://example.com/bot)", anomaly: 10, rules: [930_100 + number])
    }
    #expect(crawler.isFlagged, "a name is no licence")
  }
}
