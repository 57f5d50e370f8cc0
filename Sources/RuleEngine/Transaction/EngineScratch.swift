import HTTPModel
import PatternScan
import SecLang

/// What one thread needs to run transactions: match data, compiled operators of expanded operands, and memory to reuse.
///
/// Confined to one thread or event loop; several transactions may be open on it, but only one is in a call at a time.
public final class EngineScratch {
  let operators: OperatorScratch
  /// Output of one transformation, before it is kept in a transaction's arena.
  var transformed: [UInt8] = []
  private var spareMemory: [TransactionMemory] = []
  private var dynamicOperators: [DynamicOperator: CompiledOperator] = [:]

  /// Which chains of which rule set cannot be asked under a coverage; few coverages occur.
  private var unobservable: [(rules: CompiledRuleSet, coverage: FieldCoverage, isBodyKnown: Bool, chains: RuleIndexSet)] = []

  private struct DynamicOperator: Hashable {
    var name: OperatorName
    var operand: [UInt8]
  }

  /// Compiled operators of expanded operands that are kept; beyond that the store starts afresh. A request can choose such
  /// operands, so the store must not grow with what it sends.
  private static let keptOperators = 512
  private static let keptMemories = 64

  /// - Parameter matchLimit: `SecPcreMatchLimit`, backtracking steps of one match.
  public init(matchLimit: Int = 100_000) {
    operators = OperatorScratch(matchLimit: UInt32(clamping: matchLimit))
  }

  func unobservableChains(
    of rules: CompiledRuleSet, coverage: FieldCoverage, isBodyKnown: Bool, find: () -> RuleIndexSet
  ) -> RuleIndexSet {
    if let known = unobservable.first(where: { $0.rules === rules && $0.isBodyKnown == isBodyKnown && $0.coverage == coverage }) {
      return known.chains
    }
    let chains = find()
    if unobservable.count >= 16 { unobservable.removeAll() }
    unobservable.append((rules, coverage, isBodyKnown, chains))
    return chains
  }

  func takeMemory() -> TransactionMemory { spareMemory.popLast() ?? TransactionMemory() }

  func giveBack(_ memory: TransactionMemory) {
    memory.reset()
    if spareMemory.count < Self.keptMemories { spareMemory.append(memory) }
  }

  /// The operator for an operand whose macros are expanded, or nil if it does not compile.
  func dynamicOperator(_ name: OperatorName, operand: [UInt8]) -> CompiledOperator? {
    let key = DynamicOperator(name: name, operand: operand)
    if let known = dynamicOperators[key] { return known }
    guard let compiled = try? CompiledOperator.compile(name, operand: operand, dataLines: nil, options: OperatorOptions()) else {
      return nil
    }
    if dynamicOperators.count >= Self.keptOperators { dynamicOperators.removeAll(keepingCapacity: true) }
    dynamicOperators[key] = compiled
    return compiled
  }
}

/// One value of a collection.
struct Entry {
  var key: ByteView
  var value: ByteView
  /// Numbers of the key and the value within the transaction, for the store of transformed values; -1 where nothing is kept.
  var keyID: Int32
  var valueID: Int32
}

/// Everything a transaction allocates, so that the next one can have it.
final class TransactionMemory {
  let arena = ByteArena()
  var collections: [[Entry]] = Array(repeating: [], count: CollectionSlot.allCases.count)
  var scalars: [Entry?] = Array(repeating: nil, count: VariableName.allCases.count)
  var variables: [ByteView?] = []
  /// Transaction variables whose keys no rule names, in order of arrival.
  var otherVariables: [(key: ByteView, value: ByteView)] = []
  let table = TextTable()
  /// By pair of the plan: the joined answers of the prefilter, and how many values are in them.
  var pairAnswers = GrowingBuffer<UInt64>(capacity: 1)
  var pairDone = GrowingBuffer<Int32>(capacity: 1)
  var nextID: Int32 = 0
  /// For each XPath of the rule set what it found; empty if the body is no XML.
  var xmlValues: [[Entry]] = []

  func reset() {
    xmlValues.removeAll(keepingCapacity: true)
    for index in collections.indices { collections[index].removeAll(keepingCapacity: true) }
    for index in scalars.indices { scalars[index] = nil }
    variables.removeAll(keepingCapacity: true)
    otherVariables.removeAll(keepingCapacity: true)
    table.reset()
    nextID = 0
    arena.reset()
  }

  deinit {
    pairAnswers.deallocate()
    pairDone.deallocate()
  }

  func begin(_ plan: RulePlan) {
    table.begin(plan)
    pairAnswers.reserve(plan.pairs.count * plan.filter.wordCount)
    pairDone.reserve(plan.pairs.count)
    pairDone.base.update(repeating: 0, count: plan.pairs.count)
  }

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
  func set(_ name: VariableName, _ value: Bool) { set(name, value ? "1" : "0") }
  func set(_ name: VariableName, _ value: Int) { set(name, String(value)) }

  func scalar(_ name: VariableName) -> Entry? { scalars[name.ordinal] }
}

extension VariableName {
  /// The case's number in order of declaration.
  @inline(__always)
  var ordinal: Int { Int(unsafeBitCast(self, to: UInt8.self)) }
}
