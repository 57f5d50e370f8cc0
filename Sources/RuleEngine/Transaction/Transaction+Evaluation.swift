import PatternScan
import SecLang

/// Asking one rule: its targets, the values they pick, the texts its transformations make of them, and its operator.
extension Transaction {
  func run(_ link: CompiledRule, of chain: CompiledChain) -> Bool {
    matchedAny = false
    switch link.test {
    case .always:
      runEffects(link)
      return true
    case .fixed(let test): test._withUnsafeGuaranteedRef { ask($0, link, chain) }
    case .dynamic(let name, let text):
      let operand = text._withUnsafeGuaranteedRef { expansion(of: $0) }
      guard let test = scratch.dynamicOperator(name, operand: operand) else { return false }
      test._withUnsafeGuaranteedRef { ask($0, link, chain) }
    }
    return matchedAny
  }

  private func ask(_ test: CompiledOperator, _ link: CompiledRule, _ chain: CompiledChain) {
    let isWhole = isFullyObserved
    guard var target = UnsafePointer(link.targets.baseAddress) else { return }
    for _ in 0..<link.targets.count {
      defer { target += 1 }
      if (!isWhole && !isObservable(target.pointee)) || (!removedTargets.isEmpty && isRemoved(target, chain)) { continue }
      if target.pointee.isCount {
        let count = count(of: target, link, chain)
        let value = count == 0 ? TransactionMemory.zero : count == 1 ? TransactionMemory.one : memory.arena.decimal(count)
        ask(test, link, target, key: nil, value: value, id: -1)
      } else {
        askValues(of: target, test, link, chain)
      }
    }
  }

  // MARK: Values

  /// Asks of each value that the target picks and nothing excludes.
  private func askValues(of target: UnsafePointer<CompiledTarget>, _ test: CompiledOperator, _ link: CompiledRule, _ chain: CompiledChain) {
    switch target.pointee.source {
    case .scalar(let name):
      if let entry = scalarEntry(name) { ask(test, link, target, key: nil, value: entry.value, id: entry.valueID) }
    case .values(let slots):
      askEntries(of: slots.first, names: false, target, test, link, chain)
      if let second = slots.second { askEntries(of: second, names: false, target, test, link, chain) }
    case .names(let slots):
      askEntries(of: slots.first, names: true, target, test, link, chain)
      if let second = slots.second { askEntries(of: second, names: true, target, test, link, chain) }
    case .transactionVariable(let slot):
      if let value = memory.variable(slot) { ask(test, link, target, key: nil, value: value, id: -1) }
    case .transactionVariables:
      for slot in target.pointee.pickedSlots {
        guard let value = memory.variable(Int(slot)) else { continue }
        let key = rules.transactionKeys.names[Int(slot)]
        if !isExcluded(target, key, link, chain) { ask(test, link, target, key: key, value: value, id: -1) }
      }
      for index in 0..<memory.otherVariables.count {
        let entry = memory.otherVariables[index]
        if picks(target, entry.key), !isExcluded(target, entry.key, link, chain) {
          ask(test, link, target, key: entry.key, value: entry.value, id: -1)
        }
      }
    case .xmlPath(let number):
      guard number < memory.xmlValues.count else { return }
      for entry in memory.xmlValues[number] where !isExcluded(target, entry.key, link, chain) {
        ask(test, link, target, key: entry.key, value: entry.value, id: entry.valueID)
      }
    case .rule:
      if case .key(let key)? = target.pointee.selector {
        ask(test, link, target, key: nil, value: memory.arena.copy(ruleProperty(Array(key))), id: -1)
      }
    }
  }

  private func askEntries(
    of slot: CollectionSlot, names: Bool, _ target: UnsafePointer<CompiledTarget>, _ test: CompiledOperator, _ link: CompiledRule,
    _ chain: CompiledChain
  ) {
    // A rule's matches may be added to MATCHED_VARS while it reads them: only what was there counts.
    let count = memory.collections[slot.rawValue].count
    let keyCount = target.pointee.keyCount
    for index in 0..<count {
      let entry = memory.collections[slot.rawValue][index]
      // Most keys differ in length.
      if keyCount >= 0, entry.key.count != keyCount { continue }
      let value = names ? entry.key : entry.value
      let id = names ? entry.keyID : entry.valueID
      if target.pointee.selector != nil, !picks(target, entry.key) { continue }
      if !link.exclusions.isEmpty || !removedTargets.isEmpty, isExcluded(target, entry.key, link, chain) { continue }
      ask(test, link, target, key: entry.key, value: value, id: id)
    }
  }

  /// How many values a target picks after exclusions.
  private func count(of target: UnsafePointer<CompiledTarget>, _ link: CompiledRule, _ chain: CompiledChain) -> Int {
    switch target.pointee.source {
    case .scalar(let name): return scalarEntry(name) == nil ? 0 : 1
    case .transactionVariable(let slot): return memory.isSet(slot) ? 1 : 0
    case .values(let slots), .names(let slots):
      let first = count(of: slots.first, target, link, chain)
      return first + (slots.second.map { count(of: $0, target, link, chain) } ?? 0)
    case .transactionVariables:
      let named = target.pointee.pickedSlots.count { slot in
        memory.isSet(Int(slot)) && !isExcluded(target, rules.transactionKeys.names[Int(slot)], link, chain)
      }
      return named + memory.otherVariables.count { picks(target, $0.key) && !isExcluded(target, $0.key, link, chain) }
    case .xmlPath(let number):
      guard number < memory.xmlValues.count else { return 0 }
      return memory.xmlValues[number].count { !isExcluded(target, $0.key, link, chain) }
    case .rule: return target.pointee.selector == nil ? 0 : 1
    }
  }

  private func count(
    of slot: CollectionSlot, _ target: UnsafePointer<CompiledTarget>, _ link: CompiledRule, _ chain: CompiledChain
  ) -> Int {
    let entries = memory.collections[slot.rawValue]
    let isPlain = link.exclusions.isEmpty && removedTargets.isEmpty
    if target.pointee.selector == nil, isPlain { return entries.count }
    let keyCount = target.pointee.keyCount
    var count = 0
    for index in 0..<entries.count {
      let key = entries[index].key
      if keyCount >= 0, key.count != keyCount { continue }
      if picks(target, key), isPlain || !isExcluded(target, key, link, chain) { count += 1 }
    }
    return count
  }

  /// A scalar; `MATCHED_VAR_NAME` is made when it is asked for.
  func scalarEntry(_ name: VariableName) -> Entry? {
    if name == .matchedVarName, memory.scalar(.matchedVar) != nil {
      return Entry(key: ByteArena.empty, value: memory.arena.joined(matchedPrefix, matchedKey), keyID: -1, valueID: -1)
    }
    return memory.scalar(name)
  }

  func picks(_ target: UnsafePointer<CompiledTarget>, _ key: ByteView) -> Bool {
    target.pointee.selector.map { matches($0, key) } ?? true
  }

  private func matches(_ selector: CompiledSelector, _ key: ByteView) -> Bool { selector.matches(key, scratch.operators.regex) }

  func isExcluded(_ target: UnsafePointer<CompiledTarget>, _ key: ByteView, _ link: CompiledRule, _ chain: CompiledChain) -> Bool {
    for exclusion in link.exclusions where exclusion.variable == target.pointee.variable {
      guard let selector = exclusion.selector else { return true }
      if matches(selector, key) { return true }
    }
    for (rules, pattern) in removedTargets where Self.covers(pattern.variable, target.pointee.variable) && rules.contains(chain.index) {
      if let selector = pattern.selector, matches(selector, key) { return true }
    }
    return false
  }

  func isRemoved(_ target: UnsafePointer<CompiledTarget>, _ chain: CompiledChain) -> Bool {
    for (rules, pattern) in removedTargets where Self.covers(pattern.variable, target.pointee.variable) && rules.contains(chain.index) {
      guard let selector = pattern.selector else { return true }
      // `TX:x` is a target of its own: taking it out takes the target out.
      if case .transactionVariable(let slot) = target.pointee.source, case .key(let key) = selector,
        self.rules.transactionKeys.names[slot].equals(key)
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

  // MARK: The operator

  /// - Returns: false if the operator says for certain that it does not match.
  @inline(__always)
  @discardableResult
  func ask(
    _ test: CompiledOperator, _ link: CompiledRule, _ target: UnsafePointer<CompiledTarget>, key: ByteView?, value: ByteView, id: Int32
  ) -> Bool {
    if link.isMultiMatch { return askAfterEach(test, link, target, key: key, value: value) }
    let node = link.transformationNode
    let text = node == 0 ? value : memory.transformed(value, id: id, node: node, rules.plan.nodes)
    return evaluate(test, link, target, key: key, original: value, text: text)
  }

  /// `multiMatch`: the value itself, then what each transformation made of it, where it made a difference.
  private func askAfterEach(
    _ test: CompiledOperator, _ link: CompiledRule, _ target: UnsafePointer<CompiledTarget>, key: ByteView?, value: ByteView
  ) -> Bool {
    var isOpen = evaluate(test, link, target, key: key, original: value, text: value)
    var text = value
    for name in link.transformations {
      let next = memory.applied(name, to: text)
      if !next.equals(text) {
        text = next
        if evaluate(test, link, target, key: key, original: value, text: text) { isOpen = true }
      }
    }
    return isOpen
  }

  @inline(__always)
  private func evaluate(
    _ test: CompiledOperator, _ link: CompiledRule, _ target: UnsafePointer<CompiledTarget>, key: ByteView?, original: ByteView,
    text: ByteView
  ) -> Bool {
    if let costs, let currentChain { costs.value(currentChain.index) }
    memory.steps &+= 1 &+ text.count >> 6
    let result = test.asksTransaction ? answer(test.question, about: text) : test.answer(text, scratch.operators)
    // Nearly always the end of it.
    if result == .noMatch, !link.isNegated { return false }
    if result == .match, link.isNegated { return true }
    noteAnswer(result, test, link, target, key, original, text)
    return true
  }

  /// A value for which the rule holds, or that could not be decided.
  @inline(never)
  private func noteAnswer(
    _ result: OperatorResult, _ test: CompiledOperator, _ link: CompiledRule, _ target: UnsafePointer<CompiledTarget>, _ key: ByteView?,
    _ original: ByteView, _ text: ByteView
  ) {
    if result == .limitReached {
      // A limit is a finding of its own and never a "no match" that nobody hears of.
      matchLimitCount += 1
      memory.setVariable(rules.pcreLimitsSlot, TransactionMemory.one, number: 1)
      trace?.limitReached(rule: currentChain?.id ?? 0, target: Array(reportedName(target, key)))
      return
    }
    matchedAny = true
    noteMatch(text, prefix: key == nil ? target.pointee.name : target.pointee.prefix, key: key ?? ByteArena.empty)
    if let chain = currentChain, chain.keepsMatchedValues || trace != nil {
      let name = reportedName(target, key)
      memory.collections[CollectionSlot.matchedVars.rawValue].append(Entry(key: name, value: text, keyID: -1, valueID: -1))
      trace?.valueMatched(
        rule: chain.id, target: Array(name), original: Array(original), transformations: link.transformations, value: Array(text))
    }
    if link.isCapturing, !link.isNegated { capture(test, text) }
    runEffects(link)
  }

  /// Keeps what the operator captures. An operator that captures nothing (`@eq` and the like) leaves alone what an earlier rule did.
  private func capture(_ test: CompiledOperator, _ text: ByteView) {
    if test.leavesGroups {
      // The groups of the match are views into the text, which lives as long as the transaction.
      let regex = scratch.operators.regex
      let memory = memory
      let start = text.baseAddress ?? ByteArena.empty.baseAddress!
      for group in 0..<10 {
        memory.setVariable(group, regex.capture(group).map { ByteView(start: start + $0.lowerBound, count: $0.count) })
      }
      return
    }
    var found = captures
    captures = nil
    found?.removeAll()
    // Asked a second time, since most matches capture nothing.
    _ = test.evaluate(text, scratch: scratch.operators, captures: &found)
    if let found, !found.groups.isEmpty {
      for group in 0..<10 {
        let bytes = group < found.groups.count ? found.groups[group] : nil
        memory.setVariable(group, bytes.map { memory.arena.copy($0) })
      }
    }
    captures = found
  }

  /// `MATCHED_VAR` and, for whoever asks, its name.
  @inline(__always)
  func noteMatch(_ text: ByteView, prefix: ByteView, key: ByteView) {
    matchedPrefix = prefix
    matchedKey = key
    memory.scalars[VariableName.matchedVar.ordinal] = Entry(key: ByteArena.empty, value: text, keyID: -1, valueID: -1)
  }

  /// `ARGS:id`, with the key as it was sent.
  private func reportedName(_ target: UnsafePointer<CompiledTarget>, _ key: ByteView?) -> ByteView {
    key.map { memory.arena.joined(target.pointee.prefix, $0) } ?? target.pointee.name
  }
}
