import BodyDecoding

/// Builds the instructions of one schema. Keywords of an edition or vocabulary that is not in force are passed over.
struct BlockBuilder {
  let place: SchemaPlace
  let resource: Int
  let document: SchemaDocument
  let dialect: SchemaDialect
  /// Takes no members that nobody declared.
  let isClosed: Bool
  /// Most keywords are not there.
  private var keywords = NameFilter()
  var block = SchemaBlock()
  var general: [SchemaInstruction] = []
  var number: [SchemaInstruction] = []
  var string: [SchemaInstruction] = []
  var array: [SchemaInstruction] = []
  var object: [SchemaInstruction] = []

  var view: JSONView { document.view }
  var draft: SchemaDraft { dialect.draft }

  init(place: SchemaPlace, resource: Int, index: SchemaIndex, isClosed: Bool) {
    self.isClosed = isClosed
    self.place = place
    self.resource = resource
    document = index.documents[place.document]
    dialect = index.resources[resource].dialect
    guard document.view.kind(place.node) == .object else { return }
    let end = document.view.next(place.node)
    var key = place.node + 1
    while key < end {
      keywords.insert(document.view.text(key))
      key = document.view.next(key + 1)
    }
  }

  mutating func build(_ compiler: inout SchemaCompiler) throws(SchemaError) {
    switch view.kind(place.node) {
    case .true: return
    case .false:
      block.flags |= SchemaBlock.isFalse
      return
    case .object: break
    default: throw document.error("a schema must be an object or a boolean", at: place.node)
    }
    if draft.ignoresSiblingsOfRef, keyword("$ref") != nil {
      try addReferences(&compiler)
      if isClosed { addClosing(&compiler) }
      return
    }
    // A mistake in one keyword does not hide those in others.
    if dialect.hasValidation {
      attempt(&compiler) { builder, _ throws(SchemaError) in try builder.addType() }
      attempt(&compiler) { builder, compiler throws(SchemaError) in try builder.addConstants(&compiler) }
      attempt(&compiler) { builder, compiler throws(SchemaError) in try builder.addNumbers(&compiler) }
      addLengths(&compiler)
      attempt(&compiler) { builder, compiler throws(SchemaError) in try builder.addPattern(&compiler) }
      attempt(&compiler) { builder, compiler throws(SchemaError) in try builder.addUniqueItems(&compiler) }
    }
    attempt(&compiler) { builder, compiler throws(SchemaError) in try builder.addFormat(&compiler) }
    attempt(&compiler) { builder, compiler throws(SchemaError) in try builder.addReferences(&compiler) }
    if dialect.hasApplicators { attempt(&compiler) { builder, compiler throws(SchemaError) in try builder.addCombinations(&compiler) } }
    attempt(&compiler) { builder, compiler throws(SchemaError) in try builder.addArrays(&compiler) }
    attempt(&compiler) { builder, compiler throws(SchemaError) in try builder.addObjects(&compiler) }
    if dialect.hasUnevaluated, draft >= .draft201909 {
      attempt(&compiler) { builder, compiler throws(SchemaError) in try builder.addUnevaluated(&compiler) }
    }
    if isClosed { addClosing(&compiler) }
  }

  mutating func attempt(
    _ compiler: inout SchemaCompiler, _ step: (inout BlockBuilder, inout SchemaCompiler) throws(SchemaError) -> Void
  ) {
    do throws(SchemaError) { try step(&self, &compiler) } catch { compiler.note(error) }
  }

  // MARK: Values of keywords

  /// The node of a keyword's value.
  func keyword(_ name: String) -> Int? { keywords.mayContain(name) ? document.member(name, of: place.node) : nil }

  func string(_ name: String) throws(SchemaError) -> (text: String, node: Int)? {
    guard let node = keyword(name) else { return nil }
    guard view.kind(node) == .string else { throw document.error("\(name) must be a string", at: node) }
    return (document.string(node), node)
  }

  func boolean(_ name: String) throws(SchemaError) -> Bool {
    guard let node = keyword(name) else { return false }
    switch view.kind(node) {
    case .true: return true
    case .false: return false
    default: throw document.error("\(name) must be true or false", at: node)
    }
  }

  /// A count of something: a whole number from 0 on; what does not fit is as good as the largest one.
  func count(_ name: String) throws(SchemaError) -> Int64? {
    guard let node = keyword(name) else { return nil }
    let kind = view.kind(node)
    guard kind == .integer || kind == .decimal, view.isInteger(node, isStrict: false), view.numberText(node)[0] != UInt8(ascii: "-")
    else { throw document.error("\(name) must be a whole number that is not negative", at: node) }
    guard var small = view.smallDecimal(node)?.normalized else { return DecimalText(view.numberText(node)).isZero ? 0 : .max }
    while small.exponent > 0 {
      let (product, isTooLarge) = small.digits.multipliedReportingOverflow(by: 10)
      if isTooLarge { return .max }
      small.digits = product
      small.exponent -= 1
    }
    return small.digits
  }

  /// The node of a number.
  func numeric(_ name: String) throws(SchemaError) -> Int? {
    guard let node = keyword(name) else { return nil }
    guard view.kind(node) == .integer || view.kind(node) == .decimal else { throw document.error("\(name) must be a number", at: node) }
    return node
  }

  func schemaList(_ name: String) throws(SchemaError) -> [Int]? {
    guard let node = keyword(name) else { return nil }
    guard view.kind(node) == .array, view.memberCount(node) > 0 else {
      throw document.error("\(name) must be an array of schemas that is not empty", at: node)
    }
    return document.elements(of: node)
  }

  func members(_ name: String) throws(SchemaError) -> [(key: Int, value: Int)]? {
    guard let node = keyword(name) else { return nil }
    guard view.kind(node) == .object else { throw document.error("\(name) must be an object", at: node) }
    return document.children(of: node).compactMap { child in child.key.map { ($0, child.value) } }
  }

  func names(in node: Int, of keyword: String) throws(SchemaError) -> [Int] {
    guard view.kind(node) == .array else { throw document.error("\(keyword) must be an array of strings", at: node) }
    let list = document.elements(of: node)
    for element in list where view.kind(element) != .string {
      throw document.error("\(keyword) must be an array of strings", at: element)
    }
    return list
  }

  /// The list of the schemas below, as `SchemaProgram.children` holds it: index of the first one.
  func appendChildren(_ children: [SchemaChild], _ compiler: inout SchemaCompiler) -> Int32 {
    let start = Int32(compiler.program.children.count)
    compiler.program.children += children
    return start
  }

  /// A schema that is applied to the same value, or only asked.
  func child(_ node: Int, _ path: String, _ compiler: inout SchemaCompiler) throws(SchemaError) -> SchemaChild {
    try compiler.child(node, of: place, path: path)
  }

  /// The schema of a member or an item.
  func inner(_ node: Int, _ path: String, _ compiler: inout SchemaCompiler) throws(SchemaError) -> SchemaChild {
    try compiler.child(node, of: place, path: path, isClosed: compiler.options.openAPI?.closesObjects == true)
  }
}
