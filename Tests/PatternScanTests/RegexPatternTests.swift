import PatternScan
import Testing

@Suite("Regular expressions over bytes")
struct RegexPatternTests {
  struct SearchCase: Sendable {
    var pattern: String
    var options: RegexOptions = []
    var text: String
    /// Nil: no match. Otherwise the whole match and then the groups, nil for one that took no part.
    var groups: [String?]?
    var why: String
  }

  static let searches: [SearchCase] = [
    SearchCase(pattern: "b+", text: "abbc", groups: ["bb"], why: "the leftmost match"),
    SearchCase(pattern: "b+", text: "acd", groups: nil, why: "nothing there"),
    SearchCase(pattern: "", text: "", groups: [""], why: "both may be empty"),
    SearchCase(pattern: "x", text: "", groups: nil, why: "an empty text has no bytes"),
    SearchCase(pattern: "^$", text: "", groups: [""], why: "anchors hold in an empty text"),
    SearchCase(pattern: "(a)|(b)", text: "b", groups: ["b", nil, "b"], why: "a group that took no part is nil"),
    SearchCase(pattern: "(b)|(a)|(c)", text: "b", groups: ["b", "b", nil, nil], why: "also after the last that did"),
    SearchCase(pattern: "AbC", options: .caseInsensitive, text: "xaBcx", groups: ["aBc"], why: "case aside"),
    SearchCase(pattern: "AbC", text: "xaBcx", groups: nil, why: "case counts by default"),
    SearchCase(pattern: "^b", text: "a\nb", groups: nil, why: "a caret is the text's start"),
    SearchCase(pattern: "^b", options: .multiline, text: "a\nb", groups: ["b"], why: "or a line's"),
    SearchCase(pattern: "a$", text: "a\n", groups: ["a"], why: "a dollar stands before a last newline"),
    SearchCase(pattern: "a$", options: .dollarEndOnly, text: "a\n", groups: nil, why: "or does not"),
    SearchCase(pattern: "a.b", text: "a\nb", groups: nil, why: "a dot is no newline"),
    SearchCase(pattern: "a.b", options: .dotAll, text: "a\nb", groups: ["a\nb"], why: "or is one"),
    SearchCase(pattern: "^.$", text: "é", groups: nil, why: "a dot is one byte"),
    SearchCase(pattern: "[\\xa9]", text: "é", groups: [nil], why: "half a character is a byte like any other"),
    SearchCase(pattern: "\\x{c3}\\x{a9}", text: "é", groups: ["é"], why: "numbers are bytes"),
    SearchCase(pattern: "\\w", text: "é", groups: nil, why: "words are ASCII"),
    SearchCase(pattern: "(?<!x)y", text: "xyzy", groups: ["y"], why: "look-behind"),
    SearchCase(pattern: "(.)\\1", text: "abccd", groups: ["cc", "c"], why: "back-references"),
  ]

  @Test("a search finds what the pattern says", arguments: searches)
  func search(_ test: SearchCase) throws {
    let pattern = try RegexPattern(Array(test.pattern.utf8), options: test.options)
    let scratch = RegexScratch()
    let text = Array(test.text.utf8)
    let outcome = text.withUnsafeBufferPointer { scratch.firstMatch(pattern, in: $0) }
    #expect(outcome == (test.groups == nil ? .noMatch : .match), "\(test.why)")
    guard let groups = test.groups else { return #expect(scratch.capture(0) == nil) }
    #expect(pattern.captureCount == groups.count - 1)
    // One case matches half a character, which no String can hold.
    if groups == [nil] { return #expect(scratch.capture(0) == 1..<2) }
    for (index, group) in groups.enumerated() {
      #expect(scratch.capture(index).map { String(decoding: text[$0], as: UTF8.self) } == group, "\(test.why)")
    }
    #expect(scratch.capture(groups.count) == nil)
    #expect(scratch.capture(-1) == nil)
  }

  @Test func theSearchTableIsWhole() { #expect(Self.searches.count == 21) }

  struct ErrorCase: Sendable {
    var pattern: String
    var offset: Int
  }

  static let mistakes = [
    ErrorCase(pattern: "a(b", offset: 3), ErrorCase(pattern: "a[b", offset: 3), ErrorCase(pattern: "*a", offset: 0),
    ErrorCase(pattern: "a{2,1}", offset: 5), ErrorCase(pattern: "(*UTF)a", offset: 6), ErrorCase(pattern: "\\x{100}", offset: 6),
  ]

  @Test("a broken pattern says where and why", arguments: mistakes)
  func mistake(_ test: ErrorCase) {
    let error = #expect(throws: RegexError.self) { try RegexPattern(Array(test.pattern.utf8)) }
    #expect(error?.offset == test.offset)
    #expect(error?.message.isEmpty == false)
  }

  @Test func theMistakeTableIsWhole() { #expect(Self.mistakes.count == 6) }

  @Test func aTextWithoutAnAddressIsAnEmptyText() throws {
    let scratch = RegexScratch()
    let none = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    #expect(scratch.firstMatch(try RegexPattern([]), in: none) == .match)
    #expect(scratch.capture(0) == 0..<0)
    #expect(scratch.firstMatch(try RegexPattern(Array("a".utf8)), in: none) == .noMatch)
  }

  @Test func aSearchBeginsWhereItIsTold() throws {
    let scratch = RegexScratch()
    let pattern = try RegexPattern(Array("a".utf8))
    Array("aba".utf8).withUnsafeBufferPointer { text in
      #expect(scratch.firstMatch(pattern, in: text, from: 1) == .match)
      #expect(scratch.capture(0) == 2..<3)
      #expect(scratch.firstMatch(pattern, in: text, from: 3) == .noMatch)
      #expect(scratch.firstMatch(pattern, in: text, from: 4) == .noMatch)
      #expect(scratch.firstMatch(pattern, in: text, from: -1) == .noMatch)
      #expect(scratch.capture(0) == nil, "an earlier match is forgotten")
    }
  }

  @Test func aLookBehindSeesWhatLiesBeforeTheStart() throws {
    let scratch = RegexScratch()
    let pattern = try RegexPattern(Array("(?<=b)a".utf8))
    let outcome = Array("ba".utf8).withUnsafeBufferPointer { scratch.firstMatch(pattern, in: $0, from: 1) }
    #expect(outcome == .match)
  }

  @Test func catastrophicBacktrackingEndsAtTheLimit() throws {
    let scratch = RegexScratch(matchLimit: 1_000)
    let pattern = try RegexPattern(Array("^(?:a+)+$".utf8))
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 60) + [UInt8(ascii: "!")]
    #expect(text.withUnsafeBufferPointer { scratch.firstMatch(pattern, in: $0) } == .limitReached)
    #expect(scratch.capture(0) == nil)
    // The scratch is good for the next match.
    #expect(Array("aa".utf8).withUnsafeBufferPointer { scratch.firstMatch(pattern, in: $0) } == .match)
  }

  @Test(
    "a stack that is too small hands over to the interpreter", arguments: [UInt32(2_000_000): RegexOutcome.match, 1_000: .limitReached])
  func deepRecursion(limit: UInt32, outcome: RegexOutcome) throws {
    let scratch = RegexScratch(matchLimit: limit)
    // Each bracket is a recursion, whose frame lies on the stack.
    let pattern = try RegexPattern(Array("^(\\((?1)*\\))$".utf8))
    let depth = 20_000
    let text = [UInt8](repeating: UInt8(ascii: "("), count: depth) + [UInt8](repeating: UInt8(ascii: ")"), count: depth)
    #expect(text.withUnsafeBufferPointer { scratch.firstMatch(pattern, in: $0) } == outcome)
  }

  @Test func aPatternMayHaveMoreGroupsThanTheScratchBeganWith() throws {
    let scratch = RegexScratch()
    let pattern = try RegexPattern(Array(String(repeating: "(a)", count: 100).utf8))
    #expect(pattern.captureCount == 100)
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 100)
    #expect(text.withUnsafeBufferPointer { scratch.firstMatch(pattern, in: $0) } == .match)
    #expect(scratch.capture(100) == 99..<100)
    #expect(scratch.capture(101) == nil)
  }

  @Test func threadsShareOnePattern() async throws {
    let pattern = try RegexPattern(Array("(\\d+)x".utf8))
    let found = await withTaskGroup(of: Range<Int>?.self) { group in
      for index in 0..<16 {
        group.addTask {
          let scratch = RegexScratch()
          let text = Array("\(String(repeating: "-", count: index))12x".utf8)
          return text.withUnsafeBufferPointer { scratch.firstMatch(pattern, in: $0) == .match ? scratch.capture(1) : nil }
        }
      }
      return await group.reduce(into: Set<Range<Int>?>()) { $0.insert($1) }
    }
    #expect(found == Set((0..<16).map { Optional($0..<$0 + 2) }))
  }
}
