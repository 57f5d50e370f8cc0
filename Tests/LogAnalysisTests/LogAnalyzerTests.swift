import CZlib
import Detection
import Foundation
import Reporting
import SecLang
import Testing

@testable import LogAnalysis

private struct NoFiles: RuleFileReader {
  struct Missing: Error {}
  func read(_ path: String) throws -> [UInt8] { throw Missing() }
  func glob(_ pattern: String) -> [String] { [] }
}

@Suite("Log analyzer")
struct LogAnalyzerTests {
  private static let rules = """
    SecRule ARGS "@contains attack" "id:1,phase:2,deny,log,msg:'attack',setvar:tx.anomaly_score=+5"
    SecRule REQUEST_BODY "@contains x" "id:2,phase:2,deny,log"
    """

  private func analyze(_ bytes: [UInt8], configuration: LogAnalysisConfiguration = .init()) throws -> Report {
    var parser = RuleSetParser(reader: NoFiles())
    parser.parse(text: Array(Self.rules.utf8), path: "test.conf")
    let inspector = try Inspector(ruleSet: parser.finish(), configuration: InspectorConfiguration(mode: .block))
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("ropeline-\(UUID().uuidString).log")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let analyzer = LogAnalyzer(inspector: inspector, configuration: configuration)
    analyzer.read(file.path)
    return analyzer.finish()
  }

  private func line(_ ip: String, _ second: Int, _ target: String, _ status: Int = 200, agent: String = "Backstage/4") -> String {
    let stamp = "20/Nov/2026:20:\(second / 60 < 10 ? "0" : "")\(second / 60):\(second % 60 < 10 ? "0" : "")\(second % 60) +0000"
    return "\(ip) - - [\(stamp)] \"GET \(target) HTTP/1.1\" \(status) 10 \"-\" \"\(agent)\"\n"
  }

  @Test("a key makes a partner if it was given out, or if nobody said which were", arguments: [nil, "known", "other"])
  func partnerKeys(given: String?) throws {
    var configuration = LogAnalysisConfiguration()
    configuration.partnerKeys = given.map { [Array($0.utf8)] }
    let text = (0..<6).map { line("198.51.100.7", $0 * 9, "/v1/items/\($0 * 37)").dropLast() + " sid=- key=known\n" }.joined()
    let report = try analyze(Array(text.utf8), configuration: configuration)
    #expect(report.clients.map { $0.verdict.label == .partner } == [given != "other"])
  }

  @Test("hands that each try a few passwords are named as one campaign, with evidence on each")
  func campaign() throws {
    var text = ""
    for hand in 0..<60 {
      for second in 0..<6 {
        let plain = line("203.\(hand).113.9", hand * 10 + second, "/v1/login", 401)
        text += plain.replacingOccurrences(of: "GET", with: "POST")
      }
    }
    let report = try analyze(Array(text.utf8))
    let campaign = try #require(report.campaigns.first)
    #expect(campaign.members.count >= 48)
    #expect(campaign.label == .credentialStuffer)
    #expect(campaign.shape.contains("POST /v1/login (refused)"), "\(campaign.shape)")
    #expect(campaign.members.allSatisfy { !report.clients[$0].evidence.isEmpty })
    var flagged = report
    flagged.keepFlagged()
    #expect(flagged.campaigns[0].members.allSatisfy { flagged.clients[$0].verdict.kind != .allow })
  }

  @Test func eachParsedLineBelongsToOneClient() throws {
    var text = ""
    for index in 0..<200 { text += line("192.0.2.\(index % 7)", index, "/v1/tracks/\(index % 5)") }
    text += "junk\n" + line("192.0.2.9", 300, "/?q=attack") + line("192.0.2.9", 301, "/?q=attack%20two")
    let report = try analyze(Array(text.utf8))
    #expect(report.lines == 203)
    #expect(report.malformed == 1)
    #expect(report.malformedPlaces.first?.line == 201)
    #expect(report.parsed == 202)
    #expect(report.clients.reduce(0) { $0 + $1.requests } == 202)
    #expect(report.clients.first?.ip == "192.0.2.9")
    #expect(report.rules.map(\.id) == [1])
    #expect(report.rulesUnasked == 1, "a rule over the body cannot be asked of a log")
  }

  @Test func fansAreNotFlaggedAndAScraperIs() throws {
    var text = ""
    for fan in 0..<30 {
      for step in 0..<8 { text += line("198.51.100.\(fan)", step * 7 + fan % 5, "/v1/drops/next", step == 3 ? 503 : 200) }
    }
    for step in 0..<200 { text += line("192.0.2.44", step, "/v1/tracks/\(3000 + step)", agent: "python") }
    let report = try analyze(Array(text.utf8))
    #expect(report.clients.filter { $0.verdict.kind != .allow }.map(\.ip) == ["192.0.2.44"])
    #expect(report.clients.first?.verdict.label == .enumerator)
    #expect(report.clients.first?.atRequest != nil)
  }

  @Test func gzipGivesTheSameReport() throws {
    var text = ""
    for index in 0..<3000 { text += line("192.0.2.\(index % 50)", index % 3000, "/a/\(index)") }
    let plain = try analyze(Array(text.utf8))
    let packed = try analyze(
      gzip(Array(text.utf8.prefix(text.utf8.count / 2))) + gzip(Array(text.utf8.suffix(text.utf8.count - text.utf8.count / 2))))
    #expect(packed.parsed == plain.parsed)
    #expect(packed.clients.map(\.ip) == plain.clients.map(\.ip))
    let cut = try analyze(Array(gzip(Array(text.utf8)).dropLast(40)))
    #expect(cut.isPartial && !cut.problems.isEmpty)
    #expect(cut.parsed > 1000, "what came before the end counts")
  }

  @Test func randomBytesAreMalformedLines() throws {
    var state: UInt64 = 42
    let bytes = (0..<200_000).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 40)
    }
    let report = try analyze([0x41] + bytes)
    #expect(report.parsed == 0)
    #expect(report.malformed == report.lines && report.lines > 100)
    #expect(report.malformedPlaces.count <= 100)
  }

  @Test func linesAreBoundedAndEndAnyWay() throws {
    let long = "192.0.2.1 - - [20/Nov/2026:20:00:00 +0000] \"GET /" + String(repeating: "a", count: 2 << 20) + " HTTP/1.1\" 200 1\n"
    let report = try analyze(
      Array((long + line("192.0.2.2", 1, "/b").replacing("\n", with: "\r\n") + line("192.0.2.3", 2, "/c").dropLast()).utf8))
    #expect(report.lines == 3)
    #expect(report.malformed == 1)
    #expect(report.parsed == 2)
  }

  @Test func theTableOfClientsIsBounded() throws {
    var configuration = LogAnalysisConfiguration()
    configuration.maximumClients = 10
    let report = try analyze(Array((0..<100).map { line("198.51.100.\($0)", $0, "/") }.joined().utf8), configuration: configuration)
    #expect(report.clients.count == 11)
    #expect(report.overflowClients == 90)
    #expect(report.clients.reduce(0) { $0 + $1.requests } == 100)
  }

  @Test func theReportIsValidJSON() throws {
    let hostile = "192.0.2.1 - - [20/Nov/2026:20:00:00 +0000] \"GET /\\x1b[31m\\xff HTTP/1.1\" 200 1 \"-\" \"\u{1B}[2J</script>\u{2028}\"\n"
    let report = try analyze(Array(hostile.utf8))
    let object = try #require(try JSONSerialization.jsonObject(with: Data(JSONReport.object(report))) as? [String: Any])
    #expect(
      Set(object.keys).isSuperset(of: ["version", "input", "classes", "clients", "campaigns", "rules", "endpoints", "timeline", "coverage"])
    )
    #expect(!JSONReport.object(report).contains(0x1B))
    #expect(!TextReport.text(report, usesColor: false).utf8.contains(0x1B))
  }

  private func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + 1024)
    let written = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        deflate(&stream, Z_FINISH)
        return target.count - Int(stream.avail_out)
      }
    }
    return Array(output[..<written])
  }
}
