import SecLang

/// The parser's diagnostics as findings: SL1 and the parts of SL2 that only the parser can see.
enum SyntaxChecks {
  struct Entry: Sendable {
    var kind: Diagnostic.Kind
    var documentation: CheckDocumentation
  }

  static let table: [Entry] = [
    entry(
      .syntaxError, "SL101", "syntax-error", .error,
      "The text cannot be read; what was expected stands in the message. The directive is not loaded.",
      "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass,msg:'open\"", "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass,msg:'closed'\""),
    entry(
      .unknownDirective, "SL102", "unknown-directive", .error,
      "No engine knows this directive: the file is not loaded, or a protection is missing.",
      "SecRuel ARGS \"@rx a\" \"id:1,phase:2,pass\"", "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass\""),
    entry(
      .unknownVariable, "SL103", "unknown-variable", .error, "No engine knows this variable: the rule is not loaded.",
      "SecRule ARGZ \"@rx a\" \"id:1,phase:2,pass\"", "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass\""),
    entry(
      .unknownOperator, "SL104", "unknown-operator", .error,
      "No engine knows this operator. Some load such a rule without a word and never match.",
      "SecRule ARGS \"@regexp a\" \"id:1,phase:2,pass\"", "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass\""),
    entry(
      .unknownAction, "SL105", "unknown-action", .error, "No engine knows this action: the rule is not loaded.",
      "SecRule ARGS \"@rx a\" \"id:1,phase:2,dney\"", "SecRule ARGS \"@rx a\" \"id:1,phase:2,deny\""),
    entry(
      .unknownTransformation, "SL106", "unknown-transformation", .error, "No engine knows this transformation: the rule is not loaded.",
      "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass,t:lowercased\"", "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass,t:lowercase\""),
    entry(
      .badArgument, "SL107", "bad-argument", .error, "The argument is outside what is allowed there.",
      "SecRule ARGS \"@rx a\" \"id:1,phase:7,pass\"", "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass\""),
    entry(
      .unterminatedContinuation, "SL108", "unterminated-continuation", .error,
      "A backslash at the end of the file, or with blanks behind it, does not continue the line as it seems to.",
      "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass\" \\", "SecRule ARGS \"@rx a\" \\\n  \"id:1,phase:2,pass\""),
    entry(
      .missingDataFile, "SL109", "missing-data-file", .error, "The file with the phrases or addresses is not there: the rule cannot match.",
      "SecRule ARGS \"@pmFromFile nowhere.data\" \"id:1,phase:2,pass\"", "SecRule ARGS \"@pm some words\" \"id:1,phase:2,pass\""),
    entry(
      .emptyDataFile, "SL109", "missing-data-file", .warning, "The file with the phrases or addresses is empty: the rule cannot match.", "",
      ""),
    entry(.unreadableFile, "SL109", "missing-data-file", .error, "The file cannot be read.", "", ""),
    entry(
      .includeWithoutMatch, "SL110", "include-without-match", .warning,
      "The Include brings in no file: rules that seem to be there are not.",
      "Include nowhere/*.conf", "SecRuleEngine On"),
    entry(.duplicateInclude, "SL110", "include-without-match", .warning, "The file is included twice.", "", ""),
    entry(
      .missingID, "SL201", "missing-id", .error, "A rule needs an id: engines refuse it, and it could not be excluded.",
      "SecRule ARGS \"@rx a\" \"phase:2,pass\"", "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass\""),
    entry(
      .duplicateID, "SL202", "duplicate-id", .error, "Two rules with one id: engines refuse the second, and an exclusion would hit both.",
      "SecAction \"id:1,phase:1,pass\"\nSecAction \"id:1,phase:1,pass\"", "SecAction \"id:1,phase:1,pass\"\nSecAction \"id:2,phase:1,pass\""
    ),
    entry(
      .openChain, "SL204", "open-chain", .error, "A chain without its next link: the rule is not loaded, or swallows the rule after it.",
      "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass,chain\"", "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass,chain\"\n  SecRule ARGS \"@rx b\""),
    entry(
      .starterActionInChain, "SL205", "starter-action-in-chain", .error,
      "This action belongs to the head of a chain; in a link it is refused or ignored.",
      "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass,chain\"\n  SecRule ARGS \"@rx b\" \"id:2\"",
      "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass,chain\"\n  SecRule ARGS \"@rx b\" \"t:none\""),
    entry(
      .refusedFeature, "SL610", "exec-or-lua", .error,
      "This engine refuses the feature on purpose: a rule must not run programs or fetch rules.",
      "SecRuleScript some.lua \"id:1,phase:2,pass\"", "SecRule ARGS \"@rx a\" \"id:1,phase:2,pass\""),
    entry(
      .ignoredDirective, "SL113", "ignored-directive", .info, "The directive is read and has no effect on this engine.",
      "SecConnEngine On", "SecRuleEngine On"),
    entry(.limitExceeded, "SL101", "syntax-error", .error, "The text is beyond what is read.", "", ""),
  ]

  private static func entry(
    _ kind: Diagnostic.Kind, _ code: String, _ name: String, _ severity: FindingSeverity, _ why: String, _ bad: String, _ good: String
  ) -> Entry {
    Entry(kind: kind, documentation: CheckDocumentation(code: code, name: name, severity: severity, why: why, bad: bad, good: good))
  }

  static func findings(of diagnostics: [Diagnostic], in context: LintContext) -> [Finding] {
    diagnostics.map { diagnostic in
      let documentation = table.first { $0.kind == diagnostic.kind }?.documentation ?? table[0].documentation
      let severity: FindingSeverity = diagnostic.severity == .warning ? min(documentation.severity, .warning) : documentation.severity
      let chain = context.chains.last { $0.range.start.file == diagnostic.range.start.file && $0.range.start <= diagnostic.range.start }
      let isInside =
        chain.map { chain in chain.rules.contains { $0.range.start <= diagnostic.range.start && diagnostic.range.start <= $0.range.end } }
        ?? false
      return Finding(
        code: documentation.code, name: documentation.name, severity: severity, range: diagnostic.range, rule: isInside ? chain?.id : nil,
        message: diagnostic.message, related: diagnostic.related.map { ($0, "the first is here") },
        help: diagnostic.suggestion.map { "did you mean \($0)?" })
    }
  }
}
