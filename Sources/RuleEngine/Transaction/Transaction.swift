import AddressFacts
import BodyDecoding
import EvidenceModel
import HTTPModel
import PatternScan
import SecLang

/// What the outside tells a transaction beyond the rules.
public struct TransactionOptions: Sendable {
  /// Whether the rules' wishes are only noted (`--mode detect`), as under `DetectionOnly`.
  public var isBraked = false
  /// Variables of the process for `ENV`.
  public var environment: [(name: String, value: String)] = []
  /// Seconds east of UTC for the `TIME_…` variables; 0 by default.
  public var utcOffset = 0
  /// For `@geoLookup`; without it the operator finds nothing.
  public var geoDatabase: GeoDatabase?
  /// For `@rbl`; without it the operator finds nothing.
  public var blockLists: BlockListCache?
  /// Where persistent collections live; without it each transaction starts with new records.
  public var collections: CollectionStore?
  /// Whether rules are told beforehand not to match where that is cheap. The answers are the same without it; off for tests.
  public var usesPlan = true
  /// How the leaves of a JSON body are named.
  public var jsonNaming = JSONNaming.modSecurity3
  /// Whether what the plan finds out about values is kept from one transaction to the next on the same scratch.
  public var keepsValues = true

  /// Steps of inspection that one transaction may take: one for each value that a rule or the prefilter looks at, and one more for each
  /// 64 bytes of it (16 for the prefilter). Beyond them only rules that compare counters are asked.
  public var maximumSteps = defaultMaximumSteps
  /// A second or two of one processor's time.
  public static let defaultMaximumSteps = 20_000_000

  public init() {}
}

/// One request with its answer on its way through the five phases.
///
/// Phases are run in order, each at most once; phase 5 always, at the end. Between them the caller adds what was seen next.
/// Confined to the thread of its scratch.
public final class Transaction {
  let rules: CompiledRuleSet
  let scratch: EngineScratch
  let memory: TransactionMemory
  let options: TransactionOptions
  let request: Request
  /// What time it is, for `DURATION`; set by the caller before a phase if it wants it to move.
  public var now: Timestamp

  // State that `ctl` changes.
  var mode: EngineMode
  var isRequestBodyAccessed: Bool
  var isResponseBodyAccessed: Bool
  var requestBodyLimit: Int
  var responseBodyLimit: Int
  var requestBodyProcessor: BodyProcessorName?
  var isRequestBodyVariableForced = false
  var responseBodyProcessor: BodyProcessorName?
  var isResponseBodyForced = false
  public internal(set) var auditMode: AuditMode?
  public internal(set) var auditParts: AuditParts
  var removedRules: RuleIndexSet?
  var removedTargets: [(rules: RuleIndexSet, pattern: TargetPattern)] = []

  // What comes out.
  public internal(set) var matches: [RuleMatch] = []
  /// The first wish of the rules that was carried out, or would have been but for a brake.
  public internal(set) var intervention: Intervention?
  /// Whether the wish was only noted.
  public internal(set) var isInterventionHeldBack = false
  /// Whether a rule with `auditlog` matched.
  public internal(set) var hasAuditedMatch = false
  /// Matches that ended at a limit of PCRE2: values on which a rule could not be decided.
  public internal(set) var matchLimitCount = 0
  public internal(set) var rulesAsked = 0
  /// Whether `maximumSteps` were not enough, so that some rules were not asked.
  public private(set) var isBudgetSpent = false
  public internal(set) var rulesUnasked = 0
  /// Steps for a person, if asked for.
  public var trace: TransactionTrace?

  /// What is known of values of earlier transactions.
  let cache: ValueCache?
  /// What is known of the plan's fields.
  let memo: SiftMemo
  /// Counts what rules cost, if the scratch says so.
  let costs: RuleCosts?

  // The rule that runs.
  unowned(unsafe) var currentChain: CompiledChain?
  /// Whether all its links held.
  private var isConcluded = false
  /// The last match, from which `MATCHED_VAR_NAME` is made if somebody asks.
  var matchedPrefix = ByteArena.empty
  var matchedKey = ByteArena.empty
  var matchedAny = false
  var worstSeverity = 255
  var allowedUntilPhase = 0
  var captures: CaptureList? = CaptureList()
  var macroBuffer: [UInt8] = []
  var sanitisedArguments: [[UInt8]] = []
  var sanitisedHeaders: [[UInt8]] = []
  var sanitisedResponseHeaders: [[UInt8]] = []
  var sanitisedValues: [[UInt8]] = []
  var sanitisesMatched = false
  /// The records that `initcol` attached, and what was done to them.
  var attachedRecords: [(slot: CollectionSlot, key: CollectionKey)] = []
  /// The collections that are attached, as bits by slot.
  var attachedCollections: UInt32 = 0
  var collectionWrites: [CollectionWrite] = []
  /// The XML body, if a rule holds it against a document type or a schema.
  var xmlBody: [UInt8] = []
  /// Whether the body came after all (`giveBody`).
  var isBodyGiven = false
  /// Whether every part of the request was seen, so that no rule need be left out.
  var isFullyObserved: Bool { seesAllFields && (seesBody || isBodyGiven) }
  private let seesAllFields: Bool
  private let seesBody: Bool
  /// Whether a body came that no processor of ours could read.
  public internal(set) var isBodyUninspected = false
  /// Why the body must not pass unread; nil if it was read, or if the rules look at `REQBODY_ERROR` themselves.
  public internal(set) var bodyFault: BodyFault?
  /// Whether only a part of the body could be read.
  public internal(set) var isBodyPartlyInspected = false
  /// Whether the body, inflated, is longer than what the rules may see of it.
  public internal(set) var isBodyOverLimit = false

  public init(rules: CompiledRuleSet, scratch: EngineScratch, request: Request, options: TransactionOptions = .init()) {
    self.rules = rules
    self.scratch = scratch
    self.request = request
    self.options = options
    costs = scratch.costs
    memo = scratch.memo(of: rules.plan)
    cache = options.keepsValues && options.usesPlan ? scratch.cache(of: rules.plan) : nil
    memory = scratch.takeMemory()
    memory.begin(rules)
    now = request.received
    seesAllFields = request.fieldCoverage == .all
    seesBody = request.body.isObservedOrAbsent
    mode = rules.settings.mode
    isRequestBodyAccessed = rules.settings.isRequestBodyAccessed
    isResponseBodyAccessed = rules.settings.isResponseBodyAccessed
    requestBodyLimit = rules.settings.requestBodyLimit
    responseBodyLimit = rules.settings.responseBodyLimit
    auditMode = rules.settings.auditMode
    auditParts = rules.settings.auditParts
    RequestValues.fill(memory, from: request, rules: rules, options: options)
    requestBodyProcessor = RequestValues.defaultProcessor(for: request)
    publishProcessor()
    if rules.readsFullRequest { publishFullRequest([]) }
  }

  deinit {
    scratch.giveBack(memory)
  }

  // MARK: What callers use

  /// `SecComponentSignature`, in order.
  public var componentSignatures: [String] { rules.settings.componentSignatures }

  /// Whether `SecAuditLogRelevantStatus` names this status.
  public func isRelevant(status: Int) -> Bool {
    guard let pattern = rules.auditRelevantStatus else { return false }
    return Array(String(status).utf8).withUnsafeBufferPointer { scratch.operators.regex.firstMatch(pattern, in: $0) == .match }
  }

  /// Whether the rules act, and not only take notes.
  public var isActing: Bool { mode == .on && !options.isBraked }
  /// Whether rules run at all.
  public var isRunning: Bool { mode != .off }

  /// The totals of the CRS's rules, or of our own where the CRS is not loaded.
  public var anomaly: AnomalyScore {
    let own = max(memory.number(rules.ownScoreSlot), 0)
    let inbound = total(rules.inboundScoreSlots)
    return AnomalyScore(
      inbound: (inbound > 0 ? inbound : sum(rules.levelScoreSlots)) &+ own, outbound: total(rules.outboundScoreSlots))
  }

  /// What the CRS has counted by paranoia level before its evaluation rules add it up.
  private func sum(_ slots: [Int]) -> Int {
    slots.reduce(0) { $0 &+ max(memory.number($1), 0) }
  }

  private func total(_ slots: [Int]) -> Int {
    for slot in slots { if memory.isSet(slot) { return max(memory.number(slot), 0) } }
    return 0
  }

  /// Runs one phase. Does nothing if the engine is off or an earlier phase ended the transaction (phase 5 runs all the same).
  public func run(phase: Int) {
    guard mode != .off, (1...5).contains(phase) else { return }
    if phase != 5, let intervention, !isInterventionHeldBack, intervention.phase <= phase { return }
    if phase <= allowedUntilPhase { return }
    publishVolatile()
    let chains = rules.programs[phase]
    let heads = rules.plan.heads[phase]
    let unobservable = unobservableChains()
    let usesPlan = options.usesPlan
    var index = 0
    // `ctl:ruleEngine=Off` takes effect at once.
    while index < heads.count, mode != .off {
      if memory.steps > options.maximumSteps { isBudgetSpent = true }
      if usesPlan, removedRules == nil, unobservable == nil, costs == nil, !isBudgetSpent {
        index = advance(from: index, heads)
        guard index < heads.count else { break }
        let head = heads.baseAddress! + index
        let probe = head.pointee.kind == .probe ? head : nil
        let step = chains[index]._withUnsafeGuaranteedRef { run($0, phase: phase, probe: probe) }
        index = next(behind: index, step, count: heads.count)
        continue
      }
      let head = heads.baseAddress! + index
      if let removedRules, removedRules.contains(head.pointee.chain) {
        index += 1
        continue
      }
      if let unobservable, unobservable.contains(head.pointee.chain) {
        if head.pointee.isCounted { rulesUnasked += 1 }
        index += 1
        continue
      }
      if isBudgetSpent, head.pointee.kind.looksAtValues {
        if head.pointee.isCounted { rulesUnasked += 1 }
        index += 1
        continue
      }
      if head.pointee.isCounted { rulesAsked += 1 }
      if let costs { costs.reached(head.pointee.chain) }
      if usesPlan {
        if !couldMatch(head) {
          index += 1
          continue
        }
        if head.pointee.isDecided, trace == nil, removedTargets.isEmpty {
          conclude(head)
          index = max(head.pointee.jump, index + 1)
          continue
        }
      }
      let probe = usesPlan && head.pointee.kind == .probe ? head : nil
      let step =
        if let costs {
          costs.time(head.pointee.chain) {
            run(chains[index].takeUnretainedValue(), phase: phase, probe: probe)
          } matched: {
            isConcluded
          }
        } else {
          run(chains[index].takeUnretainedValue(), phase: phase, probe: probe)
        }
      index = next(behind: index, step, count: heads.count)
    }
  }

  @inline(__always)
  private func next(behind index: Int, _ step: Step, count: Int) -> Int {
    switch step {
    case .next: index + 1
    case .jump(let target): max(target, index + 1)
    case .stop: count
    }
  }

  enum Step {
    case next
    case jump(Int)
    case stop
  }

  /// - Parameter probe: the chain's head in the plan, if the prefilter has found values for it.
  func run(_ chain: CompiledChain, phase: Int, probe: UnsafeMutablePointer<RulePlan.Head>?) -> Step {
    currentChain = chain
    isConcluded = false
    sanitisesMatched = false
    memory.collections[CollectionSlot.matchedVars.rawValue].removeAll()
    for index in 0..<chain.program.count {
      let holds = chain.program[index]._withUnsafeGuaranteedRef { link in
        if index == 0, let probe { runCandidates(probe, link, of: chain) } else { run(link, of: chain) }
      }
      guard holds else { return .next }
    }
    return concluded(chain, phase: phase)
  }

  /// All links held: note the match, then flow and disruptive action, once.
  private func concluded(_ chain: CompiledChain, phase: Int) -> Step {
    isConcluded = true
    if let severity = chain.severity, severity.rawValue < worstSeverity {
      worstSeverity = severity.rawValue
      memory.set(.highestSeverity, worstSeverity)
    }
    if chain.isSilent, trace == nil { return step(behind: chain, phase: phase) }
    let match = chain.id != 0 && (chain.isLogged || trace != nil) ? makeMatch(chain) : nil
    if let match {
      if chain.isLogged { matches.append(match) }
      trace?.chainMatched(match, anomaly: anomaly)
    }
    if chain.isAudited && chain.id != 0 { hasAuditedMatch = true }
    let step = step(behind: chain, phase: phase)
    guard phase != 5 else { return step }
    switch chain.disruptive {
    case .pass, .block, .proxy: return step
    case .allow(let scope):
      guard isActing else { return step }
      switch scope {
      case .transaction: allowedUntilPhase = 4
      case .phase: break
      case .request: allowedUntilPhase = max(allowedUntilPhase, 2)
      }
      return .stop
    case .deny: return intervene(.deny, status: chain.status ?? 403, chain, phase, step)
    case .drop: return intervene(.drop, status: chain.status ?? 403, chain, phase, step)
    case .redirect:
      let location = chain.redirect.map { expand($0) } ?? []
      return intervene(.redirect(location), status: chain.status ?? 302, chain, phase, step)
    }
  }

  private func step(behind chain: CompiledChain, phase: Int) -> Step {
    switch chain.flow {
    case .next: .next
    case .skip(let count): .jump(position(of: chain, phase: phase) + count + 1)
    case .jump(let target): .jump(target)
    }
  }

  private func intervene(_ kind: Intervention.Kind, status: Int, _ chain: CompiledChain, _ phase: Int, _ step: Step) -> Step {
    let acts = isActing
    if intervention == nil || (acts && isInterventionHeldBack) {
      intervention = Intervention(kind: kind, status: status, ruleID: chain.id, phase: phase)
      isInterventionHeldBack = !acts
    }
    return acts ? .stop : step
  }

  private func position(of chain: CompiledChain, phase: Int) -> Int {
    rules.phases[phase].firstIndex { $0.index == chain.index } ?? 0
  }
}

extension Observation where Value == [UInt8] {
  /// Whether it is known what the body was.
  var isObservedOrAbsent: Bool {
    if case .unobserved = self { return false }
    return true
  }
}
