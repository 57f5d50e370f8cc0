import Testing

@testable import SecLang

/// Upper case, lower case, and as it is.
private func spellings(_ name: String) -> [String] { [name, name.uppercased(), name.lowercased()] }

@Suite("Every name is read, in any case")
struct NameTests {
  /// Arguments that a directive takes; the others take one word of any kind.
  private static let arguments: [DirectiveName: String] = [
    .rule: "ARGS \"@rx a\" \"id:1\"", .action: "\"id:1\"", .marker: "END", .defaultAction: "\"phase:1,log,pass\"",
    .collectionTimeout: "600", .ruleEngine: "DetectionOnly", .requestBodyAccess: "On", .responseBodyAccess: "off",
    .requestBodyLimit: "131072", .requestBodyNoFilesLimit: "131072", .requestBodyInMemoryLimit: "131072",
    .requestBodyLimitAction: "Reject", .requestBodyJsonDepthLimit: "512", .argumentsLimit: "1000", .responseBodyLimit: "524288",
    .responseBodyLimitAction: "ProcessPartial", .responseBodyMimeType: "text/plain text/html", .responseBodyMimeTypesClear: "",
    .pcreMatchLimit: "1000", .pcreMatchLimitRecursion: "1000", .auditEngine: "RelevantOnly", .auditLogType: "Serial",
    .auditLogFormat: "JSON", .auditLogParts: "ABIJDEFHZ", .auditLogRelevantStatus: "\"^(?:5|4(?!04))\"", .auditLogFileMode: "0600",
    .auditLogDirMode: "default", .debugLogLevel: "3", .uploadKeepFiles: "RelevantOnly", .uploadFileMode: "0600",
    .uploadFileLimit: "100", .tmpSaveUploadedFiles: "Off", .argumentSeparator: "&", .cookieFormat: "0",
    .unicodeMapFile: "unicode.mapping 20127", .statusEngine: "On", .ruleRemoveById: "1 2-3 \"4,5\"",
    .ruleUpdateTargetById: "1-2 \"!ARGS:x\"", .ruleUpdateTargetByTag: "tag \"!ARGS:x\"", .ruleUpdateTargetByMsg: "msg \"ARGS\"",
    .ruleUpdateActionById: "1 \"deny,status:403\"", .xmlExternalEntity: "Off", .include: "other.conf", .includeOptional: "none/*.conf",
    .dataset: "names `\n one \ntwo\n`",
  ]
  private static let files = ["other.conf": "SecMarker X\n", "unicode.mapping": "1250 (x)\n00a0:11\n20127 (US-ASCII)\n00a0:20 ff01:21\n"]

  @Test("directives", arguments: DirectiveName.allCases)
  func directive(_ name: DirectiveName) throws {
    for spelling in spellings(name.rawValue) {
      let set = parsed("\(spelling) \(Self.arguments[name] ?? "value")", files: Self.files)
      let isRefused = name == .remoteRules || name == .ruleScript
      #expect(set.diagnostics.filter { $0.severity == .error }.map(\.kind) == (isRefused ? [.refusedFeature] : []))
      let statement = try #require(set.statements.first)
      #expect(statement.directive.value == name)
      #expect(statement.directive.range.end.column == spelling.utf8.count + 1)
      if name != .include, name != .includeOptional, name != .unicodeMapFile { #expect(comesBackSame(set)) }
    }
  }

  @Test("variables: plain, counted, excluded, by key where they hold keys", arguments: VariableName.allCases)
  func variable(_ name: VariableName) throws {
    for spelling in spellings(name.rawValue) {
      let key = name.isCollection ? "|\(spelling):k" : ""
      let set = parsed("SecRule \"\(spelling)|&\(spelling)|!\(spelling)\(key)\" \"@rx a\" \"id:1\"")
      #expect(set.diagnostics.isEmpty)
      let targets = try #require(set.rules.first).targets
      #expect(targets.map(\.variable.value) == Array(repeating: name, count: name.isCollection ? 4 : 3))
      #expect(targets.prefix(3).map(\.mode) == [.include, .count, .exclude])
    }
    if !name.isCollection { #expect(parsed("SecRule \(name.rawValue):k a id:1").diagnostics.map(\.kind) == [.badArgument]) }
  }

  @Test("operators", arguments: OperatorName.allCases)
  func operatorName(_ name: OperatorName) throws {
    for spelling in spellings(name.rawValue) {
      let operand = [.pmFromFile, .ipMatchFromFile, .validateDTD, .validateSchema].contains(name) ? "some.data" : "1"
      let namesSet = name == .pmFromDataset || name == .ipMatchFromDataset
      let set = parsed(
        (namesSet ? "SecDataset 1 `one`\n" : "") + "SecRule ARGS \"!@\(spelling) \(operand)\" \"id:1\"", files: ["some.data": "one\n"])
      #expect(set.diagnostics.map(\.kind) == (name == .inspectFile ? [.refusedFeature] : []))
      let condition = try #require(set.rules.first?.condition)
      #expect(condition.name.value == name)
      #expect(condition.isNegated)
      #expect(!condition.isImplicit)
      #expect(condition.operand.value.source == Array(operand.utf8))
      #expect(comesBackSame(set, files: ["some.data": "one\n"]))
    }
  }

  @Test("transformations", arguments: TransformationName.allCases)
  func transformation(_ name: TransformationName) throws {
    for spelling in spellings(name.rawValue) {
      let set = parsed("SecAction \"id:1,t:\(spelling)\"")
      #expect(set.diagnostics.isEmpty)
      guard case .transformation(name)? = set.rules.first?.actions.items.last?.value else {
        Issue.record("\(spelling) was not read")
        continue
      }
    }
  }

  private static let values: [ActionName: String] = [
    .id: "7", .phase: "2", .severity: "CRITICAL", .maturity: "9", .accuracy: "8", .skip: "2", .redirect: "http://x/", .proxy: "http://y/",
    .status: "403", .setvar: "tx.a=1", .expirevar: "ip.a=60", .initcol: "ip=%{REMOTE_ADDR}", .deprecatevar: "ip.a=60/300",
    .ctl: "ruleEngine=Off", .t: "none", .setenv: "a=b", .sanitiseMatchedBytes: "1/4", .xmlns: "a=http://b/",
  ]
  private static let bare: Set<ActionName> = [
    .chain, .pass, .block, .deny, .drop, .allow, .log, .nolog, .auditlog, .noauditlog, .capture, .multiMatch, .sanitiseMatched,
  ]

  @Test("actions", arguments: ActionName.allCases)
  func action(_ name: ActionName) throws {
    for spelling in spellings(name.rawValue) {
      let item = Self.bare.contains(name) ? spelling : "\(spelling):\(Self.values[name] ?? "text")"
      let set = parsed("SecAction \"\(name == .id ? "" : "id:1,")\(item)\"\n\(name == .chain ? "SecRule ARGS a" : "")")
      #expect(set.diagnostics.map(\.kind) == (name == .exec ? [.refusedFeature] : []))
      let rule = try #require(set.rules.first)
      #expect(rule.actions.items.count == (name == .id ? 1 : 2))
      #expect(comesBackSame(set))
      let other = Self.bare.contains(name) ? "\(spelling):text" : spelling
      if name != .allow, name != .sanitiseMatchedBytes, name != .exec {
        #expect(parsed("SecAction \"id:1,\(other)\"").diagnostics.first?.kind == .badArgument)
      }
    }
  }

  private static let controls: [ControlOption: String] = [
    .ruleEngine: "DetectionOnly", .ruleRemoveById: "1-9", .ruleRemoveTargetById: "1-9;ARGS:x", .ruleRemoveTargetByTag: "t;ARGS:/^x/",
    .ruleRemoveTargetByMsg: "m;ARGS", .requestBodyProcessor: "XML", .responseBodyProcessor: "json", .requestBodyLimit: "10",
    .responseBodyLimit: "10", .auditEngine: "RelevantOnly", .auditLogParts: "+E", .debugLogLevel: "9",
  ]

  @Test("ctl options", arguments: ControlOption.allCases)
  func control(_ name: ControlOption) {
    for spelling in spellings(name.rawValue) {
      let set = parsed("SecAction \"id:1,ctl:\(spelling)=\(Self.controls[name] ?? "On")\"")
      #expect(set.diagnostics.isEmpty)
      #expect(comesBackSame(set))
      #expect(parsed("SecAction \"id:1,ctl:\(spelling)\"").diagnostics.map(\.kind) == [.badArgument])
      #expect(parsed("SecAction \"id:1,ctl:\(spelling)=\"").diagnostics.map(\.kind) == [.badArgument])
    }
  }

  @Test("the tables are as long as the reference")
  func counts() {
    #expect(DirectiveName.allCases.count == 91)
    #expect(VariableName.allCases.count == 112)
    #expect(OperatorName.allCases.count == 42)
    #expect(TransformationName.allCases.count == 37)
    #expect(ActionName.allCases.count == 47)
    #expect(ControlOption.allCases.count == 20)
  }

  @Test("aliases stand for the canonical names")
  func aliases() throws {
    let set = parsed(
      """
      SecRule MULTIPART_SEMICOLON_MISSING "@pmf some.data" "id:1,t:normalizePath,t:normalizePathWin,sanitizeArg:a,sanitizeMatched"
      SecRule ARGS "@ipMatchF some.data" "id:2,phase:request,severity:2,sanitizeMatchedBytes:1/2,sanitizeRequestHeader:a"
      SecAction "id:3,phase:logging,severity:'critical',sanitizeResponseHeader:b"
      """, files: ["some.data": "a"])
    #expect(set.diagnostics.isEmpty)
    #expect(set.rules[0].targets[0].variable.value == .multipartMissingSemicolon)
    #expect(set.rules.compactMap { $0.condition?.name.value } == [.pmFromFile, .ipMatchFromFile])
    let names = set.rules[0].actions.items.compactMap { if case .transformation(let name) = $0.value { name } else { nil } }
    #expect(names == [.normalisePath, .normalisePathWin])
    for rule in set.rules.dropFirst() {
      #expect(rule.actions.items.contains { if case .severity(.critical) = $0.value { true } else { false } })
    }
    #expect(set.rules[2].actions.items.contains { if case .phase(5) = $0.value { true } else { false } })
  }

  @Test(
    "a near name is suggested",
    arguments: [
      ("SecRul ARGS a id:1", "SecRule"), ("SecRuleEngin On", "SecRuleEngine"), ("SecRule ARG a id:1", "ARGS"),
      ("SecRule REQUEST_HEADER a id:1", "REQUEST_HEADERS"), ("SecRule ARGS \"@beginWith a\" id:1", "beginsWith"),
      ("SecRule ARGS \"@regx a\" id:1", "rx"), ("SecAction id:1,denny", "deny"), ("SecAction id:1,t:lowcase", "lowercase"),
      ("SecAction id:1,ctl:ruleEngin=On", "ruleEngine"), ("SecAction id:1,skipafter:X,logdtaa:x", "logdata"),
    ])
  func suggestion(_ line: String, _ name: String) {
    #expect(parsed(line).diagnostics.map(\.suggestion) == [name])
  }

  @Test("nothing is suggested for a name that is far from all")
  func noSuggestion() {
    #expect(parsed("LoadModule security2_module x.so").diagnostics.map(\.suggestion) == [nil])
    #expect(parsed("<IfModule x>").diagnostics.map(\.kind) == [.unknownDirective])
  }
}
