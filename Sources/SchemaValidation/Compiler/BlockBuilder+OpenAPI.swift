import BodyDecoding

/// What OpenAPI adds: members of one direction, and discriminators.
extension BlockBuilder {
  /// Whether a member's schema is `readOnly` in a request, or `writeOnly` in a response. One reference is followed, since in 3.0
  /// nothing can stand beside it.
  func isForeign(_ node: Int, _ compiler: inout SchemaCompiler) throws(SchemaError) -> Bool {
    guard let keyword = compiler.options.openAPI?.foreignKeyword else { return false }
    if let flag = document.member(keyword, of: node) { return view.kind(flag) == .true }
    guard let reference = document.member("$ref", of: node), view.kind(reference) == .string else { return false }
    let target = try compiler.index.resolve(document.string(reference), at: reference, in: place, resource: resource)
    let other = compiler.index.documents[target.document]
    guard let flag = other.member(keyword, of: target.node) else { return false }
    return other.view.kind(flag) == .true
  }

  /// `discriminator` beside `oneOf` or `anyOf`: the schemas by the values that name them. Alone, on a base schema, it asserts
  /// nothing (3.0.3, "Discriminator Object"; the schemas that extend it are not known from there).
  /// - Returns: whether it takes the place of `oneOf` and `anyOf` for objects.
  mutating func addDiscriminator(_ compiler: inout SchemaCompiler) throws(SchemaError) -> Bool {
    let keyword = self.keyword("oneOf") == nil ? "anyOf" : "oneOf"
    guard let node = self.keyword("discriminator"), let list = try schemaList(keyword) else { return false }
    guard let property = document.member("propertyName", of: node), view.kind(property) == .string else {
      throw document.error("a discriminator must have a propertyName", at: node)
    }
    var entries: [NameSlot] = []
    var blocks: [String: SchemaChild] = [:]
    for (position, branch) in list.enumerated() {
      guard let reference = document.member("$ref", of: branch), view.kind(reference) == .string else {
        throw document.error("with a discriminator each schema must be a $ref", at: branch)
      }
      let text = document.string(reference)
      let child = try child(branch, "\(keyword)/\(position)", &compiler)
      blocks[text] = child
      // Without a mapping the schema's own name is the value.
      let name = text.split(separator: "/").last.map(String.init) ?? text
      var slot = Array(name.utf8).withUnsafeBufferPointer { compiler.name($0) }
      slot.child = child
      entries.append(slot)
    }
    if let mapping = document.member("mapping", of: node) {
      for (key, value) in document.children(of: mapping) {
        guard let key, view.kind(value) == .string else { throw document.error("a mapping must be an object of strings", at: value) }
        let target = document.string(value)
        guard let child = blocks[target] ?? blocks["#/components/schemas/" + target] else {
          throw document.error("the mapping to \"\(target)\" is none of the schemas of \(keyword)", at: value)
        }
        var slot = compiler.name(view.text(key))
        slot.child = child
        // What is mapped comes first, so that it wins over a schema of the same name.
        entries.insert(slot, at: 0)
      }
    }
    let (start, mask) = compiler.table(entries)
    compiler.program.nameLists.append(compiler.name(view.text(property)))
    general.append(
      SchemaInstruction(
        operation: .discriminator, location: compiler.location("discriminator"), a: start, b: mask,
        number: Int64(compiler.program.nameLists.count - 1)))
    return true
  }
}

/// Closing objects that list their members.
extension BlockBuilder {
  /// The location of an error that a closed object reports; no keyword is called so.
  static let closedLocation = "undeclared"

  /// As `unevaluatedProperties: false` would, where the document is silent about other members.
  mutating func addClosing(_ compiler: inout SchemaCompiler) {
    var visited: Set<Int> = []
    var lists = false
    guard !isOpen(place, &visited, &lists, compiler), lists else { return }
    let child = compiler.nothing(path: Self.closedLocation)
    object.append(SchemaInstruction(operation: .unevaluatedMembers, location: child.location, a: appendChildren([child], &compiler)))
    block.flags |= SchemaBlock.recordsMembers
  }

  /// Whether a schema, or one that it applies in place, speaks of members that it does not list; `lists`: whether any is listed.
  private func isOpen(
    _ place: SchemaPlace, _ visited: inout Set<Int>, _ lists: inout Bool, _ compiler: SchemaCompiler
  ) -> Bool {
    guard visited.insert(place.key).inserted, visited.count < 1000 else { return false }
    let document = compiler.index.documents[place.document]
    func member(_ name: String) -> Int? { document.member(name, of: place.node) }
    if let reference = member("$ref"), document.view.kind(reference) == .string {
      var index = compiler.index
      let resource = index.resource(of: place)
      guard let target = try? index.resolve(document.string(reference), at: reference, in: place, resource: resource),
        // A document that was never looked into has another number there than here.
        target.document < compiler.index.documents.count
      else { return true }
      if isOpen(target, &visited, &lists, compiler) { return true }
      if draft.ignoresSiblingsOfRef { return false }
    }
    for name in ["additionalProperties", "unevaluatedProperties", "patternProperties", "$dynamicRef", "propertyNames"]
    where member(name) != nil {
      return true
    }
    if let properties = member("properties"), document.view.memberCount(properties) > 0 { lists = true }
    var parts = ["allOf", "anyOf", "oneOf"].compactMap(member).flatMap(document.elements)
    parts += ["then", "else"].compactMap(member)
    if let dependent = member("dependentSchemas") { parts += document.elements(of: dependent) }
    for part in parts where isOpen(SchemaPlace(document: place.document, node: part), &visited, &lists, compiler) { return true }
    return false
  }
}

extension SchemaCompiler {
  /// A schema that takes nothing, and that nobody wrote.
  mutating func nothing(path: String) -> SchemaChild {
    if emptyBlock < 0 {
      emptyBlock = Int32(program.blocks.count)
      var block = SchemaBlock()
      block.flags |= SchemaBlock.isFalse
      program.blocks.append(block)
      program.places.append(ConstantReference(document: 0, node: 0))
    }
    return SchemaChild(block: emptyBlock, location: location(path))
  }
}
