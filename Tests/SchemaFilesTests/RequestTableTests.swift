import Foundation
import OpenAPIValidation
import Testing

/// Good requests, and requests with one fault each, over documents of ours that use every style and keyword.
@Suite("Requests against documents")
struct RequestTableTests {
  /// A real document of 286 KB, if it is at hand.
  @Test(arguments: ["spotify-web-api.yml", "spotify-web-api.min.json"])
  func thoseForARealDocumentAreJudgedRightly(_ name: String) throws {
    let file = RequestTable.folder.appendingPathComponent("../../../../shared/samples/openapi/\(name)").standardizedFileURL
    guard FileManager.default.fileExists(atPath: file.path) else {
      print("*** \(name) IS NOT HERE; nothing was run ***")
      return
    }
    let inspector = try RequestTable.inspector(at: file.path)
    #expect(inspector.document.operations.count == 97 && inspector.document.notes.isEmpty, "\(inspector.document.notes)")
    let rows = try RequestTable("spotify.tsv").rows
    #expect(rows.count { $0.expectation == "good" } >= 60 && rows.count { $0.expectation != "good" } >= 120)
    for request in rows {
      let findings = RequestTable.findings(request, inspector)
      #expect(
        Set(findings.map(\.kind.rawValue)) == (request.expectation == "good" ? [] : [request.expectation]),
        "spotify.tsv:\(request.line): \(findings.map { "\($0.kind.rawValue) \($0.place)\($0.pointer): \($0.detail)" })")
    }
  }

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
