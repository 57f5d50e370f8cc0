import Testing

@testable import SecLang

@Suite("Mistakes are named where they stand, and reading goes on")
struct MistakeTests {
  /// Line by line, and what is expected of each.
  private static let lines: [(String, String?)] = [
    ("SecRul ARGS \"@rx a\" \"id:1\"", "unknownDirective 1:1-7"),
    ("SecRule ARGZ \"@rx a\" \"id:2\"", "unknownVariable 2:9-13"),
    ("SecRule ARGS \"@rxx a\" \"id:3\"", "unknownOperator 3:16-19"),
    ("SecRule ARGS \"@rx a\" \"id:4,denyy\"", "unknownAction 4:28-33"),
    ("SecRule ARGS \"@rx a\" \"id:5,t:lower\"", "unknownTransformation 5:30-35"),
    ("SecRule ARGS \"@rx a\" \"id:6,status:999\"", "badArgument 6:35-38"),
    ("SecRule ARGS \"@rx a\" \"id:7,phase:7\"", "badArgument 7:34-35"),
    ("SecRule ARGS \"@rx a\" \"id:8,severity:HIGH\"", "badArgument 8:37-41"),
    ("SecRuleEngine Yes", "badArgument 9:15-18"),
    ("SecRule ARGS \"@rx a\" \"id:10,log", "syntaxError 10:22-32"),
    ("SecRule ARGS \"@rx a\"b\" \"id:11\"", "syntaxError 11:21-22"),
    ("SecRule ARGS", "syntaxError 12:13-13"),
    ("SecRule ARGS \"@rx a\" \"id:13\" more", "syntaxError 13:30-34"),
    ("SecRule ARGS \"@rx a\" \"phase:1,pass\"", "missingID 14:1-8"),
    ("SecRule ARGS:/a \"@rx a\" \"id:15\"", "syntaxError 15:14-16"),
    ("SecRule ARGS \"@rx a\" \"id:16,msg:'open\"", "syntaxError 16:33-38"),
    ("SecRule ARGS \"@pmFromFile none.data\" \"id:17\"", "missingDataFile 17:27-36"),
    ("SecAction \"id:18,ctl:ruleRemoveById=x\"", "badArgument 18:37-38"),
    ("SecAction \"id:19,setvar:nope.a=1\"", "badArgument 19:25-29"),
    ("SecDefaultAction \"phase:1,log\"", "badArgument 20:19-30"),
    ("SecRequestBodyLimit lots", "badArgument 21:21-25"),
    ("SecAction \"id:99,pass\"", nil),
    ("SecAction \"id:99,pass\"", "duplicateID 23:12-17"),
    ("SecRule REQUEST_URI:x \"@rx a\" \"id:24\"", "badArgument 24:21-22"),
    ("SecRule ARGS \"@validateByteRange 1-256\" \"id:25\"", "badArgument 25:34-39"),
    ("Include nowhere.conf", "includeWithoutMatch 26:9-21"),
    ("SecRule ARGS \"@rx a\" \\ ", "unterminatedContinuation 27:22-24"),
    ("  \"id:28\"", nil),
    ("SecAuditLogParts AXZ", "badArgument 29:18-21"),
    ("SecRule ARGS|| \"@rx a\" \"id:30\"", "syntaxError 30:14-15"),
    ("SecAction \"id:31,deny:403\"", "badArgument 31:23-26"),
    ("SecRuleRemoveById 9-1", "badArgument 32:19-22"),
    ("SecRuleUpdateActionById 99 \"id:5\"", "badArgument 33:29-33"),
    ("SecRemoteRules key https://x/", "refusedFeature 34:1-30"),
    ("SecAction \"id:35,exec:/bin/x\"", "refusedFeature 35:18-29"),
    ("SecGsbLookupDb x.db", "ignoredDirective 36:1-20"),
    ("SecAction \"id:37,pass\" \\", "unterminatedContinuation 37:24-25"),
  ]

  @Test("a file of mistakes")
  func file() {
    let set = parsed(Self.lines.map(\.0).joined(separator: "\n"))
    #expect(summary(set) == Self.lines.compactMap(\.1))
    #expect(Self.lines.count { $0.1 != nil } == 35)
    #expect(set.rules.compactMap(\.id) == [99, 99, 35])
    let duplicate = set.diagnostics.first { $0.kind == .duplicateID }
    #expect(duplicate?.related.map { span($0) } == "22:12-17")
  }

  @Test("each mistake alone gives its one diagnostic", arguments: lines.indices)
  func alone(_ index: Int) {
    let (line, expected) = Self.lines[index]
    guard let expected, !expected.hasPrefix("duplicateID"), index + 1 < Self.lines.count else { return }
    let kinds = parsed(line + "\nSecMarker END\n").diagnostics.map(\.kind.rawValue)
    #expect(kinds == [String(expected.prefix { $0 != " " })])
  }

  @Test(
    "settings say what they expect",
    arguments: [
      "SecRequestBodyAccess maybe", "SecResponseBodyLimitAction Drop", "SecAuditEngine yes", "SecAuditLogType File", "SecDebugLogLevel 10",
      "SecArgumentSeparator ab", "SecCookieFormat 2", "SecUploadFileMode 0999", "SecResponseBodyMimeType html", "SecRequestBodyLimit -1",
      "SecRequestBodyLimit 99999999999999999999", "SecRequestBodyJsonDepthLimit 0", "SecAuditLogFormat xml", "SecWebAppId \"\"",
      "SecUploadKeepFiles x", "SecStatusEngine x", "SecXmlExternalEntity x", "SecCollectionTimeout x", "SecUnicodeMapFile a b",
    ])
  func settings(_ line: String) {
    let set = parsed(line)
    #expect(set.diagnostics.map(\.kind) == [.badArgument])
    #expect(set.diagnostics.first?.message.contains("expected") == true)
    #expect(set.statements.isEmpty)
  }

  @Test("too long a line is refused, and the next is read")
  func longLine() {
    let long = String(repeating: "a", count: RuleSetParser.maximumLineLength)
    let set = parsed("SecRule ARGS \"\(long)\" \"id:1\"\nSecMarker A\n")
    #expect(set.diagnostics.map(\.kind) == [.limitExceeded])
    #expect(set.statements.count == 1)
  }

  @Test("too many statements or diagnostics end the reading")
  func limits() {
    let many = parsed(String(repeating: "SecMarker A\n", count: RuleSetParser.maximumStatements + 5))
    #expect(many.statements.count == RuleSetParser.maximumStatements)
    #expect(many.diagnostics.map(\.kind) == [.limitExceeded])
    let wrong = parsed(String(repeating: "x\n", count: RuleSetParser.maximumDiagnostics + 5))
    #expect(wrong.diagnostics.count == RuleSetParser.maximumDiagnostics + 1)
    #expect(wrong.diagnostics.last?.kind == .limitExceeded)
  }
}

@Suite("Chains")
struct ChainTests {
  @Test("a chain is a run of rules")
  func run() {
    let set = parsed("SecRule ARGS a id:1,chain\nSecRule ARGS b t:none,chain\nSecRule ARGS c setvar:tx.a=1\nSecRule ARGS d id:2")
    #expect(set.diagnostics.isEmpty)
    #expect(set.rules.map(\.isChained) == [true, true, false, false])
    #expect(set.rules.map(\.isLink) == [false, true, true, false])
  }

  @Test(
    "what is wrong with a chain",
    arguments: [
      ("SecRule ARGS a id:1,chain", ["openChain 1:21-26"], 1),
      ("SecRule ARGS a id:1,chain\nSecMarker A", ["openChain 1:21-26"], 2),
      ("SecRule ARGS a id:1,chain\nSecRule ARGS b id:2", ["starterActionInChain 2:16-20"], 2),
      (
        "SecRule ARGS a id:1,chain\nSecRule ARGS b phase:1,deny,skipAfter:X,msg:a",
        ["starterActionInChain 2:16-23", "starterActionInChain 2:24-28", "starterActionInChain 2:29-40", "starterActionInChain 2:41-46"], 2
      ),
      // A part that cannot be read takes its chain with it, and nothing else is said of the rest.
      ("SecRule ARGZ a id:1,chain\nSecRule ARGS b t:none\nSecRule ARGS c id:2", ["unknownVariable 1:9-13"], 1),
      ("SecRule ARGS a id:1,chain\nSecRule ARGZ b t:none\nSecRule ARGS c id:2", ["unknownVariable 2:9-13"], 1),
      ("SecRule ARGS a id:1,chian\nSecRule ARGS b t:none\nSecRule ARGS c id:2", ["unknownAction 1:21-26"], 1),
      ("SecRule ARGS a id:1,chain\nSecRul ARGS b t:none\nSecRule ARGS c id:2", ["unknownDirective 2:1-7"], 1),
      ("SecRule ARGS \"a id:1,chain\nSecRule ARGS b t:none\nSecRule ARGS c id:2", ["syntaxError 1:14-27"], 1),
      ("SecRule ARGS a id:1,chain\nSecRule ARGS\nSecRule ARGS c id:2", ["syntaxError 2:13-13"], 1),
      ("SecRule ARGS a \"id:1,chain\\ \"\nSecMarker A", ["unknownAction 1:22-28"], 1),
    ])
  func mistakes(_ text: String, _ expected: [String], _ statements: Int) {
    let set = parsed(text)
    #expect(summary(set) == expected)
    #expect(set.statements.count == statements)
    #expect(set.rules.last?.isChained != true)
  }
}

@Suite("Files that name files")
struct IncludeTests {
  @Test("a glob is relative to the including file and sorted; what is included stands after the directive")
  func glob() {
    let files = [
      "d/b.conf": "SecMarker B", "d/a.conf": "SecMarker A\nInclude ../e/x.conf", "e/x.conf": "SecMarker X", "c.conf": "SecMarker C",
    ]
    let set = parsed("Include d/*.conf\nSecMarker Z", files: files, path: "main.conf")
    #expect(set.diagnostics.map(\.message) == ["there is no file '../e/x.conf'"])
    let withPath = ["r/d/a.conf": "Include x.conf", "r/d/x.conf": "SecMarker X"]
    let other = parsed("Include d/a.conf\nSecMarker Z", files: withPath, path: "r/main.conf")
    #expect(other.diagnostics.isEmpty)
    #expect(other.files.map(\.path) == ["r/main.conf", "r/d/a.conf", "r/d/x.conf"])
    #expect(other.statements.map(\.directive.value) == [.include, .include, .marker, .marker])
  }

  @Test("no match is an error for a path, a warning for a pattern, nothing for IncludeOptional")
  func noMatch() {
    let set = parsed("Include a.conf\nInclude d/*.conf\nIncludeOptional x.conf\nIncludeOptional d/*.conf")
    #expect(set.diagnostics.map(\.kind) == [.includeWithoutMatch, .includeWithoutMatch])
    #expect(set.diagnostics.map(\.severity) == [.error, .warning])
  }

  @Test("a file that includes itself, twice or too deep")
  func cycles() {
    let loop = parsed("Include a.conf", files: ["a.conf": "Include b.conf", "b.conf": "Include ./a.conf", "./a.conf": ""])
    #expect(loop.diagnostics.map(\.kind) == [.duplicateInclude])
    #expect(loop.diagnostics.map(\.severity) == [.error])
    let twice = parsed("Include a.conf\nInclude a.conf", files: ["a.conf": "SecAction id:1"])
    #expect(twice.diagnostics.map(\.severity) == [.warning])
    #expect(twice.rules.count == 1)
    var files: [String: String] = [:]
    for number in 0..<40 { files["f\(number).conf"] = "Include f\(number + 1).conf" }
    let deep = parsed("Include f0.conf", files: files)
    #expect(deep.diagnostics.map(\.kind) == [.limitExceeded])
    #expect(deep.files.count == RuleSetParser.maximumIncludeDepth)
  }

  @Test("a chain does not reach out of its file")
  func chainAtFileEnd() {
    let set = parsed("Include a.conf\nSecRule ARGS b id:2", files: ["a.conf": "SecRule ARGS a id:1,chain"])
    #expect(summary(set) == ["openChain 1:21-26"])
    #expect(set.diagnostics.first?.range.start.file == "a.conf")
    #expect(set.rules.map(\.isLink) == [false, false])
  }

  @Test("data files: relative to the rule file, comments and empty lines left out")
  func data() throws {
    let files = ["r/x.conf": "SecRule ARGS \"@pmFromFile p.data\" id:1", "r/p.data": "# c\n\none\r\n two #2 \n  \n\t# d\nthree"]
    let set = parsed("Include r/x.conf", files: files, path: "main.conf")
    #expect(set.diagnostics.isEmpty)
    #expect(try #require(set.rules.first?.condition?.dataLines).map { text($0) } == ["one", " two #2 ", "three"])
    let empty = parsed("SecRule ARGS \"@pmFromFile p\" id:1", files: ["p": "# c\n"])
    #expect(empty.diagnostics.map(\.kind) == [.emptyDataFile])
    #expect(empty.diagnostics.map(\.severity) == [.warning])
    #expect(parsed("SecRule ARGS \"@pmf https://x/y\" id:1").diagnostics.map(\.kind) == [.refusedFeature])
  }

  @Test("a unicode map gives the code page that was asked for")
  func unicodeMap() {
    let map = "1250 (a)\n00a0:11\n\n20127 (US-ASCII)\n00a0:20 00A1:21 zz:1 12345:6 00a2:fff\n"
    let set = parsed("SecUnicodeMapFile m 20127\nSecUnicodeMapFile m 7\nSecUnicodeMapFile n 20127", files: ["m": map])
    #expect(set.diagnostics.map(\.kind) == [.emptyDataFile, .missingDataFile])
    guard case .setting(.unicodeMap(20127, let mapping))? = set.statements.first?.content else {
      Issue.record("no map")
      return
    }
    #expect(mapping == [0xa0: 0x20, 0xa1: 0x21])
  }

  @Test("a file that cannot be read is an error of its own")
  func unreadable() {
    var parser = RuleSetParser(reader: MemoryReader())
    parser.parse(path: "gone.conf")
    #expect(parser.finish().diagnostics.map(\.kind) == [.unreadableFile])
  }
}
