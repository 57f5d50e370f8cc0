import Testing

@testable import SecLang

@Suite("No input does harm")
struct RobustnessTests {
  private static let sample = #"""
    # sample
    SecRuleEngine On
    SecRule ARGS:/a|b/|!ARGS:'it\'s'|&TX:x|XML://@* "!@rx a\"b\\ %{tx.a} %{" \
      "id:'200000',phase:request,msg:'a, %{matched_var}',t:none,t:lowercase,\
      setvar:'tx.a=+%{tx.b}',ctl:ruleRemoveTargetById=1-9;ARGS:/x/,chain"
      SecRule REQUEST_HEADERS:Host "@validateByteRange 1-255" "expirevar:ip.a=60,allow:phase"
    SecDefaultAction "phase:2,log,auditlog,pass"
    SecRuleUpdateTargetById 1-5 "!ARGS:x,!TX:/y/"
    SecResponseBodyMimeType text/html "text/plain; charset=x"
    SecMarker "END"
    """#

  @Test("every prefix of a sample, with and without a broken end")
  func prefixes() {
    let bytes = Array(Self.sample.utf8)
    for count in 0...bytes.count {
      for tail in [[], [0x5c], [0x22], [0x27], [0x0a]] as [[UInt8]] {
        var parser = RuleSetParser(reader: MemoryReader())
        parser.parse(text: bytes[..<count] + tail, path: "x")
        _ = parser.finish()
      }
    }
    #expect(
      parsed(Self.sample).diagnostics.filter { $0.severity == .error }.map(\.message) == [
        "a disruptive action belongs to the first rule of a chain"
      ])
  }

  @Test("bytes changed, lost and doubled at random; places stay in the text")
  func mutations() {
    var generator = SplitMix(state: 42)
    let bytes = Array(Self.sample.utf8)
    let favorites = Array("\\\"'/|:,!&@%{}= \n\r\0\u{7f}#;".utf8)
    for _ in 0..<1500 {
      var text = bytes
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        let index = Int.random(in: 0..<text.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: text[index] = favorites.randomElement(using: &generator) ?? 0
        case 1: text.remove(at: index)
        default: text.insert(UInt8.random(in: 0...255, using: &generator), at: index)
        }
      }
      var parser = RuleSetParser(reader: MemoryReader())
      parser.parse(text: text, path: "x")
      let set = parser.finish()
      let lines = text.split(separator: 0x0a, omittingEmptySubsequences: false).map(\.count)
      for range in set.diagnostics.map(\.range) + set.statements.map(\.range) {
        for place in [range.start, range.end] {
          let isInside = place.line >= 1 && place.line <= lines.count && place.column >= 1 && place.column <= lines[place.line - 1] + 2
          if !isInside { Issue.record("\(place) is outside of the text") }
        }
      }
    }
  }

  @Test(
    "a megabyte of one thing is read in one pass",
    arguments: [
      "%{", "%{a", "'", "\\\"", "/", "|", ",", ":'", "!&", "%{tx.a}", "\\\n", "ARGS|", "ARGS:/a", "id:1,", "a'", "\\\\", "x\n", "\\ \n",
      ",ARGS",
    ])
  func repetition(_ unit: String) {
    let long = String(repeating: unit, count: 100_000 / unit.utf8.count)
    for line in [
      long, "SecRule \(long) \"a\" id:1", "SecRule ARGS \"@rx \(long)\" id:1", "SecAction \"id:1,\(long)\"", "SecAction \"id:1,msg:\(long)",
    ] {
      #expect(parsed(line).statements.count <= 200_000)
    }
  }

  @Test("what the printer makes of a sample reads the same")
  func roundTrip() {
    let set = parsed(Self.sample)
    let again = parsed(text(RuleSetPrinter().text(set)))
    #expect(again.statements.map(meaning) == set.statements.map(meaning))
    #expect(set.statements.count == 7)
    #expect(RuleSetPrinter().text(again) == RuleSetPrinter().text(set))
  }

  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var value = state
      value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
      value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
      return value ^ (value >> 31)
    }
  }
}
