import Detection
import EvidenceModel
import HTTPModel
import Testing

/// No request costs more than the operator allows.
@Suite("The inspection budget")
struct InspectionBudgetTests {
  private static let form = [Field("Content-Type", "application/x-www-form-urlencoded")]
  /// The first rule counts a point, the second looks at every argument, the third at the points, the fourth at the arguments again.
  private static let rules = """
    SecRule ARGS:a "@streq bad" "id:1,phase:2,pass,log,setvar:tx.points=+5"
    SecRule ARGS "@rx ^(?:never)+$" "id:2,phase:2,pass,log"
    SecRule TX:points "@ge 5" "id:3,phase:2,deny,status:403,log"
    SecRule ARGS "@streq late" "id:4,phase:2,deny,status:406,log"

    """

  private static func body(_ first: String, last: String) -> [UInt8] {
    Array(("a=\(first)" + String(repeating: "&x=1", count: 600) + "&z=\(last)").utf8)
  }

  @Test func enoughStepsChangeNothing() throws {
    for usesPlan in [true, false] {
      let result = try inspect(Self.rules, fields: Self.form, body: Self.body("good", last: "late")) { $0.usesPlan = usesPlan }
      #expect(result.verdict.status == 406 && !result.outcome.isBudgetSpent && result.outcome.inspected == .full)
    }
  }

  @Test func whatWasFoundBeforeStillDecides() throws {
    let result = try inspect(Self.rules, fields: Self.form, body: Self.body("bad", last: "good")) {
      $0.maximumSteps = 300
      $0.usesPlan = false
    }
    #expect(result.verdict.status == 403 && result.outcome.evidence.rules.map(\.id).contains(3))
    #expect(result.outcome.isBudgetSpent)
  }

  @Test func whatIsOverTheBudgetPassesOrIsRefused() throws {
    for (refuses, mode) in [(false, EnforcementMode.block), (true, .block), (true, .detect)] {
      let result = try inspect(Self.rules, mode: mode, fields: Self.form, body: Self.body("good", last: "late")) {
        $0.maximumSteps = 300
        $0.usesPlan = false
        $0.refusesOverBudget = refuses
      }
      #expect(result.outcome.isBudgetSpent && result.outcome.inspected == .partial && result.outcome.rulesUnasked > 0)
      let isRefused = refuses && mode == .block
      #expect(result.verdict.kind == (isRefused ? .block : .allow))
      #expect(result.verdict.status == (isRefused ? 503 : nil))
      #expect(result.outcome.would == (refuses && mode == .detect ? .block : nil))
    }
  }
}
