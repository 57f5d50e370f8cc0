import SecLang

enum IDRangeCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL203", name: "id-out-of-range", severity: .warning,
    why: "Ids from 900000 to 999999 belong to the OWASP CRS: an update may bring a rule with the same id, and then nothing loads.",
    bad: "SecAction \"id:942999,phase:1,pass\"", good: "SecAction \"id:1000,phase:1,pass\"")

  static func findings(in context: LintContext) -> [Finding] {
    context.chains.compactMap { chain in
      guard let id = chain.id, (900_000...999_999).contains(id), !chain.isCRS else { return nil }
      let place = chain.rules[0].rule.actions.items.first { if case .id = $0.value { true } else { false } }?.range ?? chain.range
      return finding(place, rule: id, "id \(id) lies in the range of the OWASP CRS (900000 to 999999)")
    }
  }
}

/// `skipAfter` of every chain, with the place of the word.
private func skips(_ context: LintContext) -> [(chain: LintContext.Chain, name: String, range: SourceRange)] {
  context.chains.flatMap { chain in
    chain.rules.flatMap { rule, _ in
      rule.actions.items.compactMap { action in if case .skipAfter(let name) = action.value { (chain, name, action.range) } else { nil } }
    }
  }
}

enum MissingMarkerCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL206", name: "missing-marker", severity: .error,
    why: "A skipAfter to a marker that does not exist skips all the rest of the phase: every rule behind it is off.",
    bad: "SecAction \"id:1,phase:1,pass,skipAfter:NOWHERE\"", good: "SecAction \"id:1,phase:1,pass,skipAfter:END\"\nSecMarker END")

  static func findings(in context: LintContext) -> [Finding] {
    skips(context).compactMap { skip in
      if context.markers.contains(where: { $0.name.value == skip.name }) { return nil }
      if let id = Int(skip.name), context.chains.contains(where: { $0.id == id }) { return nil }
      return finding(
        skip.range, rule: skip.chain.id, "there is no SecMarker \(skip.name): the rest of phase \(skip.chain.phase) is skipped")
    }
  }
}

enum BackwardSkipCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL207", name: "marker-before-skip", severity: .error,
    why: "A skip only goes forward. With the marker above the rule, all the rest of the phase is skipped.",
    bad: "SecMarker START\nSecAction \"id:1,phase:1,pass,skipAfter:START\"",
    good: "SecAction \"id:1,phase:1,pass,skipAfter:END\"\nSecMarker END")

  static func findings(in context: LintContext) -> [Finding] {
    skips(context).compactMap { skip in
      let places = context.markers.filter { $0.name.value == skip.name }
      guard !places.isEmpty, !places.contains(where: { $0.position > skip.chain.position }) else { return nil }
      return finding(skip.range, rule: skip.chain.id, "SecMarker \(skip.name) stands above this rule, and a skip only goes forward")
    }
  }
}

enum UnusedMarkerCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL208", name: "unused-marker", severity: .info, why: "Nothing skips to this marker; perhaps the name is misspelled on one side.",
    bad: "SecMarker LONELY", good: "SecAction \"id:1,phase:1,pass,skipAfter:END\"\nSecMarker END")

  static func findings(in context: LintContext) -> [Finding] {
    let used = Set(skips(context).map(\.name))
    return context.markers.filter { !used.contains($0.name.value) }.map {
      finding($0.name.range, rule: nil, "no rule skips to \($0.name.value)")
    }
  }
}

enum MissingPhaseCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL212", name: "missing-phase", severity: .warning,
    why: "Without a phase a rule runs in phase 2, which may not be what was meant: say so.",
    bad: "SecRule ARGS \"@rx a\" \"id:1,pass\"", good: "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass\"")

  static func findings(in context: LintContext) -> [Finding] {
    context.chains.compactMap { chain in
      guard chain.rules[0].rule.phase == nil else { return nil }
      return finding(chain.range, rule: chain.id, "no phase is given: the rule runs in phase 2")
    }
  }
}

enum ExclusionWithoutRuleCheck: Check {
  static let documentation = CheckDocumentation(
    code: "SL213", name: "exclusion-without-rule", severity: .warning,
    why: "An exclusion of a rule that does not exist does nothing: the false positive stays.",
    bad: "SecRuleRemoveById 4711", good: "SecAction \"id:4711,phase:1,pass\"\nSecRuleRemoveById 4711")

  static func findings(in context: LintContext) -> [Finding] {
    let ids = context.chains.compactMap(\.id)
    return context.ruleSet.statements.compactMap { statement in
      let selector: RuleSelector
      switch statement.content {
      case .removal(let picked), .targetUpdate(let picked, _), .actionUpdate(let picked, _): selector = picked
      default: return nil
      }
      guard case .ids(let ranges) = selector else { return nil }
      // The CRS's own ids cannot be judged while the CRS is not part of what is linted.
      let judged = ranges.filter { context.hasCRS || !(900_000...999_999).overlaps($0) }
      guard let missing = judged.first(where: { range in !ids.contains { range.contains($0) } }) else { return nil }
      let text = missing.count == 1 ? "id \(missing.lowerBound)" : "ids \(missing.lowerBound)-\(missing.upperBound)"
      return finding(statement.range, rule: nil, "no rule has \(text)")
    }
  }
}
