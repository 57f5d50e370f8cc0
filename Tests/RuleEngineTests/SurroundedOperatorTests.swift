import HTTPModel
import RuleEngine
import SecLang
import Testing

/// Operators that need more than a value: documents, data sets, path templates, block lists; and what is refused.
@Suite("Operators with surroundings")
struct SurroundedOperatorTests {
  @Test(
    "a path template takes a path apart",
    arguments: [
      ("/users/{id}", "/users/7", ["7"]), ("/users/{id}", "/users/7?x=/9", ["7"]),
      ("/users/{id}/o/{n}", "/users/a%20b/o/2", ["a%20b", "2"]),
      ("/v1.0/{a}-{b}", "/v1.0/x-y", ["x", "y"]), ("/users/{id}", "/users/", nil), ("/users/{id}", "/users/7/x", nil),
      ("/v1.0/{a}", "/v1x0/7", nil), ("/users/{id}", "/a/users/7", nil),
    ] as [(String, String, [String]?)])
  func paths(_ template: String, _ target: String, _ values: [String]?) {
    let run = RuleRun(
      """
      SecRule REQUEST_URI "@restpath \(template)" "id:1,phase:1,pass,log"
      SecRule ARGS_PATH "@unconditionalMatch" "id:2,phase:1,pass,log,logdata:'%{MATCHED_VAR}'"
      SecRule &ARGS_PATH "@eq \(values?.count ?? 0)" "id:3,phase:1,pass,log"
      """, target: target)
    #expect(run.matchedRules == (values == nil ? [3] : [1, 2, 3]))
    if let last = values?.last { #expect(run.data.dropFirst().first == last) }
  }

  @Test func dataSetsHoldWhatStandsBetweenBackQuotes() {
    let rules = """
      SecDataset words `
      # a comment
        evil
      two words

      `
      SecDataset nets `192.0.2.0/24`
      SecRule ARGS "@pmFromDataset words" "id:1,phase:1,pass,log"
      SecRule REMOTE_ADDR "@ipMatchFromDataset nets" "id:2,phase:1,pass,log"
      SecRule REMOTE_ADDR "!@ipMatchFromDataset nets" "id:3,phase:1,pass,log"
      """
    #expect(RuleRun(rules, target: "/?a=so+EVIL").matchedRules == [1, 2])
    #expect(RuleRun(rules, target: "/?a=two+words").matchedRules == [1, 2])
    #expect(RuleRun(rules, target: "/?a=comment").matchedRules == [2])
  }

  @Test(
    "mistakes in data sets have a place",
    arguments: [
      ("SecDataset a `\nx\n", 1, 14), ("SecDataset a\n", 1, 13),
      ("SecDataset a `\nx\n`\nSecRule ARGS \"@pmFromDataset b\" \"id:1,phase:1,pass\"", 4, 30),
      ("SecDataset `\nx\n`", 1, 11),
      ("SecAction \"id:1,phase:1,pass\"\nSecRule ARGS \"@pmFromDataset a\" \"id:2,phase:1,pass\"\nSecDataset a `x`", 2, 30),
    ])
  func mistakes(_ rules: String, _ line: Int, _ column: Int) throws {
    var parser = RuleSetParser(reader: MemoryReader())
    parser.parse(text: Array(rules.utf8), path: "t.conf")
    let error = try #require(parser.finish().diagnostics.first { $0.severity == .error })
    #expect(error.range.start.line == line)
    #expect(error.range.start.column == column)
  }

  @Test func whatFollowsADataSetKeepsItsLine() throws {
    var parser = RuleSetParser(reader: MemoryReader())
    parser.parse(text: Array("SecDataset a `\nx\ny\n`\n\nSecNonsense".utf8), path: "t.conf")
    #expect(try #require(parser.finish().diagnostics.first).range.start.line == 6)
  }

  static let files = MemoryReader(files: [
    "note.dtd": "<!ELEMENT note (to,body)>\n<!ELEMENT to (#PCDATA)>\n<!ELEMENT body (#PCDATA)>\n<!ATTLIST note id CDATA #REQUIRED>",
    "note.xsd": """
    <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="note"><xs:complexType><xs:sequence>
    <xs:element name="to" type="xs:int"/></xs:sequence></xs:complexType></xs:element></xs:schema>
    """,
    "broken.dtd": "<!ELEMENT note (", "broken.xsd": "<xs:schema",
    "other.dtd": "<!ENTITY % x SYSTEM 'file:///etc/passwd'>\n%x;\n<!ELEMENT a EMPTY>",
    "other.xsd": "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:include schemaLocation='note.xsd'/></xs:schema>",
    "no.xsd": "<html/>",
  ])

  @Test(
    "bodies are held against documents",
    arguments: [
      ("@validateDTD note.dtd", "<note id='1'><to>x</to><body>y</body></note>", true),
      ("@validateDTD note.dtd", "<note id='1'><to>x</to></note>", false),
      ("@validateDTD note.dtd", "<note><to>x</to><body>y</body></note>", false),
      ("@validateDTD note.dtd", "<note id='1'><to>x</to><body>y</body>", false),
      ("@validateDTD note.dtd", "<!DOCTYPE note [<!ELEMENT note ANY>]><note id='1'><to>x</to><body>y</body></note>", false),
      ("@validateSchema note.xsd", "<note><to>7</to></note>", true), ("@validateSchema note.xsd", "<note><to>seven</to></note>", false),
      ("@validateSchema note.xsd", "<other/>", false),
    ])
  func documents(_ test: String, _ body: String, _ isValid: Bool) {
    let run = RuleRun(
      "SecRule XML \"\(test)\" \"id:1,phase:2,pass,log\"\nSecRule XML \"!\(test)\" \"id:2,phase:2,pass,log\"", method: "POST",
      fields: [Field("Content-Type", "text/xml")], body: body, reader: Self.files)
    #expect(run.matchedRules == [isValid ? 2 : 1], "the operator matches what is not valid")
  }

  @Test(
    "what cannot be loaded is refused with its place",
    arguments: [
      "XML \"@validateDTD broken.dtd\"", "XML \"@validateSchema broken.xsd\"", "XML \"@validateDTD missing.dtd\"",
      "XML \"@validateDTD other.dtd\"", "XML \"@validateSchema other.xsd\"", "XML \"@validateSchema no.xsd\"", "XML \"@validateDTD \"",
      "REMOTE_ADDR \"@rbl list.example\"", "ARGS \"@inspectFile /bin/true\"", "RESPONSE_XML://b \"@rx .\"", "XML:/( \"@rx .\"",
    ])
  func refusals(_ rule: String) {
    var parser = RuleSetParser(reader: Self.files)
    parser.parse(text: Array("SecRule \(rule) \"id:1,phase:2,pass\"".utf8), path: "t.conf")
    let ruleSet = parser.finish()
    let (compiled, diagnostics) = RuleSetCompiler.compile(ruleSet)
    let errors = (ruleSet.diagnostics + diagnostics).filter { $0.severity == .error }
    #expect(compiled == nil)
    #expect(errors.count == 1, "once is enough: \(errors.map(\.message))")
    #expect(errors.first.map { $0.range.start.line == 1 && $0.range.start.column > 1 } == true)
  }

  @Test("an action is refused once", arguments: ["exec:/bin/true", "append:'x'", "prepend:'x'", "pause:100", "proxy:'http://a/'"])
  func refusedActions(_ action: String) {
    var parser = RuleSetParser(reader: MemoryReader())
    parser.parse(text: Array("SecAction \"id:1,phase:1,\(action)\"".utf8), path: "t.conf")
    let ruleSet = parser.finish()
    let (compiled, diagnostics) = RuleSetCompiler.compile(ruleSet)
    #expect(compiled == nil)
    #expect((ruleSet.diagnostics + diagnostics).filter { $0.severity == .error }.count == 1)
  }

  @Test func theRuleOfTheCRSThatNamesHTTPBLLoadsAndNeverMatches() {
    var parser = RuleSetParser(reader: MemoryReader())
    parser.parse(text: Array("SecRule REMOTE_ADDR \"@rbl dnsbl.httpbl.org\" \"id:1,phase:1,pass,log\"".utf8), path: "t.conf")
    let (compiled, diagnostics) = RuleSetCompiler.compile(parser.finish())
    #expect(compiled != nil)
    #expect(diagnostics.map(\.severity) == [.warning])
    #expect(compiled.map { RuleRun($0, scratch: EngineScratch()).matchedRules } == [])
  }

  @Test func aBlockListIsAskedOnceAndNobodyWaits() throws {
    var parser = RuleSetParser(reader: MemoryReader())
    parser.parse(text: Array("SecRule REMOTE_ADDR \"@rbl list.example\" \"id:1,phase:1,pass,log\"".utf8), path: "t.conf")
    let rules = try #require(RuleSetCompiler.compile(parser.finish(), asksBlockLists: true).rules)
    let cache = BlockListCache {}
    func matches(_ address: String) -> Bool {
      var options = TransactionOptions()
      options.blockLists = cache
      let request = Request(
        head: RequestHead(method: "GET", target: "/", fields: []), body: .absent, client: Endpoint(address: address, port: 1),
        received: Timestamp(microseconds: 1_000_000_000_000), id: "r")
      let transaction = Transaction(rules: rules, scratch: EngineScratch(), request: request, options: options)
      transaction.run(phase: 1)
      return transaction.matches.count == 1
    }
    #expect(!matches("127.0.0.2"))
    #expect(!matches("127.0.0.2"))
    #expect(!matches("2001:db8::2"))
    #expect(!matches("no address"))
    let name = try #require(cache.take())
    #expect(String(decoding: name, as: UTF8.self) == "2.0.0.127.list.example")
    let second = try #require(cache.take())
    #expect(String(decoding: second, as: UTF8.self) == "2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.list.example")
    #expect(cache.take() == nil, "an address that is asked for already, and what is none, are not asked for")
    cache.put(name, isListed: true, at: Timestamp(microseconds: 1_000_000_000_000))
    cache.put(second, isListed: false, at: Timestamp(microseconds: 1_000_000_000_000))
    #expect(matches("127.0.0.2"))
    #expect(matches("::ffff:127.0.0.2"))
    #expect(!matches("2001:db8::2"))
    for number in 0..<(BlockListCache.maximumWaiting + 10) { _ = matches("10.0.\(number / 256).\(number % 256)") }
    var waiting = 0
    while cache.take() != nil { waiting += 1 }
    #expect(waiting == BlockListCache.maximumWaiting, "a flood of addresses does not fill the memory")
  }
}
