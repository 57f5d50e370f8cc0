import BodyDecoding

extension SchemaEvaluation {
  mutating func runObject(_ instruction: UnsafeMutablePointer<SchemaInstruction>, _ node: Int, _ marks: Int) -> Bool {
    let step = instruction.pointee
    switch step.operation {
    case .members: return members(step, node, marks)
    case .minimumMembers: return view.memberCount(node) >= Int(step.number) || fail(step, node)
    case .maximumMembers: return view.memberCount(node) <= Int(step.number) || fail(step, node)
    case .memberNames: return memberNames(step, node)
    case .dependentRequired:
      guard find(step.a, in: node) != nil else { return true }
      for index in 0..<step.b where find(step.a + 1 + index, in: node) == nil {
        return failLacking(step, node, code.nameLists[Int(step.a + 1 + index)])
      }
      return true
    case .dependentSchema:
      return find(step.b, in: node) == nil || descend(code.children[Int(step.a)], node, marks: marks)
    case .requiredMember:
      return find(step.a, in: node) != nil || failLacking(step, node, code.nameLists[Int(step.a)])
    default: return unevaluatedMembers(step, node, marks)
    }
  }

  /// The value of a member, by an entry of the name lists.
  private mutating func find(_ name: Int32, in object: Int) -> Int? {
    let slot = code.nameLists[Int(name)]
    // Each look-up goes over all members.
    stepsLeft &-= view.memberCount(object) >> 3
    let text = UnsafeBufferPointer(start: UnsafePointer(code.names + Int(slot.nameStart)), count: Int(slot.nameLength))
    return view.member(text, hash: slot.hash, of: object)
  }

  mutating func nameText(_ slot: NameSlot) -> String {
    String(
      decoding: UnsafeBufferPointer(start: code.names + Int(slot.nameStart), count: Int(slot.nameLength)), as: UTF8.self)
  }

  /// One pass over the members: their schemas, and which required names there are.
  private mutating func members(_ step: SchemaInstruction, _ node: Int, _ marks: Int) -> Bool {
    let table = code.memberTables + Int(step.a)
    var isValid = true
    var seen: UInt64 = 0
    var ordinal = 0
    var key = node &+ 1
    let end = view.next(node)
    let slotStart = table.pointee.slotStart
    let slotMask = table.pointee.slotMask
    let isClosed = table.pointee.patternCount > 0 || table.pointee.additional.block >= 0
    while key < end {
      let value = key &+ 1
      let name = view.text(key)
      var isMatched = false
      if let slot = slot(
        named: name.baseAddress ?? view.input, name.count, hash: view.keyHash(key), start: slotStart, mask: slotMask)
      {
        seen |= slot.pointee.required
        if slot.pointee.child.block >= 0 {
          isMatched = true
          mark(ordinal, marks)
          if !descend(slot.pointee.child, value, marks: -1) {
            if !collects || isLimited { return false }
            isValid = false
          }
        }
      }
      if isClosed, !otherMembers(table, key, isMatched, ordinal, marks) {
        if !collects || isLimited { return false }
        isValid = false
      }
      ordinal &+= 1
      key = view.next(value)
    }
    let missing = table.pointee.required & ~seen
    return missing == 0 ? isValid : failMissing(step, node, table.pointee, missing)
  }

  /// `patternProperties`, and `additionalProperties` for a member that nothing else matched.
  private mutating func otherMembers(
    _ table: UnsafeMutablePointer<MemberTable>, _ key: Int, _ isMatched: Bool, _ ordinal: Int, _ marks: Int
  ) -> Bool {
    var isMatched = isMatched
    var isValid = true
    for index in 0..<Int(table.pointee.patternCount) {
      let entry = code.patternMembers[Int(table.pointee.patternStart) &+ index]
      guard matches(entry.pattern, key) else { continue }
      isMatched = true
      mark(ordinal, marks)
      if !descend(entry.child, key &+ 1, marks: -1) {
        if !collects { return false }
        isValid = false
      }
    }
    guard !isMatched, table.pointee.additional.block >= 0 else { return isValid }
    mark(ordinal, marks)
    return descend(table.pointee.additional, key &+ 1, marks: -1) && isValid
  }

  private mutating func memberNames(_ step: SchemaInstruction, _ node: Int) -> Bool {
    let child = code.children[Int(step.a)]
    var isValid = true
    var key = node &+ 1
    let end = view.next(node)
    while key < end {
      if !descend(child, key, marks: -1) {
        if !collects || isLimited { return false }
        isValid = false
      }
      key = view.next(key &+ 1)
    }
    return isValid
  }

  private mutating func unevaluatedMembers(_ step: SchemaInstruction, _ node: Int, _ marks: Int) -> Bool {
    let child = code.children[Int(step.a)]
    var isValid = true
    var ordinal = 0
    var key = node &+ 1
    let end = view.next(node)
    while key < end {
      if validator.evaluated[marks &+ ordinal] == 0 {
        if !descend(child, key &+ 1, marks: -1) {
          if !collects || isLimited { return false }
          isValid = false
        }
        mark(ordinal, marks)
      }
      ordinal &+= 1
      key = view.next(key &+ 1)
    }
    return isValid
  }
}
