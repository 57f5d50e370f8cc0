import HTTPModel
import PatternScan
import SecLang

/// What one thread needs to run transactions: match data, compiled operators of expanded operands, and memory to reuse.
///
/// Confined to one thread or event loop; several transactions may be open on it, but only one is in a call at a time.
public final class EngineScratch {
  let operators: OperatorScratch
  /// Output of one transformation, before it is kept in a transaction's arena.
  var transformed = OutputBytes()
  /// Set to count what each rule costs from the next transaction on.
  public private(set) var costs: RuleCosts?
  private var spareMemory: [TransactionMemory] = []
  private var dynamicOperators: [DynamicOperator] = []
  private var dynamicPlaces = [Int32](repeating: -1, count: 2 * keptOperators)

  /// Which chains of which rule set cannot be asked under a coverage; few coverages occur.
  private var unobservable: [(rules: CompiledRuleSet, coverage: FieldCoverage, isBodyKnown: Bool, chains: RuleIndexSet)] = []

  /// An operator whose operand came of macros.
  private struct DynamicOperator {
    var name: OperatorName
    var operand: [UInt8]
    var compiled: CompiledOperator
  }

  /// Compiled operators of expanded operands that are kept; beyond that the store starts afresh. A request can choose such
  /// operands, so the store must not grow with what it sends.
  private static let keptOperators = 512  // a power of two
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

  private var values: ValueCache?

  func cache(of plan: RulePlan) -> ValueCache {
    if let values {
      values.use(plan)
      return values
    }
    let cache = ValueCache(plan)
    values = cache
    return cache
  }

  /// Counts what each of `rules` costs in transactions that begin from now on.
  public func countCosts(of rules: CompiledRuleSet) { costs = RuleCosts(rules) }

  func takeMemory() -> TransactionMemory { spareMemory.popLast() ?? TransactionMemory() }

  func giveBack(_ memory: TransactionMemory) {
    memory.reset()
    if spareMemory.count < Self.keptMemories { spareMemory.append(memory) }
  }

  /// The operator for an operand whose macros are expanded, or nil if it does not compile.
  func dynamicOperator(_ name: OperatorName, operand: ByteView) -> CompiledOperator? {
    var hash = UInt64(truncatingIfNeeded: operand.count) ^ 0xCBF2_9CE4_8422_2325
    for byte in operand { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var place = Int(truncatingIfNeeded: hash >> 20) & (dynamicPlaces.count - 1)
    while dynamicPlaces[place] >= 0 {
      let index = Int(dynamicPlaces[place])
      if dynamicOperators[index].name == name, dynamicOperators[index].operand.withUnsafeBufferPointer({ $0.equals(operand) }) {
        return dynamicOperators[index].compiled
      }
      place = (place + 1) & (dynamicPlaces.count - 1)
    }
    let bytes = Array(operand)
    guard let compiled = try? CompiledOperator.compile(name, operand: bytes, dataLines: nil, options: OperatorOptions()) else {
      return nil
    }
    if dynamicOperators.count >= Self.keptOperators {
      dynamicOperators.removeAll(keepingCapacity: true)
      for place in dynamicPlaces.indices { dynamicPlaces[place] = -1 }
      return compiled
    }
    dynamicPlaces[place] = Int32(dynamicOperators.count)
    dynamicOperators.append(DynamicOperator(name: name, operand: bytes, compiled: compiled))
    return compiled
  }
}
