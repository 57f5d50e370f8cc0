import BodyDecoding

/// The keywords of the validation vocabulary and `format` (2020-12 validation, sections 6 and 7).
extension BlockBuilder {
  mutating func addType() throws(SchemaError) {
    guard let node = keyword("type") else { return }
    let names: [Int]
    switch view.kind(node) {
    case .string: names = [node]
    case .array where !dialect.isOpenAPI30: names = document.elements(of: node)
    default: throw document.error("type must be a string or an array of strings", at: node)
    }
    func bit(_ kind: JSONKind) -> UInt16 { 1 << UInt16(kind.rawValue) }
    var types: UInt16 = 0
    var hasInteger = false
    for name in names {
      guard view.kind(name) == .string else { throw document.error("type must be a string or an array of strings", at: name) }
      switch document.string(name) {
      case "null": types |= bit(.null)
      case "boolean": types |= bit(.true) | bit(.false)
      case "integer":
        types |= bit(.integer)
        hasInteger = true
      case "number": types |= bit(.integer) | bit(.decimal)
      case "string": types |= bit(.string) | bit(.key)
      case "array": types |= bit(.array)
      case "object": types |= bit(.object)
      default: throw document.error("there is no type \"\(document.string(name))\"", at: name)
      }
    }
    if hasInteger, types & bit(.decimal) == 0 { block.flags |= SchemaBlock.wantsInteger }
    if dialect.isOpenAPI30 {
      // Only beside `type` (OpenAPI 3.0.3, "nullable").
      if try boolean("nullable") { types |= bit(.null) }
    } else if draft == .draft4 {
      block.flags |= SchemaBlock.isStrictInteger
    }
    block.types = types
  }

  mutating func addConstants(_ compiler: inout SchemaCompiler) throws(SchemaError) {
    if draft >= .draft6, let node = keyword("const") {
      general.append(
        SchemaInstruction(operation: .equals, location: compiler.location("const"), a: compiler.constant(node, in: place)))
    }
    guard let node = keyword("enum") else { return }
    guard view.kind(node) == .array else { throw document.error("enum must be an array", at: node) }
    let values = document.elements(of: node)
    let location = compiler.location("enum")
    guard values.allSatisfy({ view.kind($0) == .string }) else {
      let start = Int32(compiler.program.constants.count)
      for value in values { _ = compiler.constant(value, in: place) }
      general.append(SchemaInstruction(operation: .valueIn, location: location, a: start, b: Int32(values.count)))
      return
    }
    let (start, mask) = compiler.table(values.map { compiler.name(view.text($0)) })
    general.append(SchemaInstruction(operation: .stringIn, location: location, a: start, b: mask))
  }

  mutating func addNumbers(_ compiler: inout SchemaCompiler) throws(SchemaError) {
    if draft == .draft4 {
      // Booleans that sharpen the other keyword (draft 4 validation, section 5.1.2).
      try addLimit("minimum", try boolean("exclusiveMinimum") ? .exclusiveMinimum : .minimum, &compiler)
      try addLimit("maximum", try boolean("exclusiveMaximum") ? .exclusiveMaximum : .maximum, &compiler)
    } else {
      try addLimit("minimum", .minimum, &compiler)
      try addLimit("exclusiveMinimum", .exclusiveMinimum, &compiler)
      try addLimit("maximum", .maximum, &compiler)
      try addLimit("exclusiveMaximum", .exclusiveMaximum, &compiler)
    }
    guard let node = try numeric("multipleOf") else { return }
    let text = view.numberText(node)
    guard text[0] != UInt8(ascii: "-"), !DecimalText(text).isZero else {
      throw document.error("multipleOf must be above 0", at: node)
    }
    compiler.program.divisors.append(DecimalDivisor(view, node))
    number.append(
      SchemaInstruction(
        operation: .multipleOf, location: compiler.location("multipleOf"), a: Int32(compiler.program.divisors.count - 1),
        b: compiler.constant(node, in: place)))
  }

  /// `a` is the constant; if `flag` is set, `number` × 10^`b` is its value.
  private mutating func addLimit(_ name: String, _ operation: SchemaOperation, _ compiler: inout SchemaCompiler) throws(SchemaError) {
    guard let node = try numeric(name) else { return }
    var instruction = SchemaInstruction(
      operation: operation, location: compiler.location(name), a: compiler.constant(node, in: place))
    if let small = view.smallDecimal(node)?.normalized {
      instruction.flag = true
      instruction.number = small.digits
      instruction.b = Int32(small.exponent)
      // A limit without a fraction is kept in the form that most values have.
      while instruction.b > 0, instruction.number.magnitude < 100_000_000_000_000_000 {
        instruction.number *= 10
        instruction.b -= 1
      }
    }
    number.append(instruction)
  }

  mutating func addLengths(_ compiler: inout SchemaCompiler) {
    func instruction(_ name: String, _ operation: SchemaOperation) -> [SchemaInstruction] {
      do throws(SchemaError) {
        guard let limit = try count(name) else { return [] }
        return [SchemaInstruction(operation: operation, location: compiler.location(name), number: limit)]
      } catch {
        compiler.note(error)
        return []
      }
    }
    string += instruction("minLength", .minimumLength)
    string += instruction("maxLength", .maximumLength)
    array += instruction("minItems", .minimumItems)
    array += instruction("maxItems", .maximumItems)
    object += instruction("minProperties", .minimumMembers)
    object += instruction("maxProperties", .maximumMembers)
  }

  mutating func addUniqueItems(_ compiler: inout SchemaCompiler) throws(SchemaError) {
    if try boolean("uniqueItems") { array.append(SchemaInstruction(operation: .uniqueItems, location: compiler.location("uniqueItems"))) }
  }

  mutating func addPattern(_ compiler: inout SchemaCompiler) throws(SchemaError) {
    guard let (text, node) = try string("pattern") else { return }
    string.append(
      SchemaInstruction(
        operation: .pattern, location: compiler.location("pattern"), a: try compiler.pattern(text, at: node, in: document)))
  }

  mutating func addFormat(_ compiler: inout SchemaCompiler) throws(SchemaError) {
    guard let (name, _) = try string("format"), compiler.options.assertsFormats || dialect.assertsFormats else { return }
    if compiler.options.openAPI != nil, name == "int32" || name == "int64" {
      number.append(
        SchemaInstruction(operation: .integerRange, location: compiler.location("format"), a: name == "int32" ? 32 : 64))
      return
    }
    guard let format = StringFormat(name: name), format != .byte || dialect.isOpenAPI30 else { return }
    string.append(
      SchemaInstruction(operation: .format, location: compiler.location("format"), a: Int32(format.rawValue)))
  }
}

extension SchemaCompiler {
  /// Compiles a regular expression; the same one is kept once.
  mutating func pattern(_ text: String, at node: Int, in document: SchemaDocument) throws(SchemaError) -> Int32 {
    if let known = patternByText[Array(text.utf8)] { return known }
    do {
      program.patterns.append(try SchemaPattern(text))
    } catch {
      throw document.error("the pattern cannot be used: \(error.message) (character \(error.offset + 1))", at: node)
    }
    patternByText[Array(text.utf8)] = Int32(program.patterns.count - 1)
    return Int32(program.patterns.count - 1)
  }
}
