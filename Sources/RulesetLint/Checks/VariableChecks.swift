import PatternScan
import SecLang

enum AvailabilityCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL301", name: "variable-not-yet-available", severity: .error,
    why: "In this phase the variable is still empty: the rule never matches, and nobody notices.",
    bad: "SecRule RESPONSE_BODY \"@rx a\" \"id:1,phase:2,pass\"", good: "SecRule RESPONSE_BODY \"@rx a\" \"id:1,phase:4,pass\"")

  static func findings(in context: LintContext) -> [Finding] {
    context.chains.flatMap { chain in
      chain.rules.flatMap { rule, _ in
        rule.targets.compactMap { target in
          guard target.mode != .exclude, let first = firstPhase(target.variable.value), chain.phase < first else { return nil }
          return finding(
            target.range, rule: chain.id,
            "\(target.variable.value.rawValue) is filled from phase \(first) on; this rule runs in phase \(chain.phase)")
        }
      }
    }
  }

  /// The first phase that sees the variable, if it is not the first of all.
  private static func firstPhase(_ variable: VariableName) -> Int? {
    switch variable {
    case .argsPost, .argsPostNames, .requestBody, .requestBodyLength, .files, .filesNames, .filesSizes, .filesCombinedSize, .filesTmpnames,
      .filesTmpContent, .multipartPartHeaders, .multipartFilename, .multipartName, .multipartStrictError, .multipartUnmatchedBoundary, .xml,
      .reqbodyError, .reqbodyErrorMsg:
      2
    case .responseHeaders, .responseHeadersNames, .responseStatus, .responseProtocol, .responseContentType, .responseContentLength: 3
    case .responseBody: 4
    default: nil
    }
  }
}

enum UnsetVariableCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL303", name: "tx-never-set", severity: .warning,
    why: "No rule sets this transaction variable, but one of a very similar name: a slip of the pen.",
    bad: "SecAction \"id:1,phase:1,pass,setvar:tx.score_total=1\"\nSecRule TX:score_totl \"@gt 0\" \"id:2,phase:1,pass\"",
    good: "SecAction \"id:1,phase:1,pass,setvar:tx.score_total=1\"\nSecRule TX:score_total \"@gt 0\" \"id:2,phase:1,pass\"")

  static func findings(in context: LintContext) -> [Finding] {
    var result: [Finding] = []
    for chain in context.chains {
      for (rule, _) in chain.rules {
        for read in rule.transactionReads where !read.isCount && !context.assigned.contains(read.key) && read.key.count > 3 {
          // Reading a variable that others may set is fine; only a near miss is a finding.
          guard let near = Spelling.nearest(to: read.key, in: context.assigned) else { continue }
          if context.chains.contains(where: { other in
            other.rules.contains { $0.rule.transactionReads.contains { $0.isCount && $0.key == read.key } }
          }) {
            continue
          }
          result.append(finding(read.range, rule: chain.id, "no rule sets tx.\(read.key)", help: "did you mean tx.\(near)?"))
        }
      }
    }
    return result
  }
}

enum MissingCaptureCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL305", name: "capture-missing", severity: .error,
    why: "TX:1 and its like hold what an earlier rule captured, unless this chain has the capture action: the rule judges the wrong text.",
    bad: "SecRule ARGS \"@rx (a)\" \"id:1,phase:2,pass,chain\"\n  SecRule TX:1 \"@streq a\"",
    good: "SecRule ARGS \"@rx (a)\" \"id:1,phase:2,pass,capture,chain\"\n  SecRule TX:1 \"@streq a\"")

  static func findings(in context: LintContext) -> [Finding] {
    var result: [Finding] = []
    for chain in context.chains {
      var isCaptured = false
      for (rule, _) in chain.rules {
        let reads = rule.targets.filter { target in
          guard target.variable.value == .tx, case .key(let key)? = target.selector?.value else { return false }
          return key.count == 1 && key[0] &- 0x30 < 10 && target.mode == .include
        }
        // A head that reads TX:0 may use an earlier rule's capture on purpose; within a chain it is a mistake.
        if let read = reads.first, !isCaptured, rule.isLink {
          result.append(finding(read.range, rule: chain.id, "this chain has no capture action before TX:\(keyText(read)) is read"))
        }
        if rule.isCapturing { isCaptured = true }
      }
    }
    return result
  }

  private static func keyText(_ target: Target) -> String {
    if case .key(let key)? = target.selector?.value { return String(decoding: key, as: UTF8.self) }
    return ""
  }
}

enum CaptureRangeCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL306", name: "capture-out-of-range", severity: .error,
    why: "The regular expression has fewer groups than the number that is read: the variable is never set.",
    bad: "SecRule ARGS \"@rx (a)\" \"id:1,phase:2,pass,capture,chain\"\n  SecRule TX:2 \"@streq a\"",
    good: "SecRule ARGS \"@rx (a)(b)\" \"id:1,phase:2,pass,capture,chain\"\n  SecRule TX:2 \"@streq a\"")

  static func findings(in context: LintContext) -> [Finding] {
    var result: [Finding] = []
    for chain in context.chains {
      var groups: Int?
      for (rule, _) in chain.rules {
        for target in rule.targets where target.variable.value == .tx && target.mode == .include && rule.isLink {
          guard let groups, case .key(let key)? = target.selector?.value, key.count == 1, key[0] &- 0x30 < 10, Int(key[0] &- 0x30) > groups
          else { continue }
          result.append(
            finding(
              target.range, rule: chain.id,
              "TX:\(key[0] &- 0x30) is read, but the captured pattern has \(groups) group\(groups == 1 ? "" : "s")"))
        }
        if rule.isCapturing, let condition = rule.condition, condition.name.value == .rx, !condition.operand.value.hasMacros,
          let pattern = try? RegexPattern(condition.operand.value.source)
        {
          groups = max(groups ?? 0, pattern.captureCount)
        } else if rule.isCapturing {
          groups = 9
        }
      }
    }
    return result
  }
}

enum CountMisuseCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL310", name: "count-misuse", severity: .error,
    why: "A count is a number such as 0 or 3: a text operator over it compares the wrong thing.",
    bad: "SecRule &ARGS:id \"@contains admin\" \"id:1,phase:2,pass\"", good: "SecRule &ARGS:id \"@gt 1\" \"id:1,phase:2,pass\"")

  static func findings(in context: LintContext) -> [Finding] {
    context.chains.flatMap { chain in
      chain.rules.flatMap { rule, _ -> [Finding] in
        guard let condition = rule.condition else { return [] }
        let isText: Bool =
          switch condition.name.value {
          case .contains, .containsWord, .beginsWith, .endsWith, .pm, .pmFromFile, .detectSQLi, .detectXSS, .strmatch, .ipMatch: true
          case .rx: !condition.operand.value.source.contains { $0 &- 0x30 < 10 || $0 == 0x5C || $0 == 0x5B || $0 == 0x2E }
          default: false
          }
        guard isText else { return [] }
        return rule.targets.filter { $0.mode == .count }.map {
          finding($0.range, rule: chain.id, "a count is compared as text by @\(condition.name.value.rawValue)")
        }
      }
    }
  }
}

enum CancelledTargetCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL312", name: "target-cancelled", severity: .error,
    why: "The exclusion takes away all that the target offers: the rule reads nothing.",
    bad: "SecRule ARGS|!ARGS \"@rx a\" \"id:1,phase:2,pass\"", good: "SecRule ARGS|!ARGS:csrf \"@rx a\" \"id:1,phase:2,pass\"")

  static func findings(in context: LintContext) -> [Finding] {
    context.chains.flatMap { chain in
      chain.rules.flatMap { rule, _ in
        rule.targets.filter { target in
          target.mode == .exclude && target.selector == nil
            && rule.targets.contains { $0.mode == .include && $0.variable.value == target.variable.value }
        }.map { finding($0.range, rule: chain.id, "!\($0.variable.value.rawValue) takes away the whole target of this rule") }
      }
    }
  }
}

enum LateControlCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL313", name: "ctl-too-late", severity: .error, why: "The body is read between phases 1 and 2: later this ctl has no effect.",
    bad: "SecAction \"id:1,phase:2,pass,ctl:requestBodyProcessor=JSON\"",
    good: "SecAction \"id:1,phase:1,pass,ctl:requestBodyProcessor=JSON\"")

  static func findings(in context: LintContext) -> [Finding] {
    context.chains.flatMap { chain in
      chain.rules.flatMap { rule, _ in
        rule.actions.items.compactMap { action in
          guard chain.phase > 1, case .control(let control) = action.value else { return nil }
          switch control {
          case .requestBodyProcessor, .requestBodyAccess, .forceRequestBodyVariable, .requestBodyLimit:
            return finding(action.range, rule: chain.id, "this ctl acts in phase 1 only; the rule runs in phase \(chain.phase)")
          default: return nil
          }
        }
      }
    }
  }
}

enum MissingInitcolCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL314", name: "persistent-without-initcol", severity: .error,
    why: "Without initcol the collection is empty and what is written to it is lost.",
    bad: "SecRule IP:hits \"@gt 5\" \"id:1,phase:1,deny\"",
    good: "SecAction \"id:1,phase:1,pass,initcol:ip=%{REMOTE_ADDR}\"\nSecRule IP:hits \"@gt 5\" \"id:2,phase:1,deny\"")

  static func findings(in context: LintContext) -> [Finding] {
    var attached: Set<VariableName> = []
    for chain in context.chains {
      for (rule, _) in chain.rules {
        for action in rule.actions.items {
          switch action.value {
          case .initCollection(let name, _): attached.insert(name)
          case .setUserID: attached.insert(.user)
          case .setSessionID: attached.insert(.session)
          case .setResourceID: attached.insert(.resource)
          default: break
          }
        }
      }
    }
    return context.chains.flatMap { chain in
      chain.rules.flatMap { rule, _ in
        rule.targets.filter {
          [.ip, .global, .session, .user, .resource].contains($0.variable.value) && !attached.contains($0.variable.value)
        }.map {
          finding($0.range, rule: chain.id, "no rule attaches the collection \($0.variable.value.rawValue) with initcol")
        }
      }
    }
  }
}

/// Near misses of names.
enum Spelling {
  /// The known name at an edit distance of one, or of two in a long name.
  static func nearest(to name: String, in names: Set<String>) -> String? {
    let wanted = Array(name.utf8.prefix(80))
    let limit = wanted.count >= 8 ? 2 : 1
    return names.filter { abs($0.utf8.count - wanted.count) <= limit && distance(wanted, Array($0.utf8), limit) <= limit }.min()
  }

  private static func distance(_ left: [UInt8], _ right: [UInt8], _ limit: Int) -> Int {
    var previous = Array(0...right.count)
    for (row, a) in left.enumerated() {
      var current = [row + 1]
      for (column, b) in right.enumerated() {
        current.append(min(previous[column + 1] + 1, current[column] + 1, previous[column] + (a == b ? 0 : 1)))
      }
      previous = current
    }
    // Names that differ in digits only are siblings, such as pl1 and pl2.
    let onlyDigits = left.filter { $0 &- 0x30 >= 10 } == right.filter { $0 &- 0x30 >= 10 }
    return onlyDigits ? limit + 1 : previous[right.count]
  }
}
