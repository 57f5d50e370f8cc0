import Foundation
import Testing

@testable import PatternScan

@Suite("Required texts")
struct RequiredTextsTests {
  private func sets(_ pattern: String) -> [[String]] {
    RequiredTexts(pattern: Array(pattern.utf8)).sets.map { $0.map { String(decoding: $0, as: UTF8.self) }.sorted() }
  }

  /// (pattern, what it requires)
  private static let derived: [(String, [[String]])] = [
    ("union", [["union"]]),
    ("(?i)UNION", [["union"]]),
    ("union|select", [["select", "union"]]),
    ("a.c", [["a"], ["c"]]),
    ("abc?d", [["abcd", "abd"]]),
    ("abc*d", [["ab"], ["d"]]),
    ("ab+c", [["ab"], ["b"], ["bc"]]),
    ("(?:ab)+", [["ab"]]),
    ("(?:ab){2}c", [["ababc"]]),
    ("x(?:a|b)y", [["xay", "xby"]]),
    ("^foo$", [["foo"]]),
    ("foo(?=bar)b", [["foob"]]),
    ("(?<!x)foo\\b", [["foo"]]),
    ("a\\x2fb\\x{2E}", [["a/b."]]),
    ("[ab]c", [["ac", "bc"]]),
    ("(a)\\1b", [["a"], ["b"]]),
    ("\\Qa.b\\E", [["a.b"]]),
    ("foo(?:bar|.*)", [["foo"]]),
    ("(?:foo.*|bar.*)", [["bar", "foo"]]),
    ("a{2,}", [["aa"]]),
    ("a{,2}", [["a{,2}"]]),
    ("(?#note)x", [["x"]]),
    ("(?<name>x)y", [["xy"]]),
    (".*", []), ("", []), ("a?", []), ("a|", []), ("[^a]*", []), ("(?:x|.*)", []),
    // What is not understood requires nothing.
    ("(?x) a b", []), ("\\p{L}a", []), ("(?(1)a|b)", []), ("(*UTF)a", []), ("a\\Kb", []), ("(?R)", []), ("\\12", []), ("(a", []),
  ]

  @Test func areDerivedFromSyntax() {
    for (pattern, expected) in Self.derived {
      #expect(sets(pattern).sorted { $0.joined() < $1.joined() } == expected.sorted { $0.joined() < $1.joined() }, "\(pattern)")
    }
    #expect(Self.derived.count == 37)
  }

  @Test func largeClassesRequireOneOfTheirBytes() {
    #expect(sets("\\d+")[0].count == 10)
    #expect(sets("[a-z0-9]x").contains(["x"]))
    #expect(sets("[^a]") == [])
  }

  // MARK: The law

  /// Patterns over a small alphabet, so that random texts match often.
  private static func pattern(_ random: inout SplitMix, depth: Int = 0) -> String {
    let atoms = [
      "a", "b", "A", "c", "ab", "[ab]", "[^a]", "[a-c]", ".", "\\w", "\\d", "\\W", "1", " ", "\\s", "^", "$", "\\b", "(?=a)", "(?!b)",
      "\\x61", "[[:alpha:]]", "[\\d-]",
    ]
    guard depth < 3 else { return atoms.randomElement(using: &random) ?? "a" }
    switch Int.random(in: 0..<9, using: &random) {
    case 0, 1: return pattern(&random, depth: depth + 1) + pattern(&random, depth: depth + 1)
    case 2: return "(?:\(pattern(&random, depth: depth + 1))|\(pattern(&random, depth: depth + 1)))"
    case 3:
      return "(\(pattern(&random, depth: depth + 1)))"
        + (["*", "+", "?", "*?", "++", "{2}", "{1,3}", "{2,}"].randomElement(using: &random) ?? "")
    case 4: return "(?i)\(pattern(&random, depth: depth + 1))\(pattern(&random, depth: depth + 1))"
    default: return (0..<3).map { _ in atoms.randomElement(using: &random) ?? "" }.joined()
    }
  }

  /// PCRE2 matches, therefore the filter lets pass; and the vector and the plain scan agree.
  @Test func noMatchIsEverFilteredOut() throws {
    var random = SplitMix(state: 20_261_121)
    var patterns: [RegexPattern] = []
    var requirements: [RequiredTexts] = []
    while patterns.count < 1500 {
      let text = Array(Self.pattern(&random).utf8)
      guard let compiled = try? RegexPattern(text, options: [.dotAll, .dollarEndOnly]) else { continue }
      patterns.append(compiled)
      requirements.append(RequiredTexts(pattern: text))
    }
    #expect(requirements.count { GramFilter.filters($0) } > 500, "most patterns require something")
    let phrases = patterns.map { RequiredTexts.phrases(ofAny: RequiredTexts.alternatives(pattern: $0.source)).map { PhraseSet($0) } }
    #expect(phrases.count { $0 != nil } > 200, "many patterns can be told by phrases")
    let filter = GramFilter(requirements)
    let scratch = RegexScratch()
    var answer = [UInt64](repeating: 0, count: filter.wordCount)
    var plain = answer
    var matches = 0
    var filtered = 0
    for _ in 0..<400 {
      let alphabet = Array("aabbcABC1 -\u{7F}\n".utf8)
      let text = (0..<Int.random(in: 0...9, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      text.withUnsafeBufferPointer { text in
        filter.scan(text, into: &answer)
        filter.scan(text, into: &plain, plainly: true)
        #expect(answer == plain)
        for (number, pattern) in patterns.enumerated() {
          let survives = answer[number / 64] & (1 << UInt64(number % 64)) != 0
          if !survives { filtered += 1 }
          if scratch.firstMatch(pattern, in: text) == .match {
            matches += 1
            #expect(phrases[number].map { $0.firstMatch(in: text) != nil } ?? true, "a match holds one of the phrases")
            #expect(survives, "\(String(decoding: pattern.source, as: UTF8.self)) matches \(String(decoding: text, as: UTF8.self))")
          }
        }
      }
    }
    #expect(matches > 50_000 && filtered > 50_000)
  }

  @Test func phrasesAreRequirementsToo() {
    let filter = GramFilter([
      RequiredTexts(anyOf: ["UNION".utf8, "alert(".utf8].map(Array.init)), RequiredTexts(anyOf: [Array("x".utf8)]), RequiredTexts(),
    ])
    func survivors(_ text: String) -> UInt64 {
      var answer = [UInt64](repeating: 0, count: filter.wordCount)
      Array(text.utf8).withUnsafeBufferPointer { filter.scan($0, into: &answer) }
      return answer[0]
    }
    #expect(survivors("all union members") == 0b101)
    #expect(survivors("ALERT(1)") == 0b101)
    #expect(survivors("Xenon") == 0b110)
    #expect(survivors("") == 0b100)
    #expect(survivors("harmless") == 0b100)
  }
}
