import EvidenceModel
import HTTPModel
import Testing

/// What cannot be read must not pass as if it had been.
@Suite("Bodies that cannot be read")
struct BodyFaultTests {
  private static let attackRule = "SecRule ARGS \"@contains attack\" \"id:1,phase:2,deny,status:403,log\"\n"
  private static let form = [Field("Content-Type", "application/x-www-form-urlencoded")]
  private static let json = [Field("Content-Type", "application/json")]

  private static func padded(_ count: Int) -> [UInt8] {
    Array("p=".utf8) + [UInt8](repeating: 0x61, count: count) + Array("&x=attack".utf8)
  }

  @Test func paddingDoesNotHideAnAttack() throws {
    #expect(try inspect(Self.attackRule, fields: Self.form, body: Self.padded(131_000)).verdict.status == 403)
    let over = try inspect(Self.attackRule, fields: Self.form, body: Self.padded(132_000))
    #expect(over.verdict.kind == .block && over.verdict.status == 413)
    #expect(over.outcome.inspected == .partial)
    #expect(over.outcome.evidence.body?.detail.contains("131072") == true)
  }

  @Test func partialProcessingIsAChoice() throws {
    let result = try inspect(
      "SecRequestBodyLimitAction ProcessPartial\n" + Self.attackRule, fields: Self.form, body: Self.padded(132_000))
    #expect(result.verdict.kind == .allow && result.outcome.inspected == .partial)
    let early = Array("x=attack&".utf8) + Self.padded(132_000)
    let found = try inspect("SecRequestBodyLimitAction ProcessPartial\n" + Self.attackRule, fields: Self.form, body: early)
    #expect(found.verdict.status == 403, "what stands before the limit is read")
  }

  @Test("what is not what it claims is refused", arguments: ["{\"a\":", "[1,2", "{a:1}", "nonsense"])
  func malformed(_ body: String) throws {
    let blocked = try inspect(Self.attackRule, fields: Self.json, body: Array(body.utf8))
    #expect(blocked.verdict.kind == .block && blocked.verdict.status == 400)
    #expect(blocked.outcome.isAuditRelevant)
    let detected = try inspect(Self.attackRule, mode: .detect, fields: Self.json, body: Array(body.utf8))
    #expect(detected.verdict.kind == .allow && detected.outcome.would == .block)
  }

  @Test func rulesThatLookThemselvesDecide() throws {
    let pass = "SecRule REQBODY_ERROR \"@eq 1\" \"id:2,phase:2,pass,log\"\n"
    let result = try inspect(pass, fields: Self.json, body: Array("nonsense".utf8))
    #expect(result.verdict.kind == .allow && result.outcome.evidence.rules.map(\.id) == [2])
    let deny = "SecRule REQBODY_ERROR \"!@eq 0\" \"id:200002,phase:2,t:none,log,deny,status:422\"\n"
    #expect(try inspect(deny, fields: Self.json, body: Array("nonsense".utf8)).verdict.status == 422)
  }

  @Test func enginesThatAreBrakedLetItPass() throws {
    let result = try inspect("SecRuleEngine DetectionOnly\n" + Self.attackRule, fields: Self.json, body: Array("nonsense".utf8))
    #expect(result.verdict.kind == .allow && result.outcome.would == .block)
  }

  @Test func readableBodiesPass() throws {
    for (fields, body) in [(Self.json, "{\"a\":1}"), (Self.json, ""), (Self.form, "a=%zz"), ([], "anything")] {
      let result = try inspect(Self.attackRule, fields: fields, body: Array(body.utf8))
      #expect(result.verdict.kind == .allow && result.outcome.evidence.body == nil, "\(body)")
    }
  }

  // gzip of `x=attack`
  private static let compressed: [UInt8] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 176, 77, 44, 41, 73, 76, 206, 6, 0, 70, 29, 33, 37, 8, 0, 0, 0,
  ]

  @Test func compressionDoesNotHideAnAttack() throws {
    let fields = Self.form + [Field("Content-Encoding", "gzip")]
    #expect(try inspect(Self.attackRule, fields: fields, body: Self.compressed).verdict.status == 403)
    #expect(try inspect(Self.attackRule, fields: fields, body: Array(Self.compressed.dropLast(9))).verdict.status != 200)
    #expect(try inspect(Self.attackRule, fields: fields, body: Array("plain".utf8)).verdict.status == 400)
    let unknown = Self.form + [Field("Content-Encoding", "compress")]
    #expect(try inspect(Self.attackRule, fields: unknown, body: Array("x=1".utf8)).verdict.status == 400)
  }

  @Test func xmlIsReadByItsPaths() throws {
    let rules = """
      SecRule XML:/* "@contains text-attack" "id:1,phase:2,pass,log"
      SecRule XML://@* "@contains attribute-attack" "id:2,phase:2,pass,log"
      SecRule XML:/q:o/q:i "@streq x" "id:3,phase:2,pass,log,xmlns:q=urn:o"
      SecRule &XML://q:i "@eq 2" "id:4,phase:2,pass,log,xmlns:q=urn:o"
      """
    let body = "<o xmlns='urn:o' a='attribute-attack'><i>x</i><i>text-attack</i></o>"
    let result = try inspect(rules, fields: [Field("Content-Type", "text/xml")], body: Array(body.utf8))
    #expect(result.outcome.evidence.rules.map(\.id) == [1, 2, 3, 4])
    #expect(result.outcome.evidence.rules.first?.matched.first.map { String(decoding: $0.name, as: UTF8.self) } == "XML:/*")
    let doctype = "<!DOCTYPE o SYSTEM 'http://192.0.2.1/x'><o/>"
    #expect(try inspect(rules, fields: [Field("Content-Type", "text/xml")], body: Array(doctype.utf8)).verdict.status == 400)
  }

  @Test func relevantStatusesCallForARecord() throws {
    let rules = "SecAuditEngine RelevantOnly\nSecAuditLogRelevantStatus \"^(?:5|4(?!04))\"\n"
    #expect(try inspect(rules, method: "GET", status: 500).outcome.isAuditRelevant)
    #expect(try inspect(rules, method: "GET", status: 403).outcome.isAuditRelevant)
    #expect(try !inspect(rules, method: "GET", status: 404).outcome.isAuditRelevant)
    #expect(try !inspect(rules, method: "GET", status: 200).outcome.isAuditRelevant)
  }
}
