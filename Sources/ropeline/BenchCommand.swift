import ArgumentParser
import CAllocationCount
import Detection
import EvidenceModel
import Foundation
import HTTPModel
import RuleEngine

/// `ropeline bench`: what inspecting given requests costs, without a network.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Inspect given raw requests in one thread and say what each cost.",
    discussion: """
      Parsing and all five phases are included. Each file holds one raw HTTP/1.1 request. Nothing is carried from one
      repetition to the next.

      Example: ropeline bench --crs --repeat 200 Samples/requests/*.http
      """)

  @OptionGroup var rules: RulesArguments

  @Option(name: .customLong("repeat"), help: "Inspections of each file.")
  var repetitions = 100

  @Flag(help: "Keep value caches from one repetition to the next (this version has none).")
  var warm = false

  @Option(help: "text or json.")
  var format: Format = .text

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: ArgumentHelp("Files with one raw HTTP/1.1 request each.", valueName: "request.http"))
  var files: [String]

  func validate() throws {
    guard (1...10_000_000).contains(repetitions) else { throw ValidationError("--repeat is 1 to 10,000,000.") }
  }

  struct Row: Encodable {
    var file: String
    var repetitions: Int
    /// CPU time of one inspection: the median of up to 50 equal batches.
    var cpu_us: Double
    /// Heap allocations of one inspection after warm-up, reading the raw request included.
    var allocations: Double
    var verdict: String
    var anomaly: Int
    var rules: [Int]
  }

  func run() throws {
    let inspector = try rules.inspector(mode: .block)
    let scratch = inspector.makeScratch()
    var rows: [Row] = []
    for file in files {
      let raw: RawRequest
      do {
        raw = RawRequest(bytes: try FileSystemRuleReader().read(file))
      } catch {
        Terminal.error("ropeline: \(error)")
        throw ExitCode(2)
      }
      guard let outcome = raw.inspect(with: inspector, scratch: scratch) else {
        Terminal.error("ropeline: \(file): there is no request in this file")
        throw ExitCode(2)
      }
      let (median, allocations) = measure(raw, inspector, scratch)
      rows.append(
        Row(
          file: file, repetitions: repetitions, cpu_us: median, allocations: allocations, verdict: outcome.verdict.kind.rawValue,
          anomaly: outcome.evidence.anomaly.inbound, rules: outcome.evidence.rules.filter(\.isLogged).map(\.id)))
    }
    try show(rows)
  }

  private func measure(_ raw: RawRequest, _ inspector: Inspector, _ scratch: InspectionScratch) -> (Double, Double) {
    let batches = min(50, repetitions)
    var times: [Double] = []
    for batch in 0..<batches {
      let count = repetitions * (batch + 1) / batches - repetitions * batch / batches
      let start = cpuMicroseconds()
      for _ in 0..<count { _ = raw.inspect(with: inspector, scratch: scratch) }
      times.append((cpuMicroseconds() - start) / Double(max(count, 1)))
    }
    // One more, after warm-up and after the times: counting is not free.
    ropeline_allocations_start()
    _ = raw.inspect(with: inspector, scratch: scratch)
    let allocations = ropeline_allocations_stop()
    return (times.sorted()[times.count / 2], Double(allocations))
  }

  private func cpuMicroseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
  }

  private func show(_ rows: [Row]) throws {
    switch format {
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
      struct Report: Encodable {
        var version = 1
        var requests: [Row]
      }
      Terminal.output(String(decoding: try encoder.encode(Report(requests: rows)), as: UTF8.self) + "\n")
    case .text:
      let width = min(40, rows.map { ($0.file as NSString).lastPathComponent.count }.max() ?? 0)
      for row in rows {
        let name = (row.file as NSString).lastPathComponent.padding(toLength: max(width, 8), withPad: " ", startingAt: 0)
        let cost = String(format: "%10.1f us %8.0f allocations", row.cpu_us, row.allocations)
        let ids = row.rules.map(String.init).joined(separator: " ")
        Terminal.output("\(name) \(cost)  \(row.verdict.padding(toLength: 6, withPad: " ", startingAt: 0)) \(ids)\n")
      }
    }
  }
}
