import EvidenceModel
import Testing

/// How schema violations and rules join.
@Suite("Schema evidence")
struct SchemaEvidenceTests {
  private static func violation(_ reaction: SchemaReaction, place: String = "query:a") -> SchemaViolation {
    SchemaViolation(kind: "invalid", endpoint: "GET /", place: place, detail: "", reaction: reaction, status: 400)
  }

  private static func verdict(_ violations: [SchemaViolation], inbound: Int = 0, acts: Bool = true) -> Verdict {
    var evidence = Evidence()
    evidence.schema = violations
    evidence.anomaly.inbound = inbound
    evidence.schemaActs = acts
    return Verdict.of(evidence)
  }

  @Test func scoresJoinWithThoseOfTheRules() {
    #expect(Self.verdict([Self.violation(.score(3))]).kind == .allow)
    #expect(Self.verdict([], inbound: 3).kind == .allow)
    #expect(Self.verdict([Self.violation(.score(3))], inbound: 2).kind == .block)
    #expect(Self.verdict([Self.violation(.score(3))], inbound: 2).status == 403)
    // The rules' own total alone is theirs to act on.
    #expect(Self.verdict([Self.violation(.count)], inbound: 9).kind == .allow)
  }

  @Test func onePlaceCountsOnce() {
    #expect(Self.verdict([Self.violation(.score(3)), Self.violation(.score(3))]).kind == .allow)
    #expect(Self.verdict([Self.violation(.score(3)), Self.violation(.score(3), place: "query:b")]).kind == .block)
  }

  @Test func blockingAnswersByCauseAndRespectsTheBrake() {
    #expect(Self.verdict([Self.violation(.block)]).status == 400)
    #expect(Self.verdict([Self.violation(.block)]).label == .fuzzer)
    #expect(Self.verdict([Self.violation(.block)], acts: false).kind == .allow)
    #expect(Self.verdict([Self.violation(.count)]).score == 0)
    #expect(Self.verdict([Self.violation(.score(1))]).score > 0)
  }
}
