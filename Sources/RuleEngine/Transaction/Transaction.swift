import AddressFacts
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
  /// Where persistent collections live; without it each transaction starts with new records.
  public var collections: CollectionStore?
  /// Whether rules are told beforehand not to match where that is cheap. The answers are the same without it; off for tests.
  public var usesPlan = true

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
  private(set) var mode: EngineMode
  var isRequestBodyAccessed: Bool
  var isResponseBodyAccessed: Bool
  var requestBodyLimit: Int
  var responseBodyLimit: Int
  var requestBodyProcessor: BodyProcessorName?
  var isRequestBodyVariableForced = false
  public private(set) var auditMode: AuditMode?
  public private(set) var auditParts: AuditParts
  private var removedRules: RuleIndexSet?
  private var removedTargets: [(rules: RuleIndexSet, pattern: TargetPattern)] = []

  // What comes out.
  public private(set) var matches: [RuleMatch] = []
  /// The first wish of the rules that was carried out, or would have been but for a brake.
  public private(set) var intervention: Intervention?
  /// Whether the wish was only noted.
  public private(set) var isInterventionHeldBack = false
  /// Whether a rule with `auditlog` matched.
  public private(set) var hasAuditedMatch = false
  /// Matches that ended at a limit of PCRE2: values on which a rule could not be decided.
  public private(set) var matchLimitCount = 0
  public private(set) var rulesAsked = 0
  public private(set) var rulesUnasked = 0
  /// Steps for a person, if asked for.
  public var trace: TransactionTrace?

  // The rule that runs.
  private var currentChain: CompiledChain?
  private var matchedName = ByteArena.empty
  private var matchedAny = false
  private var worstSeverity = 255
  private var allowedUntilPhase = 0
  private var captures: CaptureList? = CaptureList()
  private var macroBuffer: [UInt8] = []
  private var sanitisedArguments: [[UInt8]] = []
  private var sanitisedHeaders: [[UInt8]] = []
  private var sanitisesMatched = false
  /// The records that `initcol` attached, and what was done to them.
  private var attachedRecords: [(slot: CollectionSlot, key: CollectionKey)] = []
  private var collectionWrites: [CollectionWrite] = []
  /// Whether the body came after all (`giveBody`).
  var isBodyGiven = false
  /// Whether a body came that no processor of ours could read.
  public internal(set) var isBodyUninspected = false
  /// Why the body must not pass unread; nil if it was read, or if the rules look at `REQBODY_ERROR` themselves.
  public internal(set) var bodyFault: BodyFault?
  /// Whether only a part of the body could be read.
  public internal(set) var isBodyPartlyInspected = false

  public init(rules: CompiledRuleSet, scratch: EngineScratch, request: Request, options: TransactionOptions = .init()) {
    self.rules = rules
    self.scratch = scratch
    self.request = request
    self.options = options
    memory = scratch.takeMemory()
    memory.begin(rules.plan)
    now = request.received
    mode = rules.settings.mode
    isRequestBodyAccessed = rules.settings.isRequestBodyAccessed
    isResponseBodyAccessed = rules.settings.isResponseBodyAccessed
    requestBodyLimit = rules.settings.requestBodyLimit
    responseBodyLimit = rules.settings.responseBodyLimit
    auditMode = rules.settings.auditMode
    auditParts = rules.settings.auditParts
    memory.variables.append(contentsOf: repeatElement(nil, count: rules.transactionKeys.keys.count))
    RequestValues.fill(memory, from: request, settings: rules.settings, options: options)
    requestBodyProcessor = RequestValues.defaultProcessor(for: request)
    publishProcessor()
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
    let own = memory.variables[rules.ownScoreSlot].map { max($0.leadingInteger, 0) } ?? 0
    let inbound = total(rules.inboundScoreSlots)
    return AnomalyScore(
      inbound: (inbound > 0 ? inbound : sum(rules.levelScoreSlots)) &+ own, outbound: total(rules.outboundScoreSlots))
  }

  /// What the CRS has counted by paranoia level before its evaluation rules add it up.
  private func sum(_ slots: [Int]) -> Int {
    slots.reduce(0) { $0 &+ (memory.variables[$1].map { max($0.leadingInteger, 0) } ?? 0) }
  }

  private func total(_ slots: [Int]) -> Int {
    for slot in slots { if let value = memory.variables[slot] { return max(value.leadingInteger, 0) } }
    return 0
  }

  /// Runs one phase. Does nothing if the engine is off or an earlier phase ended the transaction (phase 5 runs all the same).
  public func run(phase: Int) {
    guard mode != .off, (1...5).contains(phase) else { return }
    if phase != 5, let intervention, !isInterventionHeldBack, intervention.phase <= phase { return }
    if phase <= allowedUntilPhase { return }
    publishVolatile()
    let chains = rules.phases[phase]
    let heads = rules.plan.heads[phase]
    let unobservable = unobservableChains()
    var index = 0
    // `ctl:ruleEngine=Off` takes effect at once.
    while index < heads.count, mode != .off {
      let head = heads[index]
      if let removedRules, removedRules.contains(head.chain) {
        index += 1
        continue
      }
      if let unobservable, unobservable.contains(head.chain) {
        if head.isCounted { rulesUnasked += 1 }
        index += 1
        continue
      }
      if head.isCounted { rulesAsked += 1 }
      if head.kind != .general, options.usesPlan, !couldMatch(head) {
        index += 1
        continue
      }
      let outcome = run(chains[index], phase: phase, probe: options.usesPlan ? head.probe : -1)
      switch outcome {
      case .next: index += 1
      case .jump(let target): index = max(target, index + 1)
      case .stop: index = chains.count
      }
    }
  }

  private enum Step {
    case next
    case jump(Int)
    case stop
  }

  // MARK: The plan

  /// Whether a head that the plan knows could match; if not, it need not be asked.
  private func couldMatch(_ head: RulePlan.Head) -> Bool {
    switch head.kind {
    case .general: return true
    case .gate:
      // No value, no operator, negated or not.
      guard let value = memory.variables[Int(head.slot)] else { return false }
      return head.comparison.holds(value.leadingInteger, head.operand) != head.isNegated
    case .count:
      return head.comparison.holds(memory.variables[Int(head.slot)] == nil ? 0 : 1, head.operand) != head.isNegated
    case .probe:
      let word = Int(head.probe) >> 6
      let bit: UInt64 = 1 << UInt64(head.probe & 63)
      for index in Int(head.firstPair)..<Int(head.firstPair + head.pairCount) {
        let pair = Int(rules.plan.pairLists[index])
        if joinedAnswer(pair)[word] & bit != 0 { return true }
      }
      return false
    }
  }

  /// The prefilter's answers to all texts of a pair, joined; brought up to date with the values that came since.
  private func joinedAnswer(_ index: Int) -> UnsafeMutablePointer<UInt64> {
    let pair = rules.plan.pairs[index]
    let words = rules.plan.filter.wordCount
    let joined = memory.pairAnswers.base + index * words
    let done = Int(memory.pairDone.base[index])
    if done == 0 { joined.update(repeating: 0, count: words) }
    switch pair.field {
    case .scalar(let name):
      guard done == 0, let entry = memory.scalar(name) else { return joined }
      memory.pairDone.base[index] = 1
      join(entry.value, entry.valueID, pair.node, into: joined, words)
    case .values(let slot):
      let entries = memory.collections[slot.rawValue]
      guard done < entries.count else { return joined }
      for entry in entries[done...] { join(entry.value, entry.valueID, pair.node, into: joined, words) }
      memory.pairDone.base[index] = Int32(entries.count)
    case .names(let slot):
      let entries = memory.collections[slot.rawValue]
      guard done < entries.count else { return joined }
      for entry in entries[done...] { join(entry.key, entry.keyID, pair.node, into: joined, words) }
      memory.pairDone.base[index] = Int32(entries.count)
    }
    return joined
  }

  @inline(__always)
  private func join(_ value: ByteView, _ id: Int32, _ node: Int, into joined: UnsafeMutablePointer<UInt64>, _ words: Int) {
    let answer = memory.table.answer(textIndex(value, id: id, node: node))
    for word in 0..<words { joined[word] |= answer[word] }
  }

  /// Whether the prefilter lets a value's text pass for a probe.
  @inline(__always)
  private func passes(_ value: ByteView, id: Int32, node: Int, probe: Int32) -> Bool {
    memory.table.answer(textIndex(value, id: id, node: node))[Int(probe) >> 6] & (1 << UInt64(probe & 63)) != 0
  }

  /// Chains of which no value was observed; nil if everything was.
  private func unobservableChains() -> RuleIndexSet? {
    if request.fieldCoverage == .all, request.body.isObservedOrAbsent || isBodyGiven { return nil }
    return scratch.unobservableChains(
      of: rules, coverage: request.fieldCoverage, isBodyKnown: request.body.isObservedOrAbsent || isBodyGiven
    ) {
      var set = RuleIndexSet(count: max(rules.chainCount, 1))
      for chain in rules.phases.joined() where !isObservable(chain) { set.insert(chain.index) }
      return set
    }
  }

  private func run(_ chain: CompiledChain, phase: Int, probe: Int32) -> Step {
    currentChain = chain
    sanitisesMatched = false
    memory.collections[CollectionSlot.matchedVars.rawValue].removeAll(keepingCapacity: true)
    var probe = probe
    for link in chain.links {
      guard run(link, of: chain, probe: probe) else { return .next }
      // Only heads are probed.
      probe = -1
    }
    return concluded(chain, phase: phase)
  }

  /// All links held: note the match, then flow and disruptive action, once.
  private func concluded(_ chain: CompiledChain, phase: Int) -> Step {
    if let severity = chain.severity, severity.rawValue < worstSeverity {
      worstSeverity = severity.rawValue
      memory.set(.highestSeverity, worstSeverity)
    }
    let match = chain.id != 0 && (chain.isLogged || trace != nil) ? makeMatch(chain) : nil
    if let match {
      if chain.isLogged { matches.append(match) }
      trace?.chainMatched(match, anomaly: anomaly)
    }
    if chain.isAudited && chain.id != 0 { hasAuditedMatch = true }
    let step: Step =
      switch chain.flow {
      case .next: .next
      case .skip(let count): .jump(position(of: chain, phase: phase) + count + 1)
      case .jump(let target): .jump(target)
      }
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

  // MARK: One rule

  private func run(_ link: CompiledRule, of chain: CompiledChain, probe: Int32) -> Bool {
    matchedAny = false
    if case .always = link.test {
      runEffects(link)
      return true
    }
    let test: CompiledOperator?
    switch link.test {
    case .always: test = nil
    case .fixed(let compiled): test = compiled
    case .dynamic(let name, let text, _):
      macroBuffer.removeAll(keepingCapacity: true)
      appendExpansion(of: text, to: &macroBuffer)
      test = scratch.dynamicOperator(name, operand: macroBuffer)
    }
    guard let test else { return false }
    for target in link.targets {
      if !isObservable(target) || isRemoved(target, chain) { continue }
      if target.isCount {
        var count = 0
        forEachValue(of: target, link, chain, probe: -1) { _, _, _ in count += 1 }
        let text = memory.arena.copy(String(count))
        ask(test, link, target, key: nil, value: text, id: -1)
      } else {
        // multiMatch asks of several texts of a value; the head's answer is for all of them together.
        forEachValue(of: target, link, chain, probe: link.isMultiMatch ? -1 : probe) { key, value, id in
          ask(test, link, target, key: key, value: value, id: id)
        }
      }
    }
    return matchedAny
  }

  private func ask(
    _ test: CompiledOperator, _ link: CompiledRule, _ target: CompiledTarget, key: ByteView?, value: ByteView, id: Int32
  ) {
    guard link.isMultiMatch else {
      let text = transformed(value, id: id, node: link.transformationNode)
      evaluate(test, link, target, key: key, original: value, text: text)
      return
    }
    // multiMatch: the value itself, then what each transformation made of it, where it made a difference.
    evaluate(test, link, target, key: key, original: value, text: value)
    var text = value
    for name in link.transformations {
      let next = applied(name, to: text)
      if next.count != text.count || !next.equals(text) {
        text = next
        evaluate(test, link, target, key: key, original: value, text: text)
      }
    }
  }

  private func evaluate(
    _ test: CompiledOperator, _ link: CompiledRule, _ target: CompiledTarget, key: ByteView?, original: ByteView, text: ByteView
  ) {
    var found: CaptureList?
    if link.isCapturing {
      captures?.removeAll()
      found = captures
    }
    let result = test.isGeoLookup ? lookUpPlace(of: text) : test.evaluate(text, scratch: scratch.operators, captures: &found)
    switch result {
    case .limitReached:
      // A limit is a finding of its own and never a "no match" that nobody hears of.
      matchLimitCount += 1
      memory.variables[rules.pcreLimitsSlot] = memory.arena.copy("1")
      trace?.limitReached(rule: currentChain?.id ?? 0, target: reportedName(target, key))
      return
    case .match where link.isNegated, .noMatch where !link.isNegated: return
    case .match, .noMatch: break
    }
    matchedAny = true
    matchedName = memory.arena.copy(reportedName(target, key))
    memory.collections[CollectionSlot.matchedVars.rawValue].append(
      Entry(key: matchedName, value: text, keyID: -1, valueID: -1))
    memory.scalars[VariableName.matchedVar.ordinal] = Entry(key: ByteArena.empty, value: text, keyID: -1, valueID: -1)
    memory.scalars[VariableName.matchedVarName.ordinal] = Entry(key: ByteArena.empty, value: matchedName, keyID: -1, valueID: -1)
    // An operator that captures nothing (@eq and the like) leaves alone what an earlier rule captured.
    if link.isCapturing, !link.isNegated, let found, !found.groups.isEmpty {
      for group in 0..<10 {
        let bytes = group < found.groups.count ? found.groups[group] : nil
        memory.variables[group] = bytes.map { memory.arena.copy($0) }
      }
    }
    trace?.valueMatched(
      rule: currentChain?.id ?? 0, target: Array(matchedName), original: Array(original), transformations: link.transformations,
      value: Array(text))
    runEffects(link)
  }

  private func reportedName(_ target: CompiledTarget, _ key: ByteView?) -> [UInt8] {
    var name: [UInt8] = target.isCount ? [UInt8(ascii: "&")] + target.reportedName : target.reportedName
    if let key {
      switch target.source {
      case .scalar: break
      case .values(let slots) where slots[0] == .matchedVars: return Array(key)
      default:
        name.append(UInt8(ascii: ":"))
        name.append(contentsOf: key)
      }
    } else if case .key(let bytes)? = target.selector {
      name.append(UInt8(ascii: ":"))
      name.append(contentsOf: bytes)
    } else if case .transactionVariable(let slot) = target.source {
      name.append(UInt8(ascii: ":"))
      name.append(contentsOf: rules.transactionKeys.keys[slot])
    }
    return name
  }

  // MARK: Values

  /// Calls `body` with key (nil for scalars), value and number of each value that the target picks and nothing excludes.
  private func forEachValue(
    of target: CompiledTarget, _ link: CompiledRule, _ chain: CompiledChain, probe: Int32, _ body: (ByteView?, ByteView, Int32) -> Void
  ) {
    let node = link.transformationNode
    switch target.source {
    case .scalar(let name):
      if let entry = memory.scalar(name) { body(nil, entry.value, entry.valueID) }
    case .values(let slots):
      for slot in slots {
        // A rule's matches may be added to MATCHED_VARS while it reads them: only what was there counts.
        let entries = memory.collections[slot.rawValue]
        for entry in entries {
          if probe >= 0, entry.valueID >= 0, !passes(entry.value, id: entry.valueID, node: node, probe: probe) { continue }
          guard picks(target, entry.key), !isExcluded(target, entry.key, link, chain) else { continue }
          body(entry.key, entry.value, entry.valueID)
        }
      }
    case .names(let slots):
      for slot in slots {
        let entries = memory.collections[slot.rawValue]
        for entry in entries {
          if probe >= 0, entry.keyID >= 0, !passes(entry.key, id: entry.keyID, node: node, probe: probe) { continue }
          guard picks(target, entry.key), !isExcluded(target, entry.key, link, chain) else { continue }
          body(entry.key, entry.key, entry.keyID)
        }
      }
    case .transactionVariable(let slot):
      if let value = memory.variables[slot] {
        body(nil, value, -1)
      }
    case .xmlPath(let number):
      guard number < memory.xmlValues.count else { return }
      for entry in memory.xmlValues[number] where !isExcluded(target, entry.key, link, chain) {
        body(entry.key, entry.value, entry.valueID)
      }
    case .transactionVariables:
      for slot in memory.variables.indices {
        guard let value = memory.variables[slot] else { continue }
        rules.transactionKeys.keys[slot].withUnsafeBufferPointer { key in
          if picks(target, key) && !isExcluded(target, key, link, chain) { body(key, value, -1) }
        }
      }
      for (key, value) in memory.otherVariables where picks(target, key) && !isExcluded(target, key, link, chain) {
        body(key, value, -1)
      }
    case .rule:
      if case .key(let key)? = target.selector { body(nil, memory.arena.copy(ruleProperty(key)), -1) }
    }
  }

  private func picks(_ target: CompiledTarget, _ key: ByteView) -> Bool {
    target.selector.map { matches($0, key) } ?? true
  }

  private func matches(_ selector: CompiledSelector, _ key: ByteView) -> Bool {
    switch selector {
    case .key(let bytes): key.equalsIgnoringCase(bytes)
    case .regex(let pattern): scratch.operators.regex.firstMatch(pattern, in: key) == .match
    }
  }

  private func isExcluded(_ target: CompiledTarget, _ key: ByteView, _ link: CompiledRule, _ chain: CompiledChain) -> Bool {
    for exclusion in link.exclusions where exclusion.variable == target.variable {
      guard let selector = exclusion.selector else { return true }
      if matches(selector, key) { return true }
    }
    for (rules, pattern) in removedTargets where Self.covers(pattern.variable, target.variable) && rules.contains(chain.index) {
      if let selector = pattern.selector, matches(selector, key) { return true }
    }
    return false
  }

  private func isRemoved(_ target: CompiledTarget, _ chain: CompiledChain) -> Bool {
    for (rules, pattern) in removedTargets where Self.covers(pattern.variable, target.variable) && rules.contains(chain.index) {
      guard let selector = pattern.selector else { return true }
      // `TX:x` is a target of its own: taking it out takes the target out.
      if case .transactionVariable(let slot) = target.source, case .key(let key) = selector,
        self.rules.transactionKeys.keys[slot] == key
      {
        return true
      }
    }
    return false
  }

  /// Removing ARGS also removes what it is made of.
  private static func covers(_ removed: VariableName, _ target: VariableName) -> Bool {
    removed == target || (removed == .args && (target == .argsGet || target == .argsPost))
  }

  // MARK: Transformations

  /// The value after the list that ends at `node`. Kept per value and node, so that rules with the same list share the work.
  private func transformed(_ value: ByteView, id: Int32, node: Int) -> ByteView {
    if node == 0 { return value }
    if id < 0 {
      let step = rules.transformations.nodes[node]
      return applied(step.transformation, to: transformed(value, id: id, node: step.parent))
    }
    return memory.table.view(textIndex(value, id: id, node: node))
  }

  @inline(__always)
  private func textIndex(_ value: ByteView, id: Int32, node: Int) -> Int32 {
    memory.table.text(id, value, node: node) { node, text in
      let context = TransformationContext(unicodeMap: rules.settings.unicodeMap)
      guard transform(rules.transformations.nodes[node].transformation, text, context: context, into: &scratch.transformed) else {
        return nil
      }
      return memory.arena.copy(scratch.transformed)
    }
  }

  private func applied(_ name: TransformationName, to value: ByteView) -> ByteView {
    let context = TransformationContext(unicodeMap: rules.settings.unicodeMap)
    guard transform(name, value, context: context, into: &scratch.transformed) else { return value }
    return memory.arena.copy(scratch.transformed)
  }

  // MARK: Effects

  private func runEffects(_ link: CompiledRule) {
    for effect in link.effects {
      switch effect {
      case .setVariable(let collection, let key, let operation): setVariable(collection, key, operation)
      case .expireVariable(let collection, let key, let seconds): expireVariable(collection, key: expand(key), seconds: number(seconds))
      case .initCollection(let slot, let key): initCollection(slot, key: expand(key))
      case .setIdentity(let name, let text):
        let value = expand(text)
        if name != .resource { memory.set(name, value) }
        initCollection(name == .userid ? .user : name == .sessionid ? .session : .resource, key: value)
      case .control(let control): run(control)
      case .sanitiseArgument(let name): sanitisedArguments.append(name)
      case .sanitiseRequestHeader(let name): sanitisedHeaders.append(name)
      case .sanitiseMatched: sanitisesMatched = true
      }
    }
  }

  private func setVariable(_ collection: VariableName, _ key: RuleEffect.VariableKey, _ operation: RuleEffect.Operation) {
    if collection == .tx {
      switch key {
      case .slot(let slot): memory.variables[slot] = changed(memory.variables[slot], by: operation)
      case .fixed(let bytes): setTransactionVariable(bytes, operation)
      case .text(let text): setTransactionVariable(lowercased(expand(text)), operation)
      }
      return
    }
    guard case .values(let slots) = persistentSource(collection), let slot = slots.first else { return }
    let name: [UInt8]
    switch key {
    case .slot(let index): name = rules.transactionKeys.keys[index]
    case .fixed(let bytes): name = bytes
    case .text(let text): name = lowercased(expand(text))
    }
    note(operation, of: name, in: slot)
    let index = memory.collections[slot.rawValue].firstIndex { $0.key.equalsIgnoringCase(name) }
    let old = index.map { memory.collections[slot.rawValue][$0].value }
    let new = changed(old, by: operation)
    switch (index, new) {
    case (let index?, let new?): memory.collections[slot.rawValue][index].value = new
    case (let index?, nil): memory.collections[slot.rawValue].remove(at: index)
    case (nil, let new?):
      memory.collections[slot.rawValue].append(Entry(key: memory.arena.copy(name), value: new, keyID: -1, valueID: -1))
    case (nil, nil): break
    }
  }

  private func persistentSource(_ collection: VariableName) -> ValueSource {
    switch collection {
    case .ip: .values([.ip])
    case .global: .values([.global])
    case .session: .values([.session])
    case .user: .values([.user])
    case .resource: .values([.resource])
    default: .rule
    }
  }

  private func setTransactionVariable(_ key: [UInt8], _ operation: RuleEffect.Operation) {
    if let slot = rules.transactionKeys.slots[key] {
      memory.variables[slot] = changed(memory.variables[slot], by: operation)
      return
    }
    let index = memory.otherVariables.firstIndex { $0.key.equalsIgnoringCase(key) }
    let new = changed(index.map { memory.otherVariables[$0].value }, by: operation)
    switch (index, new) {
    case (let index?, let new?): memory.otherVariables[index].value = new
    case (let index?, nil): memory.otherVariables.remove(at: index)
    case (nil, let new?): memory.otherVariables.append((memory.arena.copy(key), new))
    case (nil, nil): break
    }
  }

  private func changed(_ old: ByteView?, by operation: RuleEffect.Operation) -> ByteView? {
    switch operation {
    case .unset: nil
    case .assign(let text): text.fixed.map { memory.arena.copy($0) } ?? memory.arena.copy(expand(text))
    case .add(let text): sum(old, number(text))
    case .subtract(let text): sum(old, 0 &- number(text))
    }
  }

  private func number(_ text: CompiledText) -> Int {
    expand(text).withUnsafeBufferPointer { $0.leadingInteger }
  }

  private func sum(_ old: ByteView?, _ amount: Int) -> ByteView {
    memory.arena.copy(String((old?.leadingInteger ?? 0) &+ amount))
  }

  // MARK: Persistent collections

  /// Attaches the record `key` of a collection: what is known of it, or a new one. The first `initcol` of a collection holds.
  private func initCollection(_ slot: CollectionSlot, key: [UInt8]) {
    guard !attachedRecords.contains(where: { $0.slot == slot }) else { return }
    var record: PersistentRecord?
    if let store = options.collections {
      let recordKey = store.key(slot, application: rules.settings.webAppID, name: key)
      record = store.snapshot(recordKey, at: seconds)
      attachedRecords.append((slot, recordKey))
    } else {
      attachedRecords.append((slot, CollectionKey(collection: UInt8(slot.rawValue), name: key)))
    }
    memory.collections[slot.rawValue].removeAll(keepingCapacity: true)
    let shown = record ?? PersistentRecord(now: seconds, timeout: Int64(rules.settings.collectionTimeout))
    let builtIn: [(String, String)] = [
      ("KEY", String(decoding: key, as: UTF8.self)), ("IS_NEW", record == nil ? "1" : "0"), ("CREATE_TIME", "\(shown.created)"),
      ("LAST_UPDATE_TIME", "\(shown.updated)"), ("TIMEOUT", "\(shown.timeout)"), ("UPDATE_COUNTER", "\(shown.updateCount)"),
      ("UPDATE_RATE", "\(shown.updateRate(at: seconds))"),
    ]
    for (name, value) in builtIn { memory.append(slot, key: memory.arena.copy(name), value: memory.arena.copy(value)) }
    // Sorted, so that the order of values does not depend on the seed of a dictionary.
    for (name, variable) in shown.variables.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      memory.append(slot, key: memory.arena.copy(name), value: memory.arena.copy(variable.value))
    }
  }

  private var seconds: Int64 { now.microseconds.quotientRoundedDown(by: 1_000_000) }

  /// Keeps a change for the store. Counters are kept as differences.
  private func note(_ operation: RuleEffect.Operation, of name: [UInt8], in slot: CollectionSlot) {
    guard options.collections != nil, let record = attachedRecords.first(where: { $0.slot == slot })?.key else { return }
    let change: CollectionWrite.Change =
      switch operation {
      case .unset: .remove(name: name)
      case .assign(let text): .set(name: name, value: expand(text))
      case .add(let text): .add(name: name, amount: number(text))
      case .subtract(let text): .add(name: name, amount: 0 &- number(text))
      }
    collectionWrites.append(CollectionWrite(record: record, change: change))
  }

  private func expireVariable(_ collection: VariableName, key: [UInt8], seconds: Int) {
    guard case .values(let slots) = persistentSource(collection), let slot = slots.first else { return }
    guard options.collections != nil, let record = attachedRecords.first(where: { $0.slot == slot })?.key else { return }
    collectionWrites.append(
      CollectionWrite(record: record, change: .expire(name: lowercased(key), seconds: Int64(max(seconds, 0)))))
  }

  /// Hands the changes of persistent collections to the store; after phase 5, once.
  public func storeCollections() {
    guard let store = options.collections, !collectionWrites.isEmpty else { return }
    store.apply(collectionWrites, at: seconds, timeout: rules.settings.collectionTimeout)
    collectionWrites = []
  }

  /// `@geoLookup`: fills `GEO` with what the database says of an address.
  private func lookUpPlace(of address: ByteView) -> OperatorResult {
    guard let facts = options.geoDatabase?.facts(of: String(decoding: address, as: UTF8.self)) else { return .noMatch }
    memory.collections[CollectionSlot.geo.rawValue].removeAll(keepingCapacity: true)
    let members: [(String, String?)] = [
      ("COUNTRY_CODE", facts.countryCode), ("COUNTRY_NAME", facts.countryName), ("COUNTRY_CONTINENT", facts.continentCode),
      ("REGION", facts.region), ("CITY", facts.city), ("POSTAL_CODE", facts.postalCode),
      ("LATITUDE", facts.latitude.map { "\($0)" }), ("LONGITUDE", facts.longitude.map { "\($0)" }),
    ]
    for (key, value) in members {
      if let value { memory.append(.geo, key: memory.arena.copy(key), value: memory.arena.copy(value)) }
    }
    return .match
  }

  private func run(_ control: CompiledControl) {
    switch control {
    case .ruleEngine(let mode): self.mode = mode
    case .removeRules(let set):
      if removedRules == nil { removedRules = set } else { removedRules?.formUnion(set) }
    case .removeTarget(let set, let pattern): removedTargets.append((set, pattern))
    case .requestBodyProcessor(let name):
      requestBodyProcessor = name
      publishProcessor()
    case .forceRequestBodyVariable(let isOn): isRequestBodyVariableForced = isOn
    case .requestBodyAccess(let isOn): isRequestBodyAccessed = isOn
    case .requestBodyLimit(let bytes): requestBodyLimit = bytes
    case .auditEngine(let mode): auditMode = mode
    case .auditParts(let text): auditParts.change(text)
    case .responseBodyAccess(let isOn): isResponseBodyAccessed = isOn
    case .responseBodyLimit(let bytes): responseBodyLimit = bytes
    case .none: break
    }
  }

  private func publishProcessor() {
    memory.set(.reqbodyProcessor, requestBodyProcessor?.rawValue ?? "")
  }

  /// Values that move with time.
  private func publishVolatile() {
    let duration = max(now.microseconds - request.received.microseconds, 0)
    // At least two digits: CRS 3.3.4 takes the last two as a random number.
    memory.set(.duration, duration < 10 ? "0\(duration)" : String(duration))
  }

  // MARK: Macros

  private func expand(_ text: CompiledText) -> [UInt8] {
    if let fixed = text.fixed { return fixed }
    var result: [UInt8] = []
    appendExpansion(of: text, to: &result)
    return result
  }

  private func appendExpansion(of text: CompiledText, to output: inout [UInt8]) {
    for part in text.parts {
      switch part {
      case .literal(let bytes): output.append(contentsOf: bytes)
      case .value(let source, _, let key): appendValue(of: source, key: key, to: &output)
      }
    }
  }

  /// The first value that a macro names; nothing if there is none.
  private func appendValue(of source: ValueSource, key: [UInt8]?, to output: inout [UInt8]) {
    switch source {
    case .scalar(let name): if let entry = memory.scalar(name) { output.append(contentsOf: entry.value) }
    case .transactionVariable(let slot): if let value = memory.variables[slot] { output.append(contentsOf: value) }
    case .transactionVariables: break
    case .xmlPath(let number):
      if number < memory.xmlValues.count, let entry = memory.xmlValues[number].first { output.append(contentsOf: entry.value) }
    case .rule: if let key { output.append(contentsOf: ruleProperty(key)) }
    case .values(let slots), .names(let slots):
      for slot in slots {
        for entry in memory.collections[slot.rawValue] where key.map({ entry.key.equalsIgnoringCase($0) }) ?? true {
          if case .names = source { output.append(contentsOf: entry.key) } else { output.append(contentsOf: entry.value) }
          return
        }
      }
    }
  }

  private func ruleProperty(_ key: [UInt8]) -> [UInt8] {
    guard let chain = currentChain else { return [] }
    switch String(decoding: key, as: UTF8.self) {
    case "id": return Array(String(chain.id).utf8)
    case "msg": return chain.message.map { expand($0) } ?? []
    case "logdata": return chain.logData.map { expand($0) } ?? []
    case "severity": return Array(String(chain.severity?.rawValue ?? 255).utf8)
    case "rev": return Array((chain.revision ?? "").utf8)
    case "ver": return Array((chain.version ?? "").utf8)
    default: return []
    }
  }

  // MARK: Matches

  /// Values and texts longer than this are cut in records, in bytes.
  private static let reportedBytes = 2048
  private static let reportedValues = 32

  private func makeMatch(_ chain: CompiledChain) -> RuleMatch {
    var values: [RuleMatch.Value] = []
    for entry in memory.collections[CollectionSlot.matchedVars.rawValue].prefix(Self.reportedValues) {
      let name = Array(entry.key)
      let value =
        sanitised(name)
        ? Array(repeating: UInt8(ascii: "*"), count: min(entry.value.count, 8)) : Array(entry.value.prefix(Self.reportedBytes))
      values.append(RuleMatch.Value(name: name, value: value))
    }
    var match = RuleMatch(
      id: chain.id, phase: chain.phase, severity: chain.severity?.name,
      message: cut(chain.message.map { expand($0) } ?? []), data: cut(chain.logData.map { expand($0) } ?? []),
      tags: chain.tags.map { expand($0) }, matched: values, isLogged: chain.isLogged, isAudited: chain.isAudited,
      file: chain.file, line: chain.line)
    match.severityNumber = chain.severity?.rawValue
    match.version = chain.version
    match.revision = chain.revision
    return match
  }

  private func cut(_ bytes: [UInt8]) -> [UInt8] {
    bytes.count <= Self.reportedBytes ? bytes : Array(bytes.prefix(Self.reportedBytes))
  }

  private func sanitised(_ name: [UInt8]) -> Bool {
    if sanitisesMatched { return true }
    if sanitisedArguments.isEmpty && sanitisedHeaders.isEmpty { return false }
    let lower = lowercased(name)
    return sanitisedArguments.contains { lower == Array("args:".utf8) + $0 }
      || sanitisedHeaders.contains { lower == Array("request_headers:".utf8) + $0 }
  }

  // MARK: What could not be observed

  private func isObservable(_ chain: CompiledChain) -> Bool {
    if request.fieldCoverage == .all, request.body.isObservedOrAbsent { return true }
    for link in chain.links where !link.targets.isEmpty {
      if !link.targets.contains(where: { isObservable($0) }) { return false }
    }
    return true
  }

  private func isObservable(_ target: CompiledTarget) -> Bool {
    switch target.source.observability {
    case .always: return true
    case .body: return request.body.isObservedOrAbsent || isBodyGiven
    case .responseBody: return true
    case .response: return true
    case .cookies:
      guard case .only(let names) = request.fieldCoverage else { return true }
      return names.contains("cookie")
    case .requestHeaders:
      guard case .only(let names) = request.fieldCoverage else { return true }
      switch target.selector {
      case .key(let key)?: return names.contains(String(decoding: key, as: UTF8.self))
      case .regex?: return !target.isCount
      case nil: return !target.isCount && target.source != .scalar(.reqbodyProcessor)
      }
    }
  }

}

extension Observation where Value == [UInt8] {
  /// Whether it is known what the body was.
  var isObservedOrAbsent: Bool {
    if case .unobserved = self { return false }
    return true
  }
}
