import SecLang

extension RuleSetCompiler {
  /// `@rbl` has a name server asked about clients: refused unless that is switched on.
  ///
  /// http:BL is never asked: without an access key nothing can be. So the one rule of the CRS 3.3 that names it loads and never matches,
  /// and the rule set with it.
  func refusal(ofBlockList condition: Condition) -> Diagnostic? {
    let zone = String(decoding: condition.operand.value.source, as: UTF8.self).lowercased()
    let range = condition.operand.range
    if zone == "dnsbl.httpbl.org" {
      return Diagnostic(.ignoredDirective, .warning, "http:BL is not asked: the rule never matches", at: range)
    }
    guard !asksBlockLists else { return nil }
    return Diagnostic(
      .refusedFeature, "@rbl asks a name server about clients; switch it on (seclang.block-lists: on), or remove the rule", at: range)
  }
}
