import SchemaValidation
import Testing

/// Regular expressions mean what they mean in ECMA-262 with the `u` flag.
@Suite struct PatternTests {
  struct Row: Sendable {
    var pattern: String
    var matches: [String]
    var others: [String]
  }

  @Test(arguments: rows) func patterns(_ row: Row) throws {
    let schema = try CompiledSchema(Array(#"{"pattern": \#(Self.json(row.pattern))}"#.utf8))
    let validator = SchemaValidator()
    for text in row.matches {
      #expect(validator.validate(Array(Self.json(text).utf8), schema) == .valid, "\(row.pattern): \(text.debugDescription)")
    }
    for text in row.others {
      #expect(validator.validate(Array(Self.json(text).utf8), schema) == .invalid, "\(row.pattern): \(text.debugDescription)")
    }
  }

  @Test func tableIsComplete() { #expect(Self.rows.count >= 45) }

  @Test(arguments: [
    (#"(?<=a+)b"#, "lookbehind"), (#"a{99999}"#, "repeat count"), (#"\Z"#, "no escape"), (#"(?<n>a)(?<n>b)"#, "two groups"),
    (#"["#, "not closed"),
  ])
  func whatCannotBeUsedIsSaid(_ row: (pattern: String, message: String)) {
    let error = #expect(throws: SchemaError.self) { try CompiledSchema(Array(#"{"pattern": \#(Self.json(row.pattern))}"#.utf8)) }
    #expect(error?.message.contains(row.message) == true, "\(error?.description ?? "")")
    #expect(error?.pointer == "/pattern")
  }

  /// Catastrophic backtracking is neither a match nor none.
  @Test func theMatchLimitIsAnAnswerOfItsOwn() throws {
    let schema = try CompiledSchema(Array(#"{"pattern": "^(a+)+$"}"#.utf8))
    let text = "\"" + String(repeating: "a", count: 60) + "!\""
    #expect(SchemaValidator().validate(Array(text.utf8), schema) == .limitReached)
  }

  static func json(_ text: String) -> String {
    var output = "\""
    for scalar in text.unicodeScalars {
      if scalar.value < 0x20 || scalar == "\"" || scalar == "\\" {
        let digits = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      } else {
        output.unicodeScalars.append(scalar)
      }
    }
    return output + "\""
  }

  static let rows = [
    Row(pattern: "^abc$", matches: ["abc"], others: ["abc\n", "xabc", "abcx", "a\nabc"]),
    Row(pattern: "a.c", matches: ["abc", "a💩c"], others: ["a\nc", "a\rc", "a\u{2028}c", "a\u{2029}c"]),
    Row(pattern: "^.$", matches: ["é", "💩"], others: ["ab", ""]),
    Row(pattern: "\\d", matches: ["1"], others: ["߀", "৪"]),
    Row(pattern: "^\\D$", matches: ["߀", "a"], others: ["1"]),
    Row(pattern: "^\\w$", matches: ["a", "Z", "_", "0"], others: ["é", "-"]),
    Row(pattern: "^\\W$", matches: ["é", "-", "💩"], others: ["a"]),
    Row(
      pattern: "^\\s$", matches: [" ", "\t", "\u{B}", "\u{A0}", "\u{FEFF}", "\u{2028}", "\u{3000}", "\u{1680}"],
      others: ["\u{1}", "\u{180E}", "\u{200B}", "a"]),
    Row(pattern: "^\\S$", matches: ["a", "\u{200B}"], others: [" ", "\u{A0}", "\u{FEFF}"]),
    Row(pattern: "^[\\s]$", matches: ["\u{A0}"], others: ["a"]),
    Row(pattern: "^[^\\s]$", matches: ["a"], others: ["\u{A0}"]),
    Row(pattern: "^[\\S]$", matches: ["a"], others: ["\u{A0}"]),
    Row(pattern: "^[^\\S]$", matches: ["\u{A0}", " "], others: ["a"]),
    Row(pattern: "^[\\w-.]+$", matches: ["a-b.c"], others: ["a b"]),
    Row(pattern: "^[a-]$", matches: ["a", "-"], others: ["b"]),
    Row(pattern: "^[-a]$", matches: ["a", "-"], others: ["b"]),
    Row(pattern: "^[\\]\\\\]$", matches: ["]", "\\"], others: ["["]),
    Row(pattern: "^[[:alpha:]]$", matches: [":]", "a]", "[]"], others: ["a", "x]"]),
    Row(pattern: "[]", matches: [], others: ["", "a"]),
    Row(pattern: "^[^]$", matches: ["\n", "a"], others: [""]),
    Row(pattern: "^[\\b]$", matches: ["\u{8}"], others: ["b"]),
    Row(pattern: "\\bfoo\\b", matches: ["a foo b"], others: ["afoo", "foob"]),
    Row(pattern: "a\\Bb", matches: ["ab"], others: ["a b"]),
    Row(pattern: "^\\t\\n\\v\\f\\r\\0$", matches: ["\t\n\u{B}\u{C}\r\0"], others: ["tnvfr0"]),
    Row(pattern: "^\\cA\\cz$", matches: ["\u{1}\u{1A}"], others: ["cAcz"]),
    Row(pattern: "^\\x41\\u0042\\u{43}$", matches: ["ABC"], others: ["abc"]),
    Row(pattern: "^\\ud83d\\udca9$", matches: ["💩"], others: ["x"]),
    Row(pattern: "^[\\ud83d\\udca9-\\ud83d\\udcab]$", matches: ["💩", "💪"], others: ["a"]),
    Row(pattern: "^[💩-💫]+$", matches: ["💩💪💫"], others: ["🐲"]),
    Row(pattern: "^[\\ud800-\\udfff]$", matches: [], others: ["a", "💩"]),
    Row(pattern: "^\\p{Letter}+$", matches: ["aé"], others: ["1"]),
    Row(pattern: "^\\p{Lu}$", matches: ["É"], others: ["é"]),
    Row(pattern: "^\\P{L}$", matches: ["1"], others: ["é"]),
    Row(pattern: "^\\p{gc=Nd}$", matches: ["৪"], others: ["a"]),
    Row(pattern: "^\\p{Script=Greek}$", matches: ["α"], others: ["a"]),
    Row(pattern: "^[\\p{Han}a]$", matches: ["丈", "a"], others: ["b"]),
    Row(pattern: "^\\p{Assigned}$", matches: ["a"], others: ["\u{378}"]),
    Row(pattern: "^(a)(?:b)(?<n>c)\\1\\k<n>$", matches: ["abcac"], others: ["abcca"]),
    Row(pattern: "^(?:(a)|b)\\1$", matches: ["aa", "b"], others: ["ba"]),
    Row(pattern: "^(?=.*\\d)(?!.*x).{3,}$", matches: ["ab1"], others: ["abc", "x12"]),
    Row(pattern: "(?<=\\$)\\d", matches: ["$1"], others: ["1"]),
    Row(pattern: "(?<!\\$)\\d", matches: ["1"], others: ["$1"]),
    Row(pattern: "^a{2}b{1,}c{0,2}$", matches: ["aab", "aabbcc"], others: ["ab", "aabccc"]),
    Row(pattern: "^a{,2}$", matches: ["a{,2}"], others: ["a", "aa"]),
    Row(pattern: "^{foo}$", matches: ["{foo}"], others: ["foo"]),
    Row(pattern: "^a+?b*?$", matches: ["a", "aab"], others: ["b"]),
    Row(pattern: "^\\/\\-\\.\\@\\_$", matches: ["/-.@_"], others: ["a"]),
    Row(pattern: "^(?i:ab)c$", matches: ["ABc"], others: ["ABC"]),
    Row(pattern: "^(?s:.)$", matches: ["\n"], others: [""]),
    Row(pattern: "(?m:^b$)", matches: ["a\nb\nc"], others: ["ab"]),
    Row(pattern: "^a#b c$", matches: ["a#b c"], others: ["ab"]),
    Row(pattern: "", matches: ["", "a"], others: []),
    Row(pattern: "a||b", matches: ["", "a"], others: []),
  ]
}
