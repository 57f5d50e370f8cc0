import EvidenceModel
import Testing

@testable import Rehearsal

@Suite("Truth table")
struct TruthTableTests {
  private func read(_ text: String) throws -> [TruthRow] {
    var table = TruthTable(file: "t.csv")
    for (index, line) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      try Array(line).withUnsafeBufferPointer { try table.add($0, number: index + 1) }
    }
    try table.check()
    return table.rows
  }

  @Test func readsWhatIsWritten() throws {
    let rows = [
      TruthRow(
        entity: 7, ip: "240.1.2.3", userAgent: "Mozilla/5.0 (KHTML, like \"Gecko\")", session: "abc", key: "-", label: .ticketBot,
        group: .abuse,
        kind: "ticket-bot", requests: 31),
      TruthRow(
        entity: 8, ip: "2001:db8::1", userAgent: "-", session: "-", key: "pk-1", label: .partner, group: .benignBot, kind: "partner",
        requests: 2),
    ]
    var text = TruthText()
    for row in rows { text.append(row) }
    #expect(try read(String(decoding: text.bytes, as: UTF8.self)) == rows)
  }

  @Test func columnsAreFoundByNameAndOthersAreGuessed() throws {
    let rows = try read(
      "label,key,sid,ua,ip,entity\r\ncrawler,-,-,\"a,b\",192.0.2.1,4\r\nscraper,-,-,x,192.0.2.2,5\r\nfan,-,s,y,192.0.2.3,6")
    #expect(rows.map(\.group) == [.benignBot, .abuse, .alone])
    #expect(rows.map(\.requests) == [1, 1, 1])
    #expect(rows.first?.userAgent == "a,b")
    #expect(rows.map(\.kind) == ["crawler", "scraper", "fan"])
  }

  @Test(
    "says where a file is wrong",
    arguments: [
      ("", nil), ("entity,ip,ua,sid,key,label", nil), ("entity,ip,ua,sid,key", 1), ("entity,ip,ua,sid,key,label\n1,a,b,c,d", 2),
      ("entity,ip,ua,sid,key,label\n1,a,b,c,d,wizard", 2), ("entity,ip,ua,sid,key,label\n1,a,b,c,d,fan\nx,a,b,c,d,fan", 3),
      ("entity,ip,ua,sid,key,label\n1,a,\"b,c,d,fan", 2), ("entity,ip,ua,sid,key,label\n1,a,\"b\"x,c,d,fan", 2),
      ("entity,ip,ua,sid,key,label,requests\n1,a,b,c,d,fan,-4", 2), ("entity,ip,ua,sid,key,label,group\n1,a,b,c,d,fan,nobody", 2),
    ] as [(String, Int?)])
  func mistakes(_ text: String, _ line: Int?) {
    let error = #expect(throws: ScoringError.self) { try read(text) }
    // An empty file has one empty line, which is no header.
    #expect(error?.line == (text.isEmpty ? 1 : line))
    #expect(error?.description.hasPrefix("t.csv:") == true)
  }
}
