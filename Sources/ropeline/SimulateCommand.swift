import ArgumentParser
import Foundation
import Rehearsal

/// `ropeline simulate`: invented traffic of an evening, with the truth about it.
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Write labelled traffic of an invented evening: fans, partners, scrapers, fuzzers and the rest.",
    discussion: """
      Writes access.log (the ropeline format) and truth.csv (a row for each entity and identity, with its label).
      The same options give the same bytes.

      Example: ropeline simulate --out /tmp/evening --requests 100000 --surge 450% --seed 7
      Then: ropeline analyze -o /tmp/verdicts.ndjson /tmp/evening/access.log
            ropeline simulate score --truth /tmp/evening /tmp/verdicts.ndjson
      """,
    subcommands: [SimulateScoreCommand.self])

  @Option(help: ArgumentHelp("The directory to write into; made if it is missing.", valueName: "dir"))
  var out: String?

  @Option(help: "Lines of the log.")
  var requests = 100_000

  @Option(help: "How far the crowd's rate rises above its base at the drop; 450% makes it 5.5 times as high.")
  var surge = "450%"

  @Option(help: "The same seed gives the same bytes.")
  var seed: UInt64 = 1

  @Flag(help: "Abusers act as fans before they begin.")
  var hard = false

  @Flag(help: "No bots: fans only.")
  var clean = false

  func validate() throws {
    guard (1...1_000_000_000).contains(requests) else { throw ValidationError("--requests is 1 to 1,000,000,000.") }
    guard Self.share(surge) != nil else { throw ValidationError("--surge is a percentage from 0% to 10000%, not \(surge).") }
  }

  func run() throws {
    // Asked here and not by the parser, which would ask the subcommand for it too.
    guard let out else { throw ValidationError("--out names the directory to write into.") }
    var configuration = SimulationConfiguration()
    configuration.requests = requests
    configuration.surge = Self.share(surge) ?? configuration.surge
    configuration.seed = seed
    configuration.isHard = hard
    configuration.isClean = clean
    do {
      try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
      let log = try OutputFile((out as NSString).appendingPathComponent("access.log"))
      let truth = try OutputFile((out as NSString).appendingPathComponent("truth.csv"))
      var simulation = Simulation(configuration)
      try simulation.run(log: log.write, truth: truth.write)
    } catch let error as OutputFile.Failure {
      Terminal.error("ropeline: \(error.description)")
      throw ExitCode(2)
    } catch {
      Terminal.error("ropeline: \(out): \(error.localizedDescription)")
      throw ExitCode(2)
    }
  }

  /// `450%` or `450` as 4.5.
  static func share(_ text: String) -> Double? {
    guard let percent = Double(text.hasSuffix("%") ? String(text.dropLast()) : text), (0...10_000).contains(percent) else { return nil }
    return percent / 100
  }
}

/// A file that is written from its beginning.
private final class OutputFile {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private let path: String
  private let descriptor: Int32

  init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Failure(description: "\(path): \(String(cString: strerror(errno)))") }
  }

  deinit { close(descriptor) }

  func write(_ bytes: [UInt8]) throws {
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + start }, $0.count - start) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Failure(description: "\(path): \(String(cString: strerror(errno)))") }
      start += count
    }
  }
}
