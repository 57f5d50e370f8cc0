import Detection
import EvidenceModel
import Foundation
import HTTPModel
import SecLang
import Testing

/// Random requests get the same answer whatever stood in the memory before, in whatever order, on whatever thread, and whether the
/// plan and the caches take part or not.
@Suite("The same answer")
struct SameAnswerTests {
  /// SplitMix64: the same requests on every machine.
  private struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }

  struct Sample: Sendable {
    var method: String
    var target: String
    var fields: [Field]
    var body: [UInt8]
    var answer: String
  }

  private static let texts = [
    "hello", "1", "", "a b", "union select password from users", "1' or '1'='1", "<script>alert(1)</script>", "../../etc/passwd",
    "%2e%2e%2f",
    ";cat /etc/passwd", "$(id)", "{{7*7}}", "é", "\u{0}x", "%zz", "%u0041", "\\u0041", "php://input", "https://evil.example/x", "/*x*/",
    "--",
    "__proto__", "${jndi:ldap://x}", "UTF-7", "O'Reilly", "drop table manners", "a=b&c=d", String(repeating: "k", count: 600),
  ]
  private static let names = ["q", "id", "name[x]", "__utma", "jsessionid", "a.b", "skip_x", "comment", "json.a", "é", "", "dup", "dup"]

  private static func sample(_ random: inout Random) -> Sample {
    func text() -> String { texts.randomElement(using: &random)! }
    func name() -> String { names.randomElement(using: &random)! }
    func encoded(_ text: String) -> String {
      Bool.random(using: &random)
        ? text.addingPercentEncoding(withAllowedCharacters: .alphanumerics)! : text.replacingOccurrences(of: " ", with: "+")
    }
    func pairs() -> String {
      (0..<Int.random(in: 0...4, using: &random)).map { _ in "\(name())=\(encoded(text()))" }.joined(separator: "&")
    }
    let path = ["/", "/index.php", "/a/../b", "/x.sql", "/wp-login.php", "/.git/config", "/p%61th"].randomElement(using: &random)!
    var fields = [Field("Host", Bool.random(using: &random) ? "localhost" : "192.0.2.7"), Field("Accept", "*/*")]
    if Bool.random(using: &random) {
      fields.append(Field("User-Agent", ["Mozilla/5.0", "sqlmap/1.0", text()].randomElement(using: &random)!))
    }
    if Bool.random(using: &random) { fields.append(Field("Cookie", "\(name())=\(text()); b=2")) }
    if Bool.random(using: &random) { fields.append(Field("Referer", "https://a.example/?\(pairs())")) }
    if Int.random(in: 0..<4, using: &random) == 0 { fields.append(Field("X-Filename", "a.php")) }
    var body = ""
    let kind = Int.random(in: 0..<7, using: &random)
    switch kind {
    case 1: (body, fields) = (pairs(), fields + [Field("Content-Type", "application/x-www-form-urlencoded")])
    case 2:
      let json = try? JSONSerialization.data(withJSONObject: ["a": [text(), ["b": text()]], name(): text()])
      (body, fields) = (String(decoding: json ?? Data(), as: UTF8.self), fields + [Field("Content-Type", "application/json")])
    case 3: (body, fields) = ("<a b=\"x\"><![CDATA[\(text())]]></a>", fields + [Field("Content-Type", "text/xml")])
    case 4:
      body = "--b\r\nContent-Disposition: form-data; name=\"\(name())\"; filename=\"\(text())\"\r\n\r\n\(text())\r\n--b--\r\n"
      fields.append(Field("Content-Type", "multipart/form-data; boundary=b"))
    case 5: (body, fields) = (text(), fields + [Field("Content-Type", "text/plain; charset=\(text())")])
    case 6: (body, fields) = ("{\"a\":", fields + [Field("Content-Type", "application/json")])
    default: break
    }
    if !body.isEmpty { fields.append(Field("Content-Length", String(body.utf8.count))) }
    let query = pairs()
    return Sample(
      method: body.isEmpty ? "GET" : "POST", target: path + (query.isEmpty ? "" : "?\(query)"), fields: fields, body: Array(body.utf8),
      answer: Int.random(in: 0..<3, using: &random) == 0 ? "SQL error near POS1, <?php x" : "ok")
  }

  /// Everything that rules came to.
  private static func answer(_ sample: Sample, number: Int, _ inspector: Inspector, _ scratch: InspectionScratch) -> String {
    let request = Request(
      head: RequestHead(method: sample.method, target: sample.target, fields: sample.fields), body: .absent,
      client: Endpoint(address: "192.0.2.\(number % 200)", port: 40_000), received: Timestamp(microseconds: 1_790_000_000_000_000),
      id: "request-\(number)")
    let inspection = inspector.begin(request, scratch: scratch)
    var verdict = inspection.inspectHead()
    if verdict.kind != .block { verdict = inspection.inspectBody(sample.body) }
    if verdict.kind != .block {
      verdict = inspection.inspectResponseHead(Response(status: 200, fields: [Field("Content-Type", "text/html")]))
    }
    if verdict.kind != .block { verdict = inspection.inspectResponseBody(Array(sample.answer.utf8)) }
    let outcome = inspection.finish(status: verdict.status ?? 200)
    let rules = outcome.evidence.rules.map { match in
      let values = match.matched.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
      return "\(match.id) \(match.phase) \(match.message) \(match.data) \(match.tags) \(values)"
    }
    return "\(outcome.verdict.kind) \(outcome.verdict.score) \(outcome.evidence.anomaly) \(rules.joined(separator: "\n"))"
  }

  private static func inspector(_ options: RulesOptions, plain: Bool) throws -> Inspector {
    var configuration = InspectorConfiguration(mode: .detect)
    configuration.usesPlan = !plain
    configuration.keepsValues = !plain
    return try Inspector(ruleSet: RulesLoader(options: options).load(), configuration: configuration)
  }

  private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/crs4-style").path

  @Test("with rules in the style of the CRS 4.x, and with the CRS 3.3 where it is installed", arguments: [false, true])
  func answersStayTheSame(_ isCRS: Bool) async throws {
    var options = RulesOptions()
    options.paranoia = 4
    if isCRS {
      guard FileManager.default.fileExists(atPath: "/usr/share/modsecurity-crs/rules") else { return }
      options.loadsCRS = true
    } else {
      options.crsDirectory = Self.fixture
    }
    let plain = try Self.inspector(options, plain: true)
    let inspector = try Self.inspector(options, plain: false)
    var random = Random(state: 2026)
    let samples = (0..<(isCRS ? 80 : 400)).map { _ in Self.sample(&random) }
    let expected = samples.enumerated().map { Self.answer($1, number: $0, plain, plain.makeScratch()) }
    #expect(Set(expected).count > samples.count / 3, "the requests differ in what is found")

    let scratch = inspector.makeScratch()
    for order in [Array(samples.indices), samples.indices.reversed(), samples.indices.shuffled(using: &random)] {
      for number in order {
        #expect(Self.answer(samples[number], number: number, inspector, scratch) == expected[number], "request \(number)")
      }
    }
    let found = await withTaskGroup(of: [(Int, String)].self) { group in
      for thread in 0..<4 {
        group.addTask {
          let scratch = inspector.makeScratch()
          return stride(from: thread, to: samples.count, by: 4).map { ($0, Self.answer(samples[$0], number: $0, inspector, scratch)) }
        }
      }
      return await group.reduce(into: [Int: String]()) { result, part in for (number, answer) in part { result[number] = answer } }
    }
    for number in samples.indices { #expect(found[number] == expected[number], "request \(number) on another thread") }
  }
}
