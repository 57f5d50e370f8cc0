import SecLang

/// Everything a transaction allocates, so that the next one can have it. Confined to the thread of its scratch.
final class TransactionMemory {
  let arena = ByteArena()
  let table = TextTable()
  /// By `CollectionSlot`.
  let collections: UnsafeMutablePointer<EntryList>
  /// By `VariableName`.
  let scalars: UnsafeMutablePointer<Entry?>
  /// Transaction variables by slot of the rule set's table; nil is unset.
  private(set) var variables = GrowingBuffer<ByteView?>(capacity: 512)
  private(set) var variableCount = 0
  /// Transaction variables whose keys no rule names, in order of arrival.
  var otherVariables: [(key: ByteView, value: ByteView)] = []
  /// What the prefilter let pass.
  var candidates = CandidateList()
  /// For each XPath of the rule set what it found; empty if the body is no XML.
  var xmlValues: [[Entry]] = []
  private var nextID: Int32 = 0

  init() {
    collections = .allocate(capacity: CollectionSlot.allCases.count)
    for index in CollectionSlot.allCases.indices { (collections + index).initialize(to: EntryList()) }
    scalars = .allocate(capacity: VariableName.allCases.count)
    scalars.initialize(repeating: nil, count: VariableName.allCases.count)
  }

  deinit {
    for index in CollectionSlot.allCases.indices { collections[index].deallocate() }
    collections.deallocate()
    scalars.deallocate()
    variables.deallocate()
    candidates.deallocate()
  }

  func begin(_ rules: CompiledRuleSet) {
    table.begin(rules.plan)
    variableCount = rules.transactionKeys.count
    variables.reserve(variableCount)
    variables.base.update(repeating: nil, count: variableCount)
    candidates.begin(rules.plan)
  }

  func reset() {
    for index in CollectionSlot.allCases.indices { collections[index].removeAll() }
    scalars.update(repeating: nil, count: VariableName.allCases.count)
    otherVariables.removeAll(keepingCapacity: true)
    xmlValues.removeAll(keepingCapacity: true)
    table.reset()
    nextID = 0
    arena.reset()
  }

  @inline(__always)
  func newID() -> Int32 {
    defer { nextID += 1 }
    return nextID
  }

  func entry(key: ByteView, value: ByteView) -> Entry {
    Entry(key: key, value: value, keyID: newID(), valueID: newID())
  }

  func append(_ slot: CollectionSlot, key: ByteView, value: ByteView) {
    collections[slot.rawValue].append(entry(key: key, value: value))
  }

  func set(_ name: VariableName, _ value: ByteView) {
    scalars[name.ordinal] = Entry(key: ByteArena.empty, value: value, keyID: -1, valueID: newID())
  }

  func set(_ name: VariableName, _ value: [UInt8]) { set(name, arena.copy(value)) }
  func set(_ name: VariableName, _ value: String) { set(name, arena.copy(value)) }
  func set(_ name: VariableName, _ value: Bool) { set(name, value ? TransactionMemory.one : TransactionMemory.zero) }
  func set(_ name: VariableName, _ value: Int) { set(name, arena.decimal(value)) }

  @inline(__always)
  func scalar(_ name: VariableName) -> Entry? { scalars[name.ordinal] }

  nonisolated(unsafe) static let zero = digit("0")
  nonisolated(unsafe) static let one = digit("1")

  private static func digit(_ text: Unicode.Scalar) -> ByteView {
    let storage = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    storage.initialize(to: UInt8(ascii: text))
    return ByteView(start: storage, count: 1)
  }
}

extension VariableName {
  /// The case's number in order of declaration.
  @inline(__always)
  var ordinal: Int { Int(unsafeBitCast(self, to: UInt8.self)) }
}
