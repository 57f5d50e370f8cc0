import OpenAPIValidation
import Testing

/// Good requests, and requests with one fault each, over documents of ours that use every style and keyword.
@Suite("Requests against documents")
struct RequestTableTests {
  @Test(arguments: [
    ("box-office-3.0.yaml", "requests.tsv", 80, 200), ("box-office-3.1.yaml", "requests.tsv", 80, 200),
    ("modern-3.1.yaml", "modern.tsv", 18, 20),
  ])
  func eachIsJudgedRightly(_ row: (document: String, table: String, good: Int, bad: Int)) throws {
    let inspector = try RequestTable.inspector(row.document)
    #expect(inspector.document.notes.allSatisfy { $0.message.contains("contentMediaType") }, "\(inspector.document.notes)")
    var counts = (good: 0, bad: 0)
    for request in try RequestTable(row.table).rows {
      let findings = RequestTable.findings(request, inspector)
      let kinds = Set(findings.map(\.kind.rawValue))
      if request.expectation == "good" { counts.good += 1 } else { counts.bad += 1 }
      #expect(
        kinds == (request.expectation == "good" ? [] : [request.expectation]),
        "\(row.document) \(row.table):\(request.line): \(findings.map { "\($0.kind.rawValue) \($0.place)\($0.pointer): \($0.detail)" })")
    }
    #expect(counts.good >= row.good && counts.bad >= row.bad, "\(counts)")
  }
}
