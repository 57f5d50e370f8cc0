import AddressFacts
import EvidenceModel
import HTTPModel
import InputValidation
import RuleEngine
import SecLang

/// Why a rule set could not be put to work. The operator's rules are at fault; trying again needs a change of them.
public struct InspectorError: Error, Sendable {
  /// Errors and warnings with their places, in the order in which they were found.
  public var diagnostics: [Diagnostic]

  public init(diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}

/// How an inspector judges.
public struct InspectorConfiguration: Sendable {
  public var mode: EnforcementMode = .detect
  /// Inbound anomaly score at which the CRS denies: its own 5 unless set. At least 1.
  public var threshold = 5
  /// Variables of the process that `ENV` shows to the rules; none by default.
  public var environment: [(name: String, value: String)] = []
  /// Seconds east of UTC for the `TIME_…` variables.
  public var utcOffset = 0
  /// Persistent collections, kept over generations of rules; without them records last for one transaction.
  public var collections: CollectionStore?
  /// What is known of addresses on DNS block lists, kept over generations of rules; without it `@rbl` is refused at load.
  public var blockLists: BlockListCache?

  /// Whether what is found out about a value is kept for the next one alike, on the same thread; the answers are the same.
  public var keepsValues = true
  /// Whether rules are told beforehand not to match where that is cheap; the answers are the same. Off for tests.
  public var usesPlan = true
  /// Steps of inspection that one request may take, and whether one that needs more is refused (503) or passes, inspected in part.
  public var maximumSteps = TransactionOptions.defaultMaximumSteps
  public var refusesOverBudget = false
  /// Whether the leaves of a JSON body are named as in Coraza (`json.a.0.b`) and not as in ModSecurity (`json.a.array_0.b`).
  public var namesJSONAsCoraza = false
  /// What requests are held against beside the rules; nil: nothing.
  public var schema: SchemaGuard?

  public init(mode: EnforcementMode = .detect) { self.mode = mode }
}

/// One generation of rules with its settings: the same for proxy, analyzer and explain. Immutable and safe from any task.
public final class Inspector: Sendable {
  public let rules: CompiledRuleSet
  public let configuration: InspectorConfiguration
  /// Warnings of loading.
  public let warnings: [Diagnostic]
  private let transactionOptions: TransactionOptions

  /// Compiles a parsed rule set.
  ///
  /// - Throws: `InspectorError` with every error of parsing and compiling. A set with errors is refused whole: what it lacks would
  ///   be a hole that nobody sees.
  public init(ruleSet: RuleSet, configuration: InspectorConfiguration) throws(InspectorError) {
    let (compiled, diagnostics) = RuleSetCompiler.compile(ruleSet, asksBlockLists: configuration.blockLists != nil)
    let all = ruleSet.diagnostics + diagnostics
    guard let compiled, !ruleSet.hasErrors else { throw InspectorError(diagnostics: all) }
    rules = compiled
    warnings = all
    self.configuration = configuration
    var options = TransactionOptions()
    if let setting = compiled.settings.geoDatabase {
      do {
        options.geoDatabase = try GeoDatabase(path: setting.path)
      } catch {
        let mistake = Diagnostic(.unreadableFile, "\(error)", at: setting.range)
        throw InspectorError(diagnostics: all + [mistake])
      }
    }
    options.isBraked = configuration.mode == .detect
    options.environment = configuration.environment
    options.utcOffset = configuration.utcOffset
    options.collections = configuration.collections
    options.blockLists = configuration.blockLists
    options.keepsValues = configuration.keepsValues
    options.usesPlan = configuration.usesPlan
    options.maximumSteps = configuration.maximumSteps
    options.jsonNaming = configuration.namesJSONAsCoraza ? .dotted : .modSecurity3
    transactionOptions = options
  }

  public var ruleCount: Int { rules.ruleCount }
  /// Whether nothing that a request without a body brings, and no answer to it, could lead to anything but `allow` without a word.
  public var isSilent: Bool { rules.ruleCount == 0 && !rules.settings.isResponseBodyAccessed && rules.settings.mode != .off }
  /// What the rule files set of the engine, and the defaults of the rest.
  public var settings: EngineSettings { rules.settings }

  /// What one thread or event loop needs; make one for each.
  public func makeScratch() -> InspectionScratch {
    InspectionScratch(engine: EngineScratch(matchLimit: rules.settings.pcreMatchLimit), schema: configuration.schema?.makeScratch())
  }

  /// Begins the inspection of one request. A body that is already there may be in `request.body`, or come later.
  public func begin(_ request: Request, scratch: InspectionScratch) -> Inspection {
    let transaction = { [rules, transactionOptions] (request: Request) in
      Transaction(rules: rules, scratch: scratch.engine, request: request, options: transactionOptions)
    }
    return Inspection(
      request: request, transaction: transaction(request), schema: schemaInspection(of: request, scratch),
      threshold: configuration.threshold, refusesOverBudget: configuration.refusesOverBudget, another: transaction)
  }

  private func schemaInspection(of request: Request, _ scratch: InspectionScratch) -> SchemaInspection? {
    guard let schema = configuration.schema, let memory = scratch.schema else { return nil }
    return SchemaInspection(schema, scratch: memory, request: request)
  }
}

/// Working memory of one thread. Not `Sendable`: confined to it.
public final class InspectionScratch {
  let engine: EngineScratch
  let schema: SchemaScratch?

  init(engine: EngineScratch, schema: SchemaScratch?) {
    self.engine = engine
    self.schema = schema
  }

  /// Counts what each rule costs from the next inspection on; off by default, since it reads clocks.
  public func countCosts(of inspector: Inspector) { engine.countCosts(of: inspector.rules) }
  /// What was counted, the dearest rule first; nothing if nobody asked.
  public var costs: [RuleCosts.Cost] { engine.costs?.ranking ?? [] }
}
