import HTTPModel
import RuleEngine
import SecLang
import Testing

/// Directives that change what rules see or which rules there are, by what they change.
@Suite("Directives")
struct DirectiveTableTests {
  struct Case: Sendable {
    var directive: DirectiveName
    var rules: String
    var matched: [Int]
    var body = "p=9"
    var type = "application/x-www-form-urlencoded"
  }

  private static let parts = "--b\r\nContent-Disposition: form-data; name=\"u\"; filename=\"a\"\r\n\r\nx\r\n"

  /// For `POST /?a=1&b=2;c=3` with `%uff1c` as `d`.
  static let cases: [Case] = [
    Case(
      directive: .argumentSeparator, rules: "SecArgumentSeparator \";\"\nSecRule ARGS:c \"@eq 3\" \"id:1,phase:1,pass,log\"", matched: [1]),
    Case(directive: .argumentSeparator, rules: "SecRule ARGS:c \"@eq 3\" \"id:1,phase:1,pass,log\"", matched: []),
    Case(directive: .argumentsLimit, rules: "SecArgumentsLimit 1\nSecRule &ARGS_GET \"@eq 1\" \"id:1,phase:1,pass,log\"", matched: [1]),
    Case(
      directive: .requestBodyNoFilesLimit,
      rules:
        "SecRequestBodyNoFilesLimit 2\nSecRule REQBODY_ERROR \"@eq 1\" \"id:1,pass,log\"\nSecRule INBOUND_DATA_ERROR \"@eq 1\" \"id:2,pass,log\"",
      matched: [1, 2]),
    Case(
      directive: .requestBodyJsonDepthLimit, rules: "SecRequestBodyJsonDepthLimit 2\nSecRule REQBODY_ERROR \"@eq 1\" \"id:1,pass,log\"",
      matched: [1], body: "[[[1]]]", type: "application/json"),
    Case(
      directive: .requestBodyJsonDepthLimit, rules: "SecRequestBodyJsonDepthLimit 3\nSecRule REQBODY_ERROR \"@eq 0\" \"id:1,pass,log\"",
      matched: [1], body: "[[[1]]]", type: "application/json"),
    Case(directive: .requestBodyAccess, rules: "SecRequestBodyAccess Off\nSecRule &ARGS_POST \"@eq 0\" \"id:1,pass,log\"", matched: [1]),
    Case(
      directive: .uploadFileLimit, rules: "SecUploadFileLimit 1\nSecRule MULTIPART_FILE_LIMIT_EXCEEDED \"@eq 1\" \"id:1,pass,log\"",
      matched: [1],
      body: parts + parts + "--b--\r\n", type: "multipart/form-data; boundary=b"),
    Case(
      directive: .unicodeMapFile,
      rules: "SecUnicodeMapFile map 20127\nSecRule ARGS:d \"@streq !\" \"id:1,phase:1,pass,log,t:urlDecodeUni\"",
      matched: [1]),
    Case(directive: .unicodeMapFile, rules: "SecRule ARGS:d \"@streq <\" \"id:1,phase:1,pass,log,t:urlDecodeUni\"", matched: [1]),
    Case(
      directive: .ruleRemoveById,
      rules:
        "SecRuleRemoveById 1 3-4\nSecAction \"id:1,phase:1,pass,log\"\nSecAction \"id:2,phase:1,pass,log\"\nSecAction \"id:3,phase:1,pass,log\"",
      matched: [2]),
    Case(
      directive: .ruleRemoveByTag,
      rules: "SecAction \"id:1,phase:1,pass,log,tag:'a/b'\"\nSecAction \"id:2,phase:1,pass,log,tag:'a'\"\nSecRuleRemoveByTag a",
      matched: [1]),
    Case(directive: .ruleRemoveByMsg, rules: "SecAction \"id:1,phase:1,pass,log,msg:'m n'\"\nSecRuleRemoveByMsg \"m n\"", matched: []),
    Case(
      directive: .ruleUpdateTargetById,
      rules:
        "SecRule ARGS \"@eq 1\" \"id:1,phase:1,pass,log,chain\"\nSecRule ARGS \"@eq 1\"\nSecRuleUpdateTargetById 1 \"!ARGS:a|REQUEST_METHOD\"",
      matched: []),
    Case(
      directive: .ruleUpdateTargetById,
      rules: "SecRule ARGS:none \"@streq POST\" \"id:1,phase:1,pass,log\"\nSecRuleUpdateTargetById 1-9 \"REQUEST_METHOD\"", matched: [1]),
    Case(
      directive: .ruleUpdateTargetByTag,
      rules: "SecRule ARGS \"@eq 1\" \"id:1,phase:1,pass,log,tag:'t'\"\nSecRuleUpdateTargetByTag t \"!ARGS:/^A/\"", matched: []),
    Case(
      directive: .ruleUpdateTargetByMsg,
      rules: "SecRule ARGS \"@eq 1\" \"id:1,phase:1,pass,log,msg:'m'\"\nSecRuleUpdateTargetByMsg m \"!ARGS:a\"", matched: []),
    Case(
      directive: .ruleUpdateActionById,
      rules: "SecAction \"id:1,phase:1,deny,log\"\nSecAction \"id:2,phase:1,pass,log\"\nSecRuleUpdateActionById 1 \"pass\"",
      matched: [1, 2]),
    Case(
      directive: .defaultAction,
      rules:
        "SecDefaultAction \"phase:2,log,pass,t:lowercase\"\nSecRule REQUEST_METHOD \"@streq post\" \"id:1,phase:2\"\nSecRule REQUEST_METHOD \"@streq post\" \"id:2,phase:1,log,pass\"",
      matched: [1]),
    Case(directive: .webAppId, rules: "SecWebAppId shop\nSecRule WEBAPPID \"@streq shop\" \"id:1,phase:1,pass,log\"", matched: [1]),
    Case(directive: .ruleEngine, rules: "SecRuleEngine Off\nSecAction \"id:1,phase:1,pass,log\"", matched: []),
    Case(
      directive: .ruleEngine,
      rules: "SecRuleEngine DetectionOnly\nSecAction \"id:1,phase:1,deny,log\"\nSecAction \"id:2,phase:1,pass,log\"", matched: [1, 2]),
    Case(
      directive: .marker,
      rules:
        "SecAction \"id:1,phase:2,pass,nolog,skipAfter:'E F'\"\nSecAction \"id:2,phase:2,pass,log\"\nSecMarker \"E F\"\nSecAction \"id:3,phase:2,pass,log\"",
      matched: [3]),
    Case(directive: .include, rules: "Include more.conf", matched: [70]),
    Case(
      directive: .responseBodyMimeType,
      rules: "SecResponseBodyAccess On\nSecResponseBodyMimeType TEXT/HTML\nSecRule RESPONSE_BODY \"@rx .\" \"id:1,phase:4,pass,log\"",
      matched: [1]),
    Case(
      directive: .responseBodyMimeTypesClear,
      rules: "SecResponseBodyAccess On\nSecResponseBodyMimeTypesClear\nSecRule RESPONSE_BODY \"@rx .\" \"id:1,phase:4,pass,log\"",
      matched: []),
    Case(
      directive: .responseBodyAccess,
      rules: "SecRule RESPONSE_BODY \"@rx .\" \"id:1,phase:4,pass,log\"\nSecAction \"id:2,phase:4,pass,log\"",
      matched: [2]),
    Case(
      directive: .pcreMatchLimit, rules: "SecPcreMatchLimit 1000\nSecPcreMatchLimitRecursion 1000\nSecAction \"id:1,phase:1,pass,log\"",
      matched: [1]),
  ]

  @Test("a directive changes what it says", arguments: cases)
  func directives(_ test: Case) {
    var answer = RuleRun.Answer()
    answer.body = "answer"
    let reader = MemoryReader(files: [
      "map": "1250 (x)\nff1c:3f\n20127 (US-ASCII)\nff1c:21\n", "more.conf": "SecAction \"id:70,phase:1,pass,log\"",
    ])
    let run = RuleRun(
      test.rules, method: "POST", target: "/?a=1&b=2;c=3&d=%uff1c", fields: [Field("Content-Type", test.type)], body: test.body,
      answer: answer,
      reader: reader)
    #expect(run.matchedRules == test.matched, "\(test.rules)")
  }

  @Test func theTableIsWhole() { #expect(Self.cases.count == 28) }
}
