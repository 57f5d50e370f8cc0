import DatabaseFixture
import Detection
import EvidenceModel
import Foundation
import HTTPModel
import SecLang
import Testing

/// `@geoLookup` with a database that a rule file names.
@Suite("@geoLookup")
struct GeoLookupTests {
  private func inspector(_ rules: String, in folder: URL) throws -> Inspector {
    let file = folder.appendingPathComponent("geo.conf").path
    var parser = RuleSetParser(reader: FileSystemRuleReader())
    parser.parse(text: Array(rules.utf8), path: file)
    return try Inspector(ruleSet: parser.finish(), configuration: InspectorConfiguration(mode: .block))
  }

  private static let rules = """
    SecGeoLookupDb city.mmdb
    SecRule REMOTE_ADDR "@geoLookup" "id:1,phase:1,pass,log,chain"
      SecRule GEO:COUNTRY_CODE "@streq NO" "setvar:tx.here=1"
    SecRule REMOTE_ADDR "!@geoLookup" "id:2,phase:1,pass,log"
    """

  @Test("fills GEO from the file", arguments: [("192.0.2.9", [1]), ("203.0.113.1", [2])])
  func lookup(_ address: String, _ expected: [Int]) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ropeline-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let bytes = DatabaseFile.bytes([([192, 0, 2, 0], 24, .map([("country", .map([("iso_code", .text("NO"))]))]))])
    try Data(bytes).write(to: folder.appendingPathComponent("city.mmdb"))
    let inspector = try inspector(Self.rules, in: folder)
    let request = Request(
      head: RequestHead(method: "GET", target: "/"), client: Endpoint(address: address), received: Timestamp(microseconds: 0),
      id: "geo-lookup-test")
    let inspection = inspector.begin(request, scratch: inspector.makeScratch())
    _ = inspection.inspectHead()
    #expect(inspection.finish(status: 200).evidence.rules.map(\.id) == expected)
  }

  @Test func aMissingFileIsAnErrorWithItsPlace() throws {
    let folder = FileManager.default.temporaryDirectory
    do {
      _ = try inspector("SecGeoLookupDb nowhere.mmdb\n", in: folder)
      Issue.record("loaded")
    } catch let error as InspectorError {
      #expect(error.diagnostics.count == 1 && error.diagnostics[0].range.start.line == 1)
    }
  }
}
