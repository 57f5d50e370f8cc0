import BodyDecoding

extension SchemaEvaluation {
  mutating func runArray(_ instruction: UnsafeMutablePointer<SchemaInstruction>, _ node: Int, _ marks: Int) -> Bool {
    let step = instruction.pointee
    switch step.operation {
    case .minimumItems: return view.memberCount(node) >= Int(step.number) || fail(step, node)
    case .maximumItems: return view.memberCount(node) <= Int(step.number) || fail(step, node)
    case .uniqueItems: return hasUniqueItems(node) || fail(step, node)
    case .items: return items(step, node, marks)
    case .contains: return contains(step, node, marks)
    default: return unevaluatedItems(step, node, marks)
    }
  }

  /// `b` schemas from child `a` on for the first items, child `number` for the others.
  private mutating func items(_ step: SchemaInstruction, _ node: Int, _ marks: Int) -> Bool {
    var isValid = true
    var item = node + 1
    let end = view.next(node)
    var ordinal = 0
    while item < end {
      let child: SchemaChild
      if ordinal < Int(step.b) {
        child = code.children[Int(step.a) &+ ordinal]
      } else {
        guard step.number >= 0 else { return isValid }
        child = code.children[Int(step.number)]
      }
      if !descend(child, item, marks: -1) {
        if !collects || isLimited { return false }
        isValid = false
      }
      mark(ordinal, marks)
      ordinal &+= 1
      item = view.next(item)
    }
    return isValid
  }

  private mutating func contains(_ step: SchemaInstruction, _ node: Int, _ marks: Int) -> Bool {
    let child = code.children[Int(step.a)]
    let recordsAll = step.flag && marks >= 0
    var count = 0
    var ordinal = 0
    var item = node + 1
    let end = view.next(node)
    while item < end {
      if test(child, item, marks: -1) {
        count += 1
        if step.flag { mark(ordinal, marks) }
        if step.b < 0, count >= Int(step.number), !recordsAll { return true }
      }
      if isLimited { return false }
      ordinal &+= 1
      item = view.next(item)
    }
    if count < Int(step.number) { return fail(step, node) }
    return step.b < 0 || count <= Int(step.b) || fail(step, node, "contains more items that match than maxContains")
  }

  private mutating func unevaluatedItems(_ step: SchemaInstruction, _ node: Int, _ marks: Int) -> Bool {
    let child = code.children[Int(step.a)]
    var isValid = true
    var ordinal = 0
    var item = node + 1
    let end = view.next(node)
    while item < end {
      if validator.evaluated[marks &+ ordinal] == 0 {
        if !descend(child, item, marks: -1) {
          if !collects || isLimited { return false }
          isValid = false
        }
        mark(ordinal, marks)
      }
      ordinal &+= 1
      item = view.next(item)
    }
    return isValid
  }

  // MARK: Unique items

  private mutating func hasUniqueItems(_ node: Int) -> Bool {
    let count = view.memberCount(node)
    if count < 2 { return true }
    var slots = 4
    while slots < count * 2 { slots *= 2 }
    if validator.itemTableCapacity < slots { validator.growItemTable(to: slots) }
    let table = validator.itemTable
    table.update(repeating: (0, -1), count: slots)
    // Hashing goes over all that the items hold.
    stepsLeft &-= (view.next(node) - node) >> 2
    var equality = DeepEquality(budget: stepsLeft)
    var item = node + 1
    let end = view.next(node)
    while item < end {
      let hash = DeepEquality.hash(view, item, seed: seed)
      var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & (slots - 1)
      while table[slot].node >= 0 {
        equality.budget -= 1
        if table[slot].hash == hash, equality.isEqual(view, item, view, Int(table[slot].node)) {
          stepsLeft = equality.budget
          return false
        }
        slot = (slot + 1) & (slots - 1)
      }
      table[slot] = (hash, Int32(truncatingIfNeeded: item))
      item = view.next(item)
    }
    stepsLeft = equality.budget
    guard equality.isExhausted else { return true }
    isLimited = true
    return false
  }
}

extension SchemaValidator {
  func growItemTable(to slots: Int) {
    itemTable.deallocate()
    itemTable = .allocate(capacity: slots)
    itemTableCapacity = slots
  }
}
