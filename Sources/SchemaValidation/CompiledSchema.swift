import BodyDecoding
import PatternScan

/// A schema, ready to validate with. Immutable; safe from any task.
///
/// ```
/// let schema = try CompiledSchema(Array(#"{"type": "string", "maxLength": 3}"#.utf8))
/// let validator = SchemaValidator()
/// validator.validate(Array("\"abc\"".utf8), schema)    // .valid
/// validator.validate(Array("\"abcd\"".utf8), schema)   // .invalid
/// ```
public final class CompiledSchema: Sendable {
  let storage: SchemaStorage
  /// The block that values are handed to.
  let root: Int32

  var program: SchemaProgram { storage.program }
  var code: SchemaCode { storage.code }

  /// - Parameters:
  ///   - text: the schema, a JSON text.
  ///   - uri: where it was found; what relative references without an `$id` are relative to.
  ///   - documents: what it may refer to. Nothing else is looked up.
  /// - Throws: `SchemaError` with the place in the document at fault.
  public convenience init(
    _ text: [UInt8], uri: String = "", documents: SchemaDocuments = SchemaDocuments(), options: SchemaOptions = SchemaOptions()
  ) throws(SchemaError) {
    let document = try SchemaDocument(text, uri: URIReference(uri).absolute)
    let (program, roots) = try SchemaCompiler.compile(document, documents: documents, options: options)
    self.init(storage: SchemaStorage(program), root: roots[0])
  }

  init(storage: SchemaStorage, root: Int32) {
    self.storage = storage
    self.root = root
  }

  /// Compiles several schemas, which share what they refer to.
  /// - Returns: the schemas in the order of `places`; what in them will not be enforced, with its place.
  package static func compile(
    _ places: [(document: SchemaDocument, node: Int)], documents: SchemaDocuments, options: SchemaOptions
  ) throws(SchemaErrors) -> (schemas: [CompiledSchema], notes: [SchemaError]) {
    let (program, roots, notes) = try SchemaCompiler.compile(places, documents: documents, options: options)
    let storage = SchemaStorage(program)
    return (roots.map { CompiledSchema(storage: storage, root: $0) }, notes)
  }
}

/// A program and its tables, shared by the schemas that were compiled together.
final class SchemaStorage: @unchecked Sendable {
  let program: SchemaProgram
  // `@unchecked`: what these point to is written in `init` only.
  let code: SchemaCode

  init(_ program: SchemaProgram) {
    self.program = program
    code = SchemaCode(program)
  }

  deinit { code.deallocate() }
}

/// The tables of a program as plain memory: evaluation indexes them without checks, since every index comes from the compiler.
struct SchemaCode {
  let blocks: UnsafeMutablePointer<SchemaBlock>
  let instructions: UnsafeMutablePointer<SchemaInstruction>
  let children: UnsafeMutablePointer<SchemaChild>
  let memberTables: UnsafeMutablePointer<MemberTable>
  let slots: UnsafeMutablePointer<NameSlot>
  let names: UnsafeMutablePointer<UInt8>
  let patternMembers: UnsafeMutablePointer<PatternMember>
  /// Kept alive by the program.
  let patterns: UnsafeMutablePointer<Unmanaged<RegexPattern>>
  let divisors: UnsafeMutablePointer<DecimalDivisor>
  let constants: UnsafeMutablePointer<ConstantReference>
  let nameLists: UnsafeMutablePointer<NameSlot>
  let documents: UnsafeMutablePointer<JSONView>
  let hasDynamicScope: Bool
  private let divisorCount: Int

  init(_ program: SchemaProgram) {
    func copy<Element>(_ list: [Element]) -> UnsafeMutablePointer<Element> {
      let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(list.count, 1))
      memory.initialize(from: list, count: list.count)
      return memory
    }
    blocks = copy(program.blocks)
    instructions = copy(program.instructions)
    children = copy(program.children)
    memberTables = copy(program.memberTables)
    slots = copy(program.slots)
    names = copy(program.names)
    patternMembers = copy(program.patternMembers)
    patterns = copy(program.patterns.map { Unmanaged.passUnretained($0.regex) })
    divisors = copy(program.divisors)
    constants = copy(program.constants)
    nameLists = copy(program.nameLists)
    documents = copy(program.documents.map(\.view))
    hasDynamicScope = program.hasDynamicScope
    divisorCount = program.divisors.count
  }

  func deallocate() {
    blocks.deallocate()
    instructions.deallocate()
    children.deallocate()
    memberTables.deallocate()
    slots.deallocate()
    names.deallocate()
    patternMembers.deallocate()
    patterns.deallocate()
    divisors.deinitialize(count: divisorCount)
    divisors.deallocate()
    constants.deallocate()
    nameLists.deallocate()
    documents.deallocate()
  }
}
