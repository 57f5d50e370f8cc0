import SecLang

/// Which rules to load, and in which order: `before`, then the CRS, then `paths`.
public struct RulesOptions: Sendable {
  public var loadsCRS = false
  /// A directory as the CRS ships it: `crs-setup.conf` (or `.example`), `rules/`, and from 4.x on `plugins/`. Implies the CRS.
  public var crsDirectory: String?
  /// Where else to look for the CRS if Debian's package is not installed (`$ROPELINE_CRS`).
  public var crsFallback: String?
  public var before: [String] = []
  public var paths: [String] = []
  /// 1 to 4; nil leaves it to the rule files.
  public var paranoia: Int?
  /// Inbound anomaly score at which the CRS denies; nil leaves it to the rule files.
  public var threshold: Int?
  /// Whether `\\` in operands is halved as Apache's reader does (`modsecurity2`).
  public var halvesBackslashes = false

  public init() {}
}

/// Why the files to load could not even be found.
public struct RulesLoadError: Error, Sendable, CustomStringConvertible {
  public var description: String

  public init(description: String) { self.description = description }
}

/// Finds and reads the rule files that the options name.
public struct RulesLoader {
  public var options: RulesOptions
  private let reader = FileSystemRuleReader()

  /// Where Debian's `modsecurity-crs` puts its files.
  private static let debianSetup = "/etc/modsecurity/crs/crs-setup.conf"
  private static let debianRules = "/usr/share/modsecurity-crs/rules"
  private static let debianBefore = "/etc/modsecurity/crs/REQUEST-900-EXCLUSION-RULES-BEFORE-CRS.conf"
  private static let debianAfter = "/etc/modsecurity/crs/RESPONSE-999-EXCLUSION-RULES-AFTER-CRS.conf"

  public init(options: RulesOptions) { self.options = options }

  /// Reads everything. Mistakes in the files are in the result's diagnostics.
  ///
  /// - Throws: `RulesLoadError` or `FileError` if a path that was asked for cannot be read.
  public func load() throws -> RuleSet {
    var parserOptions = ParserOptions()
    parserOptions.halvesBackslashes = options.halvesBackslashes
    var parser = RuleSetParser(reader: reader, options: parserOptions)
    for path in options.before { try parse(path, with: &parser) }
    var tuningPosition = 0
    if options.loadsCRS || options.crsDirectory != nil {
      let files = try crsFiles()
      parser.parse(path: files.setup)
      // After the set-up file, so that the flag beats it; before the rules, which only fill in what is unset.
      tuningPosition = 1
      parser.parse(text: Array(tuningText.utf8), path: Self.tuningPath)
      for path in files.rules { parser.parse(path: path) }
    }
    if tuningPosition == 0 { parser.parse(text: Array(tuningText.utf8), path: Self.tuningPath) }
    for path in options.paths { try parse(path, with: &parser) }
    return parser.finish()
  }

  private func parse(_ path: String, with parser: inout RuleSetParser) throws {
    let files = try reader.ruleFiles(at: path)
    if files.isEmpty { throw RulesLoadError(description: "\(path): no *.conf file in this directory") }
    for file in files { parser.parse(path: file) }
  }

  private func crsFiles() throws -> (setup: String, rules: [String]) {
    if let directory = options.crsDirectory { return try crsFiles(in: directory) }
    if exists(Self.debianRules), exists(Self.debianSetup) {
      var rules = try reader.ruleFiles(at: Self.debianRules)
      if exists(Self.debianBefore) { rules.insert(Self.debianBefore, at: 0) }
      if exists(Self.debianAfter) { rules.append(Self.debianAfter) }
      return (Self.debianSetup, rules)
    }
    if let directory = options.crsFallback { return try crsFiles(in: directory) }
    throw RulesLoadError(
      description: "the OWASP CRS was not found: install Debian's modsecurity-crs, set ROPELINE_CRS, or give --crs-dir")
  }

  private func crsFiles(in directory: String) throws -> (setup: String, rules: [String]) {
    let setups = ["\(directory)/crs-setup.conf", "\(directory)/crs-setup.conf.example"]
    guard let setup = setups.first(where: exists) else {
      throw RulesLoadError(description: "\(directory): neither crs-setup.conf nor crs-setup.conf.example is there")
    }
    let rules = try reader.ruleFiles(at: "\(directory)/rules")
    if rules.isEmpty { throw RulesLoadError(description: "\(directory)/rules: no *.conf file in this directory") }
    // As the installation guide of 4.x includes them: what plugins set, what they do before the rules, and after.
    let plugins = (try? reader.ruleFiles(at: "\(directory)/plugins")) ?? []
    func plugin(_ suffix: String) -> [String] { plugins.filter { $0.hasSuffix(suffix) } }
    return (setup, plugin("-config.conf") + plugin("-before.conf") + rules + plugin("-after.conf"))
  }

  private func exists(_ path: String) -> Bool { (try? reader.ruleFiles(at: path)) != nil }

  static let tuningPath = "(options)"

  /// The flags as rules, in the variables of CRS 3.x and of 4.x. Their ids lie below all that rule sets use.
  private var tuningText: String {
    var assignments: [String] = []
    if let level = options.paranoia {
      for name in ["paranoia_level", "executing_paranoia_level", "blocking_paranoia_level", "detection_paranoia_level"] {
        assignments.append("setvar:tx.\(name)=\(level)")
      }
    }
    if let threshold = options.threshold { assignments.append("setvar:tx.inbound_anomaly_score_threshold=\(threshold)") }
    guard !assignments.isEmpty else { return "" }
    return "SecAction \"id:\(Self.tuningID),phase:1,pass,nolog,t:none,\(assignments.joined(separator: ","))\"\n"
  }

  static let tuningID = 9
}
