/// From a logical line to a statement.
extension RuleSetParser {
  /// A directive's line, cut into words.
  struct DirectiveLine {
    var name: Located<DirectiveName>
    var arguments: [Word]
    var range: SourceRange
    /// The lines between back quotes, if there were any.
    var block: [ArraySlice<UInt8>]?
    /// Where an argument that is missing should have stood.
    var end: SourceRange { SourceRange(start: range.end, end: range.end) }
  }

  mutating func parseLine(_ line: LogicalLine) {
    var isBroken = false
    for fault in line.faults {
      isBroken = true
      switch fault {
      case .brokenContinuation(let range, let atEnd):
        sink.report(
          .unterminatedContinuation,
          atEnd ? "the file ends after a continuation backslash" : "blanks follow the continuation backslash", at: range)
      case .tooLong(let range):
        // What is left of it would only lead to complaints about its cut end.
        sink.report(.limitExceeded, "a directive of more than \(Self.maximumLineLength) bytes", at: range)
        dropChain(mayContinue: true)
        return
      case .openBlock(let range): sink.report(.syntaxError, "expected a closing back quote", at: range)
      }
    }
    let list = WordList(line.text)
    guard let first = list.words.first else {
      if let fault = list.fault { sink.report(.syntaxError, fault.message, at: fault.range) }
      return
    }
    guard let name = DirectiveName.table.find(first.content.bytes) else {
      sink.unknown(.unknownDirective, "directive", first.content, in: DirectiveName.table)
      let meant = DirectiveName.table.nearest(first.content.bytes)
      let mayBeRule = meant == DirectiveName.rule.rawValue || meant == DirectiveName.action.rawValue
      dropChain(mayContinue: mayBeRule && line.text.all.mentionsChain)
      return
    }
    if let fault = list.fault {
      sink.report(.syntaxError, fault.message, at: fault.range)
      if name == .rule || name == .action {
        dropChain(mayContinue: line.text.all.mentionsChain)
      } else {
        closeChain(because: "\(name.rawValue) follows")
      }
      return
    }
    let last = list.words.last ?? first
    let directive = DirectiveLine(
      name: Located(name, first.outer.range), arguments: Array(list.words.dropFirst()),
      range: SourceRange(start: first.outer.range.start, end: last.outer.range.end), block: line.block)
    if name == .rule || name == .action {
      parseRule(directive, isBroken: isBroken)
      return
    }
    closeChain(because: "\(name.rawValue) follows")
    guard !isBroken else { return }
    for content in contents(of: directive) {
      append(Statement(directive: directive.name, range: directive.range, content: content))
      if case .include(let paths) = content, let word = directive.arguments.first {
        for path in paths { readFile(path, from: word.outer.range) }
      }
    }
  }

  private mutating func contents(of line: DirectiveLine) -> [Statement.Content] {
    switch line.name.value {
    case .marker:
      guard let word = arguments(of: line, 1...1, "a marker's name")?.first else { return [] }
      let value = word.value
      if value.isEmpty { sink.badArgument(word.outer, expected: "a marker's name") }
      return value.isEmpty ? [] : [.marker(Located(value.string, value.range))]
    case .defaultAction: return defaultAction(line).map { [.defaultAction($0)] } ?? []
    case .ruleRemoveById:
      guard let words = arguments(of: line, 1...Int.max, "rule ids") else { return [] }
      var ranges: [ClosedRange<Int>] = []
      for word in words {
        guard let some = word.value.idRanges(into: &sink) else { return [] }
        ranges += some
      }
      return [.removal(.ids(ranges))]
    case .ruleRemoveByTag, .ruleRemoveByMsg:
      guard let words = arguments(of: line, 1...Int.max, "a text that names rules") else { return [] }
      return words.map {
        .removal(line.name.value == .ruleRemoveByTag ? .tag($0.value.array) : .message($0.value.array))
      }
    case .ruleUpdateTargetById, .ruleUpdateTargetByTag, .ruleUpdateTargetByMsg: return targetUpdate(line)
    case .ruleUpdateActionById:
      guard let words = arguments(of: line, 2...2, "a rule id and actions"), let ids = words[0].value.idRanges(into: &sink)
      else { return [] }
      let actions = ActionParser.parse(words[1].value, into: &sink)
      var isSound = actions.isSound
      for item in actions.list.items {
        switch item.value {
        case .id, .phase, .chain:
          sink.report(.badArgument, "id, phase and chain of a rule cannot be changed", at: item.range)
          isSound = false
        default: break
        }
      }
      return isSound ? [.actionUpdate(.ids(ids), actions.list)] : []
    case .include, .includeOptional: return include(line)
    default: return setting(line).map { [.setting($0)] } ?? []
    }
  }

  /// The arguments if there are as many as the directive takes.
  mutating func arguments(of line: DirectiveLine, _ count: ClosedRange<Int>, _ expected: String) -> [Word]? {
    if line.arguments.count < count.lowerBound {
      sink.report(.syntaxError, "\(line.name.value.rawValue): expected \(expected)", at: line.end)
      return nil
    }
    if line.arguments.count > count.upperBound {
      let extra = line.arguments[count.upperBound].outer
      sink.report(
        .syntaxError, "\(line.name.value.rawValue): expected \(expected) and nothing more, found \(extra.quoted)", at: extra.range)
      return nil
    }
    return line.arguments
  }

  private mutating func defaultAction(_ line: DirectiveLine) -> ActionList? {
    guard let word = arguments(of: line, 1...1, "a list of actions")?.first else { return nil }
    let actions = ActionParser.parse(word.value, into: &sink)
    guard actions.isSound else { return nil }
    var namesPhase = false
    var isDisruptive = false
    var isSound = true
    for item in actions.list.items {
      switch item.value {
      case .phase: namesPhase = true
      case .disruptive: isDisruptive = true
      case .id, .chain, .skip, .skipAfter:
        sink.report(.badArgument, "SecDefaultAction takes neither id, chain, skip nor skipAfter", at: item.range)
        isSound = false
      default: break
      }
    }
    if !namesPhase || !isDisruptive {
      let missing = namesPhase ? "a disruptive action" : isDisruptive ? "a phase" : "a phase and a disruptive action"
      sink.report(.badArgument, "SecDefaultAction: expected \(missing)", at: actions.list.range)
      isSound = false
    }
    return isSound ? actions.list : nil
  }

  private mutating func targetUpdate(_ line: DirectiveLine) -> [Statement.Content] {
    guard let words = arguments(of: line, 2...2, "what names the rules, and variables") else { return [] }
    let selector: RuleSelector
    switch line.name.value {
    case .ruleUpdateTargetById:
      guard let ids = words[0].value.idRanges(into: &sink) else { return [] }
      selector = .ids(ids)
    case .ruleUpdateTargetByTag: selector = .tag(words[0].value.array)
    default: selector = .message(words[0].value.array)
    }
    let errors = sink.errorCount
    let targets = TargetParser.parse(words[1].value, into: &sink)
    return sink.errorCount == errors ? [.targetUpdate(selector, targets)] : []
  }
}
