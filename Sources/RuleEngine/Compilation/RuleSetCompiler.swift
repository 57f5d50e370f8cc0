import BodyDecoding
import PatternScan
import SecLang

/// Turns a parsed rule set into one that runs, or into diagnostics that name file and line.
///
/// What cannot be compiled is an error, never a skip: a firewall that silently lacks a rule is worse than one that does not start.
public struct RuleSetCompiler {
  private var diagnostics: [Diagnostic] = []
  private var settings = EngineSettings()
  private var keys = TransactionKeyTable()
  private var transformations = TransformationTree()
  private var defaults: [Int: ActionList] = [:]
  private var readsClientAddress = false
  private var readsBodyError = false
  private let bytes = RuleBytes()
  private var auditRelevantStatus: RegexPattern?
  private var xmlPaths: [XMLPath] = []
  /// Whether `@rbl` may have name servers asked.
  let asksBlockLists: Bool

  private init(asksBlockLists: Bool) { self.asksBlockLists = asksBlockLists }

  /// Compiles `ruleSet`. Cost: linear in the rules; each regular expression is compiled once to machine code.
  ///
  /// - Parameter asksBlockLists: whether `@rbl` is switched on; it is refused otherwise.
  /// - Returns: the compiled set, or nil if there was an error; and the diagnostics of this step.
  public static func compile(
    _ ruleSet: RuleSet, asksBlockLists: Bool = false
  ) -> (rules: CompiledRuleSet?, diagnostics: [Diagnostic]) {
    var compiler = RuleSetCompiler(asksBlockLists: asksBlockLists)
    let rules = compiler.run(ruleSet)
    // What the parser has refused already, it has said.
    let failed = compiler.diagnostics.contains { $0.severity == .error } || ruleSet.hasErrors
    return (failed ? nil : rules, compiler.diagnostics)
  }

  /// A chain as it was written, and the defaults in force where it stood.
  private struct Draft {
    var rules: [Rule]
    var range: SourceRange
    var phase: Int
    var defaults: ActionList?
    var isRemoved = false

    var id: Int { rules[0].id ?? 0 }
  }

  private enum Item {
    case chain(Draft)
    case marker(String)
  }

  private mutating func run(_ ruleSet: RuleSet) -> CompiledRuleSet? {
    var items: [Item] = []
    for statement in ruleSet.statements {
      switch statement.content {
      case .rule(let rule):
        if rule.isLink, case .chain(var draft)? = items.last {
          draft.rules.append(rule)
          items[items.count - 1] = .chain(draft)
        } else {
          let phase = Self.phase(of: rule.actions) ?? 2
          items.append(.chain(Draft(rules: [rule], range: statement.range, phase: phase, defaults: defaults[phase])))
        }
      case .marker(let name): items.append(.marker(name.value))
      case .defaultAction(let actions): defaults[Self.phase(of: actions) ?? 2] = actions
      case .setting(let setting):
        settings.apply(setting, at: statement.range)
        guard case .auditLogRelevantStatus(let pattern) = setting else { break }
        do { auditRelevantStatus = try RegexPattern(Array(pattern.utf8), options: []) } catch { report(error, at: statement.range) }
      case .removal, .targetUpdate, .actionUpdate, .include: break
      }
    }
    applyUpdates(ruleSet, to: &items)
    return compile(items)
  }

  // MARK: Removals and updates

  /// Removals and updates are applied when everything is read, so that their order does not matter (as in ModSecurity 3).
  private mutating func applyUpdates(_ ruleSet: RuleSet, to items: inout [Item]) {
    for statement in ruleSet.statements {
      switch statement.content {
      case .removal(let selector): change(&items, selector) { $0.isRemoved = true }
      case .targetUpdate(let selector, let targets): change(&items, selector) { $0.rules[0].targets += targets }
      case .actionUpdate(let selector, let actions): change(&items, selector) { Self.update(&$0.rules[0].actions, with: actions) }
      default: break
      }
    }
  }

  private func change(_ items: inout [Item], _ selector: RuleSelector, _ body: (inout Draft) -> Void) {
    for index in items.indices {
      guard case .chain(var draft) = items[index], Self.selects(selector, draft.rules[0]) else { continue }
      body(&draft)
      items[index] = .chain(draft)
    }
  }

  private static func selects(_ selector: RuleSelector, _ rule: Rule) -> Bool {
    switch selector {
    case .ids(let ranges):
      guard let id = rule.id else { return false }
      return ranges.contains { $0.contains(id) }
    case .tag(let tag):
      return rule.actions.items.contains { if case .tag(let text) = $0.value { text.source == tag } else { false } }
    case .message(let message):
      return rule.actions.items.contains { if case .message(let text) = $0.value { text.source == message } else { false } }
    }
  }

  /// `SecRuleUpdateActionById`: a disruptive action takes the place of the old one; id, phase and chain stay.
  private static func update(_ actions: inout ActionList, with update: ActionList) {
    let replacesDisruptive = update.items.contains { if case .disruptive = $0.value { true } else { false } }
    if replacesDisruptive { actions.items.removeAll { if case .disruptive = $0.value { true } else { false } } }
    for item in update.items {
      switch item.value {
      case .id, .phase, .chain: continue
      default: actions.items.append(item)
      }
    }
  }

  private static func phase(of actions: ActionList) -> Int? {
    var phase: Int?
    for action in actions.items { if case .phase(let number) = action.value { phase = number } }
    return phase
  }

  // MARK: Compiling

  private mutating func compile(_ items: [Item]) -> CompiledRuleSet {
    // Positions first, so that jumps and `ctl` can name rules that come later.
    var drafts: [Draft] = []
    var markers: [(name: String, positions: [Int])] = []
    var counts = Array(repeating: 0, count: 6)
    for item in items {
      switch item {
      case .chain(let draft) where !draft.isRemoved:
        drafts.append(draft)
        counts[draft.phase] += 1
      case .chain: break
      case .marker(let name): markers.append((name, counts))
      }
    }
    let selection = Selection(heads: drafts.map { $0.rules[0] })
    var phases: [[CompiledChain]] = Array(repeating: [], count: 6)
    var ruleCount = 0
    for (index, draft) in drafts.enumerated() {
      if draft.id != 0 { ruleCount += draft.rules.count }
      let position = phases[draft.phase].count
      let chain = compile(draft, index: index, position: position, markers: markers, drafts: drafts, selection: selection)
      phases[draft.phase].append(chain)
    }
    let pcreLimitsSlot = keys.slot(of: Array("msc_pcre_limits_exceeded".utf8))
    // Before the table is handed over: each call may add to it.
    let inbound = ["blocking_inbound_anomaly_score", "anomaly_score"].map { keys.slot(of: Array($0.utf8)) }
    let outbound = ["blocking_outbound_anomaly_score", "outbound_anomaly_score"].map { keys.slot(of: Array($0.utf8)) }
    let levels = ["anomaly_score_pl", "inbound_anomaly_score_pl"].flatMap { name in
      (1...4).map { keys.slot(of: Array("\(name)\($0)".utf8)) }
    }
    let own = keys.slot(of: Array("ropeline_score".utf8))
    return CompiledRuleSet(
      settings: settings, ruleCount: ruleCount, phases: phases, chainCount: drafts.count, transformations: transformations,
      transactionKeys: keys, pcreLimitsSlot: pcreLimitsSlot, xmlPaths: xmlPaths,
      inboundScoreSlots: inbound, outboundScoreSlots: outbound, levelScoreSlots: levels, ownScoreSlot: own,
      readsClientAddress: readsClientAddress, readsBodyError: readsBodyError, auditRelevantStatus: auditRelevantStatus, bytes: bytes)
  }

  /// Finds the chains that a selector names; the CRS names the same ones by the hundred.
  private final class Selection {
    private let heads: [Rule]
    private var found: [RuleSelector: RuleIndexSet] = [:]

    init(heads: [Rule]) { self.heads = heads }

    func indexes(_ selector: RuleSelector) -> RuleIndexSet {
      if let set = found[selector] { return set }
      var set = RuleIndexSet(count: max(heads.count, 1))
      for (index, head) in heads.enumerated() where RuleSetCompiler.selects(selector, head) { set.insert(index) }
      found[selector] = set
      return set
    }
  }

  private mutating func compile(
    _ draft: Draft, index: Int, position: Int, markers: [(name: String, positions: [Int])], drafts: [Draft],
    selection: Selection
  ) -> CompiledChain {
    var metadata = ChainMetadata(defaults: draft.defaults)
    var links: [CompiledRule] = []
    for (offset, rule) in draft.rules.enumerated() {
      metadata.read(rule.actions, isHead: offset == 0)
      links.append(compile(rule, defaults: draft.defaults, selection: selection))
    }
    for refusal in metadata.refusals { diagnostics.append(refusal) }
    let flow: CompiledChain.Flow =
      switch metadata.flow {
      case .none: .next
      case .skip(let count): .skip(count)
      case .skipAfter(let name):
        .jump(Self.target(of: name, phase: draft.phase, position: position, index: index, markers: markers, drafts: drafts))
      }
    var redirect: CompiledText?
    if case .redirect(let text) = metadata.disruptive { redirect = CompiledText(text, keys: &keys, bytes: bytes) }
    return CompiledChain(
      id: draft.id, phase: draft.phase, links: links, message: metadata.message.map { CompiledText($0, keys: &keys, bytes: bytes) },
      logData: metadata.logData.map { CompiledText($0, keys: &keys, bytes: bytes) },
      tags: metadata.tags.map { CompiledText($0, keys: &keys, bytes: bytes) },
      version: metadata.version, revision: metadata.revision, severity: metadata.severity, disruptive: metadata.disruptive,
      redirect: redirect, status: metadata.status, flow: flow, isLogged: metadata.isLogged, isAudited: metadata.isAudited,
      file: draft.range.start.file, line: draft.range.start.line, index: index)
  }

  /// Where `skipAfter` leads within the phase's list: past the next marker of that name, past the rule with that id, or to the end.
  private static func target(
    of name: String, phase: Int, position: Int, index: Int, markers: [(name: String, positions: [Int])], drafts: [Draft]
  ) -> Int {
    for marker in markers where marker.name == name && marker.positions[phase] > position { return marker.positions[phase] }
    if let id = Int(name) {
      var next = position
      for draft in drafts[(index + 1)...] where draft.phase == phase {
        next += 1
        if draft.id == id { return next + 1 }
      }
    }
    return .max
  }

  private mutating func compile(_ rule: Rule, defaults: ActionList?, selection: Selection) -> CompiledRule {
    var effects: [RuleEffect] = []
    var list: [TransformationName] = []
    defaults?.addTransformations(to: &list)
    rule.actions.addTransformations(to: &list)
    var isMultiMatch = false
    var isCapturing = false
    for action in rule.actions.items {
      switch action.value {
      case .multiMatch: isMultiMatch = true
      case .capture: isCapturing = true
      default: if let effect = effect(of: action, selection: selection) { effects.append(effect) }
      }
    }
    let namespaces = rule.actions.items.compactMap { item in
      if case .xmlNamespace(let prefix, let uri) = item.value { XMLPath.Namespace(prefix: prefix, uri: uri) } else { nil }
    }
    let targets = rule.targets.filter { $0.mode != .exclude }.compactMap { compile($0, namespaces) }
    let exclusions = rule.targets.filter { $0.mode == .exclude }.compactMap { compile($0, namespaces) }
    return CompiledRule(
      targets: targets, exclusions: exclusions, test: test(of: rule), isNegated: rule.condition?.isNegated ?? false,
      transformations: list, transformationNode: transformations.node(for: list), isMultiMatch: isMultiMatch,
      isCapturing: isCapturing, effects: effects, bytes: bytes, operatorName: rule.condition?.name.value)
  }

  private mutating func compile(_ target: Target, _ namespaces: [XMLPath.Namespace]) -> CompiledTarget? {
    let variable = target.variable.value
    if variable == .remoteAddr || variable == .remoteHost || variable == .remotePort { readsClientAddress = true }
    if variable == .reqbodyError || variable == .reqbodyProcessorError { readsBodyError = true }
    var key: [UInt8]?
    var selector: CompiledSelector?
    switch target.selector?.value {
    case nil: break
    case .key(let bytes):
      key = bytes
      selector = .key(self.bytes.keep(lowercased(bytes)))
    case .regex(let bytes):
      do {
        selector = try CompiledSelector.pattern(bytes, bytes: self.bytes)
      } catch {
        report(error, at: target.selector?.range ?? target.range)
        return nil
      }
    }
    var source = ValueSource.of(variable, key: key, keys: &keys)
    if variable == .responseXml, let key, key != ValueSource.textPath, key != ValueSource.attributePath {
      diagnostics.append(
        Diagnostic(.badArgument, "of an answer only /* and //@* can be had", at: target.selector?.range ?? target.range))
    }
    if variable == .xml || variable == .requestXml, target.mode != .exclude, let key, key != ValueSource.textPath,
      key != ValueSource.attributePath
    {
      let expression = String(decoding: key, as: UTF8.self)
      guard let path = XMLPath(expression, namespaces: namespaces) else {
        diagnostics.append(Diagnostic(.badArgument, "\(expression) is no XPath", at: target.selector?.range ?? target.range))
        return nil
      }
      if !xmlPaths.contains(path) { xmlPaths.append(path) }
      source = .xmlPath(xmlPaths.firstIndex(of: path) ?? 0)
    }
    // The slot, or the XPath, has already chosen; nothing is left to compare.
    // An exclusion keeps it, since it is held against the keys of other targets.
    if target.mode != .exclude {
      if case .transactionVariable = source { selector = nil }
      if variable == .xml || variable == .requestXml || variable == .responseXml { selector = nil }
    }
    return CompiledTarget(
      variable: variable, source: source, selector: selector, isCount: target.mode == .count, keys: keys, bytes: bytes)
  }

  private mutating func test(of rule: Rule) -> RuleTest {
    guard let condition = rule.condition else { return .always }
    let operand = condition.operand.value
    // The parser refuses it.
    if condition.name.value == .inspectFile { return .always }
    if condition.name.value == .rbl, let refusal = refusal(ofBlockList: condition) { diagnostics.append(refusal) }
    if operand.hasMacros {
      return .dynamic(condition.name.value, bytes.keep(CompiledText(operand, keys: &keys, bytes: bytes)))
    }
    do {
      let compiled = try CompiledOperator.compile(
        condition.name.value, operand: operand.source, dataLines: condition.dataLines, options: OperatorOptions())
      return .fixed(bytes.keep(compiled))
    } catch {
      let place = error.offset.map { " at offset \($0) of the operand" } ?? ""
      diagnostics.append(
        Diagnostic(.badArgument, "@\(condition.name.value.rawValue): \(error.message)\(place)", at: condition.operand.range))
      return .always
    }
  }

  private mutating func report(_ error: RegexError, at range: SourceRange) {
    diagnostics.append(Diagnostic(.badArgument, "regular expression: \(error.message) at offset \(error.offset)", at: range))
  }

  private mutating func effect(of action: Located<RuleAction>, selection: Selection) -> RuleEffect? {
    switch action.value {
    case .setVariable(let assignment):
      let key: RuleEffect.VariableKey
      let text = CompiledText(assignment.key, keys: &keys, bytes: bytes)
      if let fixed = text.fixed {
        key = assignment.collection == .tx ? .slot(keys.slot(of: lowercased(fixed))) : .fixed(lowercased(fixed))
      } else {
        key = .text(text)
      }
      let operation: RuleEffect.Operation =
        switch assignment.operation {
        case .assign(let value): .assign(CompiledText(value, keys: &keys, bytes: bytes))
        case .add(let value): .add(CompiledText(value, keys: &keys, bytes: bytes))
        case .subtract(let value): .subtract(CompiledText(value, keys: &keys, bytes: bytes))
        case .unset: .unset
        }
      return .setVariable(collection: assignment.collection, key: key, operation: operation)
    case .expireVariable(let collection, let key, let seconds):
      return .expireVariable(
        collection: collection, key: CompiledText(key, keys: &keys, bytes: bytes), seconds: CompiledText(seconds, keys: &keys, bytes: bytes)
      )
    case .initCollection(let collection, let key):
      guard case .values(let slots) = ValueSource.of(collection, key: nil, keys: &keys) else { return nil }
      return .initCollection(slots.first, key: CompiledText(key, keys: &keys, bytes: bytes))
    case .deprecateVariable(let collection, let key, let amount, let seconds):
      return .deprecateVariable(
        collection: collection, key: CompiledText(key, keys: &keys, bytes: bytes), amount: amount, seconds: seconds)
    case .setEnvironment(let name, let value):
      return .setEnvironment(
        name: CompiledText(name, keys: &keys, bytes: bytes), value: CompiledText(value, keys: &keys, bytes: bytes))
    case .setUserID(let text): return .setIdentity(.userid, CompiledText(text, keys: &keys, bytes: bytes))
    case .setSessionID(let text): return .setIdentity(.sessionid, CompiledText(text, keys: &keys, bytes: bytes))
    case .setResourceID(let text): return .setIdentity(.resource, CompiledText(text, keys: &keys, bytes: bytes))
    case .control(let control): return .control(compile(control, at: action.range, selection: selection))
    case .sanitise(.argument(let name)): return .sanitiseArgument(lowercased(Array(name.utf8)))
    case .sanitise(.requestHeader(let name)): return .sanitiseRequestHeader(lowercased(Array(name.utf8)))
    case .sanitise(.responseHeader(let name)): return .sanitiseResponseHeader(lowercased(Array(name.utf8)))
    case .sanitise(.matched), .sanitise(.matchedBytes): return .sanitiseMatched
    default: return nil
    }
  }

  private mutating func compile(_ control: Control, at range: SourceRange, selection: Selection) -> CompiledControl {
    switch control {
    case .ruleEngine(let mode): return .ruleEngine(mode)
    case .removeRules(let selector): return .removeRules(selection.indexes(selector))
    case .removeTarget(let selector, let variable, let picked):
      var compiled: CompiledSelector?
      switch picked {
      case nil: break
      case .key(let key): compiled = .key(bytes.keep(lowercased(key)))
      case .regex(let pattern):
        do {
          compiled = try CompiledSelector.pattern(pattern, bytes: bytes)
        } catch {
          report(error, at: range)
        }
      }
      return .removeTarget(selection.indexes(selector), TargetPattern(variable: variable, selector: compiled))
    case .requestBodyProcessor(let name): return .requestBodyProcessor(name)
    case .forceRequestBodyVariable(let isOn): return .forceRequestBodyVariable(isOn)
    case .requestBodyAccess(let isOn): return .requestBodyAccess(isOn)
    case .requestBodyLimit(let bytes): return .requestBodyLimit(bytes)
    case .auditEngine(let mode): return .auditEngine(mode)
    case .responseBodyAccess(let isOn): return .responseBodyAccess(isOn)
    case .responseBodyLimit(let bytes): return .responseBodyLimit(bytes)
    case .auditLogParts(let parts): return .auditParts(AuditParts.Change(parts))
    case .responseBodyProcessor(let name): return .responseBodyProcessor(name)
    case .forceResponseBodyVariable(let isOn): return .forceResponseBodyVariable(isOn)
    case .debugLogLevel, .ignored: return .none
    }
  }
}
