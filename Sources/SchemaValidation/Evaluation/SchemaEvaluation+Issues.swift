import BodyDecoding

/// Writing errors down. All of this is off the fast path; every function answers false.
extension SchemaEvaluation {
  // What builds texts is kept out of line: its room on the stack would be taken at every level of a value.

  @inline(__always)
  mutating func fail(_ step: SchemaInstruction, _ node: Int, _ reason: StaticString? = nil) -> Bool {
    if collects { noteStep(step, node, reason) }
    return false
  }

  @inline(__always)
  mutating func failType(_ node: Int) -> Bool {
    if collects { noteType(node) }
    return false
  }

  @inline(__always)
  mutating func failAlways(_ node: Int) -> Bool {
    if collects { noteKeyword(nil, node, "is not allowed") }
    return false
  }

  @inline(never)
  mutating func failLacking(_ step: SchemaInstruction, _ node: Int, _ slot: NameSlot) -> Bool {
    if collects { note(step.location, node, "lacks \"\(nameText(slot))\"") }
    return false
  }

  @inline(never)
  mutating func failMissing(_ step: SchemaInstruction, _ node: Int, _ table: MemberTable, _ missing: UInt64) -> Bool {
    guard collects else { return false }
    for index in 0...Int(table.slotMask) {
      let slot = code.slots[Int(table.slotStart) + index]
      guard slot.nameLength >= 0, slot.required & missing != 0 else { continue }
      note(step.location, node, "lacks \"\(nameText(slot))\"")
    }
    return false
  }

  mutating func dropIssues(after count: Int) {
    guard collects, validator.issues.count > count else { return }
    validator.issues.removeLast(validator.issues.count - count)
  }

  @inline(never)
  private mutating func noteStep(_ step: SchemaInstruction, _ node: Int, _ reason: StaticString?) {
    note(step.location, node, reason?.description ?? text(step))
  }

  @inline(never)
  private mutating func noteType(_ node: Int) {
    noteKeyword("type", node, "has the wrong type: it is \(Self.name(view.kind(node)))")
  }

  private mutating func note(_ location: UInt32, _ node: Int, _ text: String) {
    noteKeyword(schema.program.locations[Int(location)], node, text)
  }

  @inline(never)
  private mutating func noteKeyword(_ keyword: String?, _ node: Int, _ text: String) {
    guard validator.issues.count < validator.limits.maximumErrors else { return }
    let parts = validator.path.map { schema.program.locations[Int($0)] }
    validator.issues.append(
      SchemaIssue(
        keywordLocation: (parts + (keyword.map { [$0] } ?? [])).map { "/" + $0 }.joined(),
        absoluteKeywordLocation: absoluteLocation(keyword), instanceLocation: JSONPointer.text(to: node, in: view), error: text))
  }

  /// Where the block that is running was written.
  private mutating func absoluteLocation(_ keyword: String?) -> String {
    let program = schema.program
    let place = program.places[Int(validator.blockPath.last ?? schema.root)]
    let block = program.blocks[Int(validator.blockPath.last ?? schema.root)]
    let resource = program.resources[Int(block.resource)]
    let document = program.documents[Int(place.document)]
    let root = JSONPointer.text(to: resource.root, in: document.view)
    let own = JSONPointer.text(to: Int(place.node), in: document.view)
    return resource.uri + "#" + own.dropFirst(root.count) + (keyword.map { "/" + $0 } ?? "")
  }

  private static func name(_ kind: JSONKind) -> String {
    switch kind {
    case .null: "null"
    case .true, .false: "a boolean"
    case .integer, .decimal: "a number"
    case .string, .key: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }

  private mutating func text(_ step: SchemaInstruction) -> String {
    switch step.operation {
    case .equals: return "is not the value that const asks for"
    case .stringIn, .valueIn: return "is none of the values of enum"
    case .anyOf: return "matches no schema of anyOf"
    case .oneOf: return "matches no schema of oneOf"
    case .not: return "matches the schema of not"
    case .minimum: return "is below \(number(step.a))"
    case .exclusiveMinimum: return "is not above \(number(step.a))"
    case .maximum: return "is above \(number(step.a))"
    case .exclusiveMaximum: return "is not below \(number(step.a))"
    case .integerRange: return "does not fit into \(step.a) bits"
    case .discriminator: return "names no schema"
    case .multipleOf: return "is not a multiple of \(number(step.b))"
    case .minimumLength: return "is shorter than \(step.number) characters"
    case .maximumLength: return "is longer than \(step.number) characters"
    case .pattern: return "does not match the pattern"
    case .format: return "does not have the format"
    case .minimumItems: return "has fewer than \(step.number) items"
    case .maximumItems: return "has more than \(step.number) items"
    case .uniqueItems: return "has equal items"
    case .contains: return "contains fewer than \(step.number) items that match"
    case .minimumMembers: return "has fewer than \(step.number) members"
    case .maximumMembers: return "has more than \(step.number) members"
    case .reference, .dynamicReference, .allOf, .conditional, .items, .unevaluatedItems, .members, .memberNames, .dependentRequired,
      .dependentSchema, .requiredMember, .unevaluatedMembers:
      return "is invalid"
    }
  }

  private mutating func number(_ constant: Int32) -> String {
    let constant = code.constants[Int(constant)]
    let text = code.documents[Int(constant.document)].numberText(Int(constant.node))
    return String(decoding: text.prefix(40), as: UTF8.self)
  }
}
