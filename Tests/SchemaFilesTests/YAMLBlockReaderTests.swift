import SchemaFiles
import SchemaValidation
import Testing

/// The quick reader of YAML answers what the general parser does, and leaves to it what it does not know.
@Suite("YAML, read quickly")
struct YAMLBlockReaderTests {
  private static let taken: [(text: String, json: String)] = [
    ("a: b", #"{"a":"b"}"#), ("a: b\nc: d\n", #"{"a":"b","c":"d"}"#), ("---\na: b\n", #"{"a":"b"}"#),
    ("# x\n\n  # y\na: b # z\n", #"{"a":"b"}"#), ("a:\n  b:\n    c: 1\n  d: true\n", #"{"a":{"b":{"c":1},"d":true}}"#),
    ("a:\n- b\n- c\nd: e\n", #"{"a":["b","c"],"d":"e"}"#), ("a:\n  - b\n  -\n    c\n  -\n", #"{"a":["b","c",null]}"#),
    ("a:\n- b: c\n  d: e\n- - f\n  - g\n", #"{"a":[{"b":"c","d":"e"},["f","g"]]}"#),
    ("a:\nb:\n", #"{"a":null,"b":null}"#), ("a: ~\nb: null\nc: 012\nd: -1.50\ne: 0x1F\n", #"{"a":null,"b":null,"c":12,"d":-1.50,"e":31}"#),
    ("a: b\n  c\n\n  d\ne: f\n", #"{"a":"b c\nd","e":"f"}"#), ("a: b\n# x\n  # y\nc: d\n", #"{"a":"b","c":"d"}"#),
    ("a: \"b\\n\\\"\\\\ c\"\n", #"{"a":"b\n\"\\ c"}"#), ("a: \"b \n\n  c \\\n   d\"\n", #"{"a":"b\nc d"}"#),
    ("a: 'b # c: d'\n", #"{"a":"b # c: d"}"#), ("\"a b\" : c\n'd': e\n", #"{"a b":"c","d":"e"}"#),
    ("a: |\n  b\n   c\n\n  d\n\ne: f\n", #"{"a":"b\n c\n\nd\n","e":"f"}"#), ("a: |-\n\n  b\n\n", #"{"a":"\nb"}"#),
    ("a: |+\n  b\n\nc: d", #"{"a":"b\n\n","c":"d"}"#),
    ("a: [b, \"c\", 1, []]\nd: {e: f, \"g\": {}}\n", #"{"a":["b","c",1,[]],"d":{"e":"f","g":{}}}"#),
    ("é: ü\nb: http://x/#y\n", #"{"é":"ü","b":"http://x/#y"}"#), ("200: a\ntrue: b\n", #"{"200":"a","true":"b"}"#),
    ("a: say \"x\" \\ y", #"{"a":"say \"x\" \\ y"}"#),
  ]

  @Test("what it takes is what the general parser gives", arguments: taken)
  func agrees(_ row: (text: String, json: String)) throws {
    let bytes = Array(row.text.utf8)
    let quick = try #require(YAMLBlockReader.read(bytes))
    #expect(String(decoding: quick.json, as: UTF8.self) == row.json)
    let general = try YAMLText(bytes, name: "a", isGeneral: true)
    #expect(quick.json == general.json)
    #expect(quick.positions == general.positions)
  }

  @Test("every beginning of a text is read alike by both, or left to the general parser")
  func beginnings() throws {
    var count = 0
    for row in Self.taken {
      let bytes = Array(row.text.utf8)
      for length in 0..<bytes.count {
        let part = Array(bytes[..<length])
        guard let quick = YAMLBlockReader.read(part) else { continue }
        let general = try YAMLText(part, name: "a", isGeneral: true)
        #expect(quick.json == general.json, "\(row.text.debugDescription) up to \(length)")
        #expect(quick.positions == general.positions, "\(row.text.debugDescription) up to \(length)")
        count += 1
      }
    }
    #expect(count > 200)
  }

  @Test(
    "the rest is left alone",
    arguments: [
      "", "a", "- a", "{a: b}", "a: &x b", "a: *x", "a: !!str b", "? a\n: b", "a:\tb", "a: b\r\nc: d", "%YAML 1.2\n---\na: b",
      "a: b\n---\nc: d",
      "a: b\n...\n", "a: >\n  b", "a: |2\n   b", "a: |\nb: c", "a: [b,\n c]", "a: [b: c]", "a: 'b''c'", "a: 'b\n  c'", "a: \"b\\x41\"",
      "a: b: c", "a: b\n c: d", "  a: b\nc: d", "a:\n    b: c\n  d: e", "<<: {a: b}", "a: \u{85}", "a: \u{FEFF}", "a: \u{2028}", "a: @b",
      "a: `b",
      "a: ]", "a: - b", "a: \"b\" c", "a: [b] c",
    ])
  func leaves(_ text: String) { #expect(YAMLBlockReader.read(Array(text.utf8)) == nil) }
}
