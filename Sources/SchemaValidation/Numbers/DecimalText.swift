import BodyDecoding

/// A JSON number as its significant digits and a power of ten, read from its text without copying: exact at any length.
///
/// The value is ±0.d₁d₂…dₙ × 10^`magnitude`, with d₁ ≠ 0 and dₙ ≠ 0. Zero has no digits.
struct DecimalText {
  let isNegative: Bool
  /// Significant digits; zeros at either end do not count.
  let digitCount: Int
  /// Kept within ±10^15, far beyond what any text under the reader's limit can reach but by its exponent.
  let magnitude: Int
  private let first: UnsafePointer<UInt8>

  /// `text` is a number by RFC 8259 section 6.
  init(_ text: UnsafeBufferPointer<UInt8>) {
    var index = 0
    let isNegative = text[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    var firstDigit = -1
    // Digits of the integer part from the first significant one on, or minus the zeros right after the point.
    var point = 0
    var seen = 0
    var count = 0
    var isFraction = false
    while index < text.count {
      let byte = text[index]
      if byte == UInt8(ascii: ".") {
        isFraction = true
      } else if byte &- 0x30 < 10 {
        if byte != 0x30 || firstDigit >= 0 {
          if firstDigit < 0 { firstDigit = index }
          seen += 1
          if !isFraction { point += 1 }
          if byte != 0x30 { count = seen }
        } else if isFraction {
          point -= 1
        }
      } else {
        break
      }
      index += 1
    }
    var power = 0
    if index < text.count {
      index += 1
      var isNegativePower = false
      if text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
        isNegativePower = text[index] == UInt8(ascii: "-")
        index += 1
      }
      while index < text.count {
        power = min(power * 10 + Int(text[index] &- 0x30), 1_000_000_000_000_000)
        index += 1
      }
      if isNegativePower { power = -power }
    }
    self.isNegative = isNegative && count > 0
    digitCount = count
    magnitude = count == 0 ? 0 : point + power
    // The buffer of a number is never empty.
    first = text.baseAddress! + max(firstDigit, 0)
  }

  var isZero: Bool { digitCount == 0 }

  /// True for whole numbers, however they are written.
  var isIntegral: Bool { digitCount <= magnitude || isZero }

  /// Calls `body` with each significant digit, from the first on, until it returns false.
  @inline(__always)
  func forEachDigit(_ body: (UInt8) -> Bool) {
    var at = first
    var left = digitCount
    while left > 0 {
      let byte = at[0]
      at += 1
      if byte == UInt8(ascii: ".") { continue }
      left -= 1
      if !body(byte &- 0x30) { return }
    }
  }

  /// -1, 0 or 1.
  static func compare(_ left: DecimalText, _ right: DecimalText) -> Int {
    if left.isZero || right.isZero {
      if left.isZero, right.isZero { return 0 }
      return left.isZero ? (right.isNegative ? 1 : -1) : (left.isNegative ? -1 : 1)
    }
    guard left.isNegative == right.isNegative else { return left.isNegative ? -1 : 1 }
    return left.isNegative ? -compareMagnitudes(left, right) : compareMagnitudes(left, right)
  }

  /// The same without the signs, for numbers that are not zero.
  static func compareMagnitudes(_ left: DecimalText, _ right: DecimalText) -> Int {
    guard left.magnitude == right.magnitude else { return left.magnitude < right.magnitude ? -1 : 1 }
    var a = left.first
    var b = right.first
    for index in 0..<max(left.digitCount, right.digitCount) {
      let x = index < left.digitCount ? nextDigit(&a) : 0
      let y = index < right.digitCount ? nextDigit(&b) : 0
      if x != y { return x < y ? -1 : 1 }
    }
    return 0
  }

  private static func nextDigit(_ at: inout UnsafePointer<UInt8>) -> UInt8 {
    if at[0] == UInt8(ascii: ".") { at += 1 }
    defer { at += 1 }
    return at[0] &- 0x30
  }
}
