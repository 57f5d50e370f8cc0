import BodyDecoding
import Testing

@Suite struct CookieDecoderTests {
  static let rows: [(String, [[String]])] = [
    ("", []),
    ("a=1", [["a", "1"]]),
    ("a=1; b=2", [["a", "1"], ["b", "2"]]),
    ("a=1;b=2", [["a", "1"], ["b", "2"]]),
    ("a=1;  \tb=2", [["a", "1"], ["b", "2"]]),
    ("a=1;", [["a", "1"]]),
    (";;a=1;;", [["a", "1"]]),
    ("a", [["a", ""]]),
    ("a; b", [["a", ""], ["b", ""]]),
    ("a=", [["a", ""]]),
    ("=1", []),
    (" =1; a=2", [["a", "2"]]),
    ("a=1=2", [["a", "1=2"]]),
    ("a=\"x;y\"", [["a", "\"x"], ["y\"", ""]]),
    ("a=%41+b", [["a", "%41+b"]]),
    ("a=1; a=2", [["a", "1"], ["a", "2"]]),
    ("a = 1 ; b=2", [["a ", " 1 "], ["b", "2"]]),
    ("a=1, b=2", [["a", "1, b=2"]]),
    ("$Version=1; a=2", [["$Version", "1"], ["a", "2"]]),
    ("   ", []),
  ]

  @Test("A cookie field is split without decoding", arguments: rows)
  func decodes(input: String, expected: [[String]]) {
    var cookies: [NamedValue] = []
    CookieDecoder.decode(Array(input.utf8), into: &cookies)
    #expect(cookies.map { [$0.name.text, $0.value.text] } == expected)
  }

  @Test func theTableHasAllItsRows() { #expect(Self.rows.count == 20) }

  @Test func cookiesOfSeveralFieldsAreCollected() {
    var cookies: [NamedValue] = []
    CookieDecoder.decode(bytes("a=1"), into: &cookies)
    CookieDecoder.decode(bytes("b=2"), into: &cookies)
    #expect(cookies == [NamedValue("a", "1"), NamedValue("b", "2")])
  }

  @Test func everyPrefixIsRead() {
    let field = bytes("session=abc=; theme=dark; x")
    for length in 0...field.count {
      var cookies: [NamedValue] = []
      CookieDecoder.decode(Array(field[..<length]), into: &cookies)
      #expect(cookies.count <= 3)
      #expect(cookies.isEmpty == (length == 0))
    }
  }

  @Test func randomBytesNeverTrap() {
    var random = SplitMix(state: 2)
    for _ in 0..<3000 {
      let input = random.bytes(upTo: 40, alphabet: bytes("a =;\t\""))
      var cookies: [NamedValue] = []
      CookieDecoder.decode(input, into: &cookies)
      #expect(cookies.allSatisfy { !$0.name.isEmpty && !$0.value.contains(UInt8(ascii: ";")) })
      #expect(cookies.count <= (input.count + 1) / 2)
    }
  }
}
