import Testing

@testable import SecLang

@Suite("Lines, words, quotes and macros")
struct TextTests {
  private func operand(_ text: String, _ options: ParserOptions = .init()) -> String? {
    let set = parsed(text, options: options)
    #expect(set.diagnostics.map(\.message) == [])
    return set.rules.first?.condition.map { SecLangTests.text($0.operand.value.source) }
  }

  @Test(
    "an operand is what stands between the quotes",
    arguments: [
      (#"SecRule ARGS "@rx a\"b" id:1"#, #"a"b"#),
      (#"SecRule ARGS "@rx [\\\"]" id:1"#, #"[\\"]"#),
      (#"SecRule ARGS "@rx a\\" id:1"#, #"a\\"#),
      (#"SecRule ARGS "@rx \d\\d" id:1"#, #"\d\\d"#),
      (#"SecRule ARGS "@pm  a b " id:1"#, "a b "),
      (#"SecRule ARGS plain id:1"#, "plain"),
      (#"SecRule ARGS "!a b" id:1"#, "a b"),
      (#"SecRule ARGS "! a" id:1"#, " a"),
      (#"SecRule ARGS "" id:1"#, ""),
      (#"SecRule ARGS "@detectSQLi" id:1"#, ""),
      ("SecRule ARGS \"@rx a\\\n   b\" \\\n  id:1", "ab"),
      ("SecRule ARGS\\\n  \"@rx a\"\\\r\n\t\"id:1\"\r\n", "a"),
      (#"SecRule ARGS 'it\'s' id:1"#, "it's"),
      ("\u{FEFF}SecRule ARGS a id:1", "a"),
    ])
  func operands(_ line: String, _ expected: String) {
    #expect(operand(line) == expected)
    #expect(comesBackSame(parsed(line)))
  }

  @Test("pairs of backslashes are halved in operands alone, and only if asked for")
  func halving() {
    var options = ParserOptions()
    options.halvesBackslashes = true
    let line = #"SecRule ARGS "@rx a\\\"\\d\.\\" "id:1,msg:'a\\b'""#
    #expect(operand(line, options) == #"a\"\d\.\"#)
    #expect(operand(line) == #"a\\"\\d\.\\"#)
    let message = parsed(line, options: options).rules[0].actions.items[1].value
    #expect("\(message)" == "\(RuleAction.message(MacroText(parsing: #"a\\b"#.utf8)))")
  }

  @Test(
    "targets and their selectors",
    arguments: [
      ("ARGS:a", "include args key a"), ("&ARGS", "count args"), ("!ARGS:'a b|c'", "exclude args key a b|c"),
      ("ARGS:'it\\'s'", "include args key it's"), ("ARGS:/a|b/|TX:x", "include args regex a|b, include tx key x"),
      ("TX:'/WEB_ATTACK/'", "include tx regex WEB_ATTACK"), ("TX:'/a\\/b/'", "include tx regex a/b"),
      ("ARGS:/a\\/b/", "include args regex a/b"),
      ("ARGS:/a/b/", "include args regex a/b"),
      ("XML:/*|XML://@*", "include xml key /*, include xml key //@*"), ("XML:'/a|/b/'", "include xml key /a|/b/"),
      ("\"ARGS | !ARGS:x\"", "include args, exclude args key x"), ("ARGS,!ARGS:a,b", "include args, exclude args key a,b"),
      ("ARGS:a,ARGS_NAMES", "include args key a, include argsNames"), ("args_names|Tx:AbC", "include argsNames, include tx key AbC"),
      ("\"REQUEST_COOKIES:/\\\"q\\\"/\"", "include requestCookies regex \"q\""),
      ("MATCHED_VARS_NAMES:/x$/", "include matchedVarsNames regex x$"),
    ])
  func targets(_ list: String, _ expected: String) throws {
    let set = parsed("SecRule \(list) \"@rx a\" \"id:1\"")
    #expect(set.diagnostics.map(\.message) == [])
    let found = try #require(set.rules.first).targets.map { target in
      let selector =
        switch target.selector?.value {
        case nil: ""
        case .key(let key)?: " key \(text(key))"
        case .regex(let pattern)?: " regex \(text(pattern))"
        }
      return "\(target.mode) \(target.variable.value)\(selector)"
    }
    #expect(found.joined(separator: ", ") == expected)
    #expect(comesBackSame(set))
  }

  @Test(
    "macros",
    arguments: [
      ("a%{tx.k}b", "a [tx k] b"), ("%{TX:K}", "[tx K]"), ("%{matched_var}", "[matchedVar]"), ("%{tx.a-b.c}", "[tx a-b.c]"),
      ("%{nope.x}", "?nope.x"), ("%{tx.a", "%{tx.a"), ("100%{", "100%{"), ("%{}", "%{}"), ("%{ a}", "%{ a}"), ("", ""),
      ("%%{tx.1}}", "% [tx 1] }"), ("%{a%{tx.k}", "%{a [tx k]"),
    ])
  func macros(_ source: String, _ expected: String) {
    let macros = MacroText(parsing: source.utf8)
    let parts = macros.parts.map { part in
      switch part {
      case .literal(let bytes): text(bytes)
      case .macro(let name, let key): "[\(name)\(key.map { " \(text($0))" } ?? "")]"
      case .unknownMacro(let bytes): "?\(text(bytes))"
      }
    }
    #expect(parts.joined(separator: " ") == expected)
    #expect(macros.source == Array(source.utf8))
  }

  @Test(
    "actions and what they say, canonically",
    arguments: [
      ("id:'200000'", "id:200000"), ("id:1 , msg:'a, b' , log", "id:1,msg:'a, b',log"), ("id:1,msg:'it\\'s'", "id:1,msg:'it\\'s'"),
      ("id:1,setvar:'tx.a=%{tx.b},c'", "id:1,setvar:'TX.a=%{tx.b},c'"), ("id:1,setvar:tx.a", "id:1,setvar:TX.a=1"),
      ("id:1,setvar:!tx.a", "id:1,setvar:!TX.a"), ("id:1,setvar:tx.a.b=+%{tx.c}", "id:1,setvar:TX.a.b=+%{tx.c}"),
      ("id:1,setvar:tx.a=-5", "id:1,setvar:TX.a=-5"), ("id:1,setvar:tx.a=", "id:1,setvar:TX.a="),
      ("id:1,setvar:'tx.%{rule.id}-x/%{matched_var_name}=%{tx.0}'", "id:1,setvar:TX.%{rule.id}-x/%{matched_var_name}=%{tx.0}"),
      ("id:1,ctl:ruleRemoveTargetById=1-9;ARGS:x", "id:1,ctl:ruleRemoveTargetById=1-9;ARGS:x"),
      ("id:1,ctl:ruleRemoveTargetByTag=CRS;ARGS:'a b'", "id:1,ctl:'ruleRemoveTargetByTag=CRS;ARGS:\\'a b\\''"),
      ("id:1,allow:phase,allow,allow:request", "id:1,allow:phase,allow,allow:request"), ("id:1,,log,", "id:1,log"),
      ("id:1,msg:a b,log", "id:1,msg:'a b',log"),
      ("id:1,msg:a b\\\\,log", "id:1,msg:'a b\\\\',log"), ("id:1,msg:a b\\,log", "id:1,msg:a b\\,log"),
      ("id:1,expirevar:ip.a=60,initcol:global=x", "id:1,expirevar:IP.a=60,initcol:GLOBAL=x"),
      ("id:1,deprecatevar:session.s=60/300,setenv:a", "id:1,deprecatevar:SESSION.s=60/300,setenv:a=1"),
    ])
  func actions(_ list: String, _ expected: String) throws {
    let set = parsed("SecAction \"\(list)\"")
    #expect(set.diagnostics.map(\.message) == [])
    #expect(comesBackSame(set))
    #expect(text(RuleSetPrinter().text(try #require(set.statements.first))) == "SecAction \"\(expected)\"")
  }

  @Test("comments never continue, empty lines and missing line ends do no harm")
  func comments() {
    let set = parsed("# a \\\nSecMarker A\n\n   # b\n\t\nSecMarker \"B\"\r\nSecMarker 'C D'")
    #expect(set.diagnostics.isEmpty)
    let names = set.statements.compactMap { if case .marker(let name) = $0.content { name.value } else { nil } }
    #expect(names == ["A", "B", "C D"])
  }
}

@Suite("Places in the text")
struct PositionTests {
  private static let rule = """
    # comment
      SecRule ARGS:foo|\\
        !ARGS:'b c'|&TX:/x/ "!@beginsWith \\
          a\\"b" \\
        "id:1,\\
        phase:2 , msg:'it\\'s',\\
        setvar:tx.a=1"
    SecMarker "END"
    """

  @Test("are exact over continuation lines, in quotes and in action lists")
  func places() throws {
    let set = parsed(Self.rule)
    #expect(set.diagnostics.isEmpty)
    let statement = set.statements[0]
    #expect(span(statement.directive.range) == "2:3-10")
    #expect(span(statement.range) == "2:3-7:19")
    let rule = set.rules[0]
    #expect(rule.targets.map { span($0.range) } == ["2:11-19", "3:5-16", "3:17-24"])
    #expect(rule.targets.map { span($0.variable.range) } == ["2:11-15", "3:6-10", "3:18-20"])
    #expect(rule.targets.map { $0.selector.map { span($0.range) } } == ["2:16-19", "3:11-16", "3:21-24"])
    let condition = try #require(rule.condition)
    #expect(span(condition.name.range) == "3:28-38")
    #expect(span(condition.operand.range) == "4:7-11")
    #expect(text(condition.operand.value.source) == "a\"b")
    #expect(rule.actions.items.map { span($0.range) } == ["5:6-10", "6:5-12", "6:15-26", "7:5-18"])
    #expect(span(rule.actions.range) == "5:6-7:18")
    let markers = set.statements.compactMap { if case .marker(let name) = $0.content { span(name.range) } else { nil } }
    #expect(markers == ["8:12-15"])
  }

  @Test("count bytes")
  func bytes() {
    let set = parsed("SecRule ARGS \"@rx é\" \"id:1,nope\"")
    #expect(summary(set) == ["unknownAction 1:29-33"])
  }
}
