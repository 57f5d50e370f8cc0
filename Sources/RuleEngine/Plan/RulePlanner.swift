import PatternScan
import SecLang

/// Makes the plan of a compiled rule set.
struct RulePlanner {
  /// A head that the prefilter can tell of, before it has a bit.
  private struct Probe {
    var phase: Int
    var position: Int
    var requirements: [RequiredTexts]
    var items: [Item] = []

    struct Item {
      var target: Int
      var field: FieldKey
      var nodes: [Int]
    }
  }
  private struct FieldKey: Hashable {
    var field: ProbeField
    var key: [UInt8]?
  }
  private struct GroupKey: Hashable {
    var phase: Int
    var gates: [Int]
  }
  /// What a gate asks: gates that ask the same open and close together.
  private struct GateKey: Hashable {
    var kind: RulePlan.Head.Kind
    var slot: Int32
    var comparison: NumberComparison
    var isNegated: Bool
    var operand: Int
    var operandSlot: Int32
  }

  /// What fits into the bits that say which banks a text was held against; rules beyond it are asked one by one.
  private static let maximumProbes = 31 * GramFilter.bankPatterns / 11

  private let transformations: TransformationTree
  private let bytes = RuleBytes()
  private var heads: [[RulePlan.Head]] = []
  private var probes: [Probe] = []
  private var groups: [RulePlan.Group] = []
  private var fields: [RulePlan.Field] = []
  private var steps: [RulePlan.Step] = []
  private var items: [RulePlan.Item] = []
  private var masks: [SIMD4<UInt64>] = []
  private var probeOfBit: [Int32] = []
  private var probeCount = 0

  static func plan(_ phases: [[CompiledChain]], transformations: TransformationTree) -> RulePlan {
    var planner = RulePlanner(transformations: transformations)
    for (phase, chains) in phases.enumerated() {
      planner.heads.append(chains.enumerated().map { planner.head($0.element, phase: phase, position: $0.offset) })
    }
    let nodes = NodeFacts(transformations)
    let requirements = planner.group(nodes)
    return RulePlan(
      heads: planner.heads, groups: planner.groups, fields: planner.fields, steps: planner.steps, items: planner.items,
      masks: planner.masks, probeOfBit: planner.probeOfBit, requirements: requirements, nodes: nodes, bytes: planner.bytes)
  }

  private init(transformations: TransformationTree) { self.transformations = transformations }

  // MARK: Heads

  private mutating func head(_ chain: CompiledChain, phase: Int, position: Int) -> RulePlan.Head {
    var head = RulePlan.Head(isCounted: chain.isLogged && chain.id != 0, chain: chain.index)
    guard let link = chain.links.first else { return head }
    if case .always = link.test {
      head.kind = .always
      decide(&head, chain, link)
      return head
    }
    if let number = comparison(of: link), link.targets.count == 1, link.exclusions.isEmpty, link.transformations.isEmpty {
      head.isNegated = link.isNegated
      head.comparison = number.comparison
      head.operand = number.operand
      head.operandSlot = number.slot
      let target = link.targets[0]
      if case .transactionVariable(let slot) = target.source {
        head.kind = target.isCount ? .presence : .gate
        head.slot = Int32(slot)
        head.name = target.name
        if !link.isCapturing, !link.isMultiMatch { decide(&head, chain, link) }
      } else if target.isCount {
        tally(&head, target)
      }
      return head
    }
    if probes.count < Self.maximumProbes, let probe = probe(link, phase: phase, position: position) {
      head.kind = .probe
      probes.append(probe)
    }
    return head
  }

  /// A rule whose match is silent is done with where it is met, if its effects are fast ones.
  private func decide(_ head: inout RulePlan.Head, _ chain: CompiledChain, _ link: CompiledRule) {
    guard chain.isSilent, chain.links.count == 1, !chain.keepsMatchedValues, link.effects.allSatisfy(\.isPlain) else { return }
    switch chain.flow {
    case .next: head.jump = 0
    case .jump(let target): head.jump = target
    case .skip: return
    }
    head.isDecided = true
    head.effects = link.effects
  }

  private func tally(_ head: inout RulePlan.Head, _ target: CompiledTarget) {
    let slots: CollectionPair
    switch target.source {
    case .values(let some), .names(let some): slots = some
    default: return
    }
    switch target.selector {
    case .key(let key): head.key = bytes.keep(Array(key))
    case .regex, .containing, .beginning: return
    case nil: break
    }
    head.kind = .tally
    head.slot = Int32(slots.first.rawValue)
    head.secondSlot = slots.second.map { Int32($0.rawValue) } ?? -1
  }

  private func probe(_ link: CompiledRule, phase: Int, position: Int) -> Probe? {
    guard case .fixed(let reference) = link.test else { return nil }
    let test = reference.takeUnretainedValue()
    guard !link.isNegated, !link.targets.isEmpty, !link.targets.contains(where: \.isCount), !test.requirements.isEmpty,
      test.requirements.allSatisfy(GramFilter.filters)
    else { return nil }
    // multiMatch asks of the text after every step of the list.
    let nodes = link.isMultiMatch ? path(to: link.transformationNode) : [link.transformationNode]
    var probe = Probe(phase: phase, position: position, requirements: test.requirements)
    for (number, target) in link.targets.enumerated() {
      guard let some = ProbeField.of(target.source) else { return nil }
      var key: [UInt8]?
      if case .key(let bytes)? = target.selector { key = Array(bytes) }
      for field in some { probe.items.append(Probe.Item(target: number, field: FieldKey(field: field, key: key), nodes: nodes)) }
    }
    return probe
  }

  /// The comparison of a rule whose operand is a number, or a transaction variable and nothing else.
  private func comparison(of link: CompiledRule) -> (comparison: NumberComparison, operand: Int, slot: Int32)? {
    switch link.test {
    case .always: return nil
    case .fixed(let test): return test.takeUnretainedValue().number.flatMap { number in number.comparison.map { ($0, number.operand, -1) } }
    case .dynamic(let name, let text):
      guard let slot = text.takeUnretainedValue().onlyVariable else { return nil }
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

  // MARK: Groups

  /// Gives each probe its bit. Probes behind few gates come first, so that a low paranoia level needs few banks.
  private mutating func group(_ nodes: NodeFacts) -> [RequiredTexts] {
    let gates = gatesBefore()
    // A single gate is that of the lowest paranoia level, which nearly all requests pass.
    let keys = probes.map { probe in
      let gates = gates[probe.phase][probe.position]
      return GroupKey(phase: probe.phase, gates: gates.count > 1 ? gates : [])
    }
    var members: [GroupKey: [Int]] = [:]
    for (number, key) in keys.enumerated() { members[key, default: []].append(number) }
    let order = members.keys.sorted {
      ($0.gates.count, $0.phase, members[$0]?.first ?? 0) < ($1.gates.count, $1.phase, members[$1]?.first ?? 0)
    }
    economize(order.prefix { $0.gates.count <= 1 }.flatMap { members[$0] ?? [] })
    var requirements: [RequiredTexts] = []
    for key in order { add(members[key] ?? [], &requirements, nodes) }
    return requirements
  }

  /// Joins parted phrases again where that spares the probes behind at most one gate, which nearly all requests meet, a second bank.
  private mutating func economize(_ members: [Int]) {
    let banks = { (count: Int) in (count + GramFilter.bankPatterns - 1) / GramFilter.bankPatterns }
    let needed = banks(members.count)
    for limit in [6, 4, 3, 2, 1] where banks(members.reduce(0) { $0 + probes[$1].requirements.count }) > needed {
      for member in members { probes[member].requirements = Self.joined(probes[member].requirements, to: limit) }
    }
  }

  /// At most `limit` requirements, if neighbors can be joined.
  private static func joined(_ requirements: [RequiredTexts], to limit: Int) -> [RequiredTexts] {
    guard requirements.count > limit else { return requirements }
    let size = (requirements.count + limit - 1) / limit
    return stride(from: 0, to: requirements.count, by: size).flatMap { start -> [RequiredTexts] in
      let some = requirements[start..<min(start + size, requirements.count)]
      let joined = some.dropFirst().reduce(some.first) { sum, next in sum.flatMap { $0.union(next) } }
      return joined.map { [$0] } ?? Array(some)
    }
  }

  /// For each head the gates that could jump over it.
  private func gatesBefore() -> [[[Int]]] {
    var numbers: [GateKey: Int] = [:]
    return heads.map { list in
      var gates = [Set<Int>](repeating: [], count: list.count)
      for (position, head) in list.enumerated() where head.isDecided && head.jump > position + 1 && head.kind != .always {
        let key = GateKey(
          kind: head.kind, slot: head.slot, comparison: head.comparison, isNegated: head.isNegated, operand: head.operand,
          operandSlot: head.operandSlot)
        let number = numbers[key] ?? numbers.count
        numbers[key] = number
        for skipped in (position + 1)..<min(head.jump, list.count) { gates[skipped].insert(number) }
      }
      return gates.map { $0.sorted() }
    }
  }

  private mutating func add(_ members: [Int], _ requirements: inout [RequiredTexts], _ nodes: NodeFacts) {
    let firstBit = requirements.count
    let lastBit = firstBit + members.reduce(0) { $0 + probes[$1].requirements.count } - 1
    var group = RulePlan.Group()
    group.firstBank = firstBit / GramFilter.bankPatterns
    group.endBank = lastBit / GramFilter.bankPatterns + 1
    group.firstField = fields.count

    var keys: [FieldKey] = []
    var numbers: [FieldKey: Int] = [:]
    var bits: [FieldKey: [Int: [Int]]] = [:]
    for member in members {
      let probe = probes[member]
      let own = requirements.count..<(requirements.count + probe.requirements.count)
      requirements += probe.requirements
      probeOfBit += own.map { _ in Int32(probeCount) }
      heads[probe.phase][probe.position].probe = Int32(probeCount)
      probeCount += 1
      heads[probe.phase][probe.position].group = Int32(groups.count)
      heads[probe.phase][probe.position].firstItem = Int32(items.count)
      heads[probe.phase][probe.position].itemCount = Int32(probe.items.count)
      for item in probe.items {
        if numbers[item.field] == nil {
          numbers[item.field] = fields.count + keys.count
          keys.append(item.field)
        }
        items.append(RulePlan.Item(target: Int32(item.target), field: Int32(numbers[item.field] ?? 0)))
        for node in item.nodes { bits[item.field, default: [:]][node, default: []] += own }
      }
    }
    for key in keys { fields.append(field(key, bits[key] ?? [:], group, nodes)) }
    group.endField = fields.count
    groups.append(group)
  }

  private mutating func field(_ key: FieldKey, _ bits: [Int: [Int]], _ group: RulePlan.Group, _ nodes: NodeFacts) -> RulePlan.Field {
    var field: RulePlan.Field
    switch key.field {
    case .values(let slot): field = RulePlan.Field(kind: .values, slot: slot.rawValue)
    case .names(let slot): field = RulePlan.Field(kind: .names, slot: slot.rawValue)
    case .scalar(let name): field = RulePlan.Field(kind: .scalar, slot: name.ordinal)
    }
    field.key = key.key.map { bytes.keep($0) }
    field.mask = mask(of: bits.values.flatMap { $0 }, group)
    field.firstStep = steps.count
    for node in bits.keys.sorted() {
      let traits = nodes.facts[node].foldedPathTraits
      field.changingTraits |= traits
      steps.append(RulePlan.Step(node: node, traits: traits, mask: mask(of: bits[node] ?? [], group)))
    }
    field.endStep = steps.count
    return field
  }

  private mutating func mask(of bits: [Int], _ group: RulePlan.Group) -> Int {
    let start = masks.count
    masks += [SIMD4<UInt64>](repeating: .zero, count: group.bankCount)
    for bit in bits {
      masks[start + bit / GramFilter.bankPatterns - group.firstBank][bit % GramFilter.bankPatterns / 64] |= 1 << UInt64(bit % 64)
    }
    return start
  }
}
