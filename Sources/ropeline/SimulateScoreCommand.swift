import ArgumentParser
import Foundation
import LogAnalysis
import Rehearsal
import Telemetry

/// `ropeline simulate score`: verdicts held against the truth.
struct SimulateScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Hold verdicts against the truth of a simulated evening.",
    discussion: """
      Prints precision, recall, area under the curve, false alarms by group, and how many of its own requests an
      abuser had made when the verdict was reached. An abuser is caught if at least half of its requests are covered
      by a record that is not allow; one covered request of anybody else is a false alarm.

      Example: ropeline simulate score --truth /tmp/evening /tmp/verdicts.ndjson
      """)

  @Option(help: ArgumentHelp("The directory with truth.csv, or the file itself.", valueName: "dir"))
  var truth: String

  @Option(help: "text or json.")
  var format: Format = .text

  @Argument(help: ArgumentHelp("Output of analyze --format ndjson, or -.", valueName: "verdicts.ndjson"))
  var verdicts: String

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  func run() throws {
    let board: Scoreboard
    do {
      let rows = try readTruth()
      let records = try readVerdicts()
      board = Scorer.score(records, against: rows) { ShortHash.text(Array($0.utf8)) }
    } catch {
      Terminal.error("ropeline: \(error)")
      throw ExitCode(2)
    }
    switch format {
    case .text: Terminal.output(ScoreboardText.text(board))
    case .json: Terminal.output(String(decoding: ScoreboardJSON.object(board), as: UTF8.self))
    }
  }

  private func readTruth() throws -> [TruthRow] {
    var isDirectory: ObjCBool = false
    let isFolder = FileManager.default.fileExists(atPath: truth, isDirectory: &isDirectory) && isDirectory.boolValue
    let file = isFolder ? (truth as NSString).appendingPathComponent("truth.csv") : truth
    var table = TruthTable(file: file)
    try LogReader().forEachLine(of: file) { number, line, isCut in
      if isCut { throw ScoringError(file: file, line: number, reason: "longer than \(LogReader.maximumLineBytes) bytes") }
      try table.add(line, number: number)
    }
    try table.check()
    return table.rows
  }

  private func readVerdicts() throws -> [VerdictRecord] {
    var records: [VerdictRecord] = []
    try LogReader().forEachLine(of: verdicts) { number, line, isCut in
      if isCut { throw ScoringError(file: verdicts, line: number, reason: "longer than \(LogReader.maximumLineBytes) bytes") }
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { return }
      records.append(try VerdictRecord(line: line, file: verdicts, number: number))
    }
    guard !records.isEmpty else { throw ScoringError(file: verdicts, line: nil, reason: "there is no verdict in this file") }
    return records
  }
}
