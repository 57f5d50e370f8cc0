import HTTPModel
import Testing

@testable import Behavior

@Suite("What the crowd does")
struct CrowdTests {
  private static func match(_ templates: inout EndpointTemplates, _ path: String, isFound: Bool = true) -> EndpointTemplates.Match {
    templates.match(method: Array("GET".utf8), path: Array(path.utf8), isFound: isFound)
  }

  @Test("endpoints: ids fold, words stay, and guessed names make none")
  func templates() {
    var templates = EndpointTemplates()
    let rows: [(String, String)] = [
      ("/v1/tracks/1042", "GET /v1/tracks/{}"), ("/v1/tracks/1043/lyrics", "GET /v1/tracks/{}/lyrics"), ("/about", "GET /about"),
      ("/product/red-boot-4711", "GET /product/{}"), ("/u/550e8400-e29b-41d4-a716-446655440000", "GET /u/{}"), ("/", "GET /"),
      ("/blog/a.png", "GET /(images)"), ("/other/deep/b.jpg", "GET /(images)"), ("/x/app.js", "GET /(scripts)"),
      ("/image/60844/productModel/200x200", "GET /(images)"), ("/caf%C3%A9", "GET /{}"),
    ]
    for (path, name) in rows {
      let match = Self.match(&templates, path)
      #expect(templates.name(match.template) == name, "\(path)")
    }
    let count = templates.count
    for number in 0..<500 { #expect(Self.match(&templates, "/guess-\(number % 9)x/y", isFound: false).template == 0) }
    #expect(templates.count == count)
    // A place with very many words under it is a variable too.
    for first in 97..<123 {
      for second in 97..<123 {
        _ = Self.match(&templates, "/wiki/\(Character(Unicode.Scalar(first)!))\(Character(Unicode.Scalar(second)!))")
      }
    }
    #expect(templates.count < count + 60)
    #expect(rows.count == 11)
  }

  @Test("the evidence of order is a likelihood ratio: over the crowd's own steps two to its power is one at most on average")
  func likelihoodRatio() {
    var model = TransitionModel()
    let chances: [(Int, Int)] = [(4, 60), (5, 25), (6, 10), (7, 5)]
    model.countTeacher(weight: 500)
    for round in 0..<40 {
      for (step, weight) in chances { model.teach(after: 0, 3, to: step, weight: Float(weight) * (1 + Float(round) * 0.001)) }
    }
    var mean: Float = 0
    for (step, weight) in chances { mean += Float(weight) / 100 * pow2(model.evidence(after: 0, 3, to: step)) }
    #expect(mean <= 1.05 && mean > 0.7, "\(mean)")
    #expect(model.evidence(after: 0, 3, to: 4) < 0)
    #expect(model.evidence(after: 0, 3, to: 900) > 1)
  }

  private func pow2(_ bits: Float) -> Float {
    var result: Float = 1
    let whole = bits.rounded(.down)
    for _ in 0..<Int(abs(whole)) { result = whole > 0 ? result * 2 : result / 2 }
    // 2^f for f in 0..<1, by its series.
    let x = (bits - whole) * 0.693_147_2
    return result * (1 + x + x * x / 2 + x * x * x / 6 + x * x * x * x / 24)
  }

  @Test("log-ins that fail for good count once far more of them fail than people explain, from many networks")
  func logins() {
    let start: Int64 = 1_790_000_000_000_000
    var quiet = LoginBook()
    for number in 0..<300 {
      quiet.countClient(at: start)
      if number % 3 == 0 { quiet.succeed(isBare: false, from: 1, endsFailure: false, hadFailed: false, isRedirected: false, at: start) }
      if number % 10 == 0 { quiet.fail(isBare: false, isAgain: false, from: 1, network: UInt64(number), at: start) }
    }
    #expect(quiet.bits(isBare: false, from: 0, at: start) == 0)
    var loud = quiet
    for number in 0..<400 { loud.fail(isBare: true, isAgain: false, from: 1, network: UInt64(number), at: start) }
    #expect(loud.bits(isBare: true, from: 0, at: start) > 6)
    #expect(loud.bits(isBare: true, from: 0, at: start + 3_600_000_000) == 0, "an hour later nothing is left of it")
    var oneNetwork = LoginBook()
    for _ in 0..<400 { oneNetwork.fail(isBare: true, isAgain: false, from: 1, network: 9, at: start) }
    #expect(oneNetwork.bits(isBare: true, from: 0, at: start) == 0, "one network is one office that forgot its password")
  }

  @Test("readers of whom none ever acts are many hands of one; where people act too, they are people")
  func idleReaders() {
    var book = IdleBook()
    for number in 0..<100 { book.enter(5, network: UInt64(number), at: 0) }
    #expect(book.bits(5) > 2)
    for _ in 0..<60 { book.resolve(5) }
    #expect(book.bits(5) == 0)
    for _ in 0..<100 { book.enter(6, network: 1, at: 0) }
    #expect(book.bits(6) == 0)
  }

  @Test("a shape that many suspicious clients of many networks share is a campaign, unless people have it")
  func campaigns() {
    var book = CampaignBook()
    for number in 0..<40 { book.note(7, network: UInt64(number), others: 1, at: Int64(number + 1)) }
    for number in 0..<40 { book.note(8, network: UInt64(number), others: 400, at: Int64(number + 1)) }
    for _ in 0..<40 { book.note(9, network: 1, others: 1, at: 1) }
    #expect((book.established(7)?.bits ?? 0) > 3)
    #expect(book.established(8) == nil)
    #expect(book.established(9) == nil)
    for _ in 0..<40 { book.forgive(7) }
    book.note(7, network: 99, others: 1, at: 100)
    #expect((book.established(7)?.bits ?? 0) < 1, "they turned out to be people")
  }

  @Test("runs: what people reach is no evidence, what they never reach is some, and no fit is believed without end")
  func runs() {
    var model = RunModel()
    for number in 0..<2000 { model.teach(.looking, length: number % 7, weight: 1) }
    #expect(model.evidence(.looking, length: 4) == 0)
    #expect(model.evidence(.looking, length: 12) > 3)
    #expect(model.evidence(.looking, length: 250) <= 14)
  }

  @Test("an address's guilt is the odds of its clients")
  func guilt() {
    let table = AddressTable(capacity: 1024)
    for _ in 0..<3 {
      table[5].clients.countUp()
      table[5].suspicious.countUp()
    }
    #expect(table[5].guilt(besides: false) > 1.5)
    for _ in 0..<30 { table[5].clients.countUp() }
    #expect(table[5].guilt(besides: false) == 0, "thirty honest neighbors outweigh three")
    #expect(table[6].clients == 0)
  }

  @Test("a user agent is a claim: tools are tools whatever else they say")
  func declared() {
    let rows: [(String, Bool)] = [
      ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", true), ("UptimeRobot/2.0", true),
      ("Scrapy/2.12 (+https://scrapy.org)", false), ("curl/8.4.0", false), ("Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0", false),
    ]
    for (agent, isDeclared) in rows { #expect((DeclaredClient.label(Array(agent.utf8)) != nil) == isDeclared, "\(agent)") }
    #expect(DeclaredClient.flags(Array("curl/8.4.0".utf8)).contains(.tool))
    #expect(rows.count == 5)
  }

  @Test("broken escapes and raw markup are malformed; what browsers send is not")
  func malformed() {
    let rows: [(String, Bool)] = [
      ("q=don%27t", false), ("q=a+b&c=%C3%A9", false), ("q=%zz", true), ("q=%0", true), ("q=%00", true), ("q=<b>", true), ("q=\"", true),
    ]
    for (query, isBad) in rows { #expect(Malformation.isMalformed(Array(query.utf8)) == isBad, "\(query)") }
    #expect(rows.count == 7)
  }
}
