import HTTPModel
import RuleEngine
import SecLang
import Testing

/// Every action and every option of `ctl`, by what it does.
@Suite("Actions")
struct ActionTableTests {
  struct Case: Sendable {
    var rules: String
    var matched: [Int]
    /// The status of an intervention; nil for none.
    var status: Int?
    /// Of the last match.
    var message: String?

    init(_ rules: String, _ matched: [Int], status: Int? = nil, message: String? = nil) {
      (self.rules, self.matched, self.status, self.message) = (rules, matched, status, message)
    }
  }

  /// A rule that tells whether a transaction variable is set.
  private static func asks(_ id: Int, _ target: String, _ test: String, phase: Int = 2) -> String {
    "\nSecRule \(target) \"\(test)\" \"id:\(id),phase:\(phase),pass,log\""
  }

  /// For `POST /?a=1&b=2&long=AaA%20%20x` with the form `p=9` and the header `X-Key: k`.
  static let actions: [ActionName: [Case]] = [
    .id: [Case("SecAction \"id:'7',phase:1,pass,log\"", [7])],
    .phase: [
      Case("SecAction \"id:1,phase:request,pass,log\"\nSecAction \"id:2,phase:1,pass,log\"", [2, 1]),
      Case(
        "SecAction \"id:1,phase:logging,pass,log\"\nSecAction \"id:2,phase:response,pass,log\"\nSecAction \"id:3,pass,log\"", [3, 2, 1]),
    ],
    .msg: [Case("SecRule ARGS:a \"@rx .\" \"id:1,phase:1,pass,log,msg:'a, %{MATCHED_VAR} it\\'s'\"", [1], message: "a, 1 it's")],
    .logdata: [Case("SecRule ARGS:a \"@rx (.)\" \"id:1,phase:1,pass,log,capture,logdata:'%{TX.1} in %{MATCHED_VAR_NAME}'\"", [1])],
    .tag: [Case("SecAction \"id:1,phase:1,pass,log,tag:'x',tag:'y'\"\nSecAction \"id:2,phase:1,pass,log\"\nSecRuleRemoveByTag y", [2])],
    .ver: [Case("SecAction \"id:1,phase:1,pass,log,ver:'OWASP_CRS/4.28.0'\"", [1])],
    .rev: [Case("SecRule RULE:rev \"@streq 2\" \"id:1,phase:1,pass,log,rev:'2'\"", [1])],
    .severity: [
      Case("SecAction \"id:1,phase:1,pass,nolog,severity:critical\"" + asks(2, "HIGHEST_SEVERITY", "@eq 2"), [2]),
      Case("SecAction \"id:1,phase:1,pass,nolog,severity:'4'\"" + asks(2, "HIGHEST_SEVERITY", "@eq 4"), [2]),
    ],
    .maturity: [Case("SecAction \"id:1,phase:1,pass,log,maturity:'9'\"", [1])],
    .accuracy: [Case("SecAction \"id:1,phase:1,pass,log,accuracy:8\"", [1])],
    .chain: [
      Case("SecRule ARGS:a \"@eq 1\" \"id:1,phase:1,pass,log,chain\"\nSecRule ARGS:b \"@eq 2\"", [1]),
      Case(
        "SecRule ARGS:a \"@eq 1\" \"id:1,phase:1,pass,log,chain,setvar:tx.h=1\"\nSecRule ARGS:b \"@eq 3\"" + asks(2, "TX:h", "@eq 1"), [2]),
    ],
    .skipAfter: [
      Case(
        "SecAction \"id:1,phase:1,pass,nolog,skipAfter:E\"\nSecAction \"id:2,phase:1,pass,log\"\nSecMarker E\nSecAction \"id:3,phase:1,pass,log\"",
        [3])
    ],
    .skip: [
      Case("SecAction \"id:1,phase:1,pass,nolog,skip:1\"\nSecAction \"id:2,phase:1,pass,log\"\nSecAction \"id:3,phase:1,pass,log\"", [3])
    ],
    .pass: [Case("SecAction \"id:1,phase:1,pass,log\"\nSecAction \"id:2,phase:1,pass,log\"", [1, 2])],
    .block: [
      Case(
        "SecDefaultAction \"phase:1,log,deny,status:406\"\nSecAction \"id:1,phase:1,block\"\nSecAction \"id:2,phase:1,pass,log\"", [1],
        status: 406)
    ],
    .deny: [
      Case(
        "SecAction \"id:1,phase:1,deny,log\"\nSecAction \"id:2,phase:2,pass,log\"\nSecAction \"id:3,phase:5,pass,log\"", [1, 3], status: 403
      )
    ],
    .drop: [Case("SecAction \"id:1,phase:1,drop,log\"", [1], status: 403)],
    .allow: [
      Case("SecAction \"id:1,phase:1,allow,nolog\"\nSecAction \"id:2,phase:2,pass,log\"\nSecAction \"id:3,phase:5,pass,log\"", [3]),
      Case("SecAction \"id:1,phase:1,allow:phase,nolog\"\nSecAction \"id:2,phase:1,pass,log\"\nSecAction \"id:3,phase:2,pass,log\"", [3]),
      Case("SecAction \"id:1,phase:1,allow:request,nolog\"\nSecAction \"id:2,phase:2,pass,log\"\nSecAction \"id:3,phase:3,pass,log\"", [3]),
    ],
    .redirect: [Case("SecAction \"id:1,phase:1,redirect:'https://a.example/%{UNIQUE_ID}',log\"", [1], status: 302)],
    .status: [
      Case("SecAction \"id:1,phase:1,deny,status:418,log\"", [1], status: 418), Case("SecAction \"id:1,phase:1,pass,status:418,log\"", [1]),
    ],
    .log: [Case("SecDefaultAction \"phase:1,nolog,pass\"\nSecAction \"id:1,phase:1,pass\"\nSecAction \"id:2,phase:1,pass,log\"", [2])],
    .nolog: [Case("SecAction \"id:1,phase:1,pass,nolog\"", [])],
    .auditlog: [Case("SecAction \"id:1,phase:1,pass,nolog,auditlog\"", [])],
    .noauditlog: [Case("SecAction \"id:1,phase:5,pass,log,noauditlog\"", [1])],
    .capture: [
      Case(
        "SecRule ARGS:a \"@rx (\\d)(x)?\" \"id:1,phase:1,pass,nolog,capture\"" + asks(2, "TX:1", "@eq 1") + asks(3, "&TX:2", "@eq 0"),
        [2, 3]),
      Case("SecRule ARGS:a \"@rx (\\d)\" \"id:1,phase:1,pass,nolog\"" + asks(2, "&TX:0", "@eq 0"), [2]),
    ],
    .multiMatch: [
      Case(
        "SecRule ARGS:long \"@rx x\" \"id:1,phase:1,pass,nolog,t:lowercase,t:compressWhitespace,t:trim,multiMatch,setvar:tx.n=+1\""
          + asks(2, "TX:n", "@eq 4"), [2])
    ],
    .setvar: [
      Case(
        "SecAction \"id:1,phase:1,pass,nolog,setvar:tx.a=5,setvar:tx.a=+2,setvar:tx.a=-1,setvar:'tx.b=%{tx.a},x',setvar:tx.c,setvar:tx.d=1,setvar:!tx.d,setvar:tx.e=,setvar:tx.f=+%{tx.none}\""
          + asks(2, "TX:a", "@streq 6") + asks(3, "TX:B", "@streq 6,x") + asks(4, "TX:c", "@streq 1") + asks(5, "&TX:d", "@eq 0")
          + asks(6, "TX:e", "@rx ^$") + asks(7, "TX:f", "@streq 0"), [2, 3, 4, 5, 6, 7]),
      Case(
        "SecRule ARGS:a \"@rx .\" \"id:1,phase:1,pass,nolog,setvar:'tx.%{RULE.id}-x/%{MATCHED_VAR_NAME}.y=z'\""
          + asks(2, "TX:1-x/args:a.y", "@streq z") + asks(3, "TX:/^1-X/", "@streq z"), [2, 3]),
    ],
    .expirevar: [Case("SecAction \"id:1,phase:1,pass,log,initcol:ip=k,setvar:ip.n=1,expirevar:ip.n=60\"", [1])],
    .deprecatevar: [
      Case("SecAction \"id:1,phase:1,pass,log,initcol:ip=k,setvar:ip.n=9,deprecatevar:ip.n=1/60\"" + asks(2, "IP:n", "@eq 9"), [1, 2])
    ],
    .initcol: [Case("SecAction \"id:1,phase:1,pass,nolog,initcol:resource=%{ARGS.a}\"" + asks(2, "RESOURCE:KEY", "@streq 1"), [2])],
    .setuid: [
      Case(
        "SecAction \"id:1,phase:1,pass,nolog,setuid:'%{ARGS.a}'\"" + asks(2, "USERID", "@streq 1") + asks(3, "USER:KEY", "@streq 1"),
        [2, 3])
    ],
    .setsid: [
      Case(
        "SecAction \"id:1,phase:1,pass,nolog,setsid:s\"" + asks(2, "SESSIONID", "@streq s") + asks(3, "SESSION:KEY", "@streq s"), [2, 3])
    ],
    .setrsc: [Case("SecAction \"id:1,phase:1,pass,nolog,setrsc:r\"" + asks(2, "RESOURCE:KEY", "@streq r"), [2])],
    .ctl: [Case("SecAction \"id:1,phase:1,pass,nolog,ctl:ruleRemoveById=2\"\nSecAction \"id:2,phase:1,pass,log\"", [])],
    .t: [
      Case(
        "SecDefaultAction \"phase:1,log,pass,t:lowercase\"\nSecRule ARGS:long \"@beginsWith aaa\" \"id:1,phase:1,pass\"\nSecRule ARGS:long \"@beginsWith AaA\" \"id:2,phase:1,pass,t:none\"",
        [1, 2])
    ],
    .setenv: [Case("SecAction \"id:1,phase:1,pass,nolog,setenv:'N=%{ARGS.a}'\"" + asks(2, "ENV:N", "@streq 1"), [2])],
    .sanitiseArg: [Case("SecAction \"id:1,phase:1,pass,log,sanitiseArg:a\"", [1])],
    .sanitiseMatched: [Case("SecRule ARGS:a \"@rx .\" \"id:1,phase:1,pass,log,sanitizeMatched\"", [1])],
    .sanitiseMatchedBytes: [Case("SecRule ARGS:a \"@rx .\" \"id:1,phase:1,pass,log,sanitiseMatchedBytes:1/4\"", [1])],
    .sanitiseRequestHeader: [Case("SecAction \"id:1,phase:1,pass,log,sanitiseRequestHeader:X-Key\"", [1])],
    .sanitiseResponseHeader: [Case("SecAction \"id:1,phase:3,pass,log,sanitiseResponseHeader:Set-Cookie\"", [1])],
    .xmlns: [Case("SecRule &XML:/s:a \"@eq 0\" \"id:1,phase:2,pass,log,xmlns:s=urn:s\"", [1])],
  ]

  static let controls: [ControlOption: [Case]] = [
    .ruleEngine: [
      Case("SecAction \"id:1,phase:1,pass,nolog,ctl:ruleEngine=Off\"\nSecAction \"id:2,phase:1,pass,log\"", []),
      Case(
        "SecAction \"id:1,phase:1,pass,nolog,ctl:ruleEngine=DetectionOnly\"\nSecAction \"id:2,phase:1,deny,log\"\nSecAction \"id:3,phase:2,pass,log\"",
        [2, 3], status: 403),
    ],
    .ruleRemoveById: [
      Case(
        "SecAction \"id:1,phase:1,pass,nolog,ctl:ruleRemoveById=2-3\"\nSecAction \"id:2,phase:1,pass,log\"\nSecAction \"id:3,phase:2,pass,log\"\nSecAction \"id:4,phase:2,pass,log\"",
        [4])
    ],
    .ruleRemoveByTag: [
      Case(
        "SecAction \"id:1,phase:1,pass,nolog,ctl:ruleRemoveByTag=x\"\nSecAction \"id:2,phase:1,pass,log,tag:'x'\"\nSecAction \"id:3,phase:1,pass,log,tag:'xy'\"",
        [3])
    ],
    .ruleRemoveByMsg: [
      Case("SecAction \"id:1,phase:1,pass,nolog,ctl:ruleRemoveByMsg=m\"\nSecAction \"id:2,phase:1,pass,log,msg:'m'\"", [])
    ],
    .ruleRemoveTargetById: [
      Case(
        "SecAction \"id:1,phase:1,pass,nolog,ctl:ruleRemoveTargetById=2-3;ARGS:A\"" + asks(2, "ARGS", "@streq 1")
          + asks(3, "ARGS_GET:a", "@streq 1") + asks(4, "ARGS", "@streq 1"), [4]),
      Case("SecAction \"id:1,phase:1,pass,nolog,ctl:ruleRemoveTargetById=2;ARGS:/^a/\"" + asks(2, "ARGS", "@streq 1"), []),
      Case(
        "SecAction \"id:1,phase:1,pass,nolog,ctl:ruleRemoveTargetById=2;ARGS\"\nSecRule REQUEST_METHOD \"@rx .\" \"id:2,phase:2,pass,log,chain\"\nSecRule ARGS \"@rx .\"",
        []),
    ],
    .ruleRemoveTargetByTag: [
      Case(
        "SecAction \"id:1,phase:1,pass,nolog,ctl:ruleRemoveTargetByTag=x;REQUEST_METHOD\"\nSecRule REQUEST_METHOD \"@rx .\" \"id:2,phase:1,pass,log,tag:'x'\"",
        [])
    ],
    .ruleRemoveTargetByMsg: [
      Case(
        "SecAction \"id:1,phase:1,pass,nolog,ctl:ruleRemoveTargetByMsg=m;ARGS:a\"\nSecRule ARGS:a \"@rx .\" \"id:2,phase:1,pass,log,msg:'m'\"",
        [])
    ],
    .requestBodyProcessor: [
      Case(
        "SecAction \"id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=XML\"" + asks(2, "REQBODY_PROCESSOR", "@streq XML")
          + asks(3, "REQBODY_ERROR", "@eq 1") + asks(4, "&REQUEST_BODY", "@eq 0"), [2, 3, 4])
    ],
    .forceRequestBodyVariable: [
      Case("SecAction \"id:1,phase:1,pass,nolog,ctl:forceRequestBodyVariable=On\"" + asks(2, "REQUEST_BODY", "@streq p=9"), [2])
    ],
    .requestBodyAccess: [
      Case(
        "SecAction \"id:1,phase:1,pass,nolog,ctl:requestBodyAccess=Off\"" + asks(2, "&ARGS_POST", "@eq 0") + asks(3, "ARGS:a", "@eq 1"),
        [2, 3])
    ],
    .responseBodyAccess: [
      Case(
        "SecResponseBodyAccess On\nSecAction \"id:1,phase:3,pass,nolog,ctl:responseBodyAccess=Off\""
          + asks(2, "RESPONSE_BODY", "@rx .", phase: 4), [])
    ],
    .responseBodyProcessor: [
      Case(
        "SecResponseBodyAccess On\nSecAction \"id:1,phase:3,pass,nolog,ctl:responseBodyProcessor=JSON\""
          + asks(2, "RES_BODY_ERROR", "@eq 1", phase: 4), [2])
    ],
    .forceResponseBodyVariable: [
      Case("SecResponseBodyAccess On\nSecResponseBodyMimeTypesClear" + asks(2, "RESPONSE_BODY", "@rx .", phase: 4), []),
      Case(
        "SecResponseBodyAccess On\nSecResponseBodyMimeTypesClear\nSecAction \"id:1,phase:3,pass,nolog,ctl:forceResponseBodyVariable=On\""
          + asks(2, "RESPONSE_BODY", "@streq answer", phase: 4), [2]),
    ],
    .auditLogParts: [Case("SecAction \"id:1,phase:1,pass,log,ctl:auditLogParts=+E\"", [1])],
    .auditEngine: [Case("SecAction \"id:1,phase:1,pass,log,ctl:auditEngine=Off\"", [1])],
    .debugLogLevel: [Case("SecAction \"id:1,phase:1,pass,log,ctl:debugLogLevel=9\"", [1])],
    .hashEngine: [Case("SecAction \"id:1,phase:1,pass,log,ctl:hashEngine=On\"", [1])],
    .hashEnforcement: [Case("SecAction \"id:1,phase:1,pass,log,ctl:hashEnforcement=On\"", [1])],
  ]

  @Test func theTablesNameEverything() {
    // Refused, and tested with what else is refused.
    let refused: Set<ActionName> = [.proxy, .exec, .append, .prepend, .pause]
    #expect(Set(Self.actions.keys).union(refused) == Set(ActionName.allCases))
    #expect(Set(Self.controls.keys).union([.requestBodyLimit, .responseBodyLimit]) == Set(ControlOption.allCases))
    #expect(Self.actions.values.joined().count == 50)
    #expect(Self.controls.values.joined().count == 22)
  }

  @Test("an action does what it says", arguments: Array(actions.values.joined()))
  func action(_ test: Case) { check(test) }

  @Test("an option of ctl does what it says", arguments: Array(controls.values.joined()))
  func control(_ test: Case) { check(test) }

  private func check(_ test: Case) {
    var answer = RuleRun.Answer()
    answer.body = "answer"
    let run = RuleRun(
      test.rules, method: "POST", target: "/?a=1&b=2&long=AaA%20%20x%20",
      fields: [Field("Content-Type", "application/x-www-form-urlencoded"), Field("X-Key", "k")], body: "p=9", answer: answer)
    #expect(run.matchedRules == test.matched, "\(test.rules)")
    #expect(run.intervention?.status == test.status, "\(test.rules)")
    if let message = test.message { #expect(run.messages.last == message) }
  }

  @Test("limits of bodies can be changed for one transaction")
  func limits() throws {
    let rules = try #require(
      RuleRun.compile(
        "SecResponseBodyAccess On\nSecResponseBodyLimitAction ProcessPartial\nSecAction \"id:1,phase:1,pass,nolog,ctl:requestBodyLimit=7,ctl:responseBodyLimit=9\""
      ))
    let transaction = Transaction(
      rules: rules, scratch: EngineScratch(),
      request: Request(
        head: RequestHead(method: "GET", target: "/"), client: Endpoint(address: "192.0.2.1"), received: Timestamp(microseconds: 0), id: "r"
      ))
    transaction.run(phase: 1)
    #expect(transaction.requestBodyDemand == .buffer(limit: 7, overLimit: .reject))
    let response = Response(status: 200, fields: [Field("Content-Type", "text/html")])
    #expect(transaction.responseBodyDemand(for: response) == .buffer(limit: 9, overLimit: .processPartial))
  }
}
