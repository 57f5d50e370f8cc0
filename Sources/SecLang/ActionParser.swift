/// One item of an action list before its meaning is known.
private struct ActionItem {
  var name: TextSlice
  /// Without its quotes and with escaped quotes resolved; nil without a colon.
  var value: TextSlice?
  var whole: TextSlice
}

/// An action list and what the chain bookkeeping has to know even if a part of it was wrong.
struct ParsedActions {
  var list: ActionList
  var isSound: Bool
  /// The name `id` stood there, whatever its value.
  var namesID = false
  var chain: SourceRange?
  /// `chain` may have been meant by something that could not be read.
  var mayChain = false
}

/// Reads `id:1,phase:2,msg:'text',chain`.
enum ActionParser {
  static func parse(_ slice: TextSlice, into sink: inout DiagnosticSink) -> ParsedActions {
    let errors = sink.errorCount
    var result = ParsedActions(list: ActionList(items: [], range: slice.range), isSound: true)
    var index = slice.lower
    while let item = nextItem(slice, &index, into: &sink) {
      guard let name = ActionName.table.find(item.name.bytes) else {
        if item.name.isEmpty {
          sink.report(.syntaxError, "expected an action", at: item.whole.range)
        } else {
          sink.unknown(.unknownAction, "action", item.name, in: ActionName.table)
          if ActionName.table.nearest(item.name.bytes) == ActionName.chain.rawValue { result.mayChain = true }
        }
        continue
      }
      if name == .id { result.namesID = true }
      if name == .chain { result.chain = item.whole.range }
      if name == .exec {
        sink.report(.refusedFeature, "exec runs a program and is not supported", at: item.whole.range)
      }
      if let action = action(name, item, into: &sink) {
        result.list.items.append(Located(action, item.whole.range))
      }
    }
    result.isSound = sink.errorCount == errors
    if !result.isSound, slice.mentionsChain { result.mayChain = true }
    return result
  }

  private static func nextItem(_ slice: TextSlice, _ index: inout Int, into sink: inout DiagnosticSink) -> ActionItem? {
    while let byte = slice.byte(index), byte.isBlank || byte == .comma { index += 1 }
    guard slice.byte(index) != nil else { return nil }
    let start = index
    while let byte = slice.byte(index), byte != .colon, byte != .comma { index += 1 }
    let name = slice.part(start, index).trimmed()
    guard slice.byte(index) == .colon else { return ActionItem(name: name, value: nil, whole: name) }
    index += 1
    while let byte = slice.byte(index), byte.isBlank { index += 1 }
    let valueStart = index
    guard slice.byte(index) == .singleQuote else {
      while let byte = slice.byte(index), byte != .comma { index += 1 }
      let value = slice.part(valueStart, index).trimmed()
      return ActionItem(name: name, value: value, whole: slice.part(start, max(value.upper, valueStart)))
    }
    guard let end = WordList.closing(.singleQuote, in: slice, from: index + 1) else {
      sink.report(.syntaxError, "expected a closing single quote", at: slice.from(index).range)
      index = slice.upper
      return nil
    }
    let value = slice.part(valueStart + 1, end).unescaped(quote: .singleQuote)
    index = end + 1
    while let byte = slice.byte(index), byte.isBlank { index += 1 }
    if let byte = slice.byte(index), byte != .comma {
      sink.report(.syntaxError, "expected a comma after the closing single quote", at: slice.part(index, index + 1).range)
      while let byte = slice.byte(index), byte != .comma { index += 1 }
    }
    return ActionItem(name: name, value: value, whole: slice.part(start, end + 1))
  }

  private static func action(_ name: ActionName, _ item: ActionItem, into sink: inout DiagnosticSink) -> RuleAction? {
    if let plain = plainAction(name) {
      guard let value = item.value else { return plain }
      sink.report(.badArgument, "\(name.rawValue) takes no value", at: value.isEmpty ? item.whole.range : value.range)
      return nil
    }
    if name == .allow { return allow(item, into: &sink) }
    if name == .sanitiseMatchedBytes { return sanitiseMatchedBytes(item, into: &sink) }
    guard let value = item.value, !value.isEmpty else {
      sink.report(.badArgument, "\(name.rawValue) needs a value", at: item.whole.range)
      return nil
    }
    switch name {
    case .msg: return .message(value.macros)
    case .logdata: return .logData(value.macros)
    case .tag: return .tag(value.macros)
    case .ver: return .version(value.string)
    case .rev: return .revision(value.string)
    case .redirect: return .disruptive(.redirect(value.macros))
    case .proxy: return .disruptive(.proxy(value.macros))
    case .skipAfter: return .skipAfter(value.string)
    case .setuid: return .setUserID(value.macros)
    case .setsid: return .setSessionID(value.macros)
    case .setrsc: return .setResourceID(value.macros)
    case .append: return .append(value.macros)
    case .prepend: return .prepend(value.macros)
    case .pause: return .pause(value.macros)
    case .exec: return .execute(value.string)
    case .sanitiseArg: return .sanitise(.argument(value.string))
    case .sanitiseRequestHeader: return .sanitise(.requestHeader(value.string))
    case .sanitiseResponseHeader: return .sanitise(.responseHeader(value.string))
    case .ctl: return ControlParser.parse(value, into: &sink).map { .control($0) }
    case .setvar, .expirevar, .deprecatevar, .initcol, .setenv: return VariableActionParser.parse(name, value, into: &sink)
    case .t:
      if let name = TransformationName.table.find(value.bytes) {
        sink.found(value, as: name.rawValue)
        return .transformation(name)
      }
      sink.unknown(.unknownTransformation, "transformation", value, in: TransformationName.table)
      return nil
    case .xmlns:
      if let sign = value.firstIndex(of: .equals), sign > value.lower, sign + 1 < value.upper {
        return .xmlNamespace(prefix: value.part(value.lower, sign).string, uri: value.from(sign + 1).string)
      }
      sink.badArgument(value, expected: "prefix=URI")
      return nil
    default: return number(name, value, into: &sink)
    }
  }

  /// The actions without a value.
  private static func plainAction(_ name: ActionName) -> RuleAction? {
    switch name {
    case .chain: .chain
    case .pass: .disruptive(.pass)
    case .block: .disruptive(.block)
    case .deny: .disruptive(.deny)
    case .drop: .disruptive(.drop)
    case .log: .log
    case .nolog: .noLog
    case .auditlog: .auditLog
    case .noauditlog: .noAuditLog
    case .capture: .capture
    case .multiMatch: .multiMatch
    case .sanitiseMatched: .sanitise(.matched)
    default: nil
    }
  }

  private static func number(_ name: ActionName, _ value: TextSlice, into sink: inout DiagnosticSink) -> RuleAction? {
    let number = value.trimmed().number
    switch name {
    case .id:
      if let number, number > 0 { return .id(number) }
      sink.badArgument(value, expected: "an id, a positive integer")
    case .phase:
      if let number, (1...5).contains(number) { return .phase(number) }
      if value.equals("request") { return .phase(2) }
      if value.equals("response") { return .phase(4) }
      if value.equals("logging") { return .phase(5) }
      sink.badArgument(value, expected: "a phase, 1 to 5, request, response or logging")
    case .severity:
      if let number, let severity = Severity(rawValue: number) { return .severity(severity) }
      let word = value.string.uppercased()
      if let severity = Severity.allCases.first(where: { $0.name == word }) { return .severity(severity) }
      sink.badArgument(value, expected: "a severity, 0 to 7 or EMERGENCY, ALERT, CRITICAL, ERROR, WARNING, NOTICE, INFO, DEBUG")
    case .status:
      if let number, (100...599).contains(number) { return .status(number) }
      sink.badArgument(value, expected: "a status, 100 to 599")
    case .skip:
      if let number, number > 0 { return .skip(number) }
      sink.badArgument(value, expected: "a number of rules, at least 1")
    default:
      if let number { return name == .maturity ? .maturity(number) : .accuracy(number) }
      sink.badArgument(value, expected: "a number")
    }
    return nil
  }

  private static func allow(_ item: ActionItem, into sink: inout DiagnosticSink) -> RuleAction? {
    guard let value = item.value else { return .disruptive(.allow(.transaction)) }
    if value.equals("phase") { return .disruptive(.allow(.phase)) }
    if value.equals("request") { return .disruptive(.allow(.request)) }
    sink.badArgument(value, expected: "phase or request")
    return nil
  }

  private static func sanitiseMatchedBytes(_ item: ActionItem, into sink: inout DiagnosticSink) -> RuleAction? {
    guard let value = item.value else { return .sanitise(.matchedBytes(leading: 0, trailing: 0)) }
    if let slash = value.firstIndex(of: .slash), let leading = value.part(value.lower, slash).number,
      let trailing = value.from(slash + 1).number
    {
      return .sanitise(.matchedBytes(leading: leading, trailing: trailing))
    }
    sink.badArgument(value, expected: "numbers of bytes to leave readable, such as 1/4")
    return nil
  }
}

extension TextSlice {
  /// Whether the word stands anywhere in the text.
  var mentionsChain: Bool {
    var matched = 0
    for byte in bytes {
      let byte = byte.lowercased
      matched = byte == TextSlice.chainWord[matched] ? matched + 1 : byte == 0x63 ? 1 : 0
      if matched == TextSlice.chainWord.count { return true }
    }
    return false
  }

  private static let chainWord = Array("chain".utf8)

  var macros: MacroText { MacroText(parsing: bytes) }
}
