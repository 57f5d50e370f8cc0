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
      Parsing and all five phases are included. Each file holds one raw HTTP/1.1 request. Without --warm, nothing is
      carried from one repetition to the next.

      Example: ropeline bench --crs --repeat 200 Samples/requests/*.http
      """)

  @OptionGroup var rules: RulesArguments

  @Option(name: .customLong("repeat"), help: "Inspections of each file.")
  var repetitions = 100

  @Flag(help: "Keep what is known of values from one repetition to the next, as the proxy does.")
  var warm = false

  @Flag(help: "Take the files in turn, as traffic brings them, and not each as often as wanted before the next.")
  var mixed = false

  @Flag(help: "Say for each rule how often it was reached and asked, of how many values, and how long it took.")
  var perRule = false

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
    var costs: [RuleCost]?
  }

  /// A rule's share of one inspection, with the clock running: of another run than `cpu_us`.
  struct RuleCost: Encodable {
    var id: Int
    var file: String
    var line: Int
    var reached: Double
    var asked: Double
    var values: Double
    var matches: Double
    var us: Double

    init(_ cost: RuleCosts.Cost, of runs: Int) {
      let runs = Double(max(runs, 1))
      id = cost.id
      file = cost.file
      line = cost.line
      reached = Double(cost.reached) / runs
      asked = Double(cost.asked) / runs
      values = Double(cost.values) / runs
      matches = Double(cost.matches) / runs
      us = Double(cost.nanoseconds) / runs / 1000
    }
  }

  func run() throws {
    let inspector = try rules.inspector(mode: .block, keepsValues: warm)
    let scratch = inspector.makeScratch()
    var rows: [Row] = []
    var requests: [RawRequest] = []
    for file in files {
      let raw: RawRequest
      // The other files are measured all the same.
      do {
        raw = RawRequest(bytes: try FileSystemRuleReader().read(file))
      } catch {
        Terminal.error("ropeline: \(error)")
        continue
      }
      guard let outcome = raw.inspect(with: inspector, scratch: scratch) else {
        Terminal.error("ropeline: \(file): there is no request in this file")
        continue
      }
      let (median, allocations) = measure(raw, mixed ? 1 : repetitions, inspector, scratch)
      rows.append(
        Row(
          file: file, repetitions: repetitions, cpu_us: median, allocations: allocations, verdict: outcome.verdict.kind.rawValue,
          anomaly: outcome.evidence.anomaly.inbound, rules: outcome.evidence.rules.filter(\.isLogged).map(\.id),
          costs: perRule ? costs(raw, inspector) : nil))
      requests.append(raw)
    }
    if mixed {
      for (index, median) in measureInTurn(requests, inspector, scratch).enumerated() { rows[index].cpu_us = median }
    }
    if !rows.isEmpty { try show(rows) }
    if rows.count < files.count { throw ExitCode(2) }
  }

  private func costs(_ raw: RawRequest, _ inspector: Inspector) -> [RuleCost] {
    let scratch = inspector.makeScratch()
    scratch.countCosts(of: inspector)
    for _ in 0..<repetitions { _ = raw.inspect(with: inspector, scratch: scratch) }
    return scratch.costs.map { RuleCost($0, of: repetitions) }
  }

  /// Microseconds of CPU time by file: medians of single inspections.
  private func measureInTurn(_ requests: [RawRequest], _ inspector: Inspector, _ scratch: InspectionScratch) -> [Double] {
    var times: [[Double]] = Array(repeating: [], count: requests.count)
    for _ in 0..<repetitions {
      for (index, raw) in requests.enumerated() {
        let start = CPUTime.microseconds()
        _ = raw.inspect(with: inspector, scratch: scratch)
        times[index].append(CPUTime.microseconds() - start)
      }
    }
    return times.map { $0.sorted()[$0.count / 2] }
  }

  private func measure(
    _ raw: RawRequest, _ repetitions: Int, _ inspector: Inspector, _ scratch: InspectionScratch
  ) -> (Double, Double) {
    let batches = min(50, repetitions)
    var times: [Double] = []
    for batch in 0..<batches {
      let count = repetitions * (batch + 1) / batches - repetitions * batch / batches
      let start = CPUTime.microseconds()
      for _ in 0..<count { _ = raw.inspect(with: inspector, scratch: scratch) }
      times.append((CPUTime.microseconds() - start) / Double(max(count, 1)))
    }
    // One more, after warm-up and after the times: counting is not free.
    ropeline_allocations_start()
    _ = raw.inspect(with: inspector, scratch: scratch)
    let allocations = ropeline_allocations_stop()
    return (times.sorted()[times.count / 2], Double(allocations))
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
        for line in row.costs.map({ RuleTiming.lines($0, atMost: 40) }) ?? [] { Terminal.output(line + "\n") }
      }
    }
  }
}
