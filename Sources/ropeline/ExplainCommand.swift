import ArgumentParser
import Behavior
import Detection
import EvidenceModel
import Foundation
import HTTPModel
import LogAnalysis
import RuleEngine

/// `ropeline explain`: one request or log line through the whole engine, step by step.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show what the engine makes of one request: each rule, each value, each transformation, and the score as it grew.",
    discussion: """
      Examples:
        ropeline explain --crs --request Samples/requests/sql-injection.http
        ropeline explain --crs access.log:1204
        curl-made-request | ropeline explain --crs -
        ropeline explain --crs --timing --request Samples/requests/sql-injection.http
      """)

  @OptionGroup var rules: RulesArguments

  @Option(help: ArgumentHelp("A file with one raw HTTP/1.1 request.", valueName: "file"))
  var request: String?

  @Flag(help: "Say what each rule took, too: the mean of 100 more inspections, without the steps that are shown.")
  var timing = false

  @Argument(
    help: ArgumentHelp("FILE:LINE of an access log, or - for a raw request or a log line on standard input.", valueName: "file:line"))
  var place: String?

  func validate() throws {
    if (request == nil) == (place == nil) { throw ValidationError("Give either --request FILE or one FILE:LINE (or -).") }
  }

  func run() throws {
    let subject = try readSubject()
    let inspector = try rules.inspector(mode: .block, keepsValues: timing ? false : nil, silencesWarnings: true)
    let scratch = inspector.makeScratch()
    let trace = TransactionTrace()
    let outcome: InspectionOutcome
    var standing: ClientStanding?
    var costs: RuleTiming?
    var page = ExplainPage(usesColor: Terminal.usesColor)
    switch subject {
    case .raw(let raw):
      guard let (parsed, body, _) = raw.parse(), let result = raw.inspect(with: inspector, scratch: scratch, trace: trace) else {
        Terminal.error("ropeline: there is no request to explain")
        throw ExitCode(2)
      }
      guard raw.looksLikeRequest else {
        Terminal.error("ropeline: this is no HTTP/1 request: its first line is \(Terminal.shown(parsed.head.line, limit: 60))")
        throw ExitCode(2)
      }
      page.heading("request", Terminal.shown(parsed.head.line))
      if raw.endsLinesInLF { page.detail("(its lines end in LF alone, and HTTP's end in CR LF: write \\r\\n, as unix2dos does)") }
      for field in parsed.head.fields { page.detail("\(Terminal.shown(field.name)): \(Terminal.shown(field.value))") }
      if !body.isEmpty { page.detail("(\(body.count) bytes of body) \(Terminal.shown(body, limit: 160))") }
      outcome = result
      if timing { costs = RuleTiming(inspector) { _ = raw.inspect(with: inspector, scratch: $0) } }
    case .logged(let logged, let status, let before):
      let line = logged.request
      if !before.isEmpty {
        let settings = try rules.configuration.values()
        var analysis = LogAnalysisConfiguration()
        analysis.behavior = try BehaviorPlan(settings: settings).configuration(inspector)
        analysis.sources = try BehaviorPlan(settings: settings).sources(waits: true)
        let analyzer = LogAnalyzer(inspector: inspector, configuration: analysis)
        analyzer.read(lines: before)
        standing = analyzer.standing(of: logged)
      }
      page.heading("log line", Terminal.shown(line.head.line))
      for field in line.head.fields { page.detail("\(Terminal.shown(field.name)): \(Terminal.shown(field.value))") }
      page.detail("body, cookies and other fields were not observed")
      func inspect(_ scratch: InspectionScratch, _ trace: TransactionTrace?) -> InspectionOutcome {
        let inspection = inspector.begin(line, scratch: scratch)
        inspection.trace = trace
        if inspection.inspectHead().kind != .block { _ = inspection.inspectBody([]) }
        return inspection.finish(status: status)
      }
      outcome = inspect(scratch, trace)
      if timing { costs = RuleTiming(inspector) { _ = inspect($0, nil) } }
    }
    page.steps(trace)
    page.conclusion(outcome, threshold: inspector.configuration.threshold)
    page.behavior(standing)
    if let costs { page.timing(costs) }
    Terminal.output(page.text)
  }

  /// Lines of the log before the one asked for from which is learned what its client and the crowd do.
  private static let linesBefore = 200_000

  private struct LineFound: Error {}

  private enum Subject {
    case raw(RawRequest)
    /// With the log's lines up to this one, it included.
    case logged(LoggedRequest, status: Int, before: ArraySlice<ArraySlice<UInt8>>)
  }

  private func readSubject() throws -> Subject {
    do {
      if let request { return .raw(RawRequest(bytes: try FileSystemRuleReader().read(request))) }
      let place = place ?? "-"
      if place == "-" {
        let bytes = Array(FileHandle.standardInput.readDataToEndOfFile())
        let firstLine = Array(bytes.prefix { $0 != 0x0A && $0 != 0x0D })
        if let logged = LoggedRequest(line: firstLine) { return .logged(logged, status: logged.status, before: []) }
        return .raw(RawRequest(bytes: bytes))
      }
      guard let colon = place.lastIndex(of: ":"), let number = Int(place[place.index(after: colon)...]), number > 0 else {
        throw ValidationError("\(place) is not FILE:LINE. A raw request is given with --request FILE.")
      }
      let path = String(place[..<colon])
      var lines: [ArraySlice<UInt8>] = []
      var count = 0
      do {
        try LogReader().forEachLine(of: path) { place, bytes, _ in
          count = place
          if lines.count >= Self.linesBefore * 2 { lines.removeFirst(Self.linesBefore) }
          lines.append(Array(bytes)[...])
          if place == number { throw LineFound() }
        }
      } catch is LineFound {
      } catch let error as LogReadError {
        Terminal.error("ropeline: \(error)")
        throw ExitCode(2)
      }
      guard count == number, let line = lines.last else {
        Terminal.error("ropeline: \(path) has \(count) lines, not \(number)")
        throw ExitCode(2)
      }
      guard let logged = LoggedRequest(line: Array(line)) else {
        Terminal.error("ropeline: \(path):\(number): no log format that is known fits this line")
        throw ExitCode(2)
      }
      return .logged(logged, status: logged.status, before: lines.suffix(Self.linesBefore))
    } catch let error as FileError {
      Terminal.error("ropeline: \(error)")
      throw ExitCode(2)
    }
  }
}

/// The text of an explanation.
struct ExplainPage {
  private(set) var text = ""
  let usesColor: Bool

  init(usesColor: Bool) { self.usesColor = usesColor }

  private func styled(_ text: String, _ code: String) -> String { usesColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }

  mutating func heading(_ title: String, _ content: String) { text += styled(title, "1") + "  \(content)\n" }
  mutating func detail(_ line: String) { text += "  \(line)\n" }

  mutating func steps(_ trace: TransactionTrace) {
    text += "\n"
    var pending: [Int: [String]] = [:]
    var hasMatch = false
    for step in trace.steps {
      switch step {
      case .value(let rule, let target, let original, let transformations, let value):
        var lines = "    on \(styled(Terminal.shown(target, limit: 80), "36"))  \(Terminal.shown(original, limit: 160))"
        if !transformations.isEmpty {
          lines += "\n       after \(transformations.map(\.rawValue).joined(separator: ", "))"
          if original != value { lines += "\n       became \(Terminal.shown(value, limit: 160))" } else { lines += " (unchanged)" }
        }
        pending[rule, default: []].append(lines)
      case .chain(let match, let anomaly):
        let values = pending.removeValue(forKey: match.id) ?? []
        guard match.isLogged else { continue }
        hasMatch = true
        let severity = match.severity.map { " \($0)" } ?? ""
        text += styled("rule \(match.id)", "1;33") + "  phase \(match.phase)\(severity)  \(Terminal.shown(match.message))\n"
        for line in values.prefix(8) { text += line + "\n" }
        if values.count > 8 { text += "    and \(values.count - 8) more values\n" }
        if !match.data.isEmpty { text += "    \(Terminal.shown(match.data))\n" }
        text += "    anomaly score now: inbound \(anomaly.inbound), outbound \(anomaly.outbound)\n"
      case .limit(let rule, let target):
        text += styled("rule \(rule)", "1;31") + "  could not be decided on \(Terminal.shown(target)): the match limit was reached\n"
      }
    }
    if trace.droppedSteps > 0 { text += "(\(trace.droppedSteps) further steps are not shown)\n" }
    if !hasMatch { text += "no rule that logs matched\n" }
  }

  mutating func behavior(_ standing: ClientStanding?) {
    guard let standing else {
      text += "behavior  one request says little: give FILE:LINE of a log to see what its client did up to there\n"
      return
    }
    let bits = standing.evidence.reduce(0) { $0 + $1.bits }
    let verdict = standing.verdict
    text +=
      "behavior  \(styled(verdict.kind.rawValue, verdict.kind == .allow ? "1;32" : "1;31"))  score \(String(format: "%.3f", verdict.score))  "
    text +=
      "\(verdict.label.rawValue)  \(String(format: "%.1f", bits)) bits of evidence in its \(standing.requests) requests up to this line\n"
    for signal in standing.evidence {
      text += "  \(String(format: "%+6.1f", signal.bits))  \(signal.signal): \(Terminal.shown(signal.detail.utf8))\n"
    }
    if standing.requests < 3 { text += "  so few requests say little\n" }
    if standing.isShared { text += "  people with sessions share its address and user agent: a verdict is not carried out\n" }
  }

  mutating func timing(_ timing: RuleTiming) {
    text +=
      "\ntiming  \(String(format: "%.1f", timing.total)) us for one inspection, the mean of \(RuleTiming.repetitions) with no clock but around all\n"
    text += "        of it; the rules by themselves, with a clock around each:\n"
    for line in RuleTiming.lines(timing.rules, atMost: 20) { text += line + "\n" }
  }

  mutating func conclusion(_ outcome: InspectionOutcome, threshold: Int) {
    for violation in outcome.evidence.schema {
      let reaction =
        switch violation.reaction {
        case .count: "count"
        case .score(let points): "score \(points)"
        case .block: "block"
        }
      text += styled("schema \(violation.kind)", "1;33") + "  \(reaction)  \(Terminal.shown(violation.endpoint.utf8))\n"
      let place = Terminal.shown((violation.place + violation.pointer).utf8)
      text += "    \(place)\(place.isEmpty ? "" : " ")\(Terminal.shown(violation.detail.utf8))\n"
    }
    text += "\n"
    let verdict = outcome.verdict
    let color = verdict.kind == .block ? "1;31" : "1;32"
    var line = styled(verdict.kind.rawValue, color) + "  score \(String(format: "%.3f", verdict.score))  \(verdict.label.rawValue)"
    if let status = verdict.status { line += "  would answer \(status)" }
    let reasons = [outcome.evidence.framing?.detail, outcome.evidence.intervention.map { "rule \($0.ruleID)" }].compactMap { $0 }
    if !reasons.isEmpty { line += ": " + reasons.joined(separator: "; ") }
    text += "verdict  \(line)\n"
    text += "  anomaly score inbound \(outcome.evidence.anomaly.inbound) of \(threshold), outbound \(outcome.evidence.anomaly.outbound)\n"
    if !outcome.evidence.schema.isEmpty { text += "  the schema adds \(outcome.evidence.schema.anomaly)\n" }
    text += "  \(outcome.rulesAsked) rules were asked"
    if outcome.rulesUnasked > 0 { text += ", \(outcome.rulesUnasked) could not be: what they read was not observed" }
    text += "; inspected: \(outcome.inspected.rawValue)\n"
  }
}
