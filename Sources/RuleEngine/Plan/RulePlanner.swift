import PatternScan
import SecLang

/// Makes the plan of a compiled rule set.
struct RulePlanner {
  private var pairs: [RulePlan.Pair] = []
  private var pairIndexes: [RulePlan.Pair: Int] = [:]
  private var pairLists: [Int32] = []
  private var requirements: [RequiredTexts] = []
  private var probes: [RequiredTexts: Int] = [:]
  private let transformations: TransformationTree

  static func plan(_ phases: [[CompiledChain]], transformations: TransformationTree) -> RulePlan {
    var planner = RulePlanner(transformations: transformations)
    let heads = phases.map { chains in chains.map { planner.head($0) } }
    return RulePlan(
      heads: heads, pairs: planner.pairs, pairLists: planner.pairLists, requirements: planner.requirements, transformations: transformations
    )
  }

  private init(transformations: TransformationTree) { self.transformations = transformations }

  private mutating func head(_ chain: CompiledChain) -> RulePlan.Head {
    var head = RulePlan.Head(isCounted: chain.isLogged && chain.id != 0, chain: chain.index)
    guard let link = chain.links.first else { return head }
    if case .always = link.test {
      head.kind = .always
      decide(&head, chain, link)
      return head
    }
    if let number = comparison(of: link), link.targets.count == 1, link.exclusions.isEmpty, link.transformations.isEmpty,
      case .transactionVariable(let slot) = link.targets[0].source
    {
      head.kind = link.targets[0].isCount ? .count : .gate
      head.isNegated = link.isNegated
      head.comparison = number.comparison
      head.operand = number.operand
      head.operandSlot = number.slot
      head.slot = Int32(slot)
      head.name = link.targets[0].name
      if !link.isCapturing, !link.isMultiMatch { decide(&head, chain, link) }
      return head
    }
    guard case .fixed(let test) = link.test else { return head }
    guard !link.isNegated, !link.targets.isEmpty, !link.targets.contains(where: \.isCount), GramFilter.filters(test.requirement) else {
      return head
    }
    var fields: [ProbeField] = []
    for target in link.targets {
      guard let some = ProbeField.of(target.source) else { return head }
      fields += some.filter { !fields.contains($0) }
    }
    head.kind = .probe
    head.probe = Int32(probe(test.requirement))
    head.firstPair = Int32(pairLists.count)
    // multiMatch asks of the text after every step of the list.
    let nodes = link.isMultiMatch ? path(to: link.transformationNode) : [link.transformationNode]
    for field in fields { for node in nodes { pairLists.append(Int32(pair(RulePlan.Pair(field: field, node: node)))) } }
    head.pairCount = Int32(pairLists.count) - head.firstPair
    return head
  }

  /// A rule whose match is silent is done with where it is met, if its effects are fast ones.
  private func decide(_ head: inout RulePlan.Head, _ chain: CompiledChain, _ link: CompiledRule) {
    guard chain.isSilent, chain.links.count == 1, !chain.keepsMatchedValues, let effects = link.fastEffects else { return }
    switch chain.flow {
    case .next: head.jump = 0
    case .jump(let target): head.jump = target
    case .skip: return
    }
    head.isDecided = true
    head.effects = effects
  }

  /// The comparison of a rule whose operand is a number, or a transaction variable and nothing else.
  private func comparison(of link: CompiledRule) -> (comparison: NumberComparison, operand: Int, slot: Int32)? {
    switch link.test {
    case .always: return nil
    case .fixed(let test): return test.number.flatMap { number in number.comparison.map { ($0, number.operand, -1) } }
    case .dynamic(let name, let text, _):
      guard let slot = text.onlyVariable else { return nil }
      let comparison: NumberComparison
      switch name {
      case .eq: comparison = .equal
      case .ge: comparison = .greaterOrEqual
      case .gt: comparison = .greater
      case .le: comparison = .lessOrEqual
      case .lt: comparison = .less
      default: return nil
      }
      return (comparison, 0, slot)
    }
  }

  private func path(to node: Int) -> [Int] {
    var path = [node]
    while let last = path.last, last > 0 { path.append(transformations.nodes[last].parent) }
    return path
  }

  private mutating func probe(_ requirement: RequiredTexts) -> Int {
    if let known = probes[requirement] { return known }
    probes[requirement] = requirements.count
    requirements.append(requirement)
    return requirements.count - 1
  }

  private mutating func pair(_ pair: RulePlan.Pair) -> Int {
    if let known = pairIndexes[pair] { return known }
    pairIndexes[pair] = pairs.count
    pairs.append(pair)
    return pairs.count - 1
  }
}
