import Detection
import EvidenceModel
import HTTPModel
import SecLang
import Testing

/// The answer to a request depends on the request alone: not on what the scratch was used for before, nor on the thread.
@Suite("The same answer")
struct SameAnswerTests {
  /// A generator of its own, so that a failure can be repeated.
  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static let rules = """
    SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.n=+1,setvar:tx.score=0"
    SecRule ARGS|ARGS_NAMES|REQUEST_COOKIES|XML:/*|XML://@* "@rx (?i)(union|select|script)" "id:2,phase:2,pass,log,capture,t:none,t:urlDecodeUni,t:lowercase,setvar:tx.score=+5,setvar:'tx.found_%{MATCHED_VAR_NAME}=%{TX.1}',logdata:'%{MATCHED_VAR}'"
    SecRule ARGS "@pm alert passwd union" "id:3,phase:2,pass,log,t:none,t:jsDecode,t:htmlEntityDecode,multiMatch,setvar:tx.score=+1,chain"
      SecRule MATCHED_VARS "@rx [a-z]" "t:removeWhitespace"
    SecRule REQUEST_HEADERS:X-Off "@streq 1" "id:4,phase:1,pass,nolog,ctl:ruleRemoveById=3,ctl:ruleRemoveTargetById=2;ARGS:a"
    SecRule ARGS "@detectSQLi" "id:5,phase:2,pass,log,capture,setvar:tx.score=+5,logdata:'%{TX.0}'"
    SecRule ARGS "@detectXSS" "id:6,phase:2,pass,log,setvar:tx.score=+5"
    SecRule TX:/^found_/ "@rx ." "id:7,phase:2,pass,log,logdata:'%{MATCHED_VAR_NAME}=%{MATCHED_VAR}'"
    SecRule &ARGS|&REQUEST_COOKIES "@gt 2" "id:8,phase:2,pass,log"
    SecRule TX:score "@ge 6" "id:9,phase:2,deny,log,msg:'%{TX.score}'"
    SecRule REQBODY_ERROR "@eq 1" "id:10,phase:2,pass,log,logdata:'%{REQBODY_ERROR_MSG}'"
    """

  private static let pieces = [
    "1' UNION SELECT name FROM users --", "<script>alert(1)</script>", "fan", "Rock 'n' Roll", "..%2f..%2fetc/passwd", "\\u0061lert",
    "&#x61;lert",
    "%00", "union", "a b c", "x=y", "", "%zz", "\u{e9}t\u{e9}", "0x41", "/*!select*/",
  ]

  private static func request(_ number: Int) -> (Request, [UInt8]) {
    var random = SplitMix(state: UInt64(number))
    func piece() -> String { pieces.randomElement(using: &random) ?? "" }
    let name = { ["a", "b", "c", "union"].randomElement(using: &random) ?? "a" }
    let query = (0..<Int.random(in: 0...4, using: &random)).map { _ in "\(name())=\(piece())" }.joined(separator: "&")
    var fields = [Field("Host", "fans.example")]
    if Bool.random(using: &random) { fields.append(Field("Cookie", "s=1; \(name())=\(piece().replacing(";", with: ""))")) }
    if Int.random(in: 0..<4, using: &random) == 0 { fields.append(Field("X-Off", "1")) }
    var body = ""
    switch Int.random(in: 0..<5, using: &random) {
    case 0:
      fields.append(Field("Content-Type", "application/json"))
      body = "{\"a\":\"\(piece().replacing("\"", with: "").replacing("\\", with: "\\\\"))\",\"b\":[1,\"union\"]}"
    case 1:
      fields.append(Field("Content-Type", "text/xml"))
      body = "<a b=\"\(name())\">\(piece().replacing("<", with: "&lt;"))</a>"
    case 2:
      fields.append(Field("Content-Type", "application/x-www-form-urlencoded"))
      body = "p=\(piece())&q=\(piece())"
    case 3:
      fields.append(Field("Content-Type", "multipart/form-data; boundary=b"))
      body = "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n\(piece())\r\n--b--\r\n"
    default: break
    }
    let request = Request(
      head: RequestHead(method: body.isEmpty ? "GET" : "POST", target: "/p?\(query)", fields: fields),
      client: Endpoint(address: "192.0.2.1"),
      received: Timestamp(microseconds: 1_790_000_000_000_000), id: "same-answer-\(number)")
    return (request, Array(body.utf8))
  }

  private static func answer(_ number: Int, _ inspector: Inspector, _ scratch: InspectionScratch) -> String {
    let (request, body) = request(number)
    let inspection = inspector.begin(request, scratch: scratch)
    _ = inspection.inspectHead()
    _ = inspection.inspectBody(body)
    let outcome = inspection.finish(status: 200)
    let rules = outcome.evidence.rules.map { rule in
      let values = rule.matched.map { String(decoding: $0.name, as: UTF8.self) + "=" + String(decoding: $0.value, as: UTF8.self) }
      return "\(rule.id) \(String(decoding: rule.message, as: UTF8.self)) \(String(decoding: rule.data, as: UTF8.self)) \(values)"
    }
    return "\(outcome.verdict) \(outcome.inspected) \(outcome.evidence.anomaly) \(rules)"
  }

  private static func inspector(keepsValues: Bool = true, usesPlan: Bool = true) throws -> Inspector {
    var parser = RuleSetParser(reader: NoFiles())
    parser.parse(text: Array(rules.utf8), path: "test.conf")
    var configuration = InspectorConfiguration(mode: .block)
    configuration.keepsValues = keepsValues
    configuration.usesPlan = usesPlan
    return try Inspector(ruleSet: parser.finish(), configuration: configuration)
  }

  private static let count = 600

  @Test func doesNotDependOnWhatCameBefore() throws {
    let inspector = try Self.inspector()
    let fresh = (0..<Self.count).map { Self.answer($0, inspector, inspector.makeScratch()) }
    let scratch = inspector.makeScratch()
    for number in 0..<Self.count { #expect(Self.answer(number, inspector, scratch) == fresh[number], "request \(number)") }
    for number in (0..<Self.count).reversed() {
      #expect(Self.answer(number, inspector, scratch) == fresh[number], "request \(number), reversed")
    }
    #expect(fresh.count { $0.contains("9 ") } > 100 && fresh.count { $0.hasSuffix("[]") } > 10, "both sides occur")
  }

  @Test func doesNotDependOnThePlanNorOnTheValueCache() throws {
    let plain = try Self.inspector(usesPlan: false)
    let planned = try Self.inspector(keepsValues: false)
    let cached = try Self.inspector()
    let scratches = [plain, planned, cached].map { $0.makeScratch() }
    // Twice, so that the second time most values are known.
    for number in Array(0..<Self.count) + Array(0..<Self.count) {
      let expected = Self.answer(number, plain, scratches[0])
      #expect(Self.answer(number, planned, scratches[1]) == expected, "request \(number)")
      #expect(Self.answer(number, cached, scratches[2]) == expected, "request \(number), with the cache")
    }
  }

  @Test func doesNotDependOnTransactionsInBetween() throws {
    let inspector = try Self.inspector()
    let scratch = inspector.makeScratch()
    // Two transactions open on one scratch, phase by phase in turn, as on an event loop.
    for number in stride(from: 0, to: 200, by: 2) {
      let alone = [number, number + 1].map { Self.answer($0, inspector, inspector.makeScratch()) }
      let inputs = [number, number + 1].map { Self.request($0) }
      let inspections = inputs.map { inspector.begin($0.0, scratch: scratch) }
      for inspection in inspections { _ = inspection.inspectHead() }
      for (inspection, input) in zip(inspections, inputs).reversed() { _ = inspection.inspectBody(input.1) }
      for (index, inspection) in inspections.enumerated() {
        let ids = inspection.finish(status: 200).evidence.rules.map(\.id)
        for id in ids { #expect(alone[index].contains("\"\(id) "), "request \(number + index), rule \(id)") }
      }
    }
  }

  @Test func doesNotDependOnTheNumberOfThreads() async throws {
    let inspector = try Self.inspector()
    let scratch = inspector.makeScratch()
    let one = (0..<Self.count).map { Self.answer($0, inspector, scratch) }
    let many: [Int: String] = await withTaskGroup(of: [(Int, String)].self) { group in
      for lane in 0..<4 {
        group.addTask {
          let scratch = inspector.makeScratch()
          return stride(from: lane, to: Self.count, by: 4).map { ($0, Self.answer($0, inspector, scratch)) }
        }
      }
      return await group.reduce(into: [Int: String]()) { result, part in for (number, answer) in part { result[number] = answer } }
    }
    #expect(many.count == Self.count)
    for (number, answer) in many { #expect(answer == one[number], "request \(number)") }
  }
}
