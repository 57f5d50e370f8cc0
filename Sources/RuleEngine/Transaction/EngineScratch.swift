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
