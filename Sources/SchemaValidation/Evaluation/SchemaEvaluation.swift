import BodyDecoding
import PatternScan

/// One run of a program over one value.
///
/// `marks` is where, in the validator's memory, one byte a member says which members or items of the value at hand have been looked
/// at, for `unevaluatedProperties` and `unevaluatedItems`; -1 if nobody asks. Keywords that apply other schemas to the same value
/// hand their marks on; those whose schemas may fail without harm give each a copy, and join it only if it held.
struct SchemaEvaluation {
  let view: JSONView
  let code: SchemaCode
  let schema: CompiledSchema
  let validator: SchemaValidator
  let regexScratch: RegexScratch
  let seed = JSONHash.seed
  let maximumDepth: Int
  let hasDynamicScope: Bool
  /// Whether errors are written down and looked for to the end.
  var collects: Bool
  var stepsLeft: Int
  var depth = 0
  /// A limit was reached: the answer means nothing.
  var isLimited = false
  var evaluatedTop = 0
  var scopeCount = 0

  init(view: JSONView, schema: CompiledSchema, validator: SchemaValidator, collects: Bool) {
    self.view = view
    self.schema = schema
    code = schema.code
    self.validator = validator
    regexScratch = validator.regexScratch
    maximumDepth = validator.limits.maximumDepth
    hasDynamicScope = schema.code.hasDynamicScope
    self.collects = collects
    stepsLeft = validator.limits.maximumSteps
  }

  /// Applies a block to a node. The one place where values meet schemas.
  mutating func run(_ index: Int32, _ node: Int, marks: Int) -> Bool {
    let block = code.blocks + Int(index)
    let kind = view.kind(node)
    guard block.pointee.types >> UInt16(kind.rawValue) & 1 != 0 || acceptsNumber(block, kind, node) else {
      return failType(node)
    }
    if block.pointee.general == block.pointee.end { return block.pointee.flags & SchemaBlock.isFalse == 0 || failAlways(node) }
    stepsLeft &-= 1
    guard stepsLeft > 0, depth < maximumDepth else {
      isLimited = true
      return false
    }
    depth &+= 1
    defer { depth &-= 1 }
    if hasDynamicScope {
      validator.scope[scopeCount] = block.pointee.resource
      scopeCount &+= 1
    }
    let needed: UInt16 = kind == .object ? SchemaBlock.recordsMembers : kind == .array ? SchemaBlock.recordsItems : 0
    let isValid =
      block.pointee.flags & needed != 0 ? runRecording(block, node, kind, marks: marks) : runGroups(block, node, kind, marks: marks)
    if hasDynamicScope { scopeCount &-= 1 }
    return isValid
  }

  /// `type: integer` for a number that is not written as one.
  @inline(never)
  private mutating func acceptsNumber(_ block: UnsafeMutablePointer<SchemaBlock>, _ kind: JSONKind, _ node: Int) -> Bool {
    kind == .decimal && block.pointee.flags & SchemaBlock.wantsInteger != 0
      && view.isInteger(node, isStrict: block.pointee.flags & SchemaBlock.isStrictInteger != 0)
  }

  /// With marks of its own, which then join those of the schema around it.
  private mutating func runRecording(
    _ block: UnsafeMutablePointer<SchemaBlock>, _ node: Int, _ kind: JSONKind, marks: Int
  ) -> Bool {
    let own = openMarks(node)
    let isValid = runGroups(block, node, kind, marks: own)
    closeMarks(own, node, into: isValid ? marks : -1)
    return isValid
  }

  @inline(__always)
  private mutating func runGroups(_ block: UnsafeMutablePointer<SchemaBlock>, _ node: Int, _ kind: JSONKind, marks: Int) -> Bool {
    var isValid = true
    var index = Int(block.pointee.general)
    var end = Int(block.pointee.number)
    while index < end {
      if !runGeneral(code.instructions + index, node, marks) {
        if !collects { return false }
        isValid = false
      }
      index &+= 1
    }
    switch kind {
    case .null, .true, .false: return isValid
    case .integer, .decimal:
      index = Int(block.pointee.number)
      end = Int(block.pointee.string)
    case .string, .key:
      index = Int(block.pointee.string)
      end = Int(block.pointee.array)
    case .array:
      index = Int(block.pointee.array)
      end = Int(block.pointee.object)
    case .object:
      index = Int(block.pointee.object)
      end = Int(block.pointee.end)
    }
    while index < end {
      let instruction = code.instructions + index
      let holds: Bool =
        switch kind {
        case .integer, .decimal: runNumber(instruction, node)
        case .string, .key: runString(instruction, node)
        case .array: runArray(instruction, node, marks)
        default: runObject(instruction, node, marks)
        }
      if !holds {
        if !collects { return false }
        isValid = false
      }
      index &+= 1
    }
    return isValid
  }

  /// Applies a schema below the one at hand.
  @inline(__always)
  mutating func descend(_ child: SchemaChild, _ node: Int, marks: Int) -> Bool {
    collects ? descendCollecting(child, node, marks: marks) : run(child.block, node, marks: marks)
  }

  @inline(never)
  private mutating func descendCollecting(_ child: SchemaChild, _ node: Int, marks: Int) -> Bool {
    validator.path.append(child.location)
    validator.blockPath.append(child.block)
    let isValid = run(child.block, node, marks: marks)
    validator.path.removeLast()
    validator.blockPath.removeLast()
    return isValid
  }

  /// Applies a schema whose failure is no error.
  @inline(__always)
  mutating func test(_ child: SchemaChild, _ node: Int, marks: Int) -> Bool {
    let outer = collects
    collects = false
    defer { collects = outer }
    return run(child.block, node, marks: marks)
  }

  // MARK: Marks

  /// Memory for a byte a member, all zero.
  mutating func openMarks(_ node: Int) -> Int {
    let count = view.memberCount(node)
    let start = evaluatedTop
    if start + count > validator.evaluatedCapacity { validator.growEvaluated(to: start + count, keeping: start) }
    (validator.evaluated + start).update(repeating: 0, count: count)
    evaluatedTop = start + count
    // Clearing is work too.
    stepsLeft &-= count >> 6
    return start
  }

  mutating func closeMarks(_ own: Int, _ node: Int, into marks: Int) {
    evaluatedTop = own
    guard marks >= 0 else { return }
    let from = validator.evaluated + own
    let to = validator.evaluated + marks
    for index in 0..<view.memberCount(node) { to[index] |= from[index] }
  }

  @inline(__always)
  mutating func mark(_ ordinal: Int, _ marks: Int) {
    if marks >= 0 { validator.evaluated[marks &+ ordinal] = 1 }
  }

  /// Applies a schema to the same value; what it looked at counts only if it held.
  mutating func attempt(_ child: SchemaChild, _ node: Int, marks: Int) -> Bool {
    guard marks >= 0 else { return descend(child, node, marks: -1) }
    let own = openMarks(node)
    let isValid = descend(child, node, marks: own)
    closeMarks(own, node, into: isValid ? marks : -1)
    return isValid
  }
}

extension SchemaValidator {
  func growEvaluated(to needed: Int, keeping count: Int) {
    let larger = max(needed, evaluatedCapacity * 2)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.update(from: evaluated, count: count)
    evaluated.deallocate()
    evaluated = moved
    evaluatedCapacity = larger
  }
}
