import ArgumentParser
import Detection
import Foundation
import RuleEngine
import SecLang
import Settings

/// The options that say which rules to load; the same for proxy, analyze, explain and bench.
///
/// What a flag does not say, the environment says, and what neither says, the configuration file.
struct RulesArguments: ParsableArguments {
  @OptionGroup var configuration: ConfigurationArguments

  @Flag(name: .customLong("crs"), help: "Load the OWASP CRS of Debian's modsecurity-crs, or of $ROPELINE_CRS.")
  var loadsCRS = false

  @Option(
    name: .customLong("crs-dir"), help: ArgumentHelp("Load the CRS of this directory (crs-setup.conf, rules/, plugins/).", valueName: "dir")
  )
  var crsDirectory: String?

  @Option(
    name: .customLong("rules"), help: ArgumentHelp("A rule file, or a directory of *.conf, after the CRS; repeatable.", valueName: "path"))
  var paths: [String] = []

  @Option(name: .customLong("rules-before"), help: ArgumentHelp("The same, before the CRS; repeatable.", valueName: "path"))
  var before: [String] = []

  @Option(help: ArgumentHelp("Paranoia level of the CRS: 1 to 4. Left to the rule files (1) if not given.", valueName: "level"))
  var paranoia: Int?

  @Option(help: ArgumentHelp("Inbound anomaly score at which the CRS denies. Left to the rule files (5) if not given.", valueName: "score"))
  var threshold: Int?

  @Option(
    name: .customLong("seclang-backslash"),
    help: ArgumentHelp("Whether \\\\ in operands is halved: modsecurity2 does, modsecurity3 does not.", valueName: "engine"))
  var backslash: Backslash?

  @Option(
    name: .customLong("schema"),
    help: ArgumentHelp("An OpenAPI 3.0 or 3.1 document (YAML or JSON) that requests are held against; repeatable.", valueName: "file"))
  var schemas: [String] = []

  @Option(
    name: .customLong("schema-policy"),
    help: ArgumentHelp(
      "\"KIND off|count|score N|block\", or the same for one operation: \"POST /login: invalid block\"; repeatable.", valueName: "text"))
  var schemaPolicies: [String] = []

  enum Backslash: String, ExpressibleByArgument, CaseIterable { case modsecurity2, modsecurity3 }

  func validate() throws {
    if let paranoia, !(1...4).contains(paranoia) { throw ValidationError("--paranoia is 1, 2, 3 or 4, not \(paranoia).") }
    if let threshold, threshold < 1 { throw ValidationError("--threshold is at least 1, not \(threshold).") }
  }

  func options(_ settings: SettingValues) -> RulesOptions {
    var options = RulesOptions()
    options.loadsCRS = loadsCRS || settings.isOn("rules.crs") == true
    options.crsDirectory = crsDirectory ?? settings.text("rules.crs-dir")
    options.crsFallback = ProcessInfo.processInfo.environment["ROPELINE_CRS"]
    options.before = before.isEmpty ? settings.list("rules.before") : before
    options.paths = paths.isEmpty ? settings.list("rules.paths") : paths
    options.paranoia = paranoia ?? settings.number("rules.paranoia")
    options.threshold = threshold ?? settings.number("rules.threshold")
    options.halvesBackslashes = effectiveBackslash(settings) == .modsecurity2
    return options
  }

  func effectiveBackslash(_ settings: SettingValues) -> Backslash {
    backslash ?? settings.text("seclang.backslash").flatMap(Backslash.init(rawValue:)) ?? .modsecurity3
  }

  /// Loads and compiles the rules. Warnings go to stderr.
  ///
  /// - Throws: `ExitCode(2)` after every mistake has been printed with its place.
  func inspector(mode: EnforcementMode, keepsValues: Bool? = nil, silencesWarnings: Bool = false) throws -> Inspector {
    try inspector(
      mode: mode, settings: configuration.values(), keepsValues: keepsValues, silencesWarnings: silencesWarnings)
  }

  /// - Parameters:
  ///   - collections: what the collections of an earlier generation of rules hold; new ones otherwise.
  ///   - keepsValues: instead of what the settings say of the value cache.
  func inspector(
    mode: EnforcementMode, settings: SettingValues, collections: CollectionStore = CollectionStore(), remembersClients: Bool = false,
    keepsValues: Bool? = nil,
    silencesWarnings: Bool = false
  ) throws -> Inspector {
    let options = options(settings)
    let ruleSet: RuleSet
    do {
      ruleSet = try RulesLoader(options: options).load()
    } catch {
      Terminal.error("ropeline: \(error)")
      throw ExitCode(2)
    }
    var configuration = InspectorConfiguration(mode: mode)
    if let threshold = options.threshold { configuration.threshold = threshold }
    configuration.collections = collections
    if settings.text("seclang.block-lists") == "on" { configuration.blockLists = BlockListResolver.shared.cache }
    configuration.namesJSONAsCoraza = settings.text("seclang.json-names") == "coraza"
    configuration.keepsValues = keepsValues ?? (settings.text("rules.value-cache") != "off")
    if let steps = settings.number("limits.inspection-steps") { configuration.maximumSteps = steps }
    configuration.refusesOverBudget = settings.text("rules.over-budget") == "refuse"
    configuration.schema = try SchemaGuardLoader(settings: settings, files: schemas, policies: schemaPolicies)
      .load(remembersClients: remembersClients)
    configuration.utcOffset = TimeZone.current.secondsFromGMT()
    configuration.environment = ProcessInfo.processInfo.environment.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    do {
      let inspector = try Inspector(ruleSet: ruleSet, configuration: configuration)
      if !silencesWarnings { for diagnostic in inspector.warnings { Terminal.error(Self.line(for: diagnostic)) } }
      return inspector
    } catch {
      for diagnostic in error.diagnostics { Terminal.error(Self.line(for: diagnostic)) }
      let count = error.diagnostics.count { $0.severity == .error }
      Terminal.error("ropeline: \(count) \(count == 1 ? "mistake" : "mistakes") in the rules: nothing was loaded")
      throw ExitCode(2)
    }
  }

  /// `file:line:column: error: message`, as compilers write it.
  static func line(for diagnostic: Diagnostic) -> String {
    let place = diagnostic.range.start
    var text = "\(place.file):\(place.line):\(place.column): \(diagnostic.severity.rawValue): \(diagnostic.message)"
    if let suggestion = diagnostic.suggestion, !diagnostic.message.contains("did you mean") { text += " (did you mean \(suggestion)?)" }
    if let related = diagnostic.related { text += " (first at \(related.start.file):\(related.start.line))" }
    return text
  }
}
