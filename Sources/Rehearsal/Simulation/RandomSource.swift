/// A small source of random numbers (splitmix64) with the distributions that people and machines follow.
///
/// One seed gives the same numbers on every machine and with every version of the standard library: nothing here asks the
/// library's own generators, and logarithm and exponential are our own (see `Elementary`).
struct RandomSource: Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// The finalizer alone: scatters an index without keeping a state.
  static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// In 0..<1.
  mutating func unit() -> Double { Double(bits() >> 11) * 0x1p-53 }

  mutating func chance(_ probability: Double) -> Bool { unit() < probability }

  mutating func uniform(_ range: ClosedRange<Double>) -> Double { range.lowerBound + (range.upperBound - range.lowerBound) * unit() }

  /// In 0..<count. Multiply and shift: the bias is below 2^-40 for the counts used here.
  mutating func index(_ count: Int) -> Int { Int(truncatingIfNeeded: bits().multipliedFullWidth(by: UInt64(max(count, 1))).high) }

  mutating func integer(_ range: ClosedRange<Int>) -> Int { range.lowerBound + index(range.upperBound - range.lowerBound + 1) }

  mutating func pick<Element>(_ list: [Element]) -> Element { list[index(list.count)] }

  /// Time to the next of events that come by chance, `mean` apart.
  mutating func exponential(mean: Double) -> Double { -mean * Elementary.logarithm(1 - unit()) }

  /// What people take to decide: half of the values below `median`, a long tail above.
  ///
  /// - Parameter spread: standard deviation of the logarithm; 0.5 is steady, 1 is moody.
  mutating func logNormal(median: Double, spread: Double) -> Double { median * Elementary.exponential(spread * normal()) }

  /// As many small as large values on a logarithmic scale.
  mutating func logUniform(_ range: ClosedRange<Double>) -> Double {
    let low = Elementary.logarithm(range.lowerBound)
    return Elementary.exponential(low + (Elementary.logarithm(range.upperBound) - low) * unit())
  }

  /// At least 1; the number of tries until one fails.
  mutating func geometric(mean: Double) -> Int { 1 + Int(exponential(mean: max(mean - 1, 0.01))) }

  /// A rank in 0..<count, by Zipf's law with exponent 1.
  mutating func rank(of count: Int) -> Int {
    min(count - 1, Int(Elementary.exponential(Elementary.logarithm(Double(count) + 1) * unit())) - 1)
  }

  /// The index of one of `weights`, which need not add up to 1.
  mutating func weighted(_ weights: [Double]) -> Int {
    var rest = unit() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return index }
    }
    return weights.count - 1
  }

  /// So many lowercase hex digits.
  mutating func hex(_ digits: Int) -> String {
    var text = String(bits(), radix: 16)
    while text.utf8.count < digits { text += String(bits(), radix: 16) }
    return String(text.prefix(digits))
  }

  /// A standard normal value by Marsaglia's polar method; the second value of the pair is thrown away to keep the state small.
  private mutating func normal() -> Double {
    while true {
      let x = 2 * unit() - 1
      let y = 2 * unit() - 1
      let square = x * x + y * y
      if square > 0, square < 1 { return x * (-2 * Elementary.logarithm(square) / square).squareRoot() }
    }
  }
}

/// Logarithm and exponential out of additions, multiplications and divisions only.
///
/// IEEE 754 fixes the result of those; a C library picks its `log` by processor, and one bit of difference would change a time
/// stamp and with it the file.
enum Elementary {
  private static let ln2 = 0.693_147_180_559_945_3

  /// Natural logarithm of a positive number, to about 1e-15.
  static func logarithm(_ x: Double) -> Double {
    guard x > 0 else { return -745 }
    let ratio = (x.significand - 1) / (x.significand + 1)
    let square = ratio * ratio
    var term = ratio
    var sum = 0.0
    // The ratio is at most 1/3, so that each term is a ninth of the one before.
    for index in 0..<17 {
      sum += term / Double(2 * index + 1)
      term *= square
    }
    return Double(x.exponent) * ln2 + 2 * sum
  }

  /// e to the power of `x`, for x in -700...700.
  static func exponential(_ x: Double) -> Double {
    let clamped = min(max(x, -700), 700)
    let whole = (clamped / ln2).rounded()
    let rest = clamped - whole * ln2
    var term = 1.0
    var sum = 1.0
    for index in 1..<16 {
      term *= rest / Double(index)
      sum += term
    }
    return Double(sign: .plus, exponent: Int(whole), significand: sum)
  }
}
