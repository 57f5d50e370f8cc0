import Detection
import Foundation
import LogAnalysis
import Reporting
import SecLang
import Telemetry
import Testing

@testable import Rehearsal

/// The three commands one after the other, in memory but for the log.
@Suite("Simulate, analyze, score")
struct AnalyzeAndScoreTests {
  private struct NoFiles: RuleFileReader {
    struct Missing: Error {}
    func read(_ path: String) throws -> [UInt8] { throw Missing() }
    func glob(_ pattern: String) -> [String] { [] }
  }

  private func board(_ evening: SimulatedEvening, showsRawIdentities: Bool) throws -> Scoreboard {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("ropeline-\(UUID().uuidString).log")
    try Data(evening.log).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    var configuration = LogAnalysisConfiguration()
    configuration.showsRawIdentities = showsRawIdentities
    let analyzer = LogAnalyzer(
      inspector: try Inspector(ruleSet: RuleSetParser(reader: NoFiles()).finish(), configuration: InspectorConfiguration(mode: .block)),
      configuration: configuration)
    analyzer.read(file.path)
    let report = analyzer.finish()
    #expect(report.malformed == 0)
    #expect(report.formats.first?.format == "ropeline")
    let records = try report.clients.enumerated().map { number, client in
      try JSONReport.line(client).withUnsafeBufferPointer { try VerdictRecord(line: $0, file: "verdicts", number: number + 1) }
    }
    return Scorer.score(records, against: try evening.rows()) { ShortHash.text(Array($0.utf8)) }
  }

  @Test("each request is covered once, whichever way identities are shown", arguments: [false, true])
  func coverage(_ showsRawIdentities: Bool) throws {
    let board = try board(SimulatedEvening(16_000, seed: 5), showsRawIdentities: showsRawIdentities)
    #expect(board.uncoveredRequests == 0)
    #expect(board.doublyCoveredRequests == 0)
    #expect(board.strayRecords == 0)
    #expect(board.requests.caught + board.requests.missed + board.requests.falseAlarms + board.requests.spared == 16_000)
    // Even without rules the plain ones are found, and hardly a fan is blamed.
    #expect((board.entities.areaUnderCurve ?? 0) > 0.55)
    #expect(board.groups.filter(\.group.isFan).reduce(0) { $0 + $1.flaggedEntities } < 10)
  }
}
