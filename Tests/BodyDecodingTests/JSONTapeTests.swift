import BodyDecoding
import Testing

/// The tape reader: which texts it takes, what it makes of them, and its limits.
@Suite struct JSONTapeTests {
  @Test(arguments: JSONTexts.accepted) func takesJSON(_ text: [UInt8]) {
    #expect(Self.error(text) == nil, "\(String(decoding: text.prefix(60), as: UTF8.self).debugDescription)")
  }

  @Test(arguments: JSONTexts.rejected) func refusesOtherTexts(_ text: [UInt8]) {
    #expect(Self.error(text) != nil, "\(String(decoding: text.prefix(60), as: UTF8.self).debugDescription)")
  }

  @Test func tablesAreComplete() {
    #expect(JSONTexts.accepted.count >= 110)
    #expect(JSONTexts.rejected.count >= 220)
    #expect(JSONTexts.accepted.count + JSONTexts.rejected.count >= 330)
    #expect(Set(JSONTexts.accepted).isDisjoint(with: JSONTexts.rejected))
  }

  /// Every beginning of a text that ends in a bracket is no text; reading it must end, and not beyond its end.
  @Test func beginningsAreRefused() {
    let text = Array(#"{"a\u00e9":[1,-2.5e+3,true,null,{"b":"é💩\ud83d\ude00"}],"c":false,"":{}}"#.utf8)
    #expect(Self.error(text) == nil)
    for length in 0..<text.count { #expect(Self.error(Array(text.prefix(length))) != nil, "\(length)") }
    #expect(text.count > 70)
  }

  static func error(_ text: [UInt8], limits: JSONTapeLimits = JSONTapeLimits()) -> JSONReadError? {
    // A copy of exactly this size, so that reading past the end would be seen by a sanitizer.
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count)
    defer { copy.deallocate() }
    _ = copy.initialize(from: text)
    return JSONTape(limits: limits).read(UnsafeBufferPointer(copy))
  }

  @Test(arguments: [
    ("", JSONReadError.Reason.empty, 0), ("  ", .empty, 2), ("[1,]", .expectsValue, 3), ("[1", .endsEarly, 2),
    ("{\"a\" 1}", .expectsColon, 5),
    ("{1:1}", .expectsKey, 1), ("[1 2]", .expectsCommaOrBracket, 3), ("{\"a\":1]", .expectsCommaOrBrace, 6), ("1 1", .bytesAfterValue, 2),
    ("\u{FEFF}1", .byteOrderMark, 0), ("\"a\nb\"", .controlCharacter, 2), ("\"ab\\x\"", .unknownEscape, 3), ("\"ab", .stringNotClosed, 3),
    ("-", .numberWithoutDigit, 1), ("01", .leadingZero, 0), ("[1.]", .fractionWithoutDigit, 3), ("1e+", .exponentWithoutDigit, 3),
    ("[tru]", .expectsValue, 1),
  ])
  func errorsSayWhere(_ row: (text: String, reason: JSONReadError.Reason, offset: Int)) {
    #expect(Self.error(Array(row.text.utf8)) == JSONReadError(reason: row.reason, offset: row.offset), "\(row.text.debugDescription)")
  }

  // MARK: Nodes

  /// The tree again, as text: what the nodes say.
  private func outline(_ view: JSONView, _ node: Int = 0) -> String {
    switch view.kind(node) {
    case .null: return "null"
    case .true: return "true"
    case .false: return "false"
    case .integer: return "i" + String(decoding: view.numberText(node), as: UTF8.self)
    case .decimal: return "d" + String(decoding: view.numberText(node), as: UTF8.self)
    case .string, .key: return "'" + String(decoding: view.text(node), as: UTF8.self) + "'"
    case .array, .object:
      var parts: [String] = []
      var child = node + 1
      while child < view.next(node) {
        var part = outline(view, child)
        if view.kind(node) == .object {
          child += 1
          part += ":" + outline(view, child)
        }
        parts.append(part)
        child = view.next(child)
      }
      #expect(parts.count == view.memberCount(node))
      return (view.kind(node) == .array ? "A(" : "O(") + parts.joined(separator: ",") + ")" + (view.hasDuplicateKeys(node) ? "!" : "")
    }
  }

  @Test(arguments: [
    ("[]", "A()"), ("{}", "O()"), ("[[],[[]],{}]", "A(A(),A(A()),O())"),
    (#"{"a":{"b":[1,{"c":null}]},"d":true}"#, "O('a':O('b':A(i1,O('c':null))),'d':true)"),
    (#"["\u0041\n\"\\\/\u00e9\ud83d\udca9"]"#, "A('A\n\"\\/é💩')"),
    (#"["\ud800x","\udc00","\ud800\ud800\udc00"]"#, "A('\u{FFFD}x','\u{FFFD}','\u{FFFD}\u{10000}')"),
    ("[1,1.0,1e2,-0,123456789012345678901]", "A(i1,d1.0,d1e2,i-0,i123456789012345678901)"),
    (#"{"a":1,"a":2}"#, "O('a':i1,'a':i2)!"), (#"{"a":1,"\u0061":2,"b":{}}"#, "O('a':i1,'a':i2,'b':O())!"),
    (#"{"a":{"a":1},"b":{"a":1}}"#, "O('a':O('a':i1),'b':O('a':i1))"),
    (#"{"":1,"":2}"#, "O('':i1,'':i2)!"),
    (#"{"aaaaaaaaaaaaaaaaaaaa":1,"aaaaaaaaaaaaaaaaaaab":2}"#, "O('aaaaaaaaaaaaaaaaaaaa':i1,'aaaaaaaaaaaaaaaaaaab':i2)"),
    ("\"plain\"", "'plain'"), (" true ", "true"), ("-12.5E-3", "d-12.5E-3"),
  ])
  func nodesHoldTheText(_ row: (text: String, outline: String)) {
    let tape = JSONTape()
    // Twice, since the memory of the first time is used again.
    for _ in 0..<2 {
      Array(row.text.utf8).withUnsafeBufferPointer { bytes in
        #expect(tape.read(bytes) == nil)
        #expect(outline(tape.view) == row.outline)
      }
    }
  }

  @Test func smallNumbersAreExact() {
    let rows: [(String, Int64, Int)] = [
      ("0", 0, 0), ("-0", 0, 0), ("1.50", 150, -2), ("-2e3", -2, 3), ("123456789012345678", 123_456_789_012_345_678, 0),
      ("1.5e-10", 15, -11), ("0.000", 0, -3),
      ("1E+100", 1, 100),
    ]
    for (text, digits, exponent) in rows {
      let tape = JSONTape()
      Array(text.utf8).withUnsafeBufferPointer { bytes in
        #expect(tape.read(bytes) == nil)
        #expect(tape.view.smallDecimal(0) == SmallDecimal(digits: digits, exponent: exponent), "\(text)")
        #expect(String(decoding: tape.view.numberText(0), as: UTF8.self) == text)
      }
    }
    for text in ["1234567890123456789", "1e101", "1e-101", "1e99999999999999999999", "0.1234567890123456789"] {
      let tape = JSONTape()
      Array(text.utf8).withUnsafeBufferPointer { bytes in
        #expect(tape.read(bytes) == nil)
        #expect(tape.view.smallDecimal(0) == nil, "\(text)")
        #expect(String(decoding: tape.view.numberText(0), as: UTF8.self) == text)
      }
    }
  }

  @Test func membersAreFoundByName() {
    let tape = JSONTape()
    let names = (0..<300).map { "name-\($0)" }
    let text = "{" + names.enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",") + "}"
    Array(text.utf8).withUnsafeBufferPointer { bytes in
      #expect(tape.read(bytes) == nil)
      #expect(!tape.view.hasDuplicateKeys(0))
      for (index, name) in names.enumerated() {
        Array(name.utf8).withUnsafeBufferPointer { name in
          let found = tape.view.member(name, hash: JSONHash.hash(name), of: 0)
          #expect(found.flatMap { tape.view.smallDecimal($0) }?.digits == Int64(index))
        }
      }
      [UInt8]().withUnsafeBufferPointer { #expect(tape.view.member($0, hash: JSONHash.hash($0), of: 0) == nil) }
    }
    let twice = "{" + (names + ["name-17"]).map { "\"\($0)\":0" }.joined(separator: ",") + "}"
    Array(twice.utf8).withUnsafeBufferPointer { bytes in
      #expect(tape.read(bytes) == nil)
      #expect(tape.view.hasDuplicateKeys(0))
    }
  }

  // MARK: Limits, each at its limit and one above

  @Test func depthIsLimited() {
    var limits = JSONTapeLimits()
    limits.maximumDepth = 3
    #expect(Self.error(Array("[[[1]]]".utf8), limits: limits) == nil)
    #expect(Self.error(Array("[[[{}]]]".utf8), limits: limits) == JSONReadError(reason: .tooDeep, offset: 3))
    #expect(Self.error(Array("[[[]],[[]]]".utf8), limits: limits) == nil)
  }

  @Test func nodesAreLimited() {
    var limits = JSONTapeLimits()
    limits.maximumNodes = 300
    let text = { (count: Int) in Array(("[" + Array(repeating: "1", count: count).joined(separator: ",") + "]").utf8) }
    #expect(Self.error(text(299), limits: limits) == nil)
    #expect(Self.error(text(300), limits: limits)?.reason == .tooManyNodes)
  }

  @Test func bytesAreLimited() {
    var limits = JSONTapeLimits()
    limits.maximumBytes = 4
    #expect(Self.error(Array("1234".utf8), limits: limits) == nil)
    #expect(Self.error(Array("12345".utf8), limits: limits) == JSONReadError(reason: .tooLong, offset: 0))
  }

  @Test func numbersAreLimited() {
    var limits = JSONTapeLimits()
    limits.maximumNumberBytes = 20
    #expect(Self.error(Array(repeating: UInt8(ascii: "1"), count: 20), limits: limits) == nil)
    #expect(Self.error(Array(repeating: UInt8(ascii: "1"), count: 21), limits: limits)?.isLimit == true)
  }

  /// Random bytes and broken texts: an answer every time, and the same as the flattener's.
  @Test func agreesWithTheFlattener() {
    var random = SplitMix(state: 7)
    let seeds = JSONTexts.accepted + JSONTexts.rejected
    let tape = JSONTape()
    var count = 0
    for _ in 0..<20_000 {
      var text = seeds[Int(random.next() % UInt64(seeds.count))]
      guard text.count < 2000, !text.isEmpty else { continue }
      for _ in 0..<(random.next() % 3) {
        let at = Int(random.next() % UInt64(text.count))
        let alphabet = Array("{}[]\",:\\u0e.-+ \u{e9}\n1tfn".utf8)
        switch random.next() % 3 {
        case 0: text[at] = alphabet[Int(random.next() % UInt64(alphabet.count))]
        case 1: text.insert(alphabet[Int(random.next() % UInt64(alphabet.count))], at: at)
        default: if text.count > 1 { text.remove(at: at) }
        }
      }
      text.withUnsafeBufferPointer { bytes in
        let error = tape.read(bytes)
        let flattened = JSONFlattener.flatten(Array(bytes))
        // The flattener takes an empty body.
        if error?.reason != .empty {
          #expect((error == nil) == (flattened.error == nil), "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
      }
      count += 1
    }
    #expect(count > 10_000)
  }
}
