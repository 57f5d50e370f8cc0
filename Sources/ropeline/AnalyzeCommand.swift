import ArgumentParser
import Detection
import EvidenceModel
import Foundation
import HTTPModel
import LogAnalysis
import Reporting
import Synchronization
import Telemetry

/// `ropeline analyze`: the proxy's verdicts offline, from access logs.
struct AnalyzeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Read access logs and say who was a fan and who was not, and why.",
    discussion: """
      Formats: common, combined, the ropeline format (combined with name=value pairs) and JSON lines; each file's format is
      detected. Files may be gzip; - is standard input; a directory stands for the files in it.

      Example: ropeline analyze --crs --rules Rulesets/event-api Samples/logs/release-night.log
      """)

  @Argument(help: ArgumentHelp("Log files, directories, or -.", valueName: "log"))
  var logs: [String] = []

  @OptionGroup var rules: RulesArguments

  @Option(name: .customLong("log-format"), help: "auto, common, combined, ropeline or json.")
  var logFormat = "auto"

  @Option(help: "text, json or ndjson.")
  var format: Format = .text

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write here instead of stdout; .json, .ndjson and .txt choose the format. Repeatable.", valueName: "file"))
  var output: [String] = []

  @Option(help: "Only requests from this time on: RFC 3339, epoch seconds, or 2026-11-20 19:00 (UTC).")
  var since: String?

  @Option(help: "Only requests before this time.")
  var until: String?

  @Option(help: ArgumentHelp("Only clients in this network.", valueName: "cidr"))
  var client: String?

  @Option(help: ArgumentHelp("Only paths that fit this pattern; * stands for anything.", valueName: "glob"))
  var path: String?

  @Option(help: "Only this status, or class such as 4xx.")
  var status: String?

  @Option(help: "flagged leaves out clients whose verdict is allow.")
  var only: Only?

  @Option(help: "hashed or raw: how sessions and keys are shown.")
  var identities: Identities = .hashed

  @Option(
    name: .customLong("partner-key"),
    help: ArgumentHelp("A key that was given out: only such make a partner. Any key does if none is given. Repeatable.", valueName: "key"))
  var partnerKeys: [String] = []

  @Option(help: "Workers; the result is the same for any number. This version reads with one.")
  var jobs = 1

  @Option(
    name: .customLong("fail-on"), help: ArgumentHelp("End with --exit-code if a client of this class was flagged.", valueName: "class"))
  var failOn: String?

  @Option(name: .customLong("exit-code"), help: "The exit code for --fail-on.")
  var exitCode: Int32 = 1

  @Flag(name: .customLong("no-progress"), help: "No progress on the terminal.")
  var hidesProgress = false

  @Option(help: "auto, always or never.")
  var color: ColorChoice = .auto

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, ndjson }
  enum Only: String, ExpressibleByArgument, CaseIterable { case flagged }
  enum Identities: String, ExpressibleByArgument, CaseIterable { case hashed, raw }
  enum ColorChoice: String, ExpressibleByArgument, CaseIterable { case auto, always, never }

  func validate() throws {
    if logs.isEmpty, isatty(STDIN_FILENO) == 1 { throw ValidationError("Give at least one log, or - for standard input.") }
    if logFormat != "auto", LogFormat(rawValue: logFormat.lowercased()) == nil {
      throw ValidationError("--log-format is auto, \(LogFormat.allCases.map(\.rawValue).joined(separator: ", ")), not \(logFormat).")
    }
    if let failOn, ClientClass(rawValue: failOn) == nil {
      throw ValidationError("--fail-on is one of \(ClientClass.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    for (name, value) in [("--since", since), ("--until", until)] {
      if let value, Self.time(value) == nil { throw ValidationError("\(name): \(value) is no time that is understood.") }
    }
    if let status, Self.statusFilter(status) == nil {
      throw ValidationError("--status is a number such as 404 or a class such as 4xx, not \(status).")
    }
    if let client, Self.network(client) == nil { throw ValidationError("--client is a network such as 192.0.2.0/24, not \(client).") }
    guard jobs >= 1 else { throw ValidationError("--jobs is at least 1.") }
  }

  func run() throws {
    let inspector = try rules.inspector(mode: .block)
    var analysis = analysis
    let settings = try rules.configuration.values()
    let listedKeys = settings.list("identity.partner-keys") + partnerKeys
    if !listedKeys.isEmpty {
      analysis.partnerKeys = Set(listedKeys.flatMap { [Array($0.utf8), Array(ShortHash.text(Array($0.utf8)).utf8)] })
    }
    analysis.behavior = try BehaviorPlan(settings: settings).configuration(inspector)
    analysis.sources = try BehaviorPlan(settings: settings).sources(waits: true)
    let analyzer = LogAnalyzer(inspector: inspector, configuration: analysis)
    let interrupt = InterruptFlag()
    let progress = ProgressLine(isShown: !hidesProgress && isatty(STDERR_FILENO) == 1)
    for file in try files() {
      if interrupt.isSet { break }
      analyzer.read(file, shouldStop: { interrupt.isSet }, progress: { progress.show("\(file)  \($0) lines") })
    }
    progress.erase()
    var report = analyzer.finish()
    if interrupt.isSet { report.isPartial = true }
    for problem in report.problems { Terminal.error("ropeline: \(problem)") }
    let isFailing =
      failOn.map { name in report.clients.contains { $0.verdict.kind != .allow && $0.verdict.label.rawValue == name } } ?? false
    if only == .flagged { report.keepFlagged() }
    try write(report)
    if interrupt.isSet { throw ExitCode(130) }
    if report.parsed == 0 {
      Terminal.error(
        report.lines == 0
          ? "ropeline: there is no line to read" : "ropeline: none of \(report.lines) lines could be parsed or passed the filters")
      throw ExitCode(2)
    }
    if !report.problems.isEmpty { throw ExitCode(2) }
    if isFailing { throw ExitCode(exitCode) }
  }

  private var analysis: LogAnalysisConfiguration {
    var configuration = LogAnalysisConfiguration()
    configuration.format = LogFormat(rawValue: logFormat.lowercased())
    configuration.since = since.flatMap(Self.time)
    configuration.until = until.flatMap(Self.time)
    configuration.acceptsClient = client.flatMap(Self.network)
    configuration.acceptsStatus = status.flatMap(Self.statusFilter)
    configuration.showsRawIdentities = identities == .raw
    if let path {
      let pattern = Array(path.utf8)
      configuration.acceptsPath = { Self.glob(pattern, $0) }
    }
    return configuration
  }

  private func write(_ report: Report) throws {
    let usesColor =
      switch color {
      case .auto: Terminal.usesColor && output.isEmpty
      case .always: true
      case .never: false
      }
    func rendered(_ format: Format) -> Data {
      switch format {
      case .text: Data(TextReport.text(report, usesColor: usesColor).utf8)
      case .json: Data(JSONReport.object(report))
      case .ndjson: Data(report.clients.flatMap { JSONReport.line($0) })
      }
    }
    if output.isEmpty { return Terminal.output(String(decoding: rendered(format), as: UTF8.self)) }
    for file in output {
      let chosen: Format =
        switch (file as NSString).pathExtension.lowercased() {
        case "json": .json
        case "ndjson", "jsonl": .ndjson
        case "txt": .text
        default: format
        }
      do {
        try rendered(chosen).write(to: URL(fileURLWithPath: file), options: .atomic)
      } catch {
        Terminal.error("ropeline: \(file): \(error.localizedDescription)")
        throw ExitCode(2)
      }
    }
  }

  /// Directories stand for the files in them, in order of name.
  private func files() throws -> [String] {
    var result: [String] = []
    for log in logs.isEmpty ? ["-"] : logs {
      var isDirectory: ObjCBool = false
      if log != "-", FileManager.default.fileExists(atPath: log, isDirectory: &isDirectory), isDirectory.boolValue {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: log)) ?? []).sorted()
        let files = names.map { (log as NSString).appendingPathComponent($0) }.filter {
          var isFolder: ObjCBool = false
          return FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && !isFolder.boolValue
        }
        if files.isEmpty {
          Terminal.error("ropeline: \(log): no file in this directory")
          throw ExitCode(2)
        }
        result += files
      } else {
        result.append(log)
      }
    }
    return result
  }

  // MARK: Filters

  static func time(_ text: String) -> Timestamp? {
    if let seconds = Double(text), seconds > 0, seconds < 1e11 { return Timestamp(seconds: seconds) }
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "UTC")
    for pattern in [
      "yyyy-MM-dd'T'HH:mm:ss.SSSXXXXX", "yyyy-MM-dd'T'HH:mm:ssXXXXX", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd",
    ] {
      formatter.dateFormat = pattern
      if let date = formatter.date(from: text) { return Timestamp(seconds: date.timeIntervalSince1970) }
    }
    return nil
  }

  static func statusFilter(_ text: String) -> (@Sendable (Int) -> Bool)? {
    let lower = text.lowercased()
    if lower.count == 3, lower.hasSuffix("xx"), let digit = Int(lower.prefix(1)), (1...5).contains(digit) { return { $0 / 100 == digit } }
    guard let status = Int(lower), (100...999).contains(status) else { return nil }
    return { $0 == status }
  }

  static func network(_ text: String) -> (@Sendable (String) -> Bool)? {
    guard let ranges = TrustedRanges(text) else { return nil }
    return { ranges.contains($0) }
  }

  /// `*` stands for any run of bytes, `?` for one. Linear in the path for each star.
  static func glob(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
    var pattern = pattern[...]
    var text = text[...]
    var backtrack: (ArraySlice<UInt8>, ArraySlice<UInt8>)?
    while let byte = text.first {
      if let expected = pattern.first, expected == 0x2A {
        pattern = pattern.dropFirst()
        backtrack = (pattern, text)
      } else if let expected = pattern.first, expected == byte || expected == 0x3F {
        pattern = pattern.dropFirst()
        text = text.dropFirst()
      } else if let (rest, from) = backtrack {
        text = from.dropFirst()
        pattern = rest
        backtrack = (rest, text)
      } else {
        return false
      }
    }
    return pattern.allSatisfy { $0 == 0x2A }
  }
}

/// Set by SIGINT: the reading ends and what was read is reported.
private let isInterrupted = Atomic<Bool>(false)

private struct InterruptFlag {
  init() {
    // The flag exists before a signal can come; a handler may do no more than store it.
    isInterrupted.store(false, ordering: .relaxed)
    signal(SIGINT) { _ in isInterrupted.store(true, ordering: .relaxed) }
    signal(SIGPIPE, SIG_IGN)
  }

  var isSet: Bool { isInterrupted.load(ordering: .relaxed) }
}

/// One line on stderr that is written over and erased at the end.
private final class ProgressLine {
  private let isShown: Bool
  private var isDirty = false

  init(isShown: Bool) { self.isShown = isShown }

  func show(_ text: String) {
    guard isShown else { return }
    isDirty = true
    FileHandle.standardError.write(Data("\r\u{1B}[2K\(text.suffix(78))".utf8))
  }

  func erase() {
    if isDirty { FileHandle.standardError.write(Data("\r\u{1B}[2K".utf8)) }
  }
}
