import HTTPModel
import PatternScan
import SecLang

/// What one thread needs to run transactions: match data, compiled operators of expanded operands, and memory to reuse.
///
/// Confined to one thread or event loop; several transactions may be open on it, but only one is in a call at a time.
public final class EngineScratch {
  let operators: OperatorScratch
  /// Set to count what each rule costs from the next transaction on.
  public private(set) var costs: RuleCosts?
  private var spareMemory: [TransactionMemory] = []
  /// Operators of expanded operands, and by hash their indexes, or -1.
  private let dynamicOperators = UnsafeMutablePointer<DynamicOperator>.allocate(capacity: keptOperators)
  private var dynamicCount = 0
  private let dynamicPlaces = UnsafeMutablePointer<Int32>.allocate(capacity: 2 * keptOperators)
  private let seed = UInt64.random(in: .min ... .max) | 1

  /// Which chains of which rule set cannot be asked under a coverage; few coverages occur.
  private var unobservable: [(rules: CompiledRuleSet, coverage: FieldCoverage, isBodyKnown: Bool, chains: RuleIndexSet)] = []

  /// An operator whose operand came of macros.
  private struct DynamicOperator: BitwiseCopyable {
    var hash: UInt64
    var name: OperatorName
    var operand: ByteView
    var compiled: Unmanaged<CompiledOperator>
  }

  /// Compiled operators of expanded operands that are kept; beyond that the store starts afresh. A request can choose such
  /// operands, so the store must not grow with what it sends.
  private static let keptOperators = 512  // a power of two
  private static let keptMemories = 64

  /// - Parameter matchLimit: `SecPcreMatchLimit`, backtracking steps of one match.
  public init(matchLimit: Int = 100_000) {
    operators = OperatorScratch(matchLimit: UInt32(clamping: matchLimit))
    dynamicPlaces.initialize(repeating: -1, count: 2 * Self.keptOperators)
  }

  deinit {
    forgetDynamicOperators()
    dynamicOperators.deallocate()
    dynamicPlaces.deallocate()
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
  private var sifts: SiftMemo?

  func memo(of plan: RulePlan) -> SiftMemo {
    if let sifts, sifts.plan === plan { return sifts }
    let memo = SiftMemo(plan)
    sifts = memo
    return memo
  }

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
  ///
  /// Valid until the next call.
  func dynamicOperator(_ name: OperatorName, operand: ByteView) -> Unmanaged<CompiledOperator>? {
    // A request can choose operands, but not the seed.
    let hash = operand.hashed(from: UInt64(truncatingIfNeeded: operand.count) &* seed)
    var place = Int(truncatingIfNeeded: hash >> 40) & (2 * Self.keptOperators - 1)
    while dynamicPlaces[place] >= 0 {
      let found = dynamicOperators + Int(dynamicPlaces[place])
      if found.pointee.hash == hash, found.pointee.name == name, found.pointee.operand.equals(operand) { return found.pointee.compiled }
      place = (place + 1) & (2 * Self.keptOperators - 1)
    }
    guard let compiled = try? CompiledOperator.compile(name, operand: Array(operand), dataLines: nil, options: OperatorOptions()) else {
      return nil
    }
    if dynamicCount >= Self.keptOperators { forgetDynamicOperators() }
    // The place is another one if all were forgotten.
    place = Int(truncatingIfNeeded: hash >> 40) & (2 * Self.keptOperators - 1)
    while dynamicPlaces[place] >= 0 { place = (place + 1) & (2 * Self.keptOperators - 1) }
    dynamicPlaces[place] = Int32(dynamicCount)
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: operand.count)
    _ = copy.initialize(from: operand)
    (dynamicOperators + dynamicCount).initialize(
      to: DynamicOperator(hash: hash, name: name, operand: ByteView(copy), compiled: Unmanaged.passRetained(compiled)))
    dynamicCount += 1
    return Unmanaged.passUnretained(compiled)
  }

  private func forgetDynamicOperators() {
    for index in 0..<dynamicCount {
      dynamicOperators[index].compiled.release()
      dynamicOperators[index].operand.deallocate()
    }
    dynamicCount = 0
    dynamicPlaces.update(repeating: -1, count: 2 * Self.keptOperators)
  }
}
