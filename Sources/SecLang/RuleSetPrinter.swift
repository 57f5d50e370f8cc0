/// Writes statements back as text, in one canonical form: canonical names, one line a directive, operators named.
///
/// Reading the text again with the same options and path gives the same statements. `SecUnicodeMapFile` is the exception: the
/// statement keeps the map and not its path, so a comment stands for it.
public struct RuleSetPrinter: Sendable {
  private let options: ParserOptions

  /// - Parameter options: Those of the parser that will read the text.
  public init(options: ParserOptions = .init()) { self.options = options }

  /// The statements of a rule set, one a line. What an `Include` included stands after it, so the directive itself is a comment.
  public func text(_ ruleSet: RuleSet) -> [UInt8] {
    var out: [UInt8] = []
    for statement in ruleSet.statements {
      if case .include = statement.content { out += Array("# ".utf8) }
      out += text(statement)
      out.append(.lineFeed)
    }
    return out
  }

  /// One directive without a line end.
  public func text(_ statement: Statement) -> [UInt8] {
    let name = Array(statement.directive.value.rawValue.utf8)
    let words: [[UInt8]]
    switch statement.content {
    case .rule(let rule): words = self.words(of: rule)
    case .marker(let name): words = [quoted(Array(name.value.utf8))]
    case .defaultAction(let actions): words = [quoted(actionText(actions))]
    case .removal(let selector): words = [self.text(selector)]
    case .targetUpdate(let selector, let targets): words = [self.text(selector), quoted(targetText(targets))]
    case .actionUpdate(let selector, let actions): words = [self.text(selector), quoted(actionText(actions))]
    case .include(let paths): words = paths.map { quoted(Array($0.utf8)) }
    case .setting(.unicodeMap(let codePage, let mapping)):
      return Array("# SecUnicodeMapFile: \(mapping.count) code points of code page \(codePage)".utf8)
    case .setting(.dataset(let dataset, let lines)):
      return name + [0x20] + Array(dataset.utf8) + Array(" `\n".utf8) + lines.joined(separator: [0x0A]) + Array("\n`".utf8)
    case .setting(let setting): words = arguments(of: setting).map { quoted(Array($0.utf8)) }
    }
    return words.reduce(into: name) { line, word in line += [0x20] + word }
  }

  private func words(of rule: Rule) -> [[UInt8]] {
    var words: [[UInt8]] = []
    if let condition = rule.condition {
      words.append(quoted(targetText(rule.targets)))
      words.append(operatorWord(condition))
    }
    if !rule.actions.items.isEmpty || rule.condition == nil { words.append(quoted(actionText(rule.actions))) }
    return words
  }

  private func operatorWord(_ condition: Condition) -> [UInt8] {
    let operand = condition.operand.value.source
    let mark: [UInt8] = condition.isNegated ? [0x21] : []
    // An operand read without quotes may end in a backslash, which would escape a closing quote.
    if condition.isImplicit, !operand.isEmpty, !operand.contains(where: \.isBlank), !isQuotable(operand), !options.halvesBackslashes {
      return mark + operand
    }
    // A blank after `@rx` would not belong to the operand.
    if condition.isImplicit, operand.first?.isBlank == true { return quoted(mark + operand, doubling: options.halvesBackslashes) }
    let text = mark + Array("@\(condition.name.value.rawValue)".utf8) + (operand.isEmpty ? [] : [0x20] + operand)
    return quoted(text, doubling: options.halvesBackslashes)
  }

  private func targetText(_ targets: [Target]) -> [UInt8] {
    var out: [UInt8] = []
    for target in targets {
      if !out.isEmpty { out.append(.pipe) }
      switch target.mode {
      case .include: break
      case .exclude: out.append(0x21)
      case .count: out.append(0x26)
      }
      out += targetText(target.variable.value, target.selector?.value)
    }
    return out
  }

  private func targetText(_ variable: VariableName, _ selector: Target.Selector?) -> [UInt8] {
    var out = Array(variable.rawValue.utf8)
    switch selector {
    case nil: break
    case .key(let key):
      out.append(.colon)
      let marks = Array((variable.takesPath ? "-./*@[]()=:" : "-.").utf8)
      let isPlain = key.allSatisfy { $0.isNameByte || marks.contains($0) }
      out += isPlain ? key : [.singleQuote] + escaped(key, .singleQuote) + [.singleQuote]
    case .regex(let pattern): out += [.colon, .slash] + escaped(pattern, .slash) + [.slash]
    }
    return out
  }

  private func text(_ selector: RuleSelector) -> [UInt8] {
    switch selector {
    case .ids(let ranges): quoted(idText(ranges, separator: " "))
    case .tag(let text), .message(let text): quoted(text)
    }
  }

  private func idText(_ ranges: [ClosedRange<Int>], separator: String) -> [UInt8] {
    let items = ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
    return Array(items.joined(separator: separator).utf8)
  }

  private func actionText(_ actions: ActionList) -> [UInt8] {
    var out: [UInt8] = []
    for item in actions.items {
      if !out.isEmpty { out.append(.comma) }
      let (name, value) = parts(of: item.value)
      out += Array(name.rawValue.utf8)
      guard let value else { continue }
      out.append(.colon)
      let needsQuotes = value.contains { $0 == .comma || $0 == .singleQuote || $0.isBlank } && isQuotable(value, .singleQuote)
      out += needsQuotes ? [.singleQuote] + escaped(value, .singleQuote) + [.singleQuote] : value
    }
    return out
  }

  /// A word in double quotes; as it is where quotes would change it, which only a word read without quotes can ask for.
  private func quoted(_ text: [UInt8], doubling: Bool = false) -> [UInt8] {
    guard doubling || isQuotable(text) else { return text }
    let body = doubling ? text.flatMap { $0 == .backslash ? [.backslash, .backslash] : [$0] } : text
    return [.doubleQuote] + escaped(body, .doubleQuote) + [.doubleQuote]
  }

  /// Whether no odd run of backslashes stands before a quote or at the end.
  private func isQuotable(_ text: [UInt8], _ quote: UInt8 = .doubleQuote) -> Bool {
    var isEscaping = false
    for byte in text {
      if isEscaping, byte == quote { return false }
      isEscaping = byte == .backslash && !isEscaping
    }
    return !isEscaping
  }

  private func escaped(_ text: [UInt8], _ quote: UInt8) -> [UInt8] {
    text.flatMap { $0 == quote ? [.backslash, $0] : [$0] }
  }
}

extension RuleSetPrinter {
  private func parts(of action: RuleAction) -> (ActionName, [UInt8]?) {
    func text(_ value: some CustomStringConvertible) -> [UInt8] { Array(value.description.utf8) }
    switch action {
    case .id(let id): return (.id, text(id))
    case .phase(let phase): return (.phase, text(phase))
    case .message(let value): return (.msg, value.source)
    case .logData(let value): return (.logdata, value.source)
    case .tag(let value): return (.tag, value.source)
    case .version(let value): return (.ver, text(value))
    case .revision(let value): return (.rev, text(value))
    case .severity(let severity): return (.severity, text(severity.name))
    case .maturity(let value): return (.maturity, text(value))
    case .accuracy(let value): return (.accuracy, text(value))
    case .transformation(let name): return (.t, text(name.rawValue))
    case .chain: return (.chain, nil)
    case .skip(let count): return (.skip, text(count))
    case .skipAfter(let marker): return (.skipAfter, text(marker))
    case .disruptive(let action): return parts(of: action)
    case .status(let status): return (.status, text(status))
    case .log: return (.log, nil)
    case .noLog: return (.nolog, nil)
    case .auditLog: return (.auditlog, nil)
    case .noAuditLog: return (.noauditlog, nil)
    case .capture: return (.capture, nil)
    case .multiMatch: return (.multiMatch, nil)
    case .setVariable(let assignment): return (.setvar, self.text(assignment))
    case .expireVariable(let collection, let key, let seconds):
      return (.expirevar, text(collection.rawValue) + [0x2e] + key.source + [.equals] + seconds.source)
    case .deprecateVariable(let collection, let key, let amount, let seconds):
      return (.deprecatevar, text(collection.rawValue) + [0x2e] + key.source + text("=\(amount)/\(seconds)"))
    case .initCollection(let collection, let key): return (.initcol, text(collection.rawValue) + [.equals] + key.source)
    case .setUserID(let value): return (.setuid, value.source)
    case .setSessionID(let value): return (.setsid, value.source)
    case .setResourceID(let value): return (.setrsc, value.source)
    case .setEnvironment(let name, let value): return (.setenv, name.source + [.equals] + value.source)
    case .control(let control): return (.ctl, self.text(control))
    case .sanitise(let what): return parts(of: what)
    case .xmlNamespace(let prefix, let uri): return (.xmlns, text("\(prefix)=\(uri)"))
    case .append(let value): return (.append, value.source)
    case .prepend(let value): return (.prepend, value.source)
    case .pause(let value): return (.pause, value.source)
    case .execute(let path): return (.exec, text(path))
    }
  }

  private func parts(of action: DisruptiveAction) -> (ActionName, [UInt8]?) {
    switch action {
    case .pass: (.pass, nil)
    case .block: (.block, nil)
    case .deny: (.deny, nil)
    case .drop: (.drop, nil)
    case .allow(.transaction): (.allow, nil)
    case .allow(.phase): (.allow, Array("phase".utf8))
    case .allow(.request): (.allow, Array("request".utf8))
    case .redirect(let target): (.redirect, target.source)
    case .proxy(let target): (.proxy, target.source)
    }
  }

  private func parts(of what: Sanitisation) -> (ActionName, [UInt8]?) {
    switch what {
    case .argument(let name): (.sanitiseArg, Array(name.utf8))
    case .matched: (.sanitiseMatched, nil)
    case .matchedBytes(let leading, let trailing): (.sanitiseMatchedBytes, Array("\(leading)/\(trailing)".utf8))
    case .requestHeader(let name): (.sanitiseRequestHeader, Array(name.utf8))
    case .responseHeader(let name): (.sanitiseResponseHeader, Array(name.utf8))
    }
  }

  private func text(_ assignment: VariableAssignment) -> [UInt8] {
    let name = Array(assignment.collection.rawValue.utf8) + [0x2e] + assignment.key.source
    return switch assignment.operation {
    case .assign(let value): name + [.equals] + value.source
    case .add(let value): name + [.equals, 0x2b] + value.source
    case .subtract(let value): name + [.equals, 0x2d] + value.source
    case .unset: [0x21] + name
    }
  }

  private func text(_ control: Control) -> [UInt8] {
    let onOff = { (isOn: Bool) in isOn ? "On" : "Off" }
    let (option, value): (ControlOption, [UInt8]) =
      switch control {
      case .ruleEngine(let mode): (.ruleEngine, Array(mode.rawValue.utf8))
      case .removeRules(.ids(let ids)): (.ruleRemoveById, idText(ids, separator: ","))
      case .removeRules(.tag(let tag)): (.ruleRemoveByTag, tag)
      case .removeRules(.message(let message)): (.ruleRemoveByMsg, message)
      case .removeTarget(.ids(let ids), let variable, let selector):
        (.ruleRemoveTargetById, idText(ids, separator: ",") + [0x3b] + targetText(variable, selector))
      case .removeTarget(.tag(let tag), let variable, let selector):
        (.ruleRemoveTargetByTag, tag + [0x3b] + targetText(variable, selector))
      case .removeTarget(.message(let message), let variable, let selector):
        (.ruleRemoveTargetByMsg, message + [0x3b] + targetText(variable, selector))
      case .requestBodyProcessor(let name): (.requestBodyProcessor, Array(name.rawValue.utf8))
      case .forceRequestBodyVariable(let isOn): (.forceRequestBodyVariable, Array(onOff(isOn).utf8))
      case .requestBodyAccess(let isOn): (.requestBodyAccess, Array(onOff(isOn).utf8))
      case .requestBodyLimit(let bytes): (.requestBodyLimit, Array("\(bytes)".utf8))
      case .auditEngine(let mode): (.auditEngine, Array(mode.rawValue.utf8))
      case .auditLogParts(let parts): (.auditLogParts, Array(parts.utf8))
      case .responseBodyAccess(let isOn): (.responseBodyAccess, Array(onOff(isOn).utf8))
      case .responseBodyProcessor(let name): (.responseBodyProcessor, Array(name.rawValue.utf8))
      case .responseBodyLimit(let bytes): (.responseBodyLimit, Array("\(bytes)".utf8))
      case .forceResponseBodyVariable(let isOn): (.forceResponseBodyVariable, Array(onOff(isOn).utf8))
      case .debugLogLevel(let level): (.debugLogLevel, Array("\(level)".utf8))
      case .ignored(let option): (option, Array("Off".utf8))
      }
    return Array(option.rawValue.utf8) + [.equals] + value
  }

  private func arguments(of setting: Setting) -> [String] {
    let onOff = { (isOn: Bool) in isOn ? "On" : "Off" }
    return switch setting {
    case .ruleEngine(let mode): [mode.rawValue]
    case .requestBodyAccess(let isOn), .responseBodyAccess(let isOn), .xmlExternalEntity(let isOn): [onOff(isOn)]
    case .requestBodyLimit(let number), .requestBodyNoFilesLimit(let number), .requestBodyJSONDepthLimit(let number),
      .argumentsLimit(let number), .responseBodyLimit(let number), .pcreMatchLimit(let number),
      .pcreMatchLimitRecursion(let number), .cookieFormat(let number), .collectionTimeout(let number), .uploadFileLimit(let number):
      ["\(number)"]
    case .requestBodyLimitAction(let action), .responseBodyLimitAction(let action): [action.rawValue]
    case .responseBodyMIMETypes(let types): types
    case .responseBodyMIMETypesClear: []
    case .auditEngine(let mode): [mode.rawValue]
    case .auditLogParts(let text), .auditLogRelevantStatus(let text), .componentSignature(let text), .webAppID(let text): [text]
    case .argumentSeparator(let byte): [String(decoding: [byte], as: UTF8.self)]
    case .unicodeMap(let codePage, _): ["\(codePage)"]
    case .geoDatabase(let path): [path]
    case .dataset(let name, _): [name]
    case .noEffect(let arguments): arguments
    }
  }
}
