import BodyDecoding
import PatternScan

/// What an instruction does. The table of all operations; `Evaluation` switches over it without `default`.
enum SchemaOperation: UInt8 {
  // Any value
  case equals, stringIn, valueIn, reference, dynamicReference, allOf, anyOf, oneOf, not, conditional, discriminator
  // Numbers
  case minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf, integerRange
  // Strings
  case minimumLength, maximumLength, pattern, format
  // Arrays
  case minimumItems, maximumItems, uniqueItems, items, contains, unevaluatedItems
  // Objects
  case members, minimumMembers, maximumMembers, memberNames, dependentRequired, dependentSchema, requiredMember, unevaluatedMembers
}

/// One step of a block, 24 bytes. What `a`, `b` and `number` mean is said in `SchemaCompiler` where each operation is made.
struct SchemaInstruction {
  var operation: SchemaOperation
  var flag: Bool = false
  /// Index of the keyword's location in `SchemaProgram.locations`.
  var location: UInt32
  var a: Int32 = 0
  var b: Int32 = 0
  var number: Int64 = 0
}

/// A schema. Its instructions lie one group after the other, and for a value only the first group and that of its kind are run.
struct SchemaBlock {
  static let isFalse: UInt16 = 1
  /// Has `unevaluatedProperties`: keeps a record of its own of the members that were looked at.
  static let recordsMembers: UInt16 = 2
  /// The same for `unevaluatedItems`.
  static let recordsItems: UInt16 = 4
  /// `integer` refuses 1.0 (draft 4).
  static let isStrictInteger: UInt16 = 8
  /// `type` has `integer` without `number`: decimals are looked at closer.
  static let wantsInteger: UInt16 = 16
  static let anyType: UInt16 = 0x1FF

  /// A bit for each `JSONKind` that `type` lets pass.
  var types: UInt16 = Self.anyType
  var flags: UInt16 = 0
  var resource: Int32 = 0
  /// Where the groups begin; each ends where the next begins.
  var general: Int32 = 0
  var number: Int32 = 0
  var string: Int32 = 0
  var array: Int32 = 0
  var object: Int32 = 0
  var end: Int32 = 0
}

/// A schema below another one: its block, and the way to it from its parent.
struct SchemaChild {
  var block: Int32
  var location: UInt32
}

/// `properties`, `patternProperties`, `additionalProperties` and `required` of one schema, done in one pass over the members.
struct MemberTable {
  /// Slots in `SchemaProgram.slots`, a power of two.
  var slotStart: Int32 = 0
  var slotMask: Int32 = 0
  /// Bits of the names that `required` lists; those beyond 64 have an instruction each.
  var required: UInt64 = 0
  /// Entries in `SchemaProgram.patternMembers`.
  var patternStart: Int32 = 0
  var patternCount: Int32 = 0
  /// Block -1 if there is none.
  var additional = SchemaChild(block: -1, location: 0)
  var additionalIsFalse = false
}

/// A name in a hash table with linear probing. An empty slot has `nameLength` -1.
struct NameSlot {
  var hash: UInt32 = 0
  var nameStart: Int32 = 0
  var nameLength: Int32 = -1
  /// Bit in the mask of required names.
  var required: UInt64 = 0
  /// Block -1: the name is only required.
  var child = SchemaChild(block: -1, location: 0)
}

struct PatternMember {
  var pattern: Int32
  var child: SchemaChild
}

/// A reference whose target depends on the way that led to it.
struct DynamicTarget {
  /// Taken if no resource on the way has the anchor.
  var fallback: Int32
  /// By resource: the block of its anchor, or -1.
  var byResource: [Int32]
}

/// A node of one of the documents of the program.
struct ConstantReference {
  var document: Int32
  var node: Int32
}

/// What `SchemaCompiler` builds: arrays that point into each other by index.
struct SchemaProgram {
  var blocks: [SchemaBlock] = []
  var instructions: [SchemaInstruction] = []
  var children: [SchemaChild] = []
  var memberTables: [MemberTable] = []
  var slots: [NameSlot] = []
  var names: [UInt8] = []
  var patternMembers: [PatternMember] = []
  var patterns: [SchemaPattern] = []
  var divisors: [DecimalDivisor] = []
  var dynamicTargets: [DynamicTarget] = []
  var constants: [ConstantReference] = []
  /// Lists of names for `dependentRequired`: the hash table's slots are used for the text and the hash only.
  var nameLists: [NameSlot] = []
  var documents: [SchemaDocument] = []
  /// For error messages only: ways from a schema to a keyword or to a schema below; where each block was written; URI and root of
  /// each resource.
  var locations: [String] = []
  var places: [ConstantReference] = []
  var resources: [(uri: String, root: Int)] = []
  /// Some reference is dynamic: the way through the resources must be kept.
  var hasDynamicScope = false
}
