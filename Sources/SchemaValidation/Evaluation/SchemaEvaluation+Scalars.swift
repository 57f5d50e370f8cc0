import BodyDecoding
import PatternScan

/// Numbers and strings.
extension SchemaEvaluation {
  @inline(__always)
  mutating func runNumber(_ instruction: UnsafeMutablePointer<SchemaInstruction>, _ node: Int) -> Bool {
    let step = instruction.pointee
    let holds: Bool
    switch step.operation {
    case .minimum: holds = compare(node, step) >= 0
    case .exclusiveMinimum: holds = compare(node, step) > 0
    case .maximum: holds = compare(node, step) <= 0
    case .exclusiveMaximum: holds = compare(node, step) < 0
    default: holds = code.divisors[Int(step.a)].divides(view, node)
    }
    return holds || fail(step, node)
  }

  /// The value against a limit: -1, 0 or 1.
  @inline(__always)
  private mutating func compare(_ node: Int, _ step: SchemaInstruction) -> Int {
    if step.flag, let value = view.smallDecimal(node),
      let order = SmallDecimal.compare(value, SmallDecimal(digits: step.number, exponent: Int(step.b)))
    {
      return order
    }
    return compareText(node, step)
  }

  @inline(never)
  private mutating func compareText(_ node: Int, _ step: SchemaInstruction) -> Int {
    let constant = code.constants[Int(step.a)]
    return JSONView.compareNumbers(view, node, code.documents[Int(constant.document)], Int(constant.node))
  }

  @inline(__always)
  mutating func runString(_ instruction: UnsafeMutablePointer<SchemaInstruction>, _ node: Int) -> Bool {
    let step = instruction.pointee
    let holds: Bool
    switch step.operation {
    case .minimumLength: holds = view.scalarCount(node) >= Int(step.number)
    case .maximumLength: holds = view.scalarCount(node) <= Int(step.number)
    case .pattern: holds = matches(step.a, node)
    default: holds = StringFormat(rawValue: step.a)?.accepts(view.text(node)) ?? true
    }
    return holds || fail(step, node)
  }

  mutating func matches(_ pattern: Int32, _ node: Int) -> Bool {
    let text = view.text(node)
    switch code.patterns[Int(pattern)]._withUnsafeGuaranteedRef({ regexScratch.firstMatch($0, in: text) }) {
    case .match: return true
    case .noMatch: return false
    case .limitReached:
      isLimited = true
      return false
    }
  }
}
