import PatternScan
import Testing

@Suite("Phrase sets")
struct PhraseSetTests {
  struct SearchCase: Sendable {
    var phrases: [String]
    var text: String
    /// Nil: no phrase occurs.
    var found: (range: Range<Int>, phrase: Int)?
    var why: String
  }

  static let searches: [SearchCase] = [
    SearchCase(phrases: ["he", "she", "his", "hers"], text: "ushers", found: (1..<4, 1), why: "of two that end together the longer"),
    SearchCase(phrases: ["hers", "he"], text: "ushers", found: (2..<4, 1), why: "the one that ends first"),
    SearchCase(phrases: ["abcd", "bc"], text: "xabcd", found: (2..<4, 1), why: "a phrase inside of another"),
    SearchCase(phrases: ["abcx", "bcd"], text: "abcd", found: (1..<4, 1), why: "a branch that fails goes on in its suffix"),
    SearchCase(phrases: ["SeLect"], text: "uNION seLECT", found: (6..<12, 0), why: "case aside in both"),
    SearchCase(phrases: ["@["], text: "`{", found: nil, why: "only letters have case"),
    SearchCase(phrases: ["É"], text: "é", found: nil, why: "and only ASCII ones"),
    SearchCase(phrases: ["a b"], text: "a  b a b", found: (5..<8, 0), why: "blanks count"),
    SearchCase(phrases: ["aab"], text: "aaab", found: (1..<4, 0), why: "a match may overlap a failed start"),
    SearchCase(phrases: ["x", "x"], text: "x", found: (0..<1, 0), why: "the first of two equal phrases"),
    SearchCase(phrases: ["", "b"], text: "ab", found: (1..<2, 1), why: "an empty phrase matches nothing"),
    SearchCase(phrases: [""], text: "ab", found: nil, why: "not even alone"),
    SearchCase(phrases: [], text: "ab", found: nil, why: "no phrases, no match"),
    SearchCase(phrases: ["ab"], text: "", found: nil, why: "no text, no match"),
    SearchCase(phrases: ["ab"], text: "a", found: nil, why: "half a phrase is none"),
  ]

  @Test("a search finds the phrase that ends first", arguments: searches)
  func search(_ test: SearchCase) {
    let set = PhraseSet(test.phrases.map { Array($0.utf8) })
    #expect(set.count == test.phrases.count)
    let found = Array(test.text.utf8).withUnsafeBufferPointer { set.firstMatch(in: $0) }
    #expect(found?.range == test.found?.range, "\(test.why)")
    #expect(found?.phrase == test.found?.phrase, "\(test.why)")
  }

  @Test func theSearchTableIsWhole() { #expect(Self.searches.count == 15) }

  @Test func everyByteMayBePartOfAPhrase() {
    let all = (0...255).map { UInt8($0) }
    let set = PhraseSet(all.map { [$0, 0] })
    for byte in all {
      let found = [byte, 0].withUnsafeBufferPointer { set.firstMatch(in: $0) }
      #expect(found?.range == 0..<2)
    }
    #expect(set.firstMatch(in: UnsafeBufferPointer(start: nil, count: 0)) == nil)
  }

  /// What a search means, without any of its means.
  private func naive(_ phrases: [[UInt8]], _ text: [UInt8]) -> Range<Int>? {
    func fold(_ bytes: some Sequence<UInt8>) -> [UInt8] { bytes.map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 } }
    for end in 0...text.count {
      let ending = phrases.filter { !$0.isEmpty && $0.count <= end && fold(text[(end - $0.count)..<end]) == fold($0) }
      if let longest = ending.map(\.count).max() { return end - longest..<end }
    }
    return nil
  }

  @Test func randomSearchesAgreeWithTheNaiveOne() {
    var state: UInt64 = 0x1234_5678
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let letters = Array("abAB".utf8)
    func word(_ longest: Int) -> [UInt8] { (0..<next(longest + 1)).map { _ in letters[next(letters.count)] } }
    var matches = 0
    for _ in 0..<2_000 {
      let phrases = (0..<next(5)).map { _ in word(6) }
      let text = word(24)
      let set = PhraseSet(phrases)
      let found = text.withUnsafeBufferPointer { set.firstMatch(in: $0) }
      #expect(found?.range == naive(phrases, text), "\(phrases) in \(text)")
      if found != nil { matches += 1 }
    }
    #expect((200...1_800).contains(matches), "both answers must occur")
  }

  @Test func longTextsAndManyPhrasesAreOnePass() {
    let phrases = (0..<5_000).map { Array("phrase-\($0)-end".utf8) }
    let set = PhraseSet(phrases)
    let text = Array(String(repeating: "phrase-", count: 100_000).utf8) + phrases[4_321]
    let found = text.withUnsafeBufferPointer { set.firstMatch(in: $0) }
    #expect(found?.phrase == 4_321)
    #expect(found?.range == 700_000..<text.count)
  }
}
