import BodyDecoding
import Testing

@Suite struct URLEncodedDecoderTests {
  struct Row: Sendable {
    var input: String
    var pairs: [(String, String)]
    var isInvalid = false

    init(_ input: String, _ pairs: [(String, String)], isInvalid: Bool = false) {
      (self.input, self.pairs, self.isInvalid) = (input, pairs, isInvalid)
    }
  }

  static let rows: [Row] = [
    Row("", []),
    Row("a=1", [("a", "1")]),
    Row("a=1&b=2", [("a", "1"), ("b", "2")]),
    Row("a=1&a=2", [("a", "1"), ("a", "2")]),
    Row("a", [("a", "")]),
    Row("a=", [("a", "")]),
    Row("=1", [("", "1")]),
    Row("=", [("", "")]),
    Row("&", []),
    Row("&&a=1&&", [("a", "1")]),
    Row("a=1=2", [("a", "1=2")]),
    Row("a==", [("a", "=")]),
    Row("a;b=1", [("a;b", "1")]),
    Row("a+b=c+d", [("a b", "c d")]),
    Row("a%2Bb=%2b", [("a+b", "+")]),
    Row("%61=%62", [("a", "b")]),
    Row("a%3Db=1", [("a=b", "1")]),
    Row("a=1%26b=2", [("a", "1&b=2")]),
    Row("a=%2525", [("a", "%25")]),
    Row("a=%", [("a", "%")], isInvalid: true),
    Row("a=%4", [("a", "%4")], isInvalid: true),
    Row("a=%4&b=1", [("a", "%4"), ("b", "1")], isInvalid: true),
    Row("a=%zz1", [("a", "%zz1")], isInvalid: true),
    Row("a=%%41", [("a", "%A")], isInvalid: true),
    Row("%g1=1", [("%g1", "1")], isInvalid: true),
    Row("a=%u0041", [("a", "%u0041")], isInvalid: true),
    Row("a=%00b", [("a", "\0b")]),
    Row("a[]=1&a[x]=2", [("a[]", "1"), ("a[x]", "2")]),
  ]

  @Test("A form is split and decoded once, and nothing is lost", arguments: rows)
  func decodes(_ row: Row) {
    let result = URLEncodedDecoder.decode(Array(row.input.utf8))
    #expect(result.values == row.pairs.map { NamedValue($0.0, $0.1) })
    #expect(result.hasInvalidEncoding == row.isInvalid)
    #expect(result.droppedCount == 0)
  }

  @Test func theTableHasAllItsRows() { #expect(Self.rows.count == 28) }

  @Test func bytesAboveASCIIAreKept() {
    #expect(URLEncodedDecoder.decode(bytes("a=%ff%FE")).values.first?.value == [0xFF, 0xFE])
    #expect(URLEncodedDecoder.decode([0x61, 0x3D, 0xC3, 0xA9]).values.first?.value == [0xC3, 0xA9])
  }

  @Test func anotherSeparatorLeavesTheUsualOneAlone() {
    #expect(
      URLEncodedDecoder.decode(bytes("a=1&b;c=2"), separator: UInt8(ascii: ";")).values
        == [NamedValue("a", "1&b"), NamedValue("c", "2")])
  }

  @Test("Arguments beyond the limit are counted", arguments: [(2, 0), (3, 0), (4, 1), (1000, 997)])
  func limit(count: Int, dropped: Int) {
    let form = Array(repeating: "a=1", count: count).joined(separator: "&")
    let result = URLEncodedDecoder.decode(Array(form.utf8), maximumCount: 3)
    #expect(result.values.count == min(count, 3))
    #expect(result.droppedCount == dropped)
  }

  @Test func aBadSequenceInADroppedArgumentStillCounts() {
    #expect(URLEncodedDecoder.decode(bytes("a=1&b=%"), maximumCount: 1).hasInvalidEncoding)
    #expect(URLEncodedDecoder.decode(bytes("a=1"), maximumCount: 0).droppedCount == 1)
    #expect(URLEncodedDecoder.decode(bytes("a=1"), maximumCount: -1).droppedCount == 1)
  }

  @Test func everyPrefixGivesThePairsItHolds() {
    let form = bytes("user=J%C3%B6rg+K&token=%41%42&x=1")
    for length in 0...form.count {
      let prefix = Array(form[..<length])
      let result = URLEncodedDecoder.decode(prefix)
      #expect(result.values.count == prefix.split(separator: UInt8(ascii: "&")).count)
    }
  }

  @Test("A path keeps its plus signs", arguments: [("/a+b%20c", "/a+b c"), ("/%2e%2E/", "/../"), ("/a%", "/a%"), ("", ""), ("/x", "/x")])
  func path(input: String, expected: String) {
    #expect(URLCoding.decodePath(Array(input.utf8)).text == expected)
    #expect(URLCoding.decodeForm(Array(input.utf8)).text == expected.replacing("+", with: " "))
  }

  @Test func randomBytesNeverTrapAndDecodingKeepsOrShrinks() {
    var random = SplitMix(state: 1)
    for _ in 0..<3000 {
      let input = random.bytes(upTo: 60, alphabet: bytes("a%4&=+;F"))
      let result = URLEncodedDecoder.decode(input, maximumCount: 5)
      #expect(result.values.reduce(0) { $0 + $1.name.count + $1.value.count } <= input.count)
    }
  }
}
