import BodyDecoding
import Testing

@Suite struct JSONFlattenerTests {
  static let names: [(String, [[String]])] = [
    (#"{"a":[1,{"b":2}]}"#, [["json.a.array_0", "1"], ["json.a.array_1.b", "2"]]),
    (#"[1,2]"#, [["json.array_0", "1"], ["json.array_1", "2"]]),
    (#"[[1],[2,[3]]]"#, [["json.array_0.array_0", "1"], ["json.array_1.array_0", "2"], ["json.array_1.array_1.array_0", "3"]]),
    (#""x""#, [["json", "x"]]),
    ("12", [["json", "12"]]),
    ("null", [["json", ""]]),
    ("true", [["json", "true"]]),
    (#"{"a":null,"b":true,"c":false}"#, [["json.a", ""], ["json.b", "true"], ["json.c", "false"]]),
    (#"{"":1}"#, [["json.empty-key", "1"]]),
    (#"{"a":{"":[0]}}"#, [["json.a.empty-key.array_0", "0"]]),
    (#"{"a":1,"a":2}"#, [["json.a", "1"], ["json.a", "2"]]),
    (#"{"a":{"b":{"c":"d"}},"e":"f"}"#, [["json.a.b.c", "d"], ["json.e", "f"]]),
    (#"{"a":[],"b":{},"c":[[]]}"#, []),
    (#"[{},1,[],2]"#, [["json.array_1", "1"], ["json.array_3", "2"]]),
    (#"[-0.50e+10,1E5]"#, [["json.array_0", "-0.50e+10"], ["json.array_1", "1E5"]]),
    (#"{"a.b":1}"#, [["json.a.b", "1"]]),
    ("[0,0,0,0,0,0,0,0,0,0,7]", (0..<10).map { ["json.array_\($0)", "0"] } + [["json.array_10", "7"]]),
    ("", []),
  ]

  @Test("Leaves are named by the keys and indices around them", arguments: names)
  func naming(text: String, expected: [[String]]) {
    let decoded = JSONFlattener.flatten(Array(text.utf8))
    #expect(decoded.error == nil)
    #expect(decoded.values.map { [$0.name.text, $0.value.text] } == expected)
  }

  @Test func theNameTableHasAllItsRows() { #expect(Self.names.count == 18) }

  @Test func dottedNamesHaveBareIndices() {
    let decoded = JSONFlattener.flatten(bytes(#"{"a":[1,{"b":2}],"":3}"#), naming: .dotted)
    #expect(decoded.values == [NamedValue("json.a.0", "1"), NamedValue("json.a.1.b", "2"), NamedValue("json.", "3")])
  }

  static let strings: [(String, [UInt8])] = [
    (#""\"\\\/\b\f\n\r\t""#, [0x22, 0x5C, 0x2F, 0x08, 0x0C, 0x0A, 0x0D, 0x09]),
    (#""\u0041""#, [0x41]),
    (#""\u0000""#, [0]),
    (#""\u00e9\u00E9""#, [0xC3, 0xA9, 0xC3, 0xA9]),
    (#""\u20ac""#, [0xE2, 0x82, 0xAC]),
    (#""\ud83d\ude00""#, [0xF0, 0x9F, 0x98, 0x80]),
    (#""\ud83d""#, [0xEF, 0xBF, 0xBD]),
    (#""\ude00x""#, [0xEF, 0xBF, 0xBD, 0x78]),
    (#""\ud83d\u0041""#, [0xEF, 0xBF, 0xBD, 0x41]),
    (#""\ud83d\ud83d\ude00""#, [0xEF, 0xBF, 0xBD, 0xF0, 0x9F, 0x98, 0x80]),
    (#""\u003cscript\u003e""#, bytes("<script>")),
    ("\"\u{e9}\"", [0xC3, 0xA9]),
    ("\"\u{7f}\"", [0x7F]),
  ]

  @Test("Escapes become UTF-8", arguments: strings)
  func escapes(text: String, expected: [UInt8]) {
    let decoded = JSONFlattener.flatten(Array(text.utf8))
    #expect(decoded.error == nil)
    #expect(decoded.values == [NamedValue(name: bytes("json"), value: expected)])
  }

  @Test func escapesInKeysAreDecodedToo() {
    #expect(JSONFlattener.flatten(bytes(#"{"\u0061\"":1}"#)).values == [NamedValue("json.a\"", "1")])
  }

  @Test(
    "What stands before an error, and what it may hide, is kept",
    arguments: [
      (#"{"a":1,"b":x}"#, ["1"]), (#"["a","b"#, ["a", "b"]), (#"[1,2"#, ["1", "2"]), (#"["a\q<b>","c"]"#, ["a\\q<b>", "c"]),
      ("[\"a\nb\",\"c\"]", ["a\nb", "c"]), (#"["\u12","c"]"#, ["\\u12", "c"]), ("\u{feff}[1]", ["1"]), ("[1]]", ["1"]), (#"["a\"#, ["a"]),
    ])
  func errorsKeepValues(text: String, expected: [String]) {
    let decoded = JSONFlattener.flatten(Array(text.utf8))
    #expect(decoded.values.map(\.value.text) == expected)
    #expect(decoded.error?.message.hasPrefix("JSON parsing error: ") == true)
  }

  @Test func bytesThatAreNotUTF8AreReportedAndKept() {
    let bad: [[UInt8]] = [
      [0x80], [0xC0, 0xBC], [0xC1, 0x81], [0xE0, 0x80, 0xBC], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0xBC], [0xF4, 0x90, 0x80, 0x80],
      [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82], [0xC3],
    ]
    for sequence in bad {
      let decoded = JSONFlattener.flatten(bytes("[\"") + sequence + bytes("<\",1]"))
      #expect(decoded.error?.offset == 2)
      #expect(decoded.values.map(\.value) == [sequence + bytes("<"), bytes("1")])
    }
    let good: [[UInt8]] = [
      [0xC2, 0x80], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80], [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
    ]
    for sequence in good { #expect(JSONFlattener.flatten(bytes("\"") + sequence + bytes("\"")).error == nil) }
  }

  @Test func theErrorTellsWhere() {
    let error = JSONFlattener.flatten(bytes(#"{"a":1,}"#)).error
    #expect(error == BodyError(message: "JSON parsing error: a key in double quotes is expected (byte 7)", offset: 7))
  }

  @Test("Depth is limited", arguments: [(2, false), (3, false), (4, true)])
  func depth(levels: Int, fails: Bool) {
    var limits = JSONLimits()
    limits.maximumDepth = 3
    for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
      let text = String(repeating: open, count: levels) + "1" + String(repeating: close, count: levels)
      #expect((JSONFlattener.flatten(Array(text.utf8), limits: limits).error != nil) == fails)
    }
  }

  @Test func aMillionOpenBracketsNeedNoStack() {
    let text = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
    #expect(JSONFlattener.flatten(text).error?.offset == 512)
    var limits = JSONLimits()
    limits.maximumDepth = .max
    #expect(JSONFlattener.flatten(text, limits: limits).error?.offset == 1_000_000)
    let closed = text + [UInt8](repeating: UInt8(ascii: "]"), count: 1_000_000)
    #expect(JSONFlattener.flatten(closed, limits: limits).error == nil)
  }

  @Test("The number of values is limited", arguments: [(2, false), (3, false), (4, true)])
  func values(count: Int, fails: Bool) {
    var limits = JSONLimits()
    limits.maximumValues = 3
    let text = "[" + Array(repeating: "0", count: count).joined(separator: ",") + "]"
    let decoded = JSONFlattener.flatten(Array(text.utf8), limits: limits)
    #expect((decoded.error != nil) == fails)
    #expect(decoded.values.count == min(count, 3))
  }

  @Test func aLongKeyAroundManyLeavesDoesNotGrowWithTheSquare() {
    let text = "{\"\(String(repeating: "k", count: 50_000))\":[" + Array(repeating: "1", count: 25_000).joined(separator: ",") + "]}"
    var limits = JSONLimits()
    limits.maximumValues = .max
    let decoded = JSONFlattener.flatten(Array(text.utf8), limits: limits)
    #expect(decoded.error != nil)
    let total = decoded.values.reduce(0) { $0 + $1.name.count }
    #expect(total <= 16 * text.utf8.count + 1 << 20)
    #expect(total > 16 * text.utf8.count)
  }

  @Test func everyPrefixIsAnErrorThatKeepsItsValues() {
    let text = bytes(#"{"a":[1,"x\u0041",null],"b":{"c":true,"d":-1.5e3}} "#)
    let full = JSONFlattener.flatten(text)
    #expect(full.error == nil)
    for length in 1..<(text.count - 1) {
      let decoded = JSONFlattener.flatten(Array(text[..<length]))
      #expect(decoded.error != nil)
      #expect(decoded.values.map(\.name) == full.values.prefix(decoded.values.count).map(\.name))
    }
    #expect(JSONFlattener.flatten(Array(text.dropLast())).error == nil)
  }

  @Test func listAndValuesAgree() {
    let decoded = JSONFlattener.flatten(bytes(#"{"a":[1,"b"]}"#))
    var seen: [NamedValue] = []
    decoded.list.forEach { seen.append(NamedValue(name: Array($0), value: Array($1))) }
    #expect(seen == decoded.values)
    #expect(decoded.list.count == 2)
  }

  @Test func randomTextsNeverTrap() {
    var random = SplitMix(state: 3)
    for _ in 0..<20_000 {
      let decoded = JSONFlattener.flatten(random.bytes(upTo: 40, alphabet: bytes(#"{}[]:,"\u0d8 1-.etruefalsn"#)))
      #expect(decoded.values.count <= 40)
    }
  }
}
