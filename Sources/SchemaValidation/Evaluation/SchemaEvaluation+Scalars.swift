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
    case .integerRange: holds = isInRange(node, bits: step.a)
    default: holds = code.divisors[Int(step.a)].divides(view, node)
    }
    return holds || fail(step, node)
  }

  /// `int32` and `int64`: a whole number that fits, however it is written.
  @inline(never)
  private mutating func isInRange(_ node: Int, bits: Int32) -> Bool {
    guard view.isInteger(node, isStrict: false) else { return false }
    let isWide = bits == 64
    if let value = view.smallDecimal(node)?.normalized {
      if value.exponent == 0 { return isWide || Int32(exactly: value.digits) != nil }
      if value.exponent > 18 { return value.digits == 0 }
      var digits = value.digits
      for _ in 0..<value.exponent {
        let (product, isTooLarge) = digits.multipliedReportingOverflow(by: 10)
        if isTooLarge { return false }
        digits = product
      }
      return isWide || Int32(exactly: digits) != nil
    }
    let limit: StaticString = isWide ? "9223372036854775808" : "2147483648"
    let text = DecimalText(view.numberText(node))
    let order = DecimalText.compareMagnitudes(
      text, DecimalText(UnsafeBufferPointer(start: limit.utf8Start, count: limit.utf8CodeUnitCount)))
    return order < 0 || (order == 0 && text.isNegative)
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
