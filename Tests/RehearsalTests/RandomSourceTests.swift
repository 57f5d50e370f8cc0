import Glibc
import Testing

@testable import Rehearsal

@Suite("Random source")
struct RandomSourceTests {
  @Test func firstNumberIsThatOfTheGeneratorsReference() {
    // Steele, Lea and Flood's splitmix64, seed 0.
    var random = RandomSource(seed: 0)
    #expect(random.bits() == 0xE220_A839_7B1D_CDAF)
  }

  @Test func logarithmAndExponentialAgreeWithTheLibrary() {
    var count = 0
    var x = 1e-12
    while x < 1e12 {
      #expect(abs(Elementary.logarithm(x) - log(x)) <= 1e-14 * max(1, abs(log(x))), "ln \(x)")
      x *= 1.7
      count += 1
    }
    var y = -60.0
    while y < 60 {
      #expect(abs(Elementary.exponential(y) / exp(y) - 1) < 1e-13, "exp \(y)")
      y += 0.37
      count += 1
    }
    #expect(count > 400)
    #expect(Elementary.exponential(0) == 1)
  }

  @Test func distributionsHaveTheirMeans() {
    var random = RandomSource(seed: 11)
    let count = 40_000
    var exponential = 0.0
    var below = 0
    var geometric = 0
    var firstRank = 0
    var second = 0
    for _ in 0..<count {
      exponential += random.exponential(mean: 3)
      if random.logNormal(median: 5, spread: 0.8) < 5 { below += 1 }
      geometric += random.geometric(mean: 4)
      if random.rank(of: 1000) == 0 { firstRank += 1 }
      if random.weighted([1, 3]) == 1 { second += 1 }
    }
    #expect(abs(exponential / Double(count) - 3) < 0.1)
    #expect(abs(Double(below) / Double(count) - 0.5) < 0.015)
    // The integer part of an exponential lies a little below it.
    #expect((3.3...4.1).contains(Double(geometric) / Double(count)))
    #expect((0.08...0.12).contains(Double(firstRank) / Double(count)))
    #expect(abs(Double(second) / Double(count) - 0.75) < 0.015)
  }

  @Test func numbersStayInTheirRange() {
    var random = RandomSource(seed: 5)
    var seen: Set<Int> = []
    for _ in 0..<2_000 {
      let number = random.integer(3...7)
      #expect((3...7).contains(number))
      seen.insert(number)
      #expect((0..<1).contains(random.unit()))
      #expect((1.999...9.001).contains(random.logUniform(2...9)))
      #expect((0..<50).contains(random.rank(of: 50)))
      #expect(random.hex(16).utf8.count == 16)
    }
    #expect(seen.count == 5)
    #expect(random.index(1) == 0)
  }
}
