import BodyDecoding

/// What applies to values of any kind.
extension SchemaEvaluation {
  mutating func runGeneral(_ instruction: UnsafeMutablePointer<SchemaInstruction>, _ node: Int, _ marks: Int) -> Bool {
    let step = instruction.pointee
    switch step.operation {
    case .equals:
      return isEqual(node, code.constants[Int(step.a)]) || fail(step, node)
    case .stringIn:
      return isStringIn(step, node) || fail(step, node)
    case .valueIn:
      for index in 0..<Int(step.b) where isEqual(node, code.constants[Int(step.a) + index]) { return true }
      return fail(step, node)
    case .reference:
      return descend(code.children[Int(step.a)], node, marks: marks)
    case .dynamicReference:
      return descend(SchemaChild(block: dynamicBlock(step), location: step.location), node, marks: marks)
    case .allOf:
      var isValid = true
      for index in 0..<Int(step.b) where !descend(code.children[Int(step.a) &+ index], node, marks: marks) {
        if !collects { return false }
        isValid = false
      }
      return isValid
    case .anyOf: return (step.flag && view.kind(node) == .object) || anyOf(step, node, marks)
    case .oneOf: return (step.flag && view.kind(node) == .object) || oneOf(step, node, marks)
    case .not:
      return !test(code.children[Int(step.a)], node, marks: -1) || fail(step, node)
    case .conditional: return conditional(step, node, marks)
    case .discriminator: return discriminator(step, node, marks)
    case .minimum, .exclusiveMinimum, .maximum, .exclusiveMaximum, .multipleOf, .integerRange, .minimumLength, .maximumLength, .pattern,
      .format,
      .minimumItems, .maximumItems, .uniqueItems, .items, .contains, .unevaluatedItems, .members, .minimumMembers, .maximumMembers,
      .memberNames, .dependentRequired, .dependentSchema, .requiredMember, .unevaluatedMembers:
      return true
    }
  }

  // MARK: Constants

  private mutating func isEqual(_ node: Int, _ constant: ConstantReference) -> Bool {
    var equality = DeepEquality(budget: stepsLeft)
    let isEqual = equality.isEqual(view, node, code.documents[Int(constant.document)], Int(constant.node))
    stepsLeft = equality.budget
    if equality.isExhausted { isLimited = true }
    return isEqual
  }

  private mutating func isStringIn(_ step: SchemaInstruction, _ node: Int) -> Bool {
    let kind = view.kind(node)
    guard kind == .string || kind == .key else { return false }
    let text = view.text(node)
    let base = text.baseAddress ?? view.input
    return slot(named: base, text.count, hash: JSONHash.hash(base, text.count, seed: seed), start: step.a, mask: step.b) != nil
  }

  @inline(__always)
  mutating func slot(named name: UnsafePointer<UInt8>, _ count: Int, hash: UInt32, start: Int32, mask: Int32) -> UnsafeMutablePointer<
    NameSlot
  >? {
    var index = Int(hash) & Int(mask)
    while true {
      let slot = code.slots + (Int(start) &+ index)
      if slot.pointee.nameLength < 0 { return nil }
      if slot.pointee.hash == hash, Int(slot.pointee.nameLength) == count,
        JSONHash.isEqual(code.names + Int(slot.pointee.nameStart), name, count)
      {
        return slot
      }
      index = (index &+ 1) & Int(mask)
    }
  }

  // MARK: Schemas on the same value

  private mutating func anyOf(_ step: SchemaInstruction, _ node: Int, _ marks: Int) -> Bool {
    let issueCount = validator.issues.count
    var isValid = false
    for index in 0..<Int(step.b) where attempt(code.children[Int(step.a) &+ index], node, marks: marks) {
      isValid = true
      // All of them are tried only to learn what they look at.
      if marks < 0 { break }
    }
    guard isValid else { return fail(step, node) }
    dropIssues(after: issueCount)
    return true
  }

  private mutating func oneOf(_ step: SchemaInstruction, _ node: Int, _ marks: Int) -> Bool {
    let issueCount = validator.issues.count
    var count = 0
    for index in 0..<Int(step.b) where attempt(code.children[Int(step.a) &+ index], node, marks: marks) {
      count += 1
      if count > 1 { break }
    }
    if count == 0 { return fail(step, node) }
    dropIssues(after: issueCount)
    return count == 1 || fail(step, node, "matches more than one schema of oneOf")
  }

  private mutating func conditional(_ step: SchemaInstruction, _ node: Int, _ marks: Int) -> Bool {
    let children = code.children + Int(step.a)
    let outer = collects
    collects = false
    let holds = attempt(children[0], node, marks: marks)
    collects = outer
    let branch = holds ? children[1] : children[2]
    return branch.block < 0 || descend(branch, node, marks: marks)
  }

  /// OpenAPI: a member of the value names the one schema that applies. Name list entry `number`, table `a` with mask `b`.
  private mutating func discriminator(_ step: SchemaInstruction, _ node: Int, _ marks: Int) -> Bool {
    // Other values are left to `oneOf` and `anyOf`, which pass over objects in their turn.
    guard view.kind(node) == .object else { return true }
    let property = code.nameLists[Int(step.number)]
    let name = UnsafeBufferPointer(start: UnsafePointer(code.names + Int(property.nameStart)), count: Int(property.nameLength))
    guard let value = view.member(name, hash: property.hash, of: node), view.kind(value) == .string else {
      return failLacking(step, node, property)
    }
    let text = view.text(value)
    let base = text.baseAddress ?? view.input
    guard let slot = slot(named: base, text.count, hash: JSONHash.hash(base, text.count, seed: seed), start: step.a, mask: step.b) else {
      return fail(step, value, "names no schema of the discriminator")
    }
    return descend(slot.pointee.child, node, marks: marks)
  }

  /// 2020-12 core, section 8.2.3.2: the outermost resource on the way that has the anchor.
  private mutating func dynamicBlock(_ step: SchemaInstruction) -> Int32 {
    let target = schema.program.dynamicTargets[Int(step.a)]
    for index in 0..<scopeCount {
      let block = target.byResource[Int(validator.scope[index])]
      if block >= 0 { return block }
    }
    return target.fallback
  }
}
