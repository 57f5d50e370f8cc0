import SecLang

/// A parsed rule set, arranged for the checks.
struct LintContext {
  /// A chain: its head and links, with where it stands among the statements.
  struct Chain {
    var rules: [(rule: Rule, range: SourceRange)]
    /// Position among the statements.
    var position: Int
    var phase: Int
    var defaults: ActionList?

    var id: Int? { rules.first?.rule.id }
    var range: SourceRange { rules[0].range }
    /// Whether the rule stands in a file of the CRS: one of its rules carries the CRS's version, or it is the set-up file.
    var isCRS = false
    var carriesCRSVersion: Bool {
      if range.start.file.hasSuffix("crs-setup.conf") || range.start.file.hasSuffix("crs-setup.conf.example") { return true }
      return rules.contains { rule, _ in
        rule.actions.items.contains { if case .version(let text) = $0.value { text.hasPrefix("OWASP_CRS") } else { false } }
      }
    }
  }

  let ruleSet: RuleSet
  let chains: [Chain]
  let markers: [(name: Located<String>, position: Int)]
  let hasCRS: Bool
  /// Transaction variables that some rule sets, lower case; nil stands for a key with macros.
  let assigned: Set<String>
  let hasComputedKeys: Bool

  init(_ ruleSet: RuleSet) {
    self.ruleSet = ruleSet
    var chains: [Chain] = []
    var markers: [(Located<String>, Int)] = []
    var defaults: [Int: ActionList] = [:]
    for (position, statement) in ruleSet.statements.enumerated() {
      switch statement.content {
      case .rule(let rule):
        if rule.isLink, !chains.isEmpty {
          chains[chains.count - 1].rules.append((rule, statement.range))
        } else {
          let phase = rule.phase ?? 2
          chains.append(Chain(rules: [(rule, statement.range)], position: position, phase: phase, defaults: defaults[phase]))
        }
      case .marker(let name): markers.append((name, position))
      case .defaultAction(let actions): defaults[actions.phase ?? 2] = actions
      default: break
      }
    }
    let files = Set(chains.filter(\.carriesCRSVersion).map(\.range.start.file))
    for index in chains.indices { chains[index].isCRS = files.contains(chains[index].range.start.file) }
    self.chains = chains
    self.markers = markers
    hasCRS = chains.contains { $0.isCRS && ($0.id ?? 0) >= 901_000 }
    var assigned: Set<String> = []
    var isComputed = false
    for chain in chains {
      for (rule, _) in chain.rules {
        for action in rule.actions.items {
          guard case .setVariable(let assignment) = action.value, assignment.collection == .tx else { continue }
          if assignment.key.hasMacros {
            isComputed = true
          } else {
            assigned.insert(String(decoding: assignment.key.source, as: UTF8.self).lowercased())
          }
        }
      }
    }
    self.assigned = assigned
    hasComputedKeys = isComputed
  }

  /// Every transformation in force on a rule, in order.
  func transformations(of rule: Rule, in chain: Chain) -> [Located<TransformationName>] {
    var list: [Located<TransformationName>] = []
    for action in (chain.defaults?.items ?? []) + rule.actions.items {
      guard case .transformation(let name) = action.value else { continue }
      if name == .none { list.removeAll() } else { list.append(Located(name, action.range)) }
    }
    return list
  }
}

extension ActionList {
  var phase: Int? {
    var phase: Int?
    for action in items { if case .phase(let number) = action.value { phase = number } }
    return phase
  }
}

extension Rule {
  var phase: Int? { actions.phase }
  var isCapturing: Bool { actions.items.contains { if case .capture = $0.value { true } else { false } } }

  /// Every text with macros in the actions.
  var texts: [(text: MacroText, range: SourceRange)] {
    var result: [(MacroText, SourceRange)] = []
    for action in actions.items {
      switch action.value {
      case .message(let text), .logData(let text), .tag(let text): result.append((text, action.range))
      case .setVariable(let assignment):
        result.append((assignment.key, action.range))
        switch assignment.operation {
        case .assign(let text), .add(let text), .subtract(let text): result.append((text, action.range))
        case .unset: break
        }
      default: break
      }
    }
    if let operand = condition?.operand { result.append((operand.value, operand.range)) }
    return result
  }

  /// The keys of TX that targets and macros read, lower case.
  var transactionReads: [(key: String, range: SourceRange, isCount: Bool)] {
    var result: [(String, SourceRange, Bool)] = []
    for target in targets where target.variable.value == .tx && target.mode != .exclude {
      if case .key(let key)? = target.selector?.value {
        result.append((String(decoding: key, as: UTF8.self).lowercased(), target.range, target.mode == .count))
      }
    }
    for (text, range) in texts {
      for part in text.parts {
        if case .macro(.tx, let key?) = part { result.append((String(decoding: key, as: UTF8.self).lowercased(), range, false)) }
      }
    }
    return result
  }
}
