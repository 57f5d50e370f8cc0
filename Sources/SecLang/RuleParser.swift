/// `SecRule` and `SecAction`, and the chains they form.
extension RuleSetParser {
  mutating func parseRule(_ line: DirectiveLine, isBroken: Bool) {
    let errors = sink.errorCount
    let isAction = line.name.value == .action
    let words =
      isAction ? arguments(of: line, 1...1, "a list of actions") : arguments(of: line, 2...3, "variables, an operator and actions")
    guard let words else {
      dropChain(mayContinue: line.arguments.contains { $0.content.mentionsChain })
      return
    }
    var targets: [Target] = []
    var condition: Condition?
    if !isAction {
      targets = TargetParser.parse(words[0].value, into: &sink)
      condition = ConditionParser.parse(words[1].operand(halving: options.halvesBackslashes), into: &sink)
      let lines = dataLines(of: condition)
      condition?.dataLines = lines
    }
    var isSound = sink.errorCount == errors && !isBroken
    let actionWord = isAction ? words.first : words.count > 2 ? words[2] : nil
    let actions =
      actionWord.map { ActionParser.parse($0.value, into: &sink) }
      ?? ParsedActions(list: ActionList(items: [], range: line.end), isSound: true)
    isSound = isSound && actions.isSound

    let isLink = self.isLink(actions)
    checkPlace(line, actions, isLink: isLink, isBroken: isBroken)
    let rule = Rule(
      targets: targets, condition: condition, actions: actions.list, isChained: actions.chain != nil, isLink: isLink)
    advanceChain(Statement(directive: line.name, range: line.range, content: .rule(rule)), actions, isLink: isLink, isSound: isSound)
  }

  private func isLink(_ actions: ParsedActions) -> Bool {
    switch chain {
    case .closed: false
    case .open: true
    case .uncertain: !actions.namesID
    }
  }

  /// What a head must have and what a link must not.
  private mutating func checkPlace(_ line: DirectiveLine, _ actions: ParsedActions, isLink: Bool, isBroken: Bool) {
    guard isLink else {
      if !actions.namesID, actions.isSound, !isBroken {
        sink.report(.missingID, "a rule that begins no chain link needs an id", at: line.name.range)
      }
      for item in actions.list.items {
        guard case .id(let id) = item.value else { continue }
        if let first = firstIDs[id] {
          sink.report(
            .duplicateID, "id \(id) is taken by another rule", at: item.range, related: first)
        } else {
          firstIDs[id] = item.range
        }
      }
      return
    }
    guard case .open(_, let head) = chain else { return }
    for item in actions.list.items {
      guard let (name, severity) = item.value.starterName else { continue }
      sink.report(
        .starterActionInChain, severity, "\(name) belongs to the first rule of a chain", at: item.range, related: head)
    }
  }

  private mutating func advanceChain(_ statement: Statement, _ actions: ParsedActions, isLink: Bool, isSound: Bool) {
    var first: Int?
    if isLink {
      if case .open(let index, _) = chain { first = index }
      if !isSound || first == nil {
        // A chain that lacks a link would match more than it says, so all of it goes.
        if let first { statements.removeSubrange(first...) }
        first = nil
      } else {
        append(statement)
      }
    } else if isSound {
      first = statements.count
      append(statement)
    }
    if let action = actions.chain {
      chain = .open(first: first, action: action)
    } else {
      chain = actions.mayChain ? .uncertain : .closed
    }
  }

  /// Reports a chain that ends without its last link. The rules stay, for what else is to be said of them.
  mutating func closeChain(because reason: String) {
    defer { chain = .closed }
    guard case .open(let first, let action) = chain else { return }
    sink.report(.openChain, "chain: expected another rule, but \(reason)", at: action)
    guard first != nil, let last = statements.indices.last, case .rule(var rule) = statements[last].content else { return }
    rule.isChained = false
    statements[last].content = .rule(rule)
  }

  /// Forgets the rules of an open chain because a link of it could not be read.
  /// - Parameter mayContinue: Whether that link asked for another one, as far as can be told.
  mutating func dropChain(mayContinue: Bool) {
    if case .open(let first?, _) = chain { statements.removeSubrange(first...) }
    chain = mayContinue ? .uncertain : .closed
  }

  /// The lines of the file that the operator names.
  private mutating func dataLines(of condition: Condition?) -> [[UInt8]]? {
    guard let condition, !condition.operand.value.hasMacros, !condition.operand.value.source.allSatisfy(\.isBlank) else { return nil }
    let operand = condition.operand
    switch condition.name.value {
    case .pmFromFile, .ipMatchFromFile: break
    case .validateDTD, .validateSchema:
      // One document, which is no list of lines.
      let path = FilePath.resolve(String(decoding: operand.value.source, as: UTF8.self), relativeTo: operand.range.start.file)
      return readData(path, at: operand.range).map { [$0] }
    case .pmFromDataset, .ipMatchFromDataset:
      let name = String(decoding: operand.value.source, as: UTF8.self)
      if let lines = datasets[name] { return lines }
      sink.report(.missingDataFile, "no SecDataset before this rule has the name \(name)", at: operand.range)
      return []
    default: return nil
    }
    var lines: [[UInt8]] = []
    var seen: Set<String> = []
    // ModSecurity 2 takes several files.
    for name in operand.value.source.split(whereSeparator: \.isBlank) {
      let path = FilePath.resolve(String(decoding: name, as: UTF8.self), relativeTo: operand.range.start.file)
      if name.starts(with: "https://".utf8) || name.starts(with: "http://".utf8) {
        sink.report(.refusedFeature, "phrases are not fetched from the network", at: operand.range)
        continue
      }
      guard seen.insert(FilePath.normalized(path)).inserted, let some = dataList(path, at: operand.range) else { continue }
      if some.isEmpty { sink.report(.emptyDataFile, .warning, "\(path) holds no entry", at: operand.range) }
      if lines.isEmpty { lines = some } else { lines += some }
    }
    return lines
  }

  private mutating func dataList(_ path: String, at range: SourceRange) -> [[UInt8]]? {
    if let known = dataLists[path] { return known }
    guard let bytes = readData(path, at: range) else { return nil }
    let list = DataFile.lines(of: bytes)
    dataLists[path] = list
    return list
  }

  mutating func readData(_ path: String, at range: SourceRange) -> [UInt8]? {
    do {
      return try reader.read(path)
    } catch {
      sink.report(.missingDataFile, FileFault.message("cannot read the data file \(path)", path, error), at: range)
      return nil
    }
  }
}

extension RuleAction {
  /// The name of an action that only the first rule of a chain may have, and how bad it is in a link. ModSecurity refuses
  /// the first three; the others are without effect there, or act as if they stood in the first rule.
  var starterName: (String, Diagnostic.Severity)? {
    switch self {
    case .id: ("id", .error)
    case .phase: ("phase", .error)
    case .disruptive: ("a disruptive action", .error)
    case .skip: ("skip", .warning)
    case .skipAfter: ("skipAfter", .warning)
    case .message: ("msg", .warning)
    case .severity: ("severity", .warning)
    case .status: ("status", .warning)
    default: nil
    }
  }
}

/// Files of phrases, addresses and code points.
enum DataFile {
  /// One entry a line; lines that are empty, blank or comments left out.
  static func lines(of bytes: [UInt8]) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    for line in bytes.split(separator: UInt8.lineFeed) {
      let line = line.last == 0x0d ? line.dropLast() : line
      guard let first = line.first(where: { !$0.isBlank }), first != 0x23 else { continue }
      lines.append(Array(line))
    }
    return lines
  }

  /// The mapping of one code page from a file in the format of ModSecurity's `unicode.mapping`: a code page's number, then
  /// pairs `HHHH:HH`.
  static func codePoints(of bytes: [UInt8], codePage: Int) -> [UInt16: UInt8] {
    var mapping: [UInt16: UInt8] = [:]
    var isWanted = false
    for line in bytes.split(separator: UInt8.lineFeed) where line.first != 0x23 {
      for word in line.split(whereSeparator: \.isBlank) {
        if let colon = word.firstIndex(of: .colon) {
          guard isWanted, let point = hexadecimal(word[..<colon]), let byte = hexadecimal(word[(colon + 1)...]),
            let point = UInt16(exactly: point), let byte = UInt8(exactly: byte)
          else { continue }
          mapping[point] = byte
        } else if word.count <= 9, word.allSatisfy(\.isDigit) {
          isWanted = word.reduce(0) { $0 * 10 + Int($1 - 0x30) } == codePage
        }
      }
    }
    return mapping
  }

  private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.count <= 4 else { return nil }
    var value = 0
    for digit in digits {
      guard let number = digit.hexadecimalValue else { return nil }
      value = value << 4 | number
    }
    return value
  }
}

extension UInt8 {
  fileprivate var hexadecimalValue: Int? {
    if isDigit { return Int(self) - 0x30 }
    return lowercased >= 0x61 && lowercased <= 0x66 ? Int(lowercased) - 0x57 : nil
  }
}
