import EvidenceModel
import InputValidation
import OpenAPIValidation
import Testing

@Suite("Policies")
struct PolicyTests {
  @Test(
    "reactions",
    arguments: [
      ("off", .some(nil)), ("count", .some(.count)), ("block", .some(.block)), ("score 5", .some(.score(5))), ("score", nil),
      ("score 0", nil),
      ("score -1", nil), ("score 1001", nil), ("score 1 2", nil), ("Block", nil), ("", nil), ("off now", nil),
    ] as [(String, SchemaReaction??)])
  func reactions(_ row: (text: String, reaction: SchemaReaction??)) {
    #expect(ViolationPolicy.reaction(row.text) == row.reaction, "\(row.text)")
  }

  @Test(
    "exceptions that cannot be read",
    arguments: [
      "", "POST /a", "POST /a:invalid block", "POST /a: ", "POST /a: invalid", "POST /a: invalid often", "POST /a: nonsense block",
      "POST a b: invalid block",
      "POST /a: invalid block, unknown-query score x",
    ])
  func mistakes(_ text: String) {
    var policy = ViolationPolicy()
    #expect(throws: PolicyError.self) { try policy.addOverride(text) }
  }

  @Test func everyFindingHasAKindOfItsOwn() {
    #expect(Set(ViolationKind.allCases.map(\.rawValue)).count == ViolationKind.allCases.count)
    for kind in OpenAPIFinding.Kind.allCases { #expect(ViolationKind(rawValue: kind.rawValue) != nil, "\(kind)") }
    // Nothing refuses by itself.
    for kind in ViolationKind.allCases { #expect(kind.standard != .block) }
  }
}
