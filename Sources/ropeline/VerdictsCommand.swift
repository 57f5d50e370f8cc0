import ArgumentParser
import Detection
import Foundation

/// `ropeline verdicts`: an audit log as a table; used by the demonstration, hidden from the help.
struct VerdictsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verdicts",
    abstract: "Show an audit log of the proxy as a table, alike requests of a client in one line.",
    shouldDisplay: false)

  @Argument(help: ArgumentHelp("An audit log.", valueName: "audit.jsonl"))
  var file: String

  private struct Row {
    var client: String
    var request: String
    var status: Int
    var verdict: String
    var rules: String
    var count = 0
  }

  private struct Record: Decodable {
    struct Rule: Decodable { var id: Int }
    var client: String
    var method: String
    var uri: String
    var status: Int
    var verdict: String
    var would: String?
    var rules: [Rule]
  }

  func run() throws {
    let bytes: [UInt8]
    do {
      bytes = try FileSystemRuleReader().read(file)
    } catch {
      Terminal.error("ropeline: \(error)")
      throw ExitCode(2)
    }
    var rows: [Row] = []
    var places: [String: Int] = [:]
    for (number, line) in bytes.split(separator: 0x0A).enumerated() {
      guard let record = try? JSONDecoder().decode(Record.self, from: Data(line)) else {
        Terminal.error("ropeline: \(file):\(number + 1): no audit record")
        throw ExitCode(2)
      }
      let shape = record.uri.replacing(/\d+/, with: "N")
      // One line for all fans and for each other client.
      let isFan = record.client.hasPrefix("198.51.100.")
      let client = isFan ? "198.51.100.x" : record.client
      let key = "\(client) \(record.method) \(shape) \(record.status)"
      if let place = places[key] {
        rows[place].count += 1
        continue
      }
      places[key] = rows.count
      let verdict = record.would.map { "would \($0)" } ?? record.verdict
      let ids = record.rules.map { String($0.id) }.joined(separator: " ")
      rows.append(
        Row(client: client, request: "\(record.method) \(record.uri)", status: record.status, verdict: verdict, rules: ids, count: 1))
    }
    func cell(_ text: String, _ width: Int) -> String {
      let shown = Terminal.shown(Array(text.utf8), limit: width)
      return shown.count >= width ? String(shown.prefix(width - 1)) + "…" : shown.padding(toLength: width, withPad: " ", startingAt: 0)
    }
    Terminal.output("  " + cell("client", 14) + cell("request", 41) + " times  answer  " + "verdict  rules\n")
    for row in rows {
      let count = String(row.count)
      let times = String(repeating: " ", count: max(0, 6 - count.count)) + count
      Terminal.output(
        "  " + cell(row.client, 14) + cell(row.request, 41) + times + "     \(row.status)  " + cell(row.verdict, 8) + " "
          + row.rules.prefix(28) + "\n")
    }
  }
}
