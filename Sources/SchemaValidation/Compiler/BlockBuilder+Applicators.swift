import BodyDecoding

/// References, and the keywords that hold schemas (2020-12 core, sections 8.2, 10 and 11).
extension BlockBuilder {
  mutating func addReferences(_ compiler: inout SchemaCompiler) throws(SchemaError) {
    if let (text, node) = try string("$ref") {
      let target = try compiler.index.resolve(text, at: node, in: place, resource: resource)
      addReference(target, "$ref", &compiler)
    }
    if draft == .draft201909, let (text, node) = try string("$recursiveRef") {
      guard text == "#" else { throw document.error("$recursiveRef must be \"#\"", at: node) }
      let target = compiler.index.resources[resource].root
      if compiler.index.resources[resource].hasRecursiveAnchor {
        addDynamicReference(nil, target, "$recursiveRef", &compiler)
      } else {
        addReference(target, "$recursiveRef", &compiler)
      }
    }
    guard draft >= .draft202012, let (text, node) = try string("$dynamicRef") else { return }
    let target = try compiler.index.resolve(text, at: node, in: place, resource: resource)
    let name = URIReference.percentDecoded(URIReference(text).fragment ?? "")
    let owner = compiler.index.resources[compiler.index.resource(of: target)]
    // Only an anchor that is itself dynamic begins the search along the way (section 8.2.3.2).
    if owner.dynamicAnchors[name] == target {
      addDynamicReference(name, target, "$dynamicRef", &compiler)
    } else {
      addReference(target, "$dynamicRef", &compiler)
    }
  }

  private mutating func addReference(_ target: SchemaPlace, _ keyword: String, _ compiler: inout SchemaCompiler) {
    let child = SchemaChild(block: compiler.block(target), location: compiler.location(keyword))
    general.append(
      SchemaInstruction(operation: .reference, location: child.location, a: appendChildren([child], &compiler)))
  }

  private mutating func addDynamicReference(
    _ name: String?, _ target: SchemaPlace, _ keyword: String, _ compiler: inout SchemaCompiler
  ) {
    general.append(
      SchemaInstruction(
        operation: .dynamicReference, location: compiler.location(keyword), a: compiler.dynamicTarget(name, fallback: target)))
  }

  // MARK: In place

  mutating func addCombinations(_ compiler: inout SchemaCompiler) throws(SchemaError) {
    let isDiscriminated = compiler.options.openAPI == nil ? false : try addDiscriminator(&compiler)
    for (name, operation) in [("allOf", SchemaOperation.allOf), ("anyOf", .anyOf), ("oneOf", .oneOf)] {
      guard let list = try schemaList(name) else { continue }
      var children: [SchemaChild] = []
      for (position, node) in list.enumerated() { children.append(try child(node, "\(name)/\(position)", &compiler)) }
      general.append(
        SchemaInstruction(
          operation: operation, flag: isDiscriminated && name == (keyword("oneOf") == nil ? "anyOf" : "oneOf"),
          location: compiler.location(name),
          a: appendChildren(children, &compiler), b: Int32(children.count)))
    }
    if let node = keyword("not") {
      let child = try child(node, "not", &compiler)
      general.append(
        SchemaInstruction(operation: .not, location: child.location, a: appendChildren([child], &compiler)))
    }
    guard draft >= .draft7, let condition = keyword("if") else { return }
    // Without branches it still says which members were looked at.
    var children = [try child(condition, "if", &compiler)]
    for name in ["then", "else"] {
      if let node = keyword(name) {
        children.append(try child(node, name, &compiler))
      } else {
        children.append(SchemaChild(block: -1, location: 0))
      }
    }
    general.append(
      SchemaInstruction(operation: .conditional, location: compiler.location("if"), a: appendChildren(children, &compiler)))
  }

  // MARK: Arrays

  mutating func addArrays(_ compiler: inout SchemaCompiler) throws(SchemaError) {
    guard dialect.hasApplicators else { return }
    var prefix: [SchemaChild] = []
    var rest: (node: Int, name: String)?
    if dialect.isOpenAPI30 {
      rest = keyword("items").map { ($0, "items") }
    } else if draft >= .draft202012 {
      if let list = try schemaList("prefixItems") {
        for (position, node) in list.enumerated() { prefix.append(try inner(node, "prefixItems/\(position)", &compiler)) }
      }
      rest = keyword("items").map { ($0, "items") }
    } else if let items = keyword("items") {
      if view.kind(items) == .array {
        for (position, node) in document.elements(of: items).enumerated() {
          prefix.append(try inner(node, "items/\(position)", &compiler))
        }
        rest = keyword("additionalItems").map { ($0, "additionalItems") }
      } else {
        rest = (items, "items")
      }
    }
    if !prefix.isEmpty || rest != nil {
      var instruction = SchemaInstruction(
        operation: .items, location: compiler.location(rest?.name ?? "items"), b: Int32(prefix.count), number: -1)
      if let rest { prefix.append(try inner(rest.node, rest.name, &compiler)) }
      instruction.a = appendChildren(prefix, &compiler)
      if rest != nil { instruction.number = Int64(instruction.a + instruction.b) }
      array.append(instruction)
    }
    guard draft >= .draft6, let contains = keyword("contains") else { return }
    let minimum = draft >= .draft201909 ? try count("minContains") ?? 1 : 1
    let maximum = draft >= .draft201909 ? try count("maxContains") : nil
    let child = try child(contains, "contains", &compiler)
    // What it found counts as looked at since 2020-12 (core, section 10.3.1.3).
    array.append(
      SchemaInstruction(
        operation: .contains, flag: draft >= .draft202012, location: child.location, a: appendChildren([child], &compiler),
        b: Int32(clamping: maximum ?? -1), number: minimum))
  }

  // MARK: Objects

  mutating func addObjects(_ compiler: inout SchemaCompiler) throws(SchemaError) {
    try addMembers(&compiler)
    if dialect.hasApplicators {
      if draft >= .draft6, let node = keyword("propertyNames") {
        let child = try child(node, "propertyNames", &compiler)
        object.append(
          SchemaInstruction(operation: .memberNames, location: child.location, a: appendChildren([child], &compiler)))
      }
      if draft >= .draft201909 {
        for (key, value) in try members("dependentSchemas") ?? [] { try addDependentSchema("dependentSchemas", key, value, &compiler) }
      }
    }
    if draft >= .draft201909, dialect.hasValidation {
      for (key, value) in try members("dependentRequired") ?? [] { try addDependentRequired("dependentRequired", key, value, &compiler) }
    }
    if dialect.isOpenAPI30 { return }
    // Split in two since 2019-09, but kept in force there for schemas that were only given a new `$schema`.
    for (key, value) in try members("dependencies") ?? [] {
      if view.kind(value) == .array {
        try addDependentRequired("dependencies", key, value, &compiler)
      } else {
        try addDependentSchema("dependencies", key, value, &compiler)
      }
    }
  }

  private mutating func addDependentSchema(
    _ keyword: String, _ key: Int, _ value: Int, _ compiler: inout SchemaCompiler
  ) throws(SchemaError) {
    let child = try child(value, "\(keyword)/\(JSONPointer.escaped(document.string(key)))", &compiler)
    compiler.program.nameLists.append(compiler.name(view.text(key)))
    object.append(
      SchemaInstruction(
        operation: .dependentSchema, location: child.location, a: appendChildren([child], &compiler),
        b: Int32(compiler.program.nameLists.count - 1)))
  }

  private mutating func addDependentRequired(
    _ keyword: String, _ key: Int, _ value: Int, _ compiler: inout SchemaCompiler
  ) throws(SchemaError) {
    let required = try names(in: value, of: keyword)
    let start = Int32(compiler.program.nameLists.count)
    for node in [key] + required { compiler.program.nameLists.append(compiler.name(view.text(node))) }
    object.append(
      SchemaInstruction(
        operation: .dependentRequired, location: compiler.location("\(keyword)/\(JSONPointer.escaped(document.string(key)))"), a: start,
        b: Int32(required.count)))
  }

  private mutating func addMembers(_ compiler: inout SchemaCompiler) throws(SchemaError) {
    var table = MemberTable()
    var slots: [NameSlot] = []
    // By bytes: equality of String would join names that differ only in their normalization.
    var slotByName: [[UInt8]: Int] = [:]
    var isNeeded = false
    // Members that do not belong into a message that goes this way, and so cannot be required in it.
    var foreign: Set<Int> = []
    func slot(_ node: Int) -> Int {
      let text = Array(view.text(node))
      if let known = slotByName[text] { return known }
      slotByName[text] = slots.count
      slots.append(compiler.name(view.text(node)))
      return slots.count - 1
    }
    if dialect.hasApplicators {
      for (key, value) in try members("properties") ?? [] {
        let name = JSONPointer.escaped(document.string(key))
        let isForeign = try isForeign(value, &compiler)
        var child = try inner(value, "properties/\(name)", &compiler)
        if isForeign, compiler.options.openAPI?.refusesOtherDirection == true {
          child = compiler.nothing(path: "properties/\(name)/\(compiler.options.openAPI?.foreignKeyword ?? "")")
        }
        let index = slot(key)
        slots[index].child = child
        if isForeign { foreign.insert(index) }
        isNeeded = true
      }
      table.patternStart = Int32(compiler.program.patternMembers.count)
      for (key, value) in dialect.isOpenAPI30 ? [] : try members("patternProperties") ?? [] {
        let text = document.string(key)
        let child = try inner(value, "patternProperties/\(JSONPointer.escaped(text))", &compiler)
        let pattern = try compiler.pattern(text, at: key, in: document)
        compiler.program.patternMembers.append(PatternMember(pattern: pattern, child: child))
        table.patternCount += 1
        isNeeded = true
      }
      if let node = keyword("additionalProperties") {
        table.additional = try inner(node, "additionalProperties", &compiler)
        table.additionalIsFalse = view.kind(node) == .false
        isNeeded = true
      }
    }
    // In draft 3 it was a boolean of the member; drafts from 4 on list names.
    if dialect.hasValidation, let node = keyword("required") {
      var bit: UInt64 = 1
      for name in try names(in: node, of: "required") {
        let index = slot(name)
        if slots[index].required != 0 || foreign.contains(index) { continue }
        if bit == 0 {
          compiler.program.nameLists.append(compiler.name(view.text(name)))
          object.append(
            SchemaInstruction(
              operation: .requiredMember, location: compiler.location("required"), a: Int32(compiler.program.nameLists.count - 1)))
        } else {
          slots[index].required = bit
          table.required |= bit
          bit <<= 1
        }
        isNeeded = true
      }
    }
    guard isNeeded else { return }
    (table.slotStart, table.slotMask) = compiler.table(slots)
    compiler.program.memberTables.append(table)
    object.append(
      SchemaInstruction(
        operation: .members, location: compiler.location("required"), a: Int32(compiler.program.memberTables.count - 1)))
  }

  // MARK: What nobody looked at

  mutating func addUnevaluated(_ compiler: inout SchemaCompiler) throws(SchemaError) {
    if let node = keyword("unevaluatedItems") {
      let child = try child(node, "unevaluatedItems", &compiler)
      array.append(
        SchemaInstruction(operation: .unevaluatedItems, location: child.location, a: appendChildren([child], &compiler)))
      block.flags |= SchemaBlock.recordsItems
    }
    if let node = keyword("unevaluatedProperties") {
      let child = try child(node, "unevaluatedProperties", &compiler)
      object.append(
        SchemaInstruction(operation: .unevaluatedMembers, location: child.location, a: appendChildren([child], &compiler)))
      block.flags |= SchemaBlock.recordsMembers
    }
  }
}
