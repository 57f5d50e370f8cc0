import HTTPModel
import SecLang

/// Which rules need not be asked: what the plan tells beforehand, and what was not observed.
extension Transaction {
  /// Whether a head that the plan knows could match; if not, it need not be asked.
  func couldMatch(_ pointer: UnsafeMutablePointer<RulePlan.Head>) -> Bool {
    let head = pointer.pointee
    switch head.kind {
    case .general, .always: return true
    case .gate:
      // No value, no operator, negated or not.
      guard let value = memory.variables.base[Int(head.slot)] else { return false }
      return head.comparison.holds(value.leadingInteger, operand(head)) != head.isNegated
    case .count:
      return head.comparison.holds(memory.variables.base[Int(head.slot)] == nil ? 0 : 1, operand(head)) != head.isNegated
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

  /// The number on the operand's side: fixed, or that of a transaction variable.
  private func operand(_ head: RulePlan.Head) -> Int {
    head.operandSlot < 0 ? head.operand : memory.variables.base[Int(head.operandSlot)]?.leadingInteger ?? 0
  }

  /// Does what the match of a decided head brings about: the last match, and its effects.
  func conclude(_ head: UnsafeMutablePointer<RulePlan.Head>) {
    let slot = Int(head.pointee.slot)
    switch head.pointee.kind {
    case .gate: noteMatch(memory.variables.base[slot] ?? ByteArena.empty, prefix: head.pointee.name, key: ByteArena.empty)
    case .count:
      let value = memory.variables.base[slot] == nil ? TransactionMemory.zero : TransactionMemory.one
      noteMatch(value, prefix: head.pointee.name, key: ByteArena.empty)
    default: break
    }
    if let effects = head.pointee.effects { runFast(effects) }
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
      for position in done..<entries.count { join(entries[position].value, entries[position].valueID, pair.node, into: joined, words) }
      memory.pairDone.base[index] = Int32(entries.count)
    case .names(let slot):
      let entries = memory.collections[slot.rawValue]
      guard done < entries.count else { return joined }
      for position in done..<entries.count { join(entries[position].key, entries[position].keyID, pair.node, into: joined, words) }
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
  func passes(_ value: ByteView, id: Int32, node: Int, probe: Int32) -> Bool {
    memory.table.answer(textIndex(value, id: id, node: node))[Int(probe) >> 6] & (1 << UInt64(probe & 63)) != 0
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
      case .regex?: return !target.isCount
      case nil: return !target.isCount && target.source != .scalar(.reqbodyProcessor)
      }
    }
  }
}
