import ArgumentParser
import Detection
import Foundation
import RuleEngine
import RulesetLint
import SecLang

/// `ropeline lint`: checks rule sets.
struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Check rule sets in ModSecurity's language and show each mistake in its place.",
    discussion: """
      A directory stands for the *.conf files in it and below it. All paths are read as one set, in order, so that markers and
      ids are checked across files. Exit code 1 if there is a finding at or above --fail-on.

      Example: ropeline lint Rulesets
      """)

  @Argument(help: ArgumentHelp("Rule files, directories, or - for standard input.", valueName: "path"))
  var paths: [String] = []

  @Option(help: "text, json or github.")
  var format: Format = .text

  @Option(help: ArgumentHelp("Only these codes, or beginnings of codes; separated by commas.", valueName: "codes"))
  var select: [String] = []

  @Option(help: ArgumentHelp("Leave out these codes.", valueName: "codes"))
  var ignore: [String] = []

  @Option(help: ArgumentHelp("Say what a check is about, with examples.", valueName: "code"))
  var explain: String?

  @Option(name: .customLong("fail-on"), help: "error, warning or info: findings from here on end with exit code 1.")
  var failOn: Threshold = .warning

  @Flag(help: "Show findings of style too.")
  var style = false

  @Option(name: .customLong("stdin-filename"), help: ArgumentHelp("The name that standard input gets in messages.", valueName: "name"))
  var standardInputName = "(stdin)"

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, github }
  enum Threshold: String, ExpressibleByArgument, CaseIterable {
    case error, warning, info
    var severity: FindingSeverity { self == .error ? .error : self == .warning ? .warning : .info }
  }

  func validate() throws {
    if paths.isEmpty && explain == nil { throw ValidationError("Give at least one rule file or directory, or --explain CODE.") }
  }

  func run() throws {
    if let explain { return try show(explain) }
    var options = LintOptions()
    options.selected = Self.codes(select)
    options.ignored = Self.codes(ignore)
    options.showsStyle = style
    if let code = Linter.unknownCodes(in: options).first {
      Terminal.error("ropeline: no check has a code that begins with \(code); lint --explain CODE says what there is")
      throw ExitCode(2)
    }
    var parser = RuleSetParser(reader: FileSystemRuleReader())
    var isComplete = true
    for path in paths {
      if path == "-" {
        parser.parse(text: Array(FileHandle.standardInput.readDataToEndOfFile()), path: standardInputName)
        continue
      }
      // What can be read is checked, whatever else is named.
      do {
        for file in try Self.files(at: path) { parser.parse(path: file) }
      } catch {
        Terminal.error("ropeline: \(error)")
        isComplete = false
      }
    }
    let ruleSet = parser.finish()
    // What the proxy would refuse is a finding here.
    let result = Linter.lint(ruleSet, options: options, refusals: RuleSetCompiler.compile(ruleSet).diagnostics)
    switch format {
    case .json: Terminal.output(String(decoding: FindingJSON.object(result), as: UTF8.self))
    case .github: Terminal.output(FindingJSON.github(result))
    case .text:
      let renderer = FindingText(files: ruleSet.files, usesColor: Terminal.usesColor)
      Terminal.output(result.findings.map(renderer.text).joined() + Self.summary(result) + "\n")
    }
    if !isComplete { throw ExitCode(2) }
    if result.findings.contains(where: { $0.severity >= failOn.severity }) { throw ExitCode(1) }
  }

  private static func codes(_ lists: [String]) -> [String] {
    lists.flatMap { $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces).uppercased() } }
  }

  private static func summary(_ result: LintResult) -> String {
    func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
    let errors = result.findings.count { $0.severity == .error }
    let warnings = result.findings.count { $0.severity == .warning }
    let rest = result.findings.count - errors - warnings
    var parts = [counted(errors, "error"), counted(warnings, "warning")]
    if rest > 0 { parts.append("\(rest) of less weight") }
    if result.suppressed > 0 { parts.append("\(result.suppressed) suppressed") }
    return "\(counted(result.rules, "rule")) in \(counted(result.files, "file")): " + parts.joined(separator: ", ")
  }

  /// A file itself; of a directory the `*.conf` files in it and below it, sorted by path.
  static func files(at path: String) throws -> [String] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { throw FileError(path: path, code: ENOENT) }
    guard isDirectory.boolValue else { return [path] }
    let found = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    let files = found.filter { $0.hasSuffix(".conf") }.sorted().map { (path as NSString).appendingPathComponent($0) }
    if files.isEmpty { throw RulesLoadError(description: "\(path): no *.conf file in this directory or below it") }
    return files
  }

  private func show(_ code: String) throws {
    guard let check = Linter.documentation.first(where: { $0.code == code.uppercased() }) else {
      Terminal.error("ropeline: no check has the code \(code). There are \(Linter.documentation.map(\.code).joined(separator: ", ")).")
      throw ExitCode(2)
    }
    func indented(_ text: String) -> String { text.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n") }
    Terminal.output(
      """
      \(check.code)  \(check.name)  (\(check.severity.rawValue))

      \(check.why)

      Yields it:
      \(indented(check.bad))

      Does not:
      \(indented(check.good))

      To suppress it for one rule, put this before it:
          # lint:ignore \(check.code) why

      """)
  }
}
