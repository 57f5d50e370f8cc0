import HTTPModel
import RuleEngine
import Testing

@Suite("Transaction")
struct TransactionTests {
  // MARK: Targets

  struct TargetCase: Sendable {
    var rule: String
    var target: String
    var matches: Bool
    var why: String
  }

  static let targetCases = [
    TargetCase(rule: "ARGS:a \"@streq 1\"", target: "/?a=1", matches: true, why: "plain key"),
    TargetCase(rule: "ARGS:A \"@streq 1\"", target: "/?a=1", matches: true, why: "keys compare without regard to case"),
    TargetCase(rule: "ARGS:a \"@streq 1\"", target: "/?b=1", matches: false, why: "another key"),
    TargetCase(rule: "ARGS:/^x/ \"@streq 1\"", target: "/?x9=1", matches: true, why: "regex key"),
    TargetCase(rule: "ARGS:/^x/ \"@streq 1\"", target: "/?y=1", matches: false, why: "regex key that picks nothing"),
    TargetCase(rule: "ARGS|!ARGS:a \"@streq 1\"", target: "/?a=1", matches: false, why: "exclusion by key"),
    TargetCase(rule: "!ARGS:a|ARGS \"@streq 1\"", target: "/?a=1", matches: false, why: "an exclusion stands anywhere in the list"),
    TargetCase(rule: "ARGS|!ARGS:/^a/ \"@streq 1\"", target: "/?ab=1&b=1", matches: true, why: "exclusion by regex leaves others"),
    TargetCase(rule: "ARGS_NAMES|!ARGS:a \"@streq a\"", target: "/?a=1", matches: true, why: "an exclusion does not reach the names"),
    TargetCase(rule: "&ARGS \"@eq 2\"", target: "/?a=1&b=2", matches: true, why: "count"),
    TargetCase(rule: "&ARGS:c \"@eq 0\"", target: "/?a=1", matches: true, why: "a count yields 0 too"),
    TargetCase(rule: "&ARGS|!ARGS:a \"@eq 1\"", target: "/?a=1&b=2", matches: true, why: "counted after exclusions"),
    TargetCase(rule: "ARGS \"!@streq 1\"", target: "/", matches: false, why: "no value, no operator, negated or not"),
    TargetCase(rule: "QUERY_STRING \"@rx ^$\"", target: "/x", matches: false, why: "an unset scalar yields nothing"),
    TargetCase(rule: "REQUEST_FILENAME \"@streq /a b\"", target: "/a%20b?x=1", matches: true, why: "the path is decoded"),
    TargetCase(rule: "REQUEST_FILENAME \"@streq /p\"", target: "http://example.org/p?x", matches: true, why: "absolute form"),
    TargetCase(rule: "REQUEST_URI_RAW \"@contains #f\"", target: "/p#f", matches: true, why: "raw keeps the fragment"),
    TargetCase(rule: "REQUEST_URI \"@contains #f\"", target: "/p#f", matches: false, why: "the URI does not"),
    TargetCase(rule: "REQUEST_BASENAME \"@streq c.php\"", target: "/a/b/c.php?d=/e", matches: true, why: "after the last slash"),
    TargetCase(rule: "REQUEST_METHOD|REQUEST_PROTOCOL \"@streq HTTP/1.1\"", target: "/", matches: true, why: "second target"),
    TargetCase(rule: "ARGS_COMBINED_SIZE \"@eq 6\"", target: "/?ab=c&d=ef", matches: true, why: "names and values, no separators"),
    TargetCase(rule: "ARGS:a \"@streq 1 2\"", target: "/?a=1+2", matches: true, why: "plus is a blank in a query"),
    TargetCase(rule: "ARGS:a \"@streq %zz\"", target: "/?a=%zz", matches: true, why: "a bad escape stays as it is"),
    TargetCase(rule: "URLENCODED_ERROR \"@eq 1\"", target: "/?a=%zz", matches: true, why: "and is noted"),
    TargetCase(rule: "TX:nothing \"@rx .*\"", target: "/", matches: false, why: "a missing key yields no value"),
    TargetCase(rule: "&TX:nothing \"@eq 0\"", target: "/", matches: true, why: "but is counted as 0"),
    TargetCase(rule: "REQUEST_LINE \"@streq GET /?q HTTP/1.1\"", target: "/?q", matches: true, why: "the line as received"),
    TargetCase(rule: "DURATION \"@rx (..)$\"", target: "/", matches: true, why: "at least two digits"),
    TargetCase(rule: "UNIQUE_ID \"@streq test-request-1\"", target: "/", matches: true, why: "the request's id"),
    TargetCase(rule: "TIME_EPOCH \"@streq 1790000000\"", target: "/", matches: true, why: "seconds of arrival"),
  ]

  @Test("targets pick and exclude values", arguments: targetCases)
  func targets(_ test: TargetCase) {
    let run = RuleRun("SecRule \(test.rule) \"id:1,phase:1,pass,log\"", target: test.target)
    #expect(run.matchedRules == (test.matches ? [1] : []), "\(test.why)")
  }

  @Test func theTargetTableIsWhole() { #expect(Self.targetCases.count == 30) }

  // MARK: Evaluation

  @Test func everyMatchingValueRunsSetvar() {
    let run = RuleRun(
      """
      SecRule ARGS "@contains x" "id:1,phase:1,pass,nolog,setvar:tx.n=+5"
      SecRule TX:n "@eq 10" "id:2,phase:1,pass,log"
      """, target: "/?a=x&b=x&c=y")
    #expect(run.matchedRules == [2])
  }

  @Test func multiMatchCountsEachDistinctTextOnce() {
    let run = RuleRun(
      """
      SecRule ARGS "@contains x" "id:1,phase:1,pass,nolog,multiMatch,t:none,t:lowercase,t:trim,setvar:tx.n=+1"
      SecRule TX:n "@eq 2" "id:2,phase:1,pass,log"
      """, target: "/?a=Ax")
    #expect(run.matchedRules == [2], "once as sent, once in lower case; trimming changes nothing")
  }

  @Test func aChainMatchesOnlyAsAWhole() {
    let rules = """
      SecRule ARGS:a "@streq 1" "id:1,phase:1,pass,log,chain,setvar:tx.head=1,msg:'%{MATCHED_VAR}'"
        SecRule ARGS:b "@streq 2" "setvar:tx.link=1"
      SecRule TX:head "@eq 1" "id:2,phase:1,pass,log"
      SecRule TX:link "@eq 1" "id:3,phase:1,pass,log"
      """
    #expect(RuleRun(rules, target: "/?a=1&b=2").matchedRules == [1, 2, 3])
    #expect(RuleRun(rules, target: "/?a=1&b=3").matchedRules == [2], "the head's setvar runs although the chain fails")
    #expect(RuleRun(rules, target: "/?a=1&b=2").messages.first == "2", "msg is expanded after the last link")
  }

  @Test func linksSeeWhatTheLinkBeforeMatched() {
    let run = RuleRun(
      """
      SecRule ARGS "@rx ^v(.)$" "id:1,phase:1,pass,log,capture,chain"
        SecRule MATCHED_VARS|TX:1 "@streq 2" "t:none"
      """, target: "/?a=v1&b=v2")
    #expect(run.matchedRules == [1])
  }

  @Test func capturesLiveUntilTheNextCapturingMatch() {
    let run = RuleRun(
      """
      SecRule ARGS:a "@rx (b)(x)?" "id:1,phase:1,pass,nolog,capture"
      SecRule ARGS:a "@rx zzz" "id:2,phase:1,pass,nolog,capture"
      SecRule TX:1 "@streq b" "id:3,phase:1,pass,log,msg:'0=%{TX.0} 1=%{tx.1}'"
      SecRule &TX:2 "@eq 0" "id:4,phase:1,pass,log"
      """, target: "/?a=abc")
    #expect(run.matchedRules == [3, 4])
    #expect(run.messages.first == "0=b 1=b")
  }

  @Test func skipAfterLeadsToTheNextMarkerOfThatName() {
    let rules = """
      SecMarker M
      SecAction "id:1,phase:1,pass,nolog,skipAfter:M"
      SecAction "id:2,phase:1,pass,log"
      SecMarker "M"
      SecAction "id:3,phase:1,pass,log"
      SecAction "id:4,phase:1,pass,nolog,skipAfter:MISSING"
      SecAction "id:5,phase:1,pass,log"
      SecAction "id:6,phase:2,pass,log"
      """
    #expect(RuleRun(rules).matchedRules == [3, 6], "a missing marker ends the phase, not the next one")
  }

  @Test func skipPassesSoManyHeads() {
    let rules = """
      SecAction "id:1,phase:1,pass,nolog,skip:2"
      SecAction "id:2,phase:1,pass,log"
      SecRule ARGS "@rx x" "id:3,phase:1,pass,log,chain"
        SecRule ARGS "@rx y" "t:none"
      SecAction "id:4,phase:1,pass,log"
      """
    #expect(RuleRun(rules, target: "/?a=xy").matchedRules == [4])
  }

  // MARK: Actions

  struct AssignmentCase: Sendable {
    var assignments: String
    var value: String?
  }

  @Test(
    "setvar computes",
    arguments: [
      AssignmentCase(assignments: "setvar:tx.k=v", value: "v"), AssignmentCase(assignments: "setvar:tx.k", value: "1"),
      AssignmentCase(assignments: "setvar:tx.k=5,setvar:tx.k=+3", value: "8"),
      AssignmentCase(assignments: "setvar:tx.k=5,setvar:tx.k=-7", value: "-2"),
      AssignmentCase(assignments: "setvar:tx.k=+2", value: "2"), AssignmentCase(assignments: "setvar:tx.k=abc,setvar:tx.k=+2", value: "2"),
      AssignmentCase(assignments: "setvar:tx.k=1,setvar:!tx.k", value: nil), AssignmentCase(assignments: "setvar:tx.k=", value: ""),
      AssignmentCase(assignments: "setvar:tx.five=5,setvar:tx.k=+%{tx.five}", value: "5"),
      AssignmentCase(assignments: "setvar:TX.K=up", value: "up"), AssignmentCase(assignments: "setvar:'tx.k=a,b'", value: "a,b"),
      AssignmentCase(assignments: "setvar:tx.name=k,setvar:tx.%{tx.name}=made", value: "made"),
      AssignmentCase(assignments: "setvar:tx.k=%{tx.unset}x", value: "x"),
    ])
  func setvar(_ test: AssignmentCase) {
    let run = RuleRun(
      """
      SecAction "id:1,phase:1,pass,nolog,\(test.assignments)"
      SecRule TX:k "@unconditionalMatch" "id:2,phase:1,pass,log,msg:'[%{tx.k}]'"
      """)
    #expect(run.messages == (test.value.map { ["[\($0)]"] } ?? []))
  }

  @Test func denyStopsAllPhasesButLogging() {
    let rules = """
      SecRule ARGS:a "@streq 1" "id:1,phase:1,deny,status:406,log"
      SecAction "id:2,phase:1,pass,log"
      SecAction "id:3,phase:2,pass,log"
      SecAction "id:5,phase:5,pass,log"
      """
    let run = RuleRun(rules, target: "/?a=1")
    #expect(run.matchedRules == [1, 5])
    #expect(run.intervention?.status == 406)
    #expect(RuleRun(rules, target: "/?a=2").matchedRules == [2, 3, 5])
  }

  @Test("a brake keeps notes and stops nothing", arguments: [true, false])
  func brake(byMode: Bool) {
    let rules =
      (byMode ? "" : "SecRuleEngine DetectionOnly\n") + """
        SecAction "id:1,phase:1,deny,log"
        SecAction "id:2,phase:2,pass,log"
        """
    let run = RuleRun(rules, isBraked: byMode)
    #expect(run.matchedRules == [1, 2])
    #expect(run.intervention?.status == 403)
    #expect(run.isHeldBack)
  }

  @Test func blockStandsForTheDefaultAction() {
    let deny = "SecDefaultAction \"phase:1,log,auditlog,deny,status:429\"\nSecAction \"id:1,phase:1,block,log\""
    #expect(RuleRun(deny).intervention?.status == 429)
    let pass = "SecDefaultAction \"phase:1,log,auditlog,pass\"\nSecAction \"id:1,phase:1,block,log\""
    #expect(RuleRun(pass).intervention == nil)
    #expect(RuleRun("SecAction \"id:1,phase:1,block,log\"").intervention == nil, "without a default, block passes")
  }

  @Test func allowEndsWhatItSays() {
    func run(_ action: String) -> [Int] {
      RuleRun(
        """
        SecAction "id:1,phase:1,\(action),nolog"
        SecAction "id:2,phase:1,pass,log"
        SecAction "id:3,phase:2,pass,log"
        SecAction "id:4,phase:3,pass,log"
        SecAction "id:5,phase:5,pass,log"
        """
      ).matchedRules
    }
    #expect(run("allow") == [5])
    #expect(run("allow:phase") == [3, 4, 5])
    #expect(run("allow:request") == [4, 5])
  }

  @Test func nologHidesAndNoauditlogDoesNot() {
    let rules = """
      SecAction "id:1,phase:1,pass,nolog"
      SecAction "id:2,phase:1,pass,log,noauditlog"
      SecAction "id:3,phase:1,pass,nolog,log"
      """
    #expect(RuleRun(rules).matchedRules == [2, 3])
  }

  // MARK: ctl and updates

  @Test func ctlTakesOutRulesAndTargets() {
    let base = """
      SecRule ARGS|ARGS_NAMES "@rx attack" "id:100,phase:1,pass,log,tag:'family/x'"
      """
    func run(_ control: String, _ target: String) -> [Int] {
      RuleRun("SecAction \"id:1,phase:1,pass,nolog,ctl:\(control)\"\n" + base, target: target).matchedRules
    }
    #expect(run("ruleRemoveById=100", "/?a=attack") == [])
    #expect(run("ruleRemoveById=90-110", "/?a=attack") == [])
    #expect(run("ruleRemoveById=101", "/?a=attack") == [100])
    #expect(run("ruleRemoveByTag=family/x", "/?a=attack") == [])
    #expect(run("ruleRemoveByTag=family", "/?a=attack") == [100], "the whole tag is compared")
    #expect(run("ruleRemoveTargetById=100;ARGS:a", "/?a=attack") == [])
    #expect(run("ruleRemoveTargetById=100;ARGS:a", "/?b=attack") == [100])
    #expect(run("ruleRemoveTargetById=90-110;ARGS", "/?a=attack") == [])
    #expect(run("ruleRemoveTargetById=100;ARGS", "/?attack=1") == [100], "names are a target of their own")
    #expect(run("ruleRemoveTargetByTag=family/x;ARGS", "/?a=attack") == [])
    #expect(run("ruleEngine=Off", "/?a=attack") == [], "the rest of the transaction, at once")
  }

  @Test func directivesChangeRulesWhereverTheyStand() {
    let rule = "SecRule ARGS \"@rx attack\" \"id:100,phase:1,pass,log,tag:'t',msg:'m'\"\n"
    for removal in ["SecRuleRemoveById 100", "SecRuleRemoveById 90-110", "SecRuleRemoveByTag t", "SecRuleRemoveByMsg m"] {
      #expect(RuleRun(rule + removal, target: "/?a=attack").matchedRules == [], "\(removal)")
      #expect(RuleRun(removal + "\n" + rule, target: "/?a=attack").matchedRules == [], "\(removal)")
    }
    #expect(RuleRun(rule + "SecRuleUpdateTargetById 100 \"!ARGS:a\"", target: "/?a=attack").matchedRules == [])
    #expect(RuleRun(rule + "SecRuleUpdateTargetById 100 \"!ARGS:/^a/\"", target: "/?b=attack").matchedRules == [100])
    #expect(RuleRun(rule + "SecRuleUpdateTargetByTag t \"ARGS_NAMES\"", target: "/?attack=1").matchedRules == [100])
    #expect(RuleRun(rule + "SecRuleUpdateActionById 100 \"deny,status:404\"", target: "/?a=attack").intervention?.status == 404)
  }

  // MARK: Bodies

  @Test func aFormBodyBecomesArguments() {
    let rules =
      "SecRule ARGS_POST:p \"@streq a b\" \"id:1,phase:2,pass,log\"\nSecRule REQUEST_BODY \"@contains p=\" \"id:2,phase:2,pass,log\""
    let type = Field("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
    #expect(RuleRun(rules, method: "POST", fields: [type], body: "p=a+b").matchedRules == [1, 2])
  }

  @Test func aJSONBodyBecomesNamedArguments() {
    let rules = """
      SecRule ARGS:json.user.tags.array_1 "@streq b" "id:1,phase:2,pass,log"
      SecRule REQBODY_PROCESSOR "@streq JSON" "id:2,phase:2,pass,log"
      SecRule REQUEST_BODY "@rx ." "id:3,phase:2,pass,log"
      SecRule REQBODY_ERROR "@eq 1" "id:4,phase:2,pass,log,msg:'%{REQBODY_ERROR_MSG}'"
      """
    let type = Field("Content-Type", "application/vnd.api+json")
    #expect(RuleRun(rules, method: "POST", fields: [type], body: #"{"user":{"tags":["a","b"]}}"#).matchedRules == [1, 2])
    let broken = RuleRun(rules, method: "POST", fields: [type], body: #"{"user":{"tags":["a","b"}}"#)
    #expect(broken.matchedRules == [1, 2, 4], "what was read before the error is offered all the same")
    #expect(broken.messages.last?.hasPrefix("JSON parsing error: ") == true)
  }

  @Test func aForcedBodyVariableShowsPlainText() {
    let rules = """
      SecAction "id:1,phase:1,pass,nolog,ctl:forceRequestBodyVariable=On"
      SecRule REQUEST_BODY "@contains secret" "id:2,phase:2,pass,log"
      """
    #expect(RuleRun(rules, method: "POST", fields: [Field("Content-Type", "text/plain")], body: "a secret").matchedRules == [2])
  }

  // MARK: Limits and reuse

  @Test func aMatchLimitIsReportedAndIsNoMatch() {
    let rules = """
      SecRule ARGS "!@rx ^(a+)+$" "id:1,phase:1,pass,log"
      SecRule TX:MSC_PCRE_LIMITS_EXCEEDED "@eq 1" "id:2,phase:1,pass,log"
      """
    let run = RuleRun(rules, target: "/?a=" + String(repeating: "a", count: 40) + "b", scratch: EngineScratch(matchLimit: 1000))
    #expect(run.matchedRules == [2], "an undecided value is not a match of the negated operator either")
    #expect(run.limits == 1)
  }

  @Test func reusedMemoryChangesNoAnswer() throws {
    let rules = try #require(
      RuleRun.compile(
        """
        SecRule ARGS "@rx (\\d+)" "id:1,phase:1,pass,log,capture,t:none,t:urlDecodeUni,setvar:tx.seen_%{matched_var_name}=%{tx.1}"
        SecRule TX:/^seen_/ "@rx ." "id:2,phase:2,pass,log,msg:'%{MATCHED_VAR_NAME}=%{MATCHED_VAR}'"
        SecRule REQUEST_COOKIES "@rx ." "id:3,phase:1,pass,log"
        """))
    let scratch = EngineScratch()
    let targets = ["/?a=1", "/", "/?b=22&c=x", "/?a=%2531", "/?" + String(repeating: "k=3&", count: 300)]
    for target in targets + targets.reversed() {
      let reused = RuleRun(rules, target: target, scratch: scratch)
      let fresh = RuleRun(rules, target: target, scratch: EngineScratch())
      #expect(reused.matchedRules == fresh.matchedRules && reused.messages == fresh.messages, "\(target)")
    }
  }
}
