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
      if memory.candidates.isSwept[group] == 0 { sweep(group) }
      return memory.candidates.first[Int(head.pointee.probe)] >= 0
    }
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

  // MARK: Probes

  /// Asks the prefilter all probes of a group of all their values at once, and notes which values could match which probe. A phase's
  /// values do not change while it runs.
  private func sweep(_ number: Int) {
    let plan = rules.plan
    let group = plan.groups.baseAddress! + number
    memory.candidates.isSwept[number] = 1
    for index in group.pointee.firstField..<group.pointee.endField {
      let field = plan.fields.baseAddress! + index
      let slot = field.pointee.slot
      switch field.pointee.kind {
      case .scalar: if let entry = memory.scalars[slot] { sift(entry.value, entry.valueID, position: 0, field, index, group) }
      case .values, .names:
        let entries = memory.collections[slot]
        for position in 0..<entries.count {
          let entry = entries[position]
          if let key = field.pointee.key, !entry.key.equalsIgnoringCase(key) { continue }
          if field.pointee.kind == .values {
            sift(entry.value, entry.valueID, position: position, field, index, group)
          } else {
            sift(entry.key, entry.keyID, position: position, field, index, group)
          }
        }
      }
    }
  }

  /// Notes which probes of a field one value could match.
  @inline(__always)
  private func sift(
    _ value: ByteView, _ id: Int32, position: Int, _ field: UnsafeMutablePointer<RulePlan.Field>, _ number: Int,
    _ group: UnsafeMutablePointer<RulePlan.Group>
  ) {
    guard let cache, value.count <= ValueCache.maximumBytes else {
      return sift(value, id, position: position, uncached: field, number, group)
    }
    let (place, isKnown) = cache.find(value, field: number) { probe, place in
      memory.candidates.add(Int(probe), field: Int32(number), position: Int32(position), place: place)
    }
    if isKnown { return }
    let first = memory.candidates.count
    sift(value, id, position: position, uncached: field, number, group)
    cache.keep(value, field: number, at: place, probeCount: memory.candidates.count - first) {
      memory.candidates.list.base[first + $0].place = place
      return memory.candidates.list.base[first + $0].probe
    }
  }

  private func sift(
    _ value: ByteView, _ id: Int32, position: Int, uncached field: UnsafeMutablePointer<RulePlan.Field>, _ number: Int,
    _ group: UnsafeMutablePointer<RulePlan.Group>
  ) {
    let plan = memo.plan
    let original = memory.table.original(id, value)
    let traits = memory.table.traits(of: original)
    let masks = plan.masks.baseAddress!
    let firstBank = group.pointee.firstBank
    let bankCount = group.pointee.bankCount
    guard traits & field.pointee.changingTraits != 0 else {
      note(original, masks + field.pointee.mask, position, number, firstBank, bankCount)
      return
    }
    let steps = plan.steps.baseAddress! + field.pointee.firstStep
    let stepCount = field.pointee.endStep - field.pointee.firstStep
    guard stepCount <= SiftMemo.maximumSteps else {
      for step in 0..<stepCount {
        let text = traits & steps[step].traits == 0 ? original : textIndex(value, id: id, node: steps[step].node)
        note(text, masks + steps[step].mask, position, number, firstBank, bankCount)
      }
      return
    }
    // What the lists leave as it is is asked at once; then the texts of the others.
    let (entry, mask) = memo.entry(traits, number, field, group)
    for bank in 0..<bankCount where entry.pointee.plainBanks & 1 << UInt32(truncatingIfNeeded: bank) != 0 {
      note(original, mask + bank, position, number, firstBank + bank, 1)
    }
    var changing = entry.pointee.changing
    while changing != 0 {
      let step = steps + changing.trailingZeroBitCount
      changing &= changing - 1
      let text = textIndex(value, id: id, node: step.pointee.node)
      note(text, masks + step.pointee.mask, position, number, firstBank, bankCount)
    }
  }

  @inline(__always)
  private func note(
    _ text: Int32, _ mask: UnsafePointer<SIMD4<UInt64>>, _ position: Int, _ field: Int, _ firstBank: Int, _ bankCount: Int
  ) {
    for bank in 0..<bankCount {
      let left = memory.table.answer(text, bank: firstBank + bank).pointee & mask[bank]
      if left != .zero { note(left, position, field, firstBank + bank) }
    }
  }

  /// Notes the bits of one bank.
  private func note(_ left: SIMD4<UInt64>, _ position: Int, _ field: Int, _ bank: Int) {
    for word in 0..<4 {
      var bits = left[word]
      while bits != 0 {
        let bit = bank * GramFilter.bankPatterns + word << 6 + bits.trailingZeroBitCount
        memory.candidates.add(Int(rules.plan.probeOfBit[bit]), field: Int32(field), position: Int32(position))
        bits &= bits - 1
      }
    }
  }

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
