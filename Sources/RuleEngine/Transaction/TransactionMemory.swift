import SecLang

/// Everything a transaction allocates, so that the next one can have it. Confined to the thread of its scratch.
final class TransactionMemory {
  let arena = ByteArena()
  var table = TextTable()
  /// Output of one transformation, before it is kept in the arena.
  private var transformed = OutputBytes()
  private var context = TransformationContext()
  /// By `CollectionSlot`.
  let collections: UnsafeMutablePointer<EntryList>
  /// By `VariableName`.
  let scalars: UnsafeMutablePointer<Entry?>
  /// Transaction variables by slot of the rule set's table; nil is unset.
  private var variables = GrowingBuffer<TransactionVariable>(capacity: 512)
  private(set) var variableCount = 0
  /// Transaction variables whose keys no rule names, in order of arrival.
  var otherVariables = EntryList()
  /// What the prefilter let pass.
  var candidates = CandidateList()
  /// For each XPath of the rule set what it found; empty if the body is no XML.
  var xmlValues: [[Entry]] = []
  private var nextID: Int32 = 0
  /// Steps of inspection so far; see `TransactionOptions.maximumSteps`.
  var steps = 0

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
    otherVariables.deallocate()
    candidates.deallocate()
    table.deallocate()
  }

  func begin(_ rules: CompiledRuleSet) {
    table.begin(rules.plan)
    context.unicodeMap = rules.settings.unicodeMap
    steps = 0
    variableCount = rules.transactionKeys.count
    variables.reserve(variableCount)
    variables.base.update(repeating: TransactionVariable(), count: variableCount)
    candidates.begin(rules.plan)
  }

  func reset() {
    for index in CollectionSlot.allCases.indices { collections[index].removeAll() }
    scalars.update(repeating: nil, count: VariableName.allCases.count)
    otherVariables.removeAll()
    xmlValues.removeAll(keepingCapacity: true)
    table.reset()
    nextID = 0
    arena.reset()
  }

  /// The transaction variable in a slot; nil if it is unset.
  @inline(__always)
  func variable(_ slot: Int) -> ByteView? { variables.base[slot].value }

  /// Its leading number; 0 if it is unset or begins with none.
  @inline(__always)
  func number(_ slot: Int) -> Int { variables.base[slot].number }

  @inline(__always)
  func isSet(_ slot: Int) -> Bool { variables.base[slot].value != nil }

  @inline(__always)
  func setVariable(_ slot: Int, _ value: ByteView?) {
    variables.base[slot] = TransactionVariable(value: value, number: value?.leadingInteger ?? 0)
  }

  /// - Parameter number: what `value` begins with.
  @inline(__always)
  func setVariable(_ slot: Int, _ value: ByteView, number: Int) {
    variables.base[slot] = TransactionVariable(value: value, number: number)
  }

  /// Where a variable is that no rule names.
  func otherVariable(_ key: ByteView) -> Int? {
    for index in 0..<otherVariables.count where otherVariables[index].key.equalsIgnoringCase(key) { return index }
    return nil
  }

  /// A copy in decimal; most are small.
  @inline(__always)
  func setVariable(_ slot: Int, number: Int) { setVariable(slot, decimal(number), number: number) }

  @inline(__always)
  func copyVariable(_ slot: Int, from source: Int) {
    variables.base[slot] = variables.base[source].value == nil ? TransactionVariable(value: ByteArena.empty) : variables.base[source]
  }

  /// A whole number as text; those of one digit are there already.
  @inline(__always)
  func decimal(_ number: Int) -> ByteView {
    number >= 0 && number < 10 ? ByteView(start: Self.digits + number, count: 1) : arena.decimal(number)
  }

  // MARK: Transformations

  /// The value after the list that ends at `node`. Kept per value and node, so that rules with the same list share the work.
  ///
  /// - Parameter id: the value's number; below 0 for one that is not kept.
  func transformed(_ value: ByteView, id: Int32, node: Int, _ tree: NodeFacts) -> ByteView {
    if node == 0 { return value }
    if id >= 0 {
      // First the index: to find it may make the table grow, and a table that was read before would be the old one.
      let index = textIndex(value, id: id, node: node)
      return table.view(index)
    }
    let fact = tree.facts + node
    return applied(fact.pointee.transformation, to: transformed(value, id: id, node: Int(fact.pointee.parent), tree))
  }

  /// The index of that text in the table.
  @inline(__always)
  func textIndex(_ value: ByteView, id: Int32, node: Int) -> Int32 {
    table.text(id, value, node: node) { name, text in
      transform(name, text, context: context, into: &transformed) ? arena.copy(transformed.view) : nil
    }
  }

  /// What one transformation makes of a text that is not kept.
  func applied(_ name: TransformationName, to text: ByteView) -> ByteView {
    transform(name, text, context: context, into: &transformed) ? arena.copy(transformed.view) : text
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
  func set(_ name: VariableName, _ value: Int) { set(name, decimal(value)) }

  @inline(__always)
  func scalar(_ name: VariableName) -> Entry? { scalars[name.ordinal] }

  static var zero: ByteView { ByteView(start: digits, count: 1) }
  static var one: ByteView { ByteView(start: digits + 1, count: 1) }

  /// Part of the program; never freed.
  private static var digits: UnsafePointer<UInt8> {
    let text: StaticString = "0123456789"
    return text.utf8Start
  }
}

/// A transaction variable, and the number that it begins with. A plain value.
struct TransactionVariable: BitwiseCopyable {
  var value: ByteView?
  var number = 0
}

extension VariableName {
  /// The case's number in order of declaration.
  @inline(__always)
  var ordinal: Int { Int(unsafeBitCast(self, to: UInt8.self)) }
}
