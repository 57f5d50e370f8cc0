import SecLang

/// What rules do beside matching: `setvar`, `ctl`, persistent collections.
extension Transaction {
  @inline(__always)
  func runEffects(_ link: CompiledRule) {
    if link.effects.count > 0 { run(link.effects) }
  }

  func run(_ effects: UnsafeBufferPointer<FastEffect>) {
    let memory = memory
    for effect in effects {
      switch effect {
      case .assign(let slot, let value, let number): memory.setVariable(Int(slot), value, number: number)
      case .assignVariable(let slot, let source): memory.copyVariable(Int(slot), from: Int(source))
      case .assignText(let slot, let text): memory.setVariable(Int(slot), text._withUnsafeGuaranteedRef { expansion(of: $0) })
      case .assignNamed(let key, let text):
        let key = memory.arena.lowercased(key._withUnsafeGuaranteedRef { expansion(of: $0) })
        setTransactionVariable(key, text._withUnsafeGuaranteedRef { expansion(of: $0) })
      case .add(let slot, let amount): memory.setVariable(Int(slot), number: memory.number(Int(slot)) &+ amount)
      case .addVariable(let slot, let source, let sign):
        memory.setVariable(Int(slot), number: memory.number(Int(slot)) &+ sign &* memory.number(Int(source)))
      case .unset(let slot): memory.setVariable(Int(slot), nil)
      case .initCollection(let slot, let key): initCollection(slot, key: key._withUnsafeGuaranteedRef { expansion(of: $0) })
      case .auditParts(let change): auditParts.apply(change)
      case .other(let effect): effect._withUnsafeGuaranteedRef { run($0.effect) }
      }
    }
  }

  private func run(_ effect: RuleEffect) {
    switch effect {
    case .setVariable(let collection, let key, let operation): setVariable(collection, key, operation)
    case .expireVariable(let collection, let key, let seconds): expireVariable(collection, key: expand(key), seconds: number(seconds))
    case .initCollection(let slot, let key): initCollection(slot, key: expansion(of: key))
    case .deprecateVariable(let collection, let key, let amount, let seconds):
      deprecateVariable(collection, key: lowercased(expand(key)), amount: amount, every: seconds)
    case .setEnvironment(let name, let value): setEnvironment(expand(name), value: expand(value))
    case .setIdentity(let name, let text):
      let value = expansion(of: text)
      if name != .resource { memory.set(name, value) }
      initCollection(name == .userid ? .user : name == .sessionid ? .session : .resource, key: value)
    case .control(let control): run(control)
    case .sanitiseArgument(let name): sanitisedArguments.append(name)
    case .sanitiseRequestHeader(let name): sanitisedHeaders.append(name)
    case .sanitiseResponseHeader(let name): sanitisedResponseHeaders.append(name)
    case .sanitiseMatched:
      sanitisesMatched = true
      if let value = memory.scalar(.matchedVar)?.value { sanitisedValues.append(Array(value)) }
      // The request target holds the argument in another spelling, under its name.
      if matchedPrefix.elementsEqual("ARGS:".utf8) { sanitisedArguments.append(lowercased(Array(matchedKey))) }
    }
  }

  private func setVariable(_ collection: VariableName, _ key: RuleEffect.VariableKey, _ operation: RuleEffect.Operation) {
    if collection == .tx {
      switch key {
      case .slot(let slot): memory.setVariable(slot, changed(memory.variable(slot), by: operation))
      case .fixed(let bytes): setTransactionVariable(memory.arena.copy(bytes), operation)
      case .text(let text): setTransactionVariable(memory.arena.lowercased(expansion(of: text)), operation)
      }
      return
    }
    guard let slot = Self.persistentSlot(collection) else { return }
    let name: [UInt8]
    switch key {
    case .slot(let index): name = Array(rules.transactionKeys.names[index])
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

  private static func persistentSlot(_ collection: VariableName) -> CollectionSlot? {
    switch collection {
    case .ip: .ip
    case .global: .global
    case .session: .session
    case .user: .user
    case .resource: .resource
    default: nil
    }
  }

  private func setTransactionVariable(_ key: ByteView, _ operation: RuleEffect.Operation) {
    if let slot = rules.transactionKeys.slot(of: key) {
      memory.setVariable(slot, changed(memory.variable(slot), by: operation))
    } else {
      let index = memory.otherVariable(key)
      setOther(index, key, changed(index.map { memory.otherVariables[$0].value }, by: operation))
    }
  }

  private func setTransactionVariable(_ key: ByteView, _ value: ByteView) {
    if let slot = rules.transactionKeys.slot(of: key) {
      memory.setVariable(slot, value)
    } else {
      setOther(memory.otherVariable(key), key, value)
    }
  }

  private func setOther(_ index: Int?, _ key: ByteView, _ value: ByteView?) {
    switch (index, value) {
    case (let index?, let value?): memory.otherVariables[index].value = value
    case (let index?, nil): memory.otherVariables.remove(at: index)
    case (nil, let value?): memory.otherVariables.append(Entry(key: key, value: value, keyID: -1, valueID: -1))
    case (nil, nil): break
    }
  }

  private func changed(_ old: ByteView?, by operation: RuleEffect.Operation) -> ByteView? {
    switch operation {
    case .unset: nil
    case .assign(let text): expansion(of: text)
    case .add(let text): sum(old, number(text))
    case .subtract(let text): sum(old, 0 &- number(text))
    }
  }

  private func number(_ text: CompiledText) -> Int { expansion(of: text).leadingInteger }

  private func sum(_ old: ByteView?, _ amount: Int) -> ByteView {
    memory.arena.decimal((old?.leadingInteger ?? 0) &+ amount)
  }

  // MARK: Persistent collections

  /// Attaches the record `key` of a collection: what is known of it, or a new one. The first `initcol` of a collection holds.
  private func initCollection(_ slot: CollectionSlot, key: ByteView) {
    guard attachedCollections & 1 << UInt32(slot.rawValue) == 0 else { return }
    attachedCollections |= 1 << UInt32(slot.rawValue)
    var record: PersistentRecord?
    if let store = options.collections {
      let recordKey = store.key(slot, application: rules.settings.webAppID, name: Array(key))
      record = store.snapshot(recordKey, at: seconds)
      attachedRecords.append((slot, recordKey))
    }
    memory.collections[slot.rawValue].removeAll()
    let shown = record ?? PersistentRecord(now: seconds, timeout: Int64(rules.settings.collectionTimeout))
    let arena = memory.arena
    memory.append(slot, key: Self.builtIn[0], value: key)
    memory.append(slot, key: Self.builtIn[1], value: record == nil ? TransactionMemory.one : TransactionMemory.zero)
    memory.append(slot, key: Self.builtIn[2], value: arena.decimal(Int(shown.created)))
    memory.append(slot, key: Self.builtIn[3], value: arena.decimal(Int(shown.updated)))
    memory.append(slot, key: Self.builtIn[4], value: arena.decimal(Int(shown.timeout)))
    memory.append(slot, key: Self.builtIn[5], value: memory.decimal(Int(shown.updateCount)))
    memory.append(slot, key: Self.builtIn[6], value: memory.decimal(Int(shown.updateRate(at: seconds))))
    if shown.variables.isEmpty { return }
    // Sorted, so that the order of values does not depend on the seed of a dictionary.
    for (name, variable) in shown.variables.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      memory.append(slot, key: memory.arena.copy(name), value: memory.arena.copy(variable.value))
    }
  }

  /// What every record holds of itself.
  private static let builtIn = RuleBytes.constants(
    "KEY", "IS_NEW", "CREATE_TIME", "LAST_UPDATE_TIME", "TIMEOUT", "UPDATE_COUNTER", "UPDATE_RATE")

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
    guard let slot = Self.persistentSlot(collection) else { return }
    guard options.collections != nil, let record = attachedRecords.first(where: { $0.slot == slot })?.key else { return }
    collectionWrites.append(
      CollectionWrite(record: record, change: .expire(name: lowercased(key), seconds: Int64(max(seconds, 0)))))
  }

  /// `deprecatevar`: takes an amount off for each so many seconds since the record was last changed, down to zero.
  private func deprecateVariable(_ collection: VariableName, key: [UInt8], amount: Int, every period: Int) {
    guard let slot = Self.persistentSlot(collection) else { return }
    let entries = memory.collections[slot.rawValue]
    func number(_ name: [UInt8]) -> Int? { entries.first { $0.key.equalsIgnoringCase(name) }?.value.leadingInteger }
    guard let value = number(key), value > 0, let updated = number(Self.lastUpdate) else { return }
    let periods = max(Int(seconds) &- updated, 0) / period
    let (loss, isTooMuch) = periods.multipliedReportingOverflow(by: amount)
    let change = isTooMuch ? value : min(loss, value)
    guard change > 0, let index = entries.firstIndex(where: { $0.key.equalsIgnoringCase(key) }) else { return }
    memory.collections[slot.rawValue][index].value = memory.arena.decimal(value - change)
    guard options.collections != nil, let record = attachedRecords.first(where: { $0.slot == slot })?.key else { return }
    collectionWrites.append(CollectionWrite(record: record, change: .add(name: key, amount: -change)))
  }

  private static let lastUpdate = Array("last_update_time".utf8)

  /// `setenv`: for rules that read `ENV` later in this transaction; the process keeps its own.
  private func setEnvironment(_ name: [UInt8], value: [UInt8]) {
    let slot = CollectionSlot.env.rawValue
    if let index = memory.collections[slot].firstIndex(where: { $0.key.elementsEqual(name) }) { memory.collections[slot].remove(at: index) }
    memory.append(.env, key: memory.arena.copy(name), value: memory.arena.copy(value))
  }

  /// Hands the changes of persistent collections to the store; after phase 5, once.
  public func storeCollections() {
    guard let store = options.collections, !collectionWrites.isEmpty else { return }
    store.apply(collectionWrites, at: seconds, timeout: rules.settings.collectionTimeout)
    collectionWrites = []
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
    case .auditParts(let change): auditParts.apply(change)
    case .responseBodyAccess(let isOn): isResponseBodyAccessed = isOn
    case .responseBodyLimit(let bytes): responseBodyLimit = bytes
    case .responseBodyProcessor(let name):
      responseBodyProcessor = name
      memory.set(.resBodyProcessor, name.rawValue)
    case .forceResponseBodyVariable(let isOn): isResponseBodyForced = isOn
    case .none: break
    }
  }

  func publishProcessor() {
    memory.set(.reqbodyProcessor, requestBodyProcessor?.rawValue ?? "")
  }

  /// Values that move with time.
  func publishVolatile() {
    guard rules.readScalars.contains(.duration) else { return }
    let duration = max(now.microseconds - request.received.microseconds, 0)
    // At least two digits: CRS 3.3.4 takes the last two as a random number.
    memory.set(
      .duration, duration < 10 ? memory.arena.joined(TransactionMemory.zero, memory.decimal(Int(duration))) : memory.decimal(Int(duration)))
  }
}
