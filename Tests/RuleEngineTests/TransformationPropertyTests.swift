import RuleEngine
import SecLang
import Testing

/// Numbers that are the same in every run.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64 (Steele, Lea, Flood 2014).
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

@Suite("What holds for every value")
struct TransformationPropertyTests {
  /// A transformation that reads from left to right gives `T(head) + T(rest)` for a head that leaves nothing pending. Since the
  /// head needs work, the rest is on the slow path, and the answer without it must be the same.
  struct Fixture: Sendable, CustomTestStringConvertible {
    var name: TransformationName
    var head: String
    var changedHead: String
    /// Bytes of which random values are made: those that matter and some that do not.
    var alphabet: String
    /// First bytes of a value that the head would lend another meaning.
    var avoid: String = ""

    var testDescription: String { "\(name)" }
  }

  static let fixtures = [
    Fixture(name: .urlDecode, head: "%41", changedHead: "A", alphabet: "%+4au"),
    Fixture(name: .urlDecodeUni, head: "%41", changedHead: "A", alphabet: "%+4fuU"),
    Fixture(name: .urlEncode, head: "%", changedHead: "%25", alphabet: "aZ0* <"),
    Fixture(name: .htmlEntityDecode, head: "&#65;", changedHead: "A", alphabet: "&#&#x66;ltg"),
    Fixture(name: .jsDecode, head: "\\x41", changedHead: "A", alphabet: "\\u04xfq"),
    Fixture(name: .cssDecode, head: "\\41 ", changedHead: "A", alphabet: "\\4fz \n"),
    Fixture(name: .escapeSeqDecode, head: "\\x41", changedHead: "A", alphabet: "\\04xnq"),
    Fixture(name: .utf8toUnicode, head: "é", changedHead: "%u00e9", alphabet: "a\\xc3\\xa9\\xe2\\x82\\xf0"),
    Fixture(name: .lowercase, head: "A", changedHead: "a", alphabet: "aBz@[\\xc3"),
    Fixture(name: .uppercase, head: "a", changedHead: "A", alphabet: "AbZ`{\\xe3"),
    Fixture(name: .removeNulls, head: "\\x00", changedHead: "", alphabet: "ab\\x00"),
    Fixture(name: .replaceNulls, head: "\\x00", changedHead: " ", alphabet: "ab\\x00"),
    Fixture(name: .compressWhitespace, head: "\\x09z", changedHead: " z", alphabet: "ab \\x09\\xa0"),
    Fixture(name: .removeWhitespace, head: " ", changedHead: "", alphabet: "abc \\xc2"),
    Fixture(name: .replaceComments, head: "/**/", changedHead: " ", alphabet: "/*a"),
    Fixture(name: .removeComments, head: "/**/z", changedHead: "z", alphabet: "/*-<!>#abc"),
    Fixture(name: .removeCommentsChar, head: "#", changedHead: "", alphabet: "/*-<!>#abc"),
    Fixture(name: .cmdLine, head: "A", changedHead: "a", alphabet: "ab/( ,;^B"),
    Fixture(name: .normalisePath, head: "./", changedHead: "", alphabet: "/.ab", avoid: "/"),
    Fixture(name: .normalisePathWin, head: ".\\", changedHead: "", alphabet: "/.\\ab", avoid: "/\\"),
    Fixture(name: .sqlHexDecode, head: "0x41g", changedHead: "Ag", alphabet: "0x0x444g"),
    Fixture(name: .parityEven7bit, head: "a", changedHead: "\\xe1", alphabet: "ac\\xe1\\xe3"),
    Fixture(name: .parityOdd7bit, head: "c", changedHead: "\\xe3", alphabet: "ac\\xe1\\xe3"),
    Fixture(name: .parityZero7bit, head: "\\xe1", changedHead: "a", alphabet: "abc\\xe1"),
    Fixture(name: .phpArgsNames, head: " ", changedHead: "", alphabet: "a. []_"),
  ]

  @Test("the quick answer and the long way agree", arguments: fixtures)
  func agreement(_ fixture: Fixture) {
    var numbers = SeededNumbers(seed: 7)
    let head = bytes(fixture.head)
    #expect(transformed(fixture.name, head).text == bytes(fixture.changedHead))
    let alphabet = bytes(fixture.alphabet)
    let avoid = bytes(fixture.avoid)
    var unchanged = 0
    let rounds = 3_000
    for _ in 0..<rounds {
      let value = (0..<Int.random(in: 0...9, using: &numbers)).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &numbers)] }
      if let first = value.first, avoid.contains(first) { continue }
      let alone = transformed(fixture.name, value)
      #expect(alone.isChanged == (alone.text != value), "\(value)")
      #expect(transformed(fixture.name, head + value).text == bytes(fixture.changedHead) + alone.text, "\(value)")
      if !alone.isChanged { unchanged += 1 }
    }
    #expect((rounds / 100...rounds - rounds / 100).contains(unchanged), "both answers must occur: \(unchanged)")
  }

  @Test func theFixturesAreWhole() { #expect(Self.fixtures.count == 25) }

  @Test("random bytes never lie about a change", arguments: TransformationName.allCases)
  func randomBytes(_ name: TransformationName) {
    var numbers = SeededNumbers(seed: 11)
    for round in 0..<500 {
      let value = (0..<round % 40).map { _ in UInt8.random(in: 0...255, using: &numbers) }
      let result = transformed(name, value)
      #expect(result.isChanged == (result.text != value), "\(value)")
    }
  }

  /// What each transformation looks for, over and over: an implementation that looks back or ahead without bound would not end.
  static let units = ["a", "%", "&#", "\\", "\\u", "[", "/*", "<!-", "../", "a/..", " ", "0x", "\\xc3", "+", "\\x00", "="]

  @Test("twice the text is about twice the result", arguments: TransformationName.allCases)
  func growth(_ name: TransformationName) {
    for unit in Self.units.map(bytes) {
      let lengths = [4_096, 8_192].map { count in
        transformed(name, Array(repeatElement(unit, count: count).joined())).text.count
      }
      #expect(abs(lengths[1] - 2 * lengths[0]) <= 32, "\(unit)")
    }
  }

  @Test("a megabyte of one byte is no trouble", arguments: TransformationName.allCases)
  func megabyte(_ name: TransformationName) {
    let byte: UInt8 =
      switch name {
      case .urlDecode, .urlDecodeUni: 0x25
      case .htmlEntityDecode: 0x26
      case .jsDecode, .cssDecode, .escapeSeqDecode: 0x5C
      case .utf8toUnicode: 0xF0
      case .normalisePath, .replaceComments, .removeComments: 0x2F
      case .normalisePathWin: 0x2E
      case .removeCommentsChar: 0x2D
      case .phpArgsNames: 0x5B
      case .sqlHexDecode: 0x30
      default: 0x20
      }
    let result = transformed(name, [UInt8](repeating: byte, count: 1_048_576))
    #expect(result.text.count <= 3 * 1_048_576)
  }
}
