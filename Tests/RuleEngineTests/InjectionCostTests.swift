import Testing

@testable import RuleEngine

/// Reading is linear: twice the bytes are at most twice the steps, whatever the bytes are. Steps are counted, not timed.
@Suite("Cost of the injection detectors")
struct InjectionCostTests {
  /// Pieces that make a tokenizer look ahead, go back or start anew, to be repeated.
  private static let pieces = [
    "a ", "'", "\"", "`", "''", "\\'", "--", "-- ", "--\n", "#", "/*", "/*/*", "/*!", "*/", "[a", "[a]", "$$", "$", "@", "@`", "1e", "0x",
    "1.", ".", "..",
    "(", ")", "((", "char ", "sleep   ", "order ", "order by ", "group", "not ", "a.b", "a,", "1+", "or ", "::", "::int", "\u{0}", "é",
    "N'", "_x'",
    "<", "<a ", "<a b=", "<a b=c ", "<a b='", "<!--", "<!-- ", "-->", "<!", "<!`", "</", "<?", "<a href=&#", "&#", "&colon;", "a=", "= ",
    "on=",
    "style=", "href=java", "href=' ", "javascript", "\u{1}",
  ]

  private func steps(_ bytes: [UInt8]) -> (sql: Int, html: Int) {
    bytes.withUnsafeBufferPointer { value in
      (SQLInjectionDetector.forEachShape(of: value) { _ in true }, CrossSiteScriptingDetector.inspect(value).steps)
    }
  }

  private func repeated(_ piece: String, _ other: String, to size: Int) -> [UInt8] {
    let unit = Array((piece + other).utf8)
    return Array((0..<(size / unit.count + 1)).map { _ in unit }.joined().prefix(size))
  }

  /// Three contexts by two dialects, with blanks that are read twice; six places by two kinds of comments.
  private static let mostSQLSteps = 14
  private static let mostHTMLSteps = 26

  @Test func stepsPerByteAreBounded() {
    var count = 0
    for piece in Self.pieces {
      for other in Self.pieces {
        let bytes = repeated(piece, other, to: 512)
        let found = steps(bytes)
        #expect(found.sql <= Self.mostSQLSteps * bytes.count, "\(piece)\(other): \(found.sql)")
        #expect(found.html <= Self.mostHTMLSteps * bytes.count, "\(piece)\(other): \(found.html)")
        count += 1
      }
    }
    #expect(count == Self.pieces.count * Self.pieces.count && count > 3000)
  }

  @Test func doubleTheBytesAreDoubleTheSteps() {
    for piece in Self.pieces {
      for tail in ["", "'", "\"", "<", "=", " = <!-- ' \" `"] {
        let short = steps(Array(tail.utf8) + repeated(piece, "", to: 1024))
        let long = steps(Array(tail.utf8) + repeated(piece, "", to: 2048))
        // 64 for what is read once, whatever the size.
        #expect(long.sql <= 2 * short.sql + 64, "\(piece)\(tail): \(short.sql), \(long.sql)")
        #expect(long.html <= 2 * short.html + 64, "\(piece)\(tail): \(short.html), \(long.html)")
      }
    }
  }

  @Test("most values are let go after one look", arguments: ["hello", "1234567890", "2026-11-20", "a_b.c-d", "Straße", "İstanbul"])
  func plainWordsAreReadOnce(_ text: String) {
    let bytes = Array(text.utf8)
    #expect(steps(bytes).sql == bytes.count)
    #expect(steps(bytes).html == bytes.count)
  }
}
