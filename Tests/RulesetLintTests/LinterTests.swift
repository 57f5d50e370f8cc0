import SecLang
import Testing

@testable import RulesetLint

private struct NoFiles: RuleFileReader {
  struct Missing: Error {}
  func read(_ path: String) throws -> [UInt8] { throw Missing() }
  func glob(_ pattern: String) -> [String] { [] }
}

private func lint(_ text: String, options: LintOptions = LintOptions()) -> LintResult {
  var parser = RuleSetParser(reader: NoFiles())
  parser.parse(text: Array(text.utf8), path: "site.conf")
  return Linter.lint(parser.finish(), options: options)
}

@Suite("Linter")
struct LinterTests {
  @Test func theExamplesOfEveryCheckHold() {
    var options = LintOptions()
    options.showsStyle = true
    var count = 0
    for check in Linter.documentation where !check.bad.isEmpty {
      count += 1
      let bad = lint(check.bad, options: options).findings.map(\.code)
      #expect(bad.contains(check.code), "\(check.code): the bad example yields \(bad)")
      let good = lint(check.good, options: options).findings.map(\.code)
      #expect(!good.contains(check.code), "\(check.code): the good example yields it too")
    }
    #expect(count == Linter.documentation.count)
    #expect(count == 39)
  }

  struct Place: Sendable {
    var text: String
    var code: String
    var line: Int
    var column: Int
  }

  static let places = [
    Place(text: "SecRuel ARGS \"@rx a\" \"id:1,phase:2,pass\"", code: "SL102", line: 1, column: 1),
    Place(text: "SecRule ARGZ \"@rx a\" \"id:1,phase:2,pass\"", code: "SL103", line: 1, column: 9),
    Place(text: "SecRule ARGS \"@regexp a\" \"id:1,phase:2,pass\"", code: "SL104", line: 1, column: 16),
    Place(text: "SecRule ARGS \"@rx a\" \\\n  \"id:1,phase:2,\\\n  dney\"", code: "SL105", line: 3, column: 3),
    Place(text: "SecRule ARGS \"@rx a(b\" \"id:1,phase:2,pass\"", code: "SL501", line: 1, column: 22),
    Place(text: "\n\nSecAction \"id:1,phase:1,pass,skipAfter:NOWHERE\"", code: "SL206", line: 3, column: 30),
    Place(text: "SecRule ARGS|!ARGS \"@rx a\" \"id:1,phase:2,pass\"", code: "SL312", line: 1, column: 14),
    Place(text: "SecRule RESPONSE_BODY \"@rx a\" \"id:1,phase:2,pass\"", code: "SL301", line: 1, column: 9),
    Place(text: "SecRule ARGS \"@contains UNION\" \"id:1,phase:2,pass,t:lowercase\"", code: "SL403", line: 1, column: 25),
    Place(text: "SecAction \"id:1,phase:2,pass,ctl:requestBodyProcessor=JSON\"", code: "SL313", line: 1, column: 30),
  ]

  @Test("findings stand at the word at fault", arguments: places)
  func position(_ place: Place) throws {
    let found = try #require(lint(place.text).findings.first { $0.code == place.code })
    #expect(found.range.start.line == place.line)
    #expect(found.range.start.column == place.column)
  }

  @Test func theTableOfPlacesIsWhole() { #expect(Self.places.count == 10) }

  @Test func aFileWithManyMistakesShowsThemAll() {
    let text = Self.places.map(\.text).enumerated().map { index, text in text.replacing("id:1,", with: "id:\(index + 1),") }.joined(
      separator: "\n")
    let codes = Set(lint(text).findings.map(\.code))
    #expect(codes.isSuperset(of: Self.places.map(\.code)))
  }

  @Test func aCommentSuppressesAFinding() {
    let result = lint("# lint:ignore SL212 the default is meant\nSecAction \"id:1,pass\"")
    #expect(result.findings.isEmpty)
    #expect(result.suppressed == 1)
    #expect(lint("# lint:ignore-file SL2\n\nSecAction \"id:1,pass\"").findings.isEmpty)
  }

  @Test func codesAreSelectedAndIgnored() {
    let text = "SecAction \"pass\"\nSecAction \"id:1,pass\""
    var options = LintOptions()
    options.selected = ["SL201"]
    #expect(lint(text, options: options).findings.map(\.code) == ["SL201"])
    options.selected = []
    options.ignored = ["SL2"]
    #expect(lint(text, options: options).findings.isEmpty)
  }

  @Test func theExcerptPointsAtThePlace() throws {
    var parser = RuleSetParser(reader: NoFiles())
    parser.parse(text: Array("SecRule ARGZ \"@rx a\" \"id:1,phase:2,pass\"".utf8), path: "site.conf")
    let ruleSet = parser.finish()
    let finding = try #require(Linter.lint(ruleSet).findings.first)
    let text = FindingText(files: ruleSet.files, usesColor: false).text(finding)
    #expect(text.contains("--> site.conf:1:9"))
    #expect(text.contains("1 | SecRule ARGZ"))
    #expect(text.contains("\n  |         ^^^^\n"))
  }

  @Test func randomTextEndsInFindingsAndNotInACrash() {
    var state: UInt64 = 7
    let words = [
      "SecRule ", "ARGS", "|!", "\"", "@rx ", "(", "id:1", ",", "chain", "\n", "\\\n", "'", "%{tx.", "skipAfter:X", "SecMarker X",
      "# lint:ignore ", "t:none", "&", ":", "/",
    ]
    for _ in 0..<400 {
      var text = ""
      for _ in 0..<30 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += words[Int(state >> 33) % words.count]
      }
      let result = lint(text)
      let renderer = FindingText(files: [SourceFile(path: "site.conf", bytes: Array(text.utf8))], usesColor: true)
      for finding in result.findings { #expect(!renderer.text(finding).isEmpty) }
    }
  }
}
