import BodyDecoding

extension SmallDecimal {
  /// Powers of ten that fit.
  private static func power(_ exponent: Int) -> Int64? {
    guard exponent >= 0, exponent <= 18 else { return nil }
    var result: Int64 = 1
    for _ in 0..<exponent { result *= 10 }
    return result
  }

  /// -1, 0 or 1; nil if it does not fit into 64 bits.
  @inline(__always)
  static func compare(_ left: SmallDecimal, _ right: SmallDecimal) -> Int? {
    if left.exponent == right.exponent {
      return left.digits < right.digits ? -1 : left.digits == right.digits ? 0 : 1
    }
    return compareScaled(left, right)
  }

  @inline(never)
  private static func compareScaled(_ left: SmallDecimal, _ right: SmallDecimal) -> Int? {
    var a = left.digits
    var b = right.digits
    if left.exponent > right.exponent {
      guard let factor = power(left.exponent - right.exponent) else { return nil }
      let (product, isTooLarge) = a.multipliedReportingOverflow(by: factor)
      if isTooLarge { return nil }
      a = product
    } else {
      guard let factor = power(right.exponent - left.exponent) else { return nil }
      let (product, isTooLarge) = b.multipliedReportingOverflow(by: factor)
      if isTooLarge { return nil }
      b = product
    }
    return a < b ? -1 : a == b ? 0 : 1
  }

  /// True for whole numbers.
  var isIntegral: Bool {
    if exponent >= 0 || digits == 0 { return true }
    guard let factor = Self.power(-exponent) else { return false }
    return digits % factor == 0
  }

  /// Without zeros at the end; zero has exponent 0.
  var normalized: SmallDecimal {
    guard digits != 0 else { return SmallDecimal(digits: 0, exponent: 0) }
    var result = self
    while result.digits % 10 == 0 {
      result.digits /= 10
      result.exponent += 1
    }
    return result
  }
}

extension JSONView {
  /// Compares two numbers by value: -1, 0 or 1.
  static func compareNumbers(_ left: JSONView, _ leftNode: Int, _ right: JSONView, _ rightNode: Int) -> Int {
    if let a = left.smallDecimal(leftNode), let b = right.smallDecimal(rightNode), let order = SmallDecimal.compare(a, b) { return order }
    return DecimalText.compare(DecimalText(left.numberText(leftNode)), DecimalText(right.numberText(rightNode)))
  }

  /// True for a number without a fractional part. In draft 4 one written with a point has one ("A JSON number without a fraction
  /// or exponent part", draft 4 core section 3.5; the exponent alone is let pass, as everybody does).
  func isInteger(_ node: Int, isStrict: Bool) -> Bool {
    if kind(node) == .integer { return true }
    if isStrict, numberText(node).contains(UInt8(ascii: ".")) { return false }
    if let small = smallDecimal(node) { return small.isIntegral }
    return DecimalText(numberText(node)).isIntegral
  }
}
