import SecLang

/// What to look for, and what to leave out.
public struct LintOptions: Sendable {
  /// Codes, or beginnings of codes such as `SL2`; empty selects all.
  public var selected: [String] = []
  public var ignored: [String] = []
  /// Whether findings of style are shown.
  public var showsStyle = false

  public init() {}
}

/// What a run came to.
public struct LintResult: Sendable {
  public var findings: [Finding]
  public var rules: Int
  public var files: Int
  /// Findings that a comment in the files suppresses.
  public var suppressed: Int
}

/// Runs every check over a parsed rule set. Pure; safe from any task.
public enum Linter {
  /// All checks: the index.
  static let checks: [any Check.Type] = [
    IDRangeCheck.self, MissingMarkerCheck.self, BackwardSkipCheck.self, UnusedMarkerCheck.self, MissingPhaseCheck.self,
    ExclusionWithoutRuleCheck.self, AvailabilityCheck.self, UnsetVariableCheck.self, MissingCaptureCheck.self, CaptureRangeCheck.self,
    CountMisuseCheck.self, CancelledTargetCheck.self, LateControlCheck.self, MissingInitcolCheck.self, InheritedTransformationCheck.self,
    LateNoneCheck.self, LowercaseCheck.self, InvalidRegexCheck.self, StatusWithoutDenyCheck.self, ImplicitOperatorCheck.self,
    SpellingCheck.self,
  ]

  /// The documentation of every check, by code.
  public static var documentation: [CheckDocumentation] {
    var seen: Set<String> = []
    let all = SyntaxChecks.table.map(\.documentation) + checks.map { $0.documentation } + Suppressions.documentation
    return all.filter { seen.insert($0.code).inserted }.sorted { $0.code < $1.code }
  }

  /// - Parameter refusals: what the engine says when it compiles the set; told where no check has found a mistake on the same line.
  /// The selected or ignored codes with which no check's code begins.
  public static func unknownCodes(in options: LintOptions) -> [String] {
    let known = documentation.map(\.code)
    return (options.selected + options.ignored).filter { code in code.isEmpty || !known.contains { $0.hasPrefix(code) } }
  }

  public static func lint(_ ruleSet: RuleSet, options: LintOptions = LintOptions(), refusals: [Diagnostic] = []) -> LintResult {
    let context = LintContext(ruleSet)
    var findings = SyntaxChecks.findings(of: ruleSet.diagnostics, in: context)
    for check in checks { findings += check.findings(in: context) }
    findings += SyntaxChecks.findings(of: refusals, in: context).filter { refusal in
      !findings.contains { found in
        let isSamePlace = found.range.start.file == refusal.range.start.file && found.range.start.line == refusal.range.start.line
        return isSamePlace && found.severity == .error
      }
    }
    var suppressions = Suppressions(ruleSet)
    let all = findings.count
    findings = findings.filter { !suppressions.covers($0) }
    let suppressed = all - findings.count
    findings += suppressions.findings(known: Set(documentation.map(\.code)))
    findings = findings.filter { finding in
      if finding.severity == .style && !options.showsStyle && !options.selected.contains(where: finding.code.hasPrefix) { return false }
      if !options.selected.isEmpty && !options.selected.contains(where: finding.code.hasPrefix) { return false }
      return !options.ignored.contains(where: finding.code.hasPrefix)
    }
    findings.sort { ($0.range.start, $0.code) < ($1.range.start, $1.code) }
    let rules = context.chains.reduce(0) { $0 + $1.rules.count }
    return LintResult(findings: findings, rules: rules, files: ruleSet.files.count, suppressed: suppressed)
  }
}

/// Comments that take findings away: `# lint:ignore SL508 why` before a rule, `# lint:ignore-file SL6` for a file.
struct Suppressions {
  private struct Entry {
    var code: String
    var range: SourceRange
    /// Lines that it covers; nil for the whole file.
    var lines: ClosedRange<Int>?
    var isUsed = false
  }
  private var entries: [Entry] = []

  static let documentation = [
    CheckDocumentation(
      code: "SL901", name: "unused-suppression", severity: .warning, why: "The comment suppresses a finding that is not there any more.",
      bad: "# lint:ignore SL212 not needed\nSecAction \"id:1,phase:1,pass\"",
      good: "# lint:ignore SL212 the default is meant\nSecAction \"id:1,pass\""),
    CheckDocumentation(
      code: "SL902", name: "unknown-code", severity: .warning, why: "No check has this code.",
      bad: "# lint:ignore SL999 why\nSecAction \"id:1,phase:1,pass\"",
      good: "# lint:ignore SL212 the default is meant\nSecAction \"id:1,pass\""),
  ]

  init(_ ruleSet: RuleSet) {
    for file in ruleSet.files {
      let lines = file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      for (index, line) in lines.enumerated() {
        guard line.first(where: { $0 != 0x20 && $0 != 0x09 }) == 0x23 else { continue }
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard let place = words.firstIndex(where: { $0 == "lint:ignore" || $0 == "lint:ignore-file" }), place + 1 < words.count else {
          continue
        }
        let column = line.firstRange(of: Array(words[place].utf8)).map { line.distance(from: line.startIndex, to: $0.lowerBound) + 1 } ?? 1
        let start = SourcePosition(file: file.path, line: index + 1, column: column)
        let end = SourcePosition(file: file.path, line: index + 1, column: line.count + 1)
        for code in words[place + 1].split(separator: ",") {
          entries.append(
            Entry(
              code: String(code), range: SourceRange(start: start, end: end),
              lines: words[place] == "lint:ignore" ? index + 1...Self.end(of: lines, after: index) : nil))
        }
      }
    }
  }

  /// The last line of the directive that follows a comment.
  private static func end(of lines: [ArraySlice<UInt8>], after comment: Int) -> Int {
    var index = comment + 1
    while index < lines.count,
      lines[index].allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) || lines[index].first(where: { $0 != 0x20 && $0 != 0x09 }) == 0x23
    {
      index += 1
    }
    while index < lines.count, lines[index].last(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) == 0x5C { index += 1 }
    return min(index, lines.count) + 1
  }

  mutating func covers(_ finding: Finding) -> Bool {
    var isCovered = false
    for index in entries.indices
    where entries[index].range.start.file == finding.range.start.file && finding.code.hasPrefix(entries[index].code) {
      if let lines = entries[index].lines, !lines.contains(finding.range.start.line) { continue }
      entries[index].isUsed = true
      isCovered = true
    }
    return isCovered
  }

  func findings(known: Set<String>) -> [Finding] {
    entries.compactMap { entry in
      let isKnown = known.contains { $0.hasPrefix(entry.code) }
      if isKnown && entry.isUsed { return nil }
      let documentation = Self.documentation[isKnown ? 0 : 1]
      return Finding(
        code: documentation.code, name: documentation.name, severity: documentation.severity, range: entry.range, rule: nil,
        message: isKnown ? "nothing here yields \(entry.code)" : "no check has the code \(entry.code)")
    }
  }
}
