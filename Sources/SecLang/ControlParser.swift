/// Reads `option=value` of the action `ctl`.
enum ControlParser {
  static func parse(_ slice: TextSlice, into sink: inout DiagnosticSink) -> Control? {
    let sign = slice.firstIndex(of: .equals) ?? slice.upper
    let name = slice.part(slice.lower, sign).trimmed()
    guard let option = ControlOption.table.find(name.bytes) else {
      let suggestion = ControlOption.table.nearest(name.bytes)
      let hint = suggestion.map { ", did you mean \($0)?" } ?? ""
      sink.report(.badArgument, "unknown ctl option \(name.quoted)\(hint)", at: name.range, suggestion: suggestion)
      return nil
    }
    let value = slice.from(sign + 1).trimmed()
    guard !value.isEmpty else {
      sink.report(.badArgument, "ctl:\(option.rawValue) needs = and a value", at: slice.range)
      return nil
    }
    switch option {
    case .ruleRemoveById: return value.idRanges(into: &sink).map { .removeRules(.ids($0)) }
    case .ruleRemoveByTag: return .removeRules(.tag(value.array))
    case .ruleRemoveByMsg: return .removeRules(.message(value.array))
    case .ruleRemoveTargetById, .ruleRemoveTargetByTag, .ruleRemoveTargetByMsg:
      return removeTarget(option, value, into: &sink)
    case .hashEngine, .hashEnforcement: return .ignored(option)
    case .auditLogParts:
      let sign = value.byte(value.lower)
      let parts = sign == 0x2b || sign == 0x2d ? value.from(value.lower + 1) : value
      if parts.isAuditParts { return .auditLogParts(value.string) }
      sink.badArgument(value, expected: "audit log parts, A to K and Z, with + or - in front to change the list")
      return nil
    default: return setting(option, value, into: &sink)
    }
  }

  private static func setting(_ option: ControlOption, _ value: TextSlice, into sink: inout DiagnosticSink) -> Control? {
    switch option {
    case .ruleEngine: value.engineMode(into: &sink).map { .ruleEngine($0) }
    case .auditEngine: value.auditMode(into: &sink).map { .auditEngine($0) }
    case .requestBodyProcessor: processor(value, into: &sink).map { .requestBodyProcessor($0) }
    case .responseBodyProcessor: processor(value, into: &sink).map { .responseBodyProcessor($0) }
    case .forceRequestBodyVariable: value.onOff(into: &sink).map { .forceRequestBodyVariable($0) }
    case .forceResponseBodyVariable: value.onOff(into: &sink).map { .forceResponseBodyVariable($0) }
    case .requestBodyAccess: value.onOff(into: &sink).map { .requestBodyAccess($0) }
    case .responseBodyAccess: value.onOff(into: &sink).map { .responseBodyAccess($0) }
    case .requestBodyLimit: value.integer("a number of bytes", into: &sink).map { .requestBodyLimit($0) }
    case .responseBodyLimit: value.integer("a number of bytes", into: &sink).map { .responseBodyLimit($0) }
    case .debugLogLevel: value.integer("a level, 0 to 9", in: 0...9, into: &sink).map { .debugLogLevel($0) }
    default: nil
    }
  }

  private static func processor(_ value: TextSlice, into sink: inout DiagnosticSink) -> BodyProcessorName? {
    let word = value.string.uppercased()
    if let name = BodyProcessorName(rawValue: word) { return name }
    sink.badArgument(value, expected: "URLENCODED, MULTIPART, XML or JSON")
    return nil
  }

  /// `selector;VARIABLE` or `selector;VARIABLE:key`.
  private static func removeTarget(_ option: ControlOption, _ value: TextSlice, into sink: inout DiagnosticSink) -> Control? {
    guard let semicolon = value.firstIndex(of: 0x3b) else {
      sink.badArgument(value, expected: "; and a variable after what names the rules")
      return nil
    }
    let left = value.part(value.lower, semicolon).trimmed()
    let right = value.from(semicolon + 1).trimmed()
    let selector: RuleSelector
    switch option {
    case .ruleRemoveTargetById:
      guard let ids = left.idRanges(into: &sink) else { return nil }
      selector = .ids(ids)
    case .ruleRemoveTargetByTag: selector = .tag(left.array)
    default: selector = .message(left.array)
    }
    if left.isEmpty {
      sink.badArgument(left, expected: "a tag or message before ;")
      return nil
    }
    let errors = sink.errorCount
    let targets = TargetParser.parse(right, into: &sink)
    guard sink.errorCount == errors else { return nil }
    guard targets.count == 1, let target = targets.first, target.mode == .include else {
      sink.badArgument(right, expected: "one variable without ! or &")
      return nil
    }
    return .removeTarget(selector, target.variable.value, target.selector?.value)
  }
}

/// Values that directives and `ctl` options share. Each reports what was expected and gives nil otherwise.
extension TextSlice {
  func engineMode(into sink: inout DiagnosticSink) -> EngineMode? {
    if equals("On") { return .on }
    if equals("Off") { return .off }
    if equals("DetectionOnly") { return .detectionOnly }
    sink.badArgument(self, expected: "On, Off or DetectionOnly")
    return nil
  }

  func auditMode(into sink: inout DiagnosticSink) -> AuditMode? {
    if equals("On") { return .on }
    if equals("Off") { return .off }
    if equals("RelevantOnly") { return .relevantOnly }
    sink.badArgument(self, expected: "On, Off or RelevantOnly")
    return nil
  }

  func onOff(into sink: inout DiagnosticSink) -> Bool? {
    if equals("On") { return true }
    if equals("Off") { return false }
    sink.badArgument(self, expected: "On or Off")
    return nil
  }

  func integer(_ what: String, in range: ClosedRange<Int> = 0...Int.max, into sink: inout DiagnosticSink) -> Int? {
    if let number, range.contains(number) { return number }
    sink.badArgument(self, expected: what)
    return nil
  }

  /// A non-empty run of the letters of audit log parts.
  var isAuditParts: Bool { !isEmpty && bytes.allSatisfy { ($0 >= 0x41 && $0 <= 0x4b) || $0 == 0x5a } }
}
