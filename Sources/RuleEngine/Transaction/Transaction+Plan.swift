import HTTPModel
import PatternScan
import SecLang

/// Which rules need not be asked: what the plan tells beforehand, and what was not observed.
extension Transaction {
  /// Whether a head that the plan knows could match; if not, it need not be asked.
  @inline(__always)
  func couldMatch(_ head: UnsafeMutablePointer<RulePlan.Head>) -> Bool {
    switch head.pointee.kind {
    case .general, .always: return true
    case .gate:
      // No value, no operator, negated or not.
      guard memory.isSet(Int(head.pointee.slot)) else { return false }
      return head.pointee.comparison.holds(memory.number(Int(head.pointee.slot)), operand(head)) != head.pointee.isNegated
    case .presence:
      let count = memory.isSet(Int(head.pointee.slot)) ? 1 : 0
      return head.pointee.comparison.holds(count, operand(head)) != head.pointee.isNegated
    case .tally:
      // What was not observed or is taken out is a matter of the rule itself.
      guard removedTargets.isEmpty, isFullyObserved else { return true }
      var count = tally(Int(head.pointee.slot), head.pointee.key)
      if head.pointee.secondSlot >= 0 { count += tally(Int(head.pointee.secondSlot), head.pointee.key) }
      return head.pointee.comparison.holds(count, operand(head)) != head.pointee.isNegated
    case .probe:
      let group = Int(head.pointee.group)
      if memory.candidates.isSwept[group] == 0 { memory.sweep(group, memo, cache) }
      return memory.candidates.first[Int(head.pointee.probe)] >= 0
    }
  }

  /// Goes on to the next head that must be run, and concludes the decided ones on the way. Only while no rule is left out.
  ///
  /// - Returns: its index; the number of heads if there is none.
  func advance(from start: Int, _ heads: UnsafeMutableBufferPointer<RulePlan.Head>) -> Int {
    let concludes = trace == nil && removedTargets.isEmpty
    let first = memory.candidates.first
    let isSwept = memory.candidates.isSwept
    var asked = 0
    var index = start
    while index < heads.count {
      let head = heads.baseAddress! + index
      if head.pointee.isCounted { asked += 1 }
      if head.pointee.kind == .probe {
        if isSwept[Int(head.pointee.group)] == 0 { memory.sweep(Int(head.pointee.group), memo, cache) }
        if first[Int(head.pointee.probe)] >= 0 { break }
        index += 1
      } else if !couldMatch(head) {
        index += 1
      } else if head.pointee.isDecided, concludes {
        conclude(head)
        index = max(head.pointee.jump, index + 1)
      } else {
        break
      }
    }
    rulesAsked += asked
    return index
  }

  /// The number on the operand's side: fixed, or that of a transaction variable.
  @inline(__always)
  private func operand(_ head: UnsafeMutablePointer<RulePlan.Head>) -> Int {
    let slot = Int(head.pointee.operandSlot)
    return slot < 0 ? head.pointee.operand : memory.number(slot)
  }

  /// How many values of a collection have `key`, or how many there are.
  private func tally(_ slot: Int, _ key: ByteView?) -> Int {
    let entries = memory.collections[slot]
    guard let key else { return entries.count }
    var count = 0
    for index in 0..<entries.count where entries[index].key.equalsIgnoringCase(key) { count += 1 }
    return count
  }

  /// Does what the match of a decided head brings about: the last match, and its effects.
  func conclude(_ head: UnsafeMutablePointer<RulePlan.Head>) {
    let slot = Int(head.pointee.slot)
    switch head.pointee.kind {
    case .gate: noteMatch(memory.variable(slot) ?? ByteArena.empty, prefix: head.pointee.name, key: ByteArena.empty)
    case .presence:
      let value = memory.isSet(slot) ? TransactionMemory.one : TransactionMemory.zero
      noteMatch(value, prefix: head.pointee.name, key: ByteArena.empty)
    default: break
    }
    if let effects = head.pointee.effects { run(effects) }
  }

  // MARK: Candidates

  /// Asks a probe's rule of the values that the prefilter let pass, in the order of its targets.
  func runCandidates(_ head: UnsafeMutablePointer<RulePlan.Head>, _ link: CompiledRule, of chain: CompiledChain) -> Bool {
    matchedAny = false
    guard case .fixed(let reference) = link.test, let targets = UnsafePointer(link.targets.baseAddress) else { return false }
    reference._withUnsafeGuaranteedRef { askCandidates(head, $0, link, targets, chain) }
    return matchedAny
  }

  private func askCandidates(
    _ head: UnsafeMutablePointer<RulePlan.Head>, _ test: CompiledOperator, _ link: CompiledRule, _ targets: UnsafePointer<CompiledTarget>,
    _ chain: CompiledChain
  ) {
    let isWhole = isFullyObserved
    let plan = rules.plan
    for item in Int(head.pointee.firstItem)..<Int(head.pointee.firstItem + head.pointee.itemCount) {
      let number = plan.items[item].field
      var candidate = memory.candidates.first[Int(head.pointee.probe)]
      while candidate >= 0 {
        let found = memory.candidates.list.base[Int(candidate)]
        candidate = found.next
        guard found.field == number else { continue }
        let target = targets + Int(plan.items[item].target)
        if (!isWhole && !isObservable(target.pointee)) || (!removedTargets.isEmpty && isRemoved(target, chain)) { break }
        let field = plan.fields[Int(number)]
        if field.kind == .scalar {
          if let entry = memory.scalars[field.slot], !ask(test, link, target, key: nil, value: entry.value, id: entry.valueID) {
            cache?.strike(found.probe, field: found.field, at: found.place)
          }
          continue
        }
        let entry = memory.collections[field.slot][Int(found.position)]
        if target.pointee.selector != nil, field.key == nil, !picks(target, entry.key) { continue }
        if !link.exclusions.isEmpty || !removedTargets.isEmpty, isExcluded(target, entry.key, link, chain) { continue }
        let isOpen =
          field.kind == .values
          ? ask(test, link, target, key: entry.key, value: entry.value, id: entry.valueID)
          : ask(test, link, target, key: entry.key, value: entry.key, id: entry.keyID)
        if !isOpen { cache?.strike(found.probe, field: found.field, at: found.place) }
      }
    }
  }

  /// Chains of which no value was observed; nil if everything was.
  func unobservableChains() -> RuleIndexSet? {
    if isFullyObserved { return nil }
    return scratch.unobservableChains(
      of: rules, coverage: request.fieldCoverage, isBodyKnown: request.body.isObservedOrAbsent || isBodyGiven
    ) {
      var set = RuleIndexSet(count: max(rules.chainCount, 1))
      for chain in rules.phases.joined() where !isObservable(chain) { set.insert(chain.index) }
      return set
    }
  }

  func isObservable(_ chain: CompiledChain) -> Bool {
    if request.fieldCoverage == .all, request.body.isObservedOrAbsent { return true }
    for link in chain.links where !link.targets.isEmpty {
      if !link.targets.contains(where: { isObservable($0) }) { return false }
    }
    return true
  }

  func isObservable(_ target: CompiledTarget) -> Bool {
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
      case .regex?, .containing?, .beginning?: return !target.isCount
      case nil: return !target.isCount && target.source != .scalar(.reqbodyProcessor)
      }
    }
  }
}
