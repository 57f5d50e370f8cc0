import PatternScan
import SecLang

enum InvalidRegexCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL501", name: "regex-invalid", severity: .error, why: "The regular expression does not compile: the rule set is not loaded.",
    bad: "SecRule ARGS \"@rx a(b\" \"id:1,phase:2,pass\"", good: "SecRule ARGS \"@rx a(b)\" \"id:1,phase:2,pass\"")

  static func findings(in context: LintContext) -> [Finding] {
    var result: [Finding] = []
    for chain in context.chains {
      for (rule, _) in chain.rules {
        if let condition = rule.condition, !condition.operand.value.hasMacros {
          switch condition.name.value {
          case .rx, .rxGlobal, .verifyCC, .verifyCPF, .verifySSN, .verifySVNR:
            if let found = check(condition.operand.value.source, at: condition.operand.range, rule: chain.id) { result.append(found) }
          default: break
          }
        }
        for target in rule.targets {
          if case .regex(let bytes)? = target.selector?.value,
            let found = check(bytes, at: target.selector?.range ?? target.range, rule: chain.id)
          {
            result.append(found)
          }
        }
      }
    }
    return result
  }

  private static func check(_ pattern: [UInt8], at range: SourceRange, rule: Int?) -> Finding? {
    do {
      _ = try RegexPattern(pattern, options: [.dotAll, .dollarEndOnly])
      return nil
    } catch {
      var place = range
      // On one line the offset is a column; over several the start of the operand must do.
      if range.start.line == range.end.line {
        place.start.column = min(range.start.column + error.offset, range.end.column)
        place.end = place.start
        place.end.column += 1
      }
      return finding(place, rule: rule, "\(error.message) (at offset \(error.offset))")
    }
  }
}

enum LowercaseCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL403", name: "lowercase-never-matches", severity: .error,
    why: "After t:lowercase no upper-case letter is left, but the operand needs one: the rule can never match.",
    bad: "SecRule ARGS \"@contains UNION\" \"id:1,phase:2,pass,t:lowercase\"",
    good: "SecRule ARGS \"@contains union\" \"id:1,phase:2,pass,t:lowercase\"")

  static func findings(in context: LintContext) -> [Finding] {
    var result: [Finding] = []
    for chain in context.chains {
      for (rule, _) in chain.rules {
        guard let condition = rule.condition, !condition.isNegated, !condition.operand.value.hasMacros else { continue }
        let transformations = context.transformations(of: rule, in: chain)
        guard let lower = transformations.lastIndex(where: { $0.value == .lowercase }),
          !transformations[lower...].contains(where: { raisesCase($0.value) }),
          !rule.actions.items.contains(where: { if case .multiMatch = $0.value { true } else { false } })
        else { continue }
        let operand = condition.operand.value.source
        let isImpossible: Bool =
          switch condition.name.value {
          case .contains, .streq, .beginsWith, .endsWith, .strmatch, .containsWord: operand.contains { $0 &- 0x41 < 26 }
          case .rx: needsCapital(operand)
          default: false
          }
        if isImpossible {
          result.append(
            finding(
              condition.operand.range, rule: chain.id, "t:lowercase makes this operand impossible to match", help: "write it in lower case")
          )
        }
      }
    }
    return result
  }

  /// Transformations after which a capital letter can be there again.
  private static func raisesCase(_ name: TransformationName) -> Bool {
    switch name {
    case .uppercase, .urlDecode, .urlDecodeUni, .htmlEntityDecode, .jsDecode, .cssDecode, .base64Decode, .base64DecodeExt, .base64Encode,
      .hexDecode, .sqlHexDecode, .escapeSeqDecode, .urlEncode, .sha1, .md5:
      true
    default: false
    }
  }

  /// A pattern without alternation, options, groups or quantifiers that make parts optional, and with a capital outside of classes.
  private static func needsCapital(_ pattern: [UInt8]) -> Bool {
    if pattern.contains(where: { $0 == 0x7C || $0 == 0x3F || $0 == 0x2A || $0 == 0x7B || $0 == 0x28 }) { return false }
    var index = 0
    while index < pattern.count {
      switch pattern[index] {
      case 0x5C: index += 2
      case 0x5B:
        index += 2
        while index < pattern.count, pattern[index] != 0x5D { index += pattern[index] == 0x5C ? 2 : 1 }
        index += 1
      default:
        if pattern[index] &- 0x41 < 26 { return true }
        index += 1
      }
    }
    return false
  }
}

enum LateNoneCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL402", name: "t-none-not-first", severity: .warning, why: "t:none wipes out the transformations that stand before it.",
    bad: "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass,t:lowercase,t:none\"",
    good: "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass,t:none,t:lowercase\"")

  static func findings(in context: LintContext) -> [Finding] {
    context.chains.flatMap { chain in
      chain.rules.compactMap { rule, _ in
        var hasOther = false
        for action in rule.actions.items {
          guard case .transformation(let name) = action.value else { continue }
          if name == .none, hasOther { return finding(action.range, rule: chain.id, "t:none wipes out the transformations before it") }
          if name != .none { hasOther = true }
        }
        return nil
      }
    }
  }
}

enum InheritedTransformationCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL401", name: "missing-t-none", severity: .warning,
    why: "SecDefaultAction brings transformations to every rule without t:none: the operator sees another text than the author thinks.",
    bad: "SecDefaultAction \"phase:2,log,pass,t:lowercase\"\nSecRule ARGS \"@rx A\" \"id:1,phase:2,pass\"",
    good: "SecDefaultAction \"phase:2,log,pass,t:lowercase\"\nSecRule ARGS \"@rx A\" \"id:1,phase:2,pass,t:none\"")

  static func findings(in context: LintContext) -> [Finding] {
    context.chains.flatMap { chain -> [Finding] in
      let inherited = (chain.defaults?.items ?? []).contains {
        if case .transformation(let name) = $0.value { name != .none } else { false }
      }
      guard inherited else { return [] }
      return chain.rules.compactMap { rule, range in
        guard rule.condition != nil,
          !rule.actions.items.contains(where: { if case .transformation(.none) = $0.value { true } else { false } })
        else { return nil }
        return finding(range, rule: chain.id, "the rule inherits the transformations of SecDefaultAction; begin its list with t:none")
      }
    }
  }
}

enum StatusWithoutDenyCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL602", name: "status-without-deny", severity: .warning,
    why: "status alone does nothing: it is an argument of deny, block or redirect.",
    bad: "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass,status:403\"", good: "SecRule ARGS \"@rx a\" \"id:1,phase:2,deny,status:403\"")

  static func findings(in context: LintContext) -> [Finding] {
    context.chains.flatMap { chain in
      chain.rules.prefix(1).compactMap { rule, _ in
        guard let status = rule.actions.items.first(where: { if case .status = $0.value { true } else { false } }) else { return nil }
        let isRefusing = rule.actions.items.contains {
          switch $0.value {
          case .disruptive(.deny), .disruptive(.block), .disruptive(.redirect), .disruptive(.drop): true
          default: false
          }
        }
        return isRefusing ? nil : finding(status.range, rule: chain.id, "status without deny, block or redirect does nothing")
      }
    }
  }
}

enum SpellingCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL111", name: "non-canonical-name", severity: .style,
    why: "Engines read names without regard to case; people and tools look for the usual form.",
    bad: "SecRule ARGS \"@beginswith a\" \"id:1,phase:2,pass,t:urldecodeuni\"",
    good: "SecRule ARGS \"@beginsWith a\" \"id:1,phase:2,pass,t:urlDecodeUni\"")

  static func findings(in context: LintContext) -> [Finding] {
    context.ruleSet.spellings.map { spelling in finding(spelling.range, rule: nil, "write \(spelling.canonical)") }
  }
}

enum ImplicitOperatorCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL112", name: "implicit-operator", severity: .style, why: "Without @ the operator is @rx; written out, nobody has to know that.",
    bad: "SecRule ARGS \"abc\" \"id:1,phase:2,pass\"", good: "SecRule ARGS \"@rx abc\" \"id:1,phase:2,pass\"")

  static func findings(in context: LintContext) -> [Finding] {
    context.chains.flatMap { chain in
      chain.rules.compactMap { rule, _ in
        guard let condition = rule.condition, condition.isImplicit else { return nil }
        return finding(condition.operand.range, rule: chain.id, "write @rx")
      }
    }
  }
}
