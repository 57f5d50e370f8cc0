import BodyDecoding

/// The number of a `multipleOf`, ready to divide by, exactly and at any size.
///
/// With both numbers as digits × 10^exponent, no zeros at the end: if the value's exponent is the smaller one it is no multiple,
/// since its last digit stands further right; else digits × 10^difference mod the divisor's digits decides.
struct DecimalDivisor: Sendable {
  private let small: SmallDecimal?
  private let digits: BigNatural
  private let exponent: Int

  /// `node` is a number above zero.
  init(_ view: JSONView, _ node: Int) {
    let text = DecimalText(view.numberText(node))
    digits = BigNatural(text)
    exponent = text.magnitude - text.digitCount
    small = view.smallDecimal(node)?.normalized
  }

  func divides(_ view: JSONView, _ node: Int) -> Bool {
    if let small, let value = view.smallDecimal(node), let answer = Self.divides(small, value) { return answer }
    let value = DecimalText(view.numberText(node))
    if value.isZero { return true }
    let shift = value.magnitude - value.digitCount - exponent
    guard shift >= 0 else { return false }
    return digits.divides(value, shiftedBy: shift)
  }

  /// Nil if it does not fit into 64 bits.
  private static func divides(_ divisor: SmallDecimal, _ value: SmallDecimal) -> Bool? {
    if divisor.exponent == value.exponent { return value.digits % divisor.digits == 0 }
    var digits = value.digits
    var shift = value.exponent - divisor.exponent
    while shift < 0 {
      // The value is written with zeros at its end, or it is no multiple.
      guard digits % 10 == 0 else { return false }
      if digits == 0 { return true }
      digits /= 10
      shift += 1
    }
    guard shift <= 18 else { return nil }
    for _ in 0..<shift {
      let (product, isTooLarge) = digits.multipliedReportingOverflow(by: 10)
      if isTooLarge { return nil }
      digits = product
    }
    return digits % divisor.digits == 0
  }
}

/// A natural number of any size above zero, to divide by. Only what `multipleOf` needs.
struct BigNatural: Sendable {
  /// Least significant first, the last one not 0.
  private var limbs: [UInt32] = []

  init(_ text: DecimalText) {
    var limbs: [UInt32] = []
    text.forEachDigit { digit in
      var carry = UInt64(digit)
      for index in limbs.indices {
        carry += UInt64(limbs[index]) * 10
        limbs[index] = UInt32(truncatingIfNeeded: carry)
        carry >>= 32
      }
      if carry > 0 { limbs.append(UInt32(carry)) }
      return true
    }
    self.limbs = limbs
  }

  /// Whether the digits of `value`, `shift` zeros behind them, are a multiple of this number.
  func divides(_ value: DecimalText, shiftedBy shift: Int) -> Bool {
    if limbs.count <= 2 {
      let modulus = UInt64(limbs[0]) | (limbs.count > 1 ? UInt64(limbs[1]) << 32 : 0)
      var rest: UInt64 = 0
      value.forEachDigit { digit in
        rest = Self.sum(Self.remainder(rest, 10, modulus), UInt64(digit) % modulus, modulus)
        return true
      }
      return Self.remainder(rest, Self.power(10, shift, modulus), modulus) == 0
    }
    var rest: [UInt32] = []
    value.forEachDigit { digit in
      rest = remainder(of: rest, times: 10, plus: UInt32(digit))
      return true
    }
    return multiply(rest, power(shift)).isEmpty
  }

  // MARK: 64 bits

  private static func sum(_ a: UInt64, _ b: UInt64, _ modulus: UInt64) -> UInt64 {
    let (sum, isTooLarge) = a.addingReportingOverflow(b)
    return isTooLarge || sum >= modulus ? sum &- modulus : sum
  }

  private static func remainder(_ a: UInt64, _ b: UInt64, _ modulus: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return modulus.dividingFullWidth((product.high % modulus, product.low)).remainder
  }

  private static func power(_ base: UInt64, _ exponent: Int, _ modulus: UInt64) -> UInt64 {
    var result = 1 % modulus
    var square = base % modulus
    var left = exponent
    while left > 0 {
      if left & 1 == 1 { result = remainder(result, square, modulus) }
      square = remainder(square, square, modulus)
      left >>= 1
    }
    return result
  }

  // MARK: Any size. Numbers below the modulus, least significant limb first, without zeros at the end.

  private func remainder(of number: [UInt32], times factor: UInt32, plus addend: UInt32) -> [UInt32] {
    var result = number
    var carry = UInt64(addend)
    for index in result.indices {
      carry += UInt64(result[index]) * UInt64(factor)
      result[index] = UInt32(truncatingIfNeeded: carry)
      carry >>= 32
    }
    if carry > 0 { result.append(UInt32(carry)) }
    // The factor is 10 or 2: a few subtractions.
    while isAtLeastModulus(result) { subtractModulus(&result) }
    return result
  }

  private func isAtLeastModulus(_ number: [UInt32]) -> Bool {
    guard number.count == limbs.count else { return number.count > limbs.count }
    for index in limbs.indices.reversed() where number[index] != limbs[index] { return number[index] > limbs[index] }
    return true
  }

  private func subtractModulus(_ number: inout [UInt32]) {
    var borrow: Int64 = 0
    for index in number.indices {
      var difference = Int64(number[index]) - borrow - (index < limbs.count ? Int64(limbs[index]) : 0)
      borrow = difference < 0 ? 1 : 0
      if difference < 0 { difference += 1 << 32 }
      number[index] = UInt32(difference)
    }
    while number.last == 0 { number.removeLast() }
  }

  /// Double and add.
  private func multiply(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    for limb in b.reversed() {
      for bit in (0..<32).reversed() {
        result = remainder(of: result, times: 2, plus: 0)
        if limb >> UInt32(bit) & 1 == 1 { result = sum(result, a) }
      }
    }
    return result
  }

  private func sum(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    var carry: UInt64 = 0
    for index in 0..<max(a.count, b.count) {
      carry += (index < a.count ? UInt64(a[index]) : 0) + (index < b.count ? UInt64(b[index]) : 0)
      result.append(UInt32(truncatingIfNeeded: carry))
      carry >>= 32
    }
    if carry > 0 { result.append(UInt32(carry)) }
    while isAtLeastModulus(result) { subtractModulus(&result) }
    return result
  }

  private func power(_ exponent: Int) -> [UInt32] {
    var result = remainder(of: [], times: 10, plus: 1)
    var square = remainder(of: [], times: 10, plus: 10)
    var left = exponent
    while left > 0 {
      if left & 1 == 1 { result = multiply(result, square) }
      square = multiply(square, square)
      left >>= 1
    }
    return result
  }
}
