import CGramScan
import Testing

/// What vectors say of a text's bytes is what a look at each byte says.
@Suite("Bytes of a text")
struct ByteTraitsTests {
  /// Every byte that means something, and some that do not.
  private static let alphabet = Array("aZz09%+&\\ \t\n*#-<\"'^,;./(\u{7F}".utf8) + [0, 0x80, 0xC3, 0xFF]

  private static func texts() -> [[UInt8]] {
    var random = SplitMix(state: 7)
    // Few kinds of bytes at a time, or else long texts would hold all.
    return (0..<20_000).map { number in
      let some = (0..<3).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      return (0..<(number % 131)).map { _ in some.randomElement(using: &random) ?? 0 }
    }
  }

  @Test func traitsAreThoseOfEachByte() {
    var seen: Set<UInt32> = []
    for text in Self.texts() {
      let traits = text.withUnsafeBufferPointer { ropeline_byte_traits($0.baseAddress, $0.count) }
      let plain = text.withUnsafeBufferPointer { ropeline_byte_traits_plain($0.baseAddress, $0.count) }
      #expect(traits == plain, "\(text)")
      seen.insert(traits)
    }
    #expect(seen.count > 400, "many combinations of traits were seen")
    #expect(seen.reduce(0, |) == 0x7FFF, "each of the 15 traits was seen")
  }

  @Test func theFirstOfTwoBytesIsFound() {
    var found = 0
    for text in Self.texts() {
      let place = text.withUnsafeBufferPointer { Int(ropeline_find_either($0.baseAddress, $0.count, 0x25, 0x2B)) }
      #expect(place == text.firstIndex { $0 == 0x25 || $0 == 0x2B } ?? text.count)
      if place < text.count { found += 1 }
    }
    #expect(found > 2000)
  }

  @Test func lettersChangeTheirCaseAndNothingElseDoes() {
    for first in [UInt8(ascii: "A"), UInt8(ascii: "a")] {
      let all = Array(UInt8.min...UInt8.max)
      var folded = [UInt8](repeating: 0, count: all.count)
      ropeline_fold(all, all.count, first, &folded)
      #expect(folded == all.map { $0 &- first < 26 ? $0 ^ 0x20 : $0 })
    }
  }
}
