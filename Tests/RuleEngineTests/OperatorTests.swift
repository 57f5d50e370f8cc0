import RuleEngine
import SecLang
import Testing

/// Asks one operator about one value.
func ask(
  _ name: OperatorName, _ operand: String, _ value: [UInt8], lines: [String]? = nil, matchLimit: UInt32 = 100_000
) throws -> (result: OperatorResult, groups: [[UInt8]?]) {
  let compiled = try CompiledOperator.compile(
    name, operand: bytes(operand), dataLines: lines.map { $0.map(bytes) }, options: OperatorOptions())
  var captures: CaptureList? = CaptureList()
  let scratch = OperatorScratch(matchLimit: matchLimit)
  let result = value.withUnsafeBufferPointer { compiled.evaluate($0, scratch: scratch, captures: &captures) }
  // What is captured must not change the answer.
  var none: CaptureList?
  let again = value.withUnsafeBufferPointer { compiled.evaluate($0, scratch: scratch, captures: &none) }
  #expect(again == result)
  #expect(none == nil)
  return (result, captures?.groups ?? [])
}

@Suite("Operators")
struct OperatorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: OperatorName
    var operand: String
    var matches: [String]
    var others: [String]

    init(_ name: OperatorName, _ operand: String, matches: [String] = [], others: [String] = []) {
      self.name = name
      self.operand = operand
      self.matches = matches
      self.others = others
    }

    var testDescription: String { "@\(name) \(operand)" }
  }

  static let cases: [Case] = [
    Case(.rx, "^a.c$", matches: ["abc", "a\nc", "a\\xffc"], others: ["abc\n", "x\nabc", "ABC", ""]),
    Case(.rx, "(?i)^abc", matches: ["ABCd"], others: ["x abc"]),
    Case(.rx, "(?m)^abc$", matches: ["x\nabc\ny"], others: ["xabc"]),
    Case(.rx, "\\x{bc}", matches: ["\\xbc", "\\xc2\\xbc"], others: ["1/4"]),
    Case(.rx, "[é]", matches: ["\\xa9", "\\xc3"], others: ["e"]),
    Case(.rx, "", matches: ["", "x"]),
    Case(.rxGlobal, "b", matches: ["abab"], others: ["a", ""]),
    Case(.pm, "foo BAR |41 42|c", matches: ["xFoox", "bar", "abC", "aBCd"], others: ["fo o", "ab c", ""]),
    Case(.pm, "a|b", matches: ["xa|bx"], others: ["a", "b"]),
    Case(.contains, "b.c", matches: ["ab.cd", "b.c"], others: ["bxc", "B.C", "b.", ""]),
    Case(.contains, "aab", matches: ["aaab", "aabaab"], others: ["aaaa", "abab"]),
    Case(.contains, "", matches: ["", "x"]),
    Case(.strmatch, "x y", matches: ["ax yb"], others: ["x  y"]),
    Case(.containsWord, "cat", matches: ["cat", "a cat", "cat9", "concat cat", "-cat-"], others: ["cats", "concat", "Cat", ""]),
    Case(.containsWord, "aa", matches: ["aaa aa"], others: ["aaaa"]),
    Case(.containsWord, "", matches: ["", "x"]),
    Case(.beginsWith, "/a", matches: ["/a", "/ab"], others: ["/A", "/", "x/a", ""]),
    Case(.beginsWith, "", matches: ["", "x"]),
    Case(.endsWith, ".php", matches: ["a.php", ".php"], others: [".phpx", "php", ".PHP", ""]),
    Case(.streq, "GET", matches: ["GET"], others: ["GETS", "get", "GE", ""]),
    Case(.streq, "", matches: [""], others: ["x"]),
    Case(.within, "|GET| |POST|", matches: ["|GET|", "GET", "", "| |"], others: ["|get|", "PUT", "|GET| |POST| "]),
    Case(.within, "", matches: [""], others: ["x"]),
    Case(.eq, "5", matches: ["5", " 5", "+5", "5 of 6", "05"], others: ["6", "x5", ""]),
    Case(.eq, "abc", matches: ["0", "", "xyz"], others: ["1"]),
    Case(.eq, "-3", matches: ["-3"], others: ["3"]),
    Case(.ge, "5", matches: ["5", "6", "99999999999999999999999"], others: ["4", "", "-99999999999999999999999"]),
    Case(.gt, "5", matches: ["6"], others: ["5", "4"]),
    Case(.le, "5", matches: ["5", "4", ""], others: ["6"]),
    Case(.lt, "5", matches: ["4", "-6", ""], others: ["5", "6"]),
    Case(
      .ipMatch, "192.0.2.0/24, 198.51.100.7,2001:db8::/32,::1",
      matches: ["192.0.2.255", "198.51.100.7", "2001:DB8:1::", "::1", "::ffff:192.0.2.9"],
      others: ["192.0.3.0", "198.51.100.8", "2001:db9::", "::2", "::192.0.2.9", "1922.0.2.1", "192.0.2", "192.0.2.1 ", "x", ""]),
    Case(.ipMatch, "10.9.8.7/8,10.0.0.0/24,10.0.0.0/32", matches: ["10.255.0.1", "10.0.0.0"], others: ["11.0.0.0", "9.255.255.255"]),
    Case(.ipMatch, "0.0.0.0/0", matches: ["255.255.255.255", "0.0.0.0"], others: ["::", "2001:db8::1"]),
    Case(
      .ipMatch, "::/0", matches: ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::"], others: ["1.2.3.4", ":", ":::", "1:::2", "1::2::3"]),
    Case(
      .ipMatch, "::/1", matches: ["1:2:3:4:5:6:7:8", "::2:3:4:5:6:7:8", "1::", "1:2:3:4:5:6:1.2.3.4"],
      others: ["1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:6:7:8::", "1:2:", "12345::", "g::", "::1%1"]),
    Case(.ipMatch, "", others: ["1.2.3.4", ""]),
    Case(.validateByteRange, "32-126, 9,10", matches: ["a\\x00", "\\x7f", "\\x0d"], others: ["az \t\n~", ""]),
    Case(.validateByteRange, "0-255", others: ["\\x00\\xff\\x7f"]),
    Case(.validateByteRange, "65,x,9-1,1-2-3,256,-1", matches: ["\\x01", "x"], others: ["A"]),
    Case(.validateUrlEncoding, "", matches: ["%", "%4", "a%4g", "%%41"], others: ["", "%41", "a+b", "%aF%00"]),
    Case(
      .validateUtf8Encoding, "",
      matches: ["\\x80", "\\xc3", "\\xc0\\xaf", "\\xe0\\x80\\x80", "\\xed\\xa0\\x80", "\\xf4\\x90\\x80\\x80", "\\xf5", "é\\xc3a"],
      others: ["", "a", "é€😀", "\\xed\\x9f\\xbf\\xf4\\x8f\\xbf\\xbf"]),
    Case(.unconditionalMatch, "", matches: ["", "x"]),
    Case(.noMatch, "", others: ["", "x"]),
    Case(.geoLookup, "", others: ["192.0.2.1"]),
    Case(.rbl, "example.com", others: ["192.0.2.1"]),
    Case(.verifyCC, "\\d{13,16}", matches: ["4012888888881881", "nr 14012888888881881"], others: ["4012888888881882", "", "x"]),
    Case(.verifyCPF, "[\\d.-]{11,14}", matches: ["529.982.247-25"], others: ["529.982.247-26", "111.111.111-11", ""]),
    Case(
      .verifySSN, "\\d{3}-?\\d{2}-?\\d{4}", matches: ["219-09-9999"], others: ["666-09-9999", "000-09-9999", "219-00-9999", "123-45-6789"]),
    Case(
      .validateNid, "cl [\\d.]{7,10}-?[\\dkK]", matches: ["12.345.678-5", "x 6265837-1", "1000005-K"],
      others: ["12.345.678-6", "K1234567-8", ""]),
    Case(.validateNid, "us \\d{3}-?\\d{2}-?\\d{4}", matches: ["219-09-9999"], others: ["666-09-9999"]),
    Case(.verifySVNR, "\\d{4} ?\\d{6}", matches: ["1237 010180"], others: ["1238 010180", "0000000000", ""]),
  ]

  @Test("an operator matches these and not those", arguments: cases)
  func operators(_ test: Case) throws {
    for value in test.matches { #expect(try ask(test.name, test.operand, bytes(value)).result == .match, "\(value)") }
    for value in test.others { #expect(try ask(test.name, test.operand, bytes(value)).result == .noMatch, "\(value)") }
  }

  /// Operators that are tested elsewhere, or refused.
  static let refused: Set<OperatorName> = [
    .inspectFile, .validateHash, .rsub, .fuzzyHash, .gsbLookup,
  ]

  @Test func theTableIsWholeAndNamesEveryOperator() {
    #expect(Self.cases.count == 51)
    let elsewhere: Set<OperatorName> = [
      .pmFromFile, .ipMatchFromFile, .detectSQLi, .detectXSS, .pmFromDataset, .ipMatchFromDataset, .restpath, .validateDTD, .validateSchema,
    ]
    #expect(Set(Self.cases.map(\.name)).union(elsewhere).union(Self.refused) == Set(OperatorName.allCases))
  }

  @Test("what is not to be had is refused at load", arguments: refused)
  func refusal(_ name: OperatorName) {
    let error = #expect(throws: OperatorError.self) { try ask(name, "x", []) }
    #expect(error?.message.isEmpty == false)
  }

  @Test func filesGiveOneEntryALine() throws {
    let phrases = ["union select", "  eval(", "#x"]
    #expect(try ask(.pmFromFile, "f.data", bytes("1 UNION SELECT 2"), lines: phrases).groups == [bytes("UNION SELECT")])
    #expect(try ask(.pmFromFile, "f.data", bytes("eval("), lines: phrases).result == .noMatch, "blanks belong to a phrase")
    #expect(try ask(.pmFromFile, "f.data", bytes("x"), lines: []).result == .noMatch)
    let networks = ["192.0.2.0/24", " 2001:db8::1 ", ""]
    #expect(try ask(.ipMatchFromFile, "f.data", bytes("192.0.2.77"), lines: networks).result == .match)
    #expect(try ask(.ipMatchFromFile, "f.data", bytes("2001:db8::1"), lines: networks).result == .match)
    #expect(try ask(.ipMatchFromFile, "f.data", bytes("2001:db8::2"), lines: networks).result == .noMatch)
  }

  struct Mistake: Sendable {
    var name: OperatorName
    var operand: String
    var offset: Int?
  }

  static let mistakes = [
    Mistake(name: .rx, operand: "a(b", offset: 3), Mistake(name: .rxGlobal, operand: "[", offset: 1),
    Mistake(name: .verifyCC, operand: "*", offset: 0),
    Mistake(name: .pm, operand: " ", offset: nil), Mistake(name: .pm, operand: "", offset: nil),
    Mistake(name: .ipMatch, operand: "10.0.0.0/33", offset: 0), Mistake(name: .ipMatch, operand: "::1,10.0.0.0/x", offset: 4),
    Mistake(name: .ipMatch, operand: "::1,::/129", offset: 4), Mistake(name: .ipMatch, operand: "1.2.3.4/", offset: 0),
    Mistake(name: .ipMatch, operand: "1.2.3.4,,localhost", offset: 9),
    Mistake(name: .restpath, operand: "/a/{b", offset: 3), Mistake(name: .restpath, operand: "/a/{}", offset: 3),
    Mistake(name: .restpath, operand: "/a}", offset: 2), Mistake(name: .restpath, operand: "/{a}/{a}", offset: 6),
    Mistake(name: .restpath, operand: "", offset: 0), Mistake(name: .validateNid, operand: "de \\d+", offset: 0),
    Mistake(name: .validateNid, operand: "cl", offset: 2),
  ]

  @Test("a broken operand is an error with its place", arguments: mistakes)
  func mistake(_ test: Mistake) {
    let error = #expect(throws: OperatorError.self) { try ask(test.name, test.operand, []) }
    #expect(error?.offset == test.offset)
  }

  @Test func theMistakeTableIsWhole() { #expect(Self.mistakes.count == 17) }

  @Test func tooManyPhrasesAreRefused() {
    let lines = [String](repeating: String(repeating: "a", count: 1_024), count: 1_025)
    #expect(throws: OperatorError.self) { try ask(.pmFromFile, "f.data", [], lines: lines) }
  }
}

@Suite("What operators capture, and where they stop")
struct OperatorLimitTests {
  @Test func capturesAreTheMatchAndItsGroups() throws {
    #expect(try ask(.rx, "(a)(x)?(b)", bytes("zab")).groups == [bytes("ab"), bytes("a"), nil, bytes("b")])
    #expect(try ask(.rx, "(a)|(b)", bytes("a")).groups == [bytes("a"), bytes("a"), nil])
    #expect(try ask(.rx, "x", bytes("a")).groups == [])
    #expect(try ask(.rxGlobal, "(.)b", bytes("abcb")).groups == [bytes("ab"), bytes("a"), bytes("cb"), bytes("c")])
    #expect(try ask(.pm, "foo bar", bytes("a FOO bar")).groups == [bytes("FOO")])
    #expect(try ask(.verifyCC, "\\d{16}", bytes("nr 4012888888881881")).groups == [bytes("4012888888881881")])
    #expect(try ask(.lt, "5", bytes("4")).groups == [])
  }

  @Test func aListThatIsReusedHoldsTheLastMatchOnly() throws {
    let compiled = try CompiledOperator.compile(.rx, operand: bytes("(a)|b"), dataLines: nil, options: OperatorOptions())
    let scratch = OperatorScratch()
    var captures: CaptureList? = CaptureList()
    for text in ["a", "b"] {
      #expect(bytes(text).withUnsafeBufferPointer { compiled.evaluate($0, scratch: scratch, captures: &captures) } == .match)
    }
    #expect(captures?.groups == [bytes("b"), nil])
  }

  @Test("a value without an address is an empty value", arguments: OperatorName.allCases)
  func emptyValue(_ name: OperatorName) throws {
    // Documents are asked about the body, not about a value.
    if OperatorTests.refused.contains(name) || name == .validateDTD || name == .validateSchema { return }
    let operand = name == .validateNid ? "cl 1" : "1.2.3.4"
    let compiled = try CompiledOperator.compile(name, operand: bytes(operand), dataLines: [bytes("1.2.3.4")], options: OperatorOptions())
    var captures: CaptureList? = CaptureList()
    let result = compiled.evaluate(UnsafeBufferPointer(start: nil, count: 0), scratch: OperatorScratch(), captures: &captures)
    let expected: Set<OperatorName> = [.within, .le, .lt, .unconditionalMatch]
    #expect((result == .match) == expected.contains(name))
  }

  @Test func aPatternThatBacktracksTooFarIsNoNoMatch() throws {
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 50) + bytes("!")
    for name in [OperatorName.rx, .rxGlobal, .verifyCC] {
      #expect(try ask(name, "^(?:a+)+$", text, matchLimit: 1_000).result == .limitReached)
    }
  }

  @Test func aLongTextThatMatchesEverywhereIsCut() throws {
    let digits = [UInt8](repeating: UInt8(ascii: "7"), count: 400_000)
    #expect(try ask(.verifyCC, "\\d+", digits).result == .limitReached)
    #expect(try ask(.verifyCC, "(?=(\\d))", digits).result == .noMatch, "empty matches move on")
    let found = try ask(.rxGlobal, "(7)", digits)
    #expect(found.result == .match)
    #expect(found.groups.count == 100)
    #expect(try ask(.rxGlobal, "x*", digits).result == .match)
  }

  @Test("searches agree with the naive ones", arguments: [OperatorName.contains, .containsWord, .within, .beginsWith, .endsWith])
  func searches(_ name: OperatorName) throws {
    var numbers = SeededNumbers(seed: 3)
    let letters = bytes("aab -")
    func word(_ longest: Int) -> [UInt8] {
      (0..<Int.random(in: 0...longest, using: &numbers)).map { _ in letters[Int.random(in: 0..<5, using: &numbers)] }
    }
    func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    func places(_ needle: [UInt8], _ text: [UInt8]) -> [Int] {
      text.count < needle.count ? [] : (0...(text.count - needle.count)).filter { Array(text[$0..<($0 + needle.count)]) == needle }
    }
    var matches = 0
    for _ in 0..<2_000 {
      let operand = word(name == .within ? 12 : 4)
      let value = word(name == .within ? 4 : 12)
      let expected: Bool
      switch name {
      case .containsWord:
        expected =
          operand.isEmpty
          || places(operand, value).contains { start in
            let end = start + operand.count
            return (start == 0 || !isLetter(value[start - 1])) && (end == value.count || !isLetter(value[end]))
          }
      case .within: expected = !places(value, operand).isEmpty
      case .beginsWith: expected = value.starts(with: operand)
      case .endsWith: expected = value.reversed().starts(with: operand.reversed())
      default: expected = !places(operand, value).isEmpty
      }
      let result = try ask(name, String(decoding: operand, as: UTF8.self), value).result
      #expect(result == (expected ? .match : .noMatch), "\(operand) \(value)")
      if expected { matches += 1 }
    }
    #expect((100...1_900).contains(matches), "both answers must occur")
  }

  @Test func repetitiveTextsAreOnePass() throws {
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 300_000)
    let needle = String(repeating: "a", count: 20_000) + "b"
    for name in [OperatorName.contains, .containsWord, .strmatch] { #expect(try ask(name, needle, text).result == .noMatch) }
    #expect(try ask(.containsWord, String(repeating: "a", count: 20_000), text).result == .noMatch)
    #expect(try ask(.within, String(repeating: "a", count: 40_000), bytes(needle)).result == .noMatch)
  }
}
