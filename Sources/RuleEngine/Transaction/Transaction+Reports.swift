import EvidenceModel
import SecLang

/// Macros, and what is written down of a match.
extension Transaction {
  func expand(_ text: CompiledText) -> [UInt8] {
    if let fixed = text.fixed { return fixed }
    var result: [UInt8] = []
    appendExpansion(of: text, to: &result)
    return result
  }

  /// The text with its macros expanded, as a view that lives as long as the transaction. Nothing is copied where it is one piece.
  func expansion(of text: CompiledText) -> ByteView {
    if let fixed = text.fixedView { return fixed }
    if let pieces = text.pieces {
      if pieces.count == 1, case .variable(let slot) = pieces[0] { return memory.variable(slot) ?? ByteArena.empty }
      return memory.arena.joined(pieces) { piece in
        switch piece {
        case .text(let view): view
        case .variable(let slot): memory.variable(slot) ?? ByteArena.empty
        case .scalar(let name): memory.scalar(name)?.value ?? ByteArena.empty
        }
      }
    }
    macroBuffer.removeAll(keepingCapacity: true)
    appendExpansion(of: text, to: &macroBuffer)
    return memory.arena.copy(macroBuffer)
  }

  func appendExpansion(of text: CompiledText, to output: inout [UInt8]) {
    for part in text.parts {
      switch part {
      case .literal(let bytes): output.append(contentsOf: bytes)
      case .value(let source, _, let key): appendValue(of: source, key: key, to: &output)
      }
    }
  }

  /// The first value that a macro names; nothing if there is none.
  func appendValue(of source: ValueSource, key: [UInt8]?, to output: inout [UInt8]) {
    switch source {
    case .scalar(let name): if let entry = scalarEntry(name) { output.append(contentsOf: entry.value) }
    case .transactionVariable(let slot): if let value = memory.variable(slot) { output.append(contentsOf: value) }
    case .transactionVariables: break
    case .xmlPath(let number):
      if number < memory.xmlValues.count, let entry = memory.xmlValues[number].first { output.append(contentsOf: entry.value) }
    case .rule: if let key { output.append(contentsOf: ruleProperty(key)) }
    case .values(let slots), .names(let slots):
      for slot in slots.list {
        for entry in memory.collections[slot.rawValue] where key.map({ entry.key.equalsIgnoringCase($0) }) ?? true {
          if case .names = source { output.append(contentsOf: entry.key) } else { output.append(contentsOf: entry.value) }
          return
        }
      }
    }
  }

  func ruleProperty(_ key: [UInt8]) -> [UInt8] {
    guard let chain = currentChain else { return [] }
    switch String(decoding: key, as: UTF8.self) {
    case "id": return Array(String(chain.id).utf8)
    case "msg": return chain.message.map { expand($0) } ?? []
    case "logdata": return chain.logData.map { expand($0) } ?? []
    case "severity": return Array(String(chain.severity?.rawValue ?? 255).utf8)
    case "rev": return Array((chain.revision ?? "").utf8)
    case "ver": return Array((chain.version ?? "").utf8)
    default: return []
    }
  }

  /// Values and texts longer than this are cut in records, in bytes.
  private static let reportedBytes = 2048
  private static let reportedValues = 32

  func makeMatch(_ chain: CompiledChain) -> RuleMatch {
    var values: [RuleMatch.Value] = []
    for entry in memory.collections[CollectionSlot.matchedVars.rawValue].prefix(Self.reportedValues) {
      let name = Array(entry.key)
      let value =
        sanitised(name)
        ? Array(repeating: UInt8(ascii: "*"), count: min(entry.value.count, 8)) : Array(entry.value.prefix(Self.reportedBytes))
      values.append(RuleMatch.Value(name: name, value: value))
    }
    var match = RuleMatch(
      id: chain.id, phase: chain.phase, severity: chain.severity?.name,
      message: cut(chain.message.map { expand($0) } ?? []), data: cut(chain.logData.map { expand($0) } ?? []),
      tags: chain.tags.map { expand($0) }, matched: values, isLogged: chain.isLogged, isAudited: chain.isAudited,
      file: chain.file, line: chain.line)
    match.severityNumber = chain.severity?.rawValue
    match.version = chain.version
    match.revision = chain.revision
    return match
  }

  /// What `sanitise…` actions keep out of records, values included; ask after the last phase.
  public var hiddenTexts: HiddenTexts {
    var hidden = HiddenTexts()
    guard !(sanitisedArguments.isEmpty && sanitisedHeaders.isEmpty && sanitisedResponseHeaders.isEmpty && sanitisedValues.isEmpty) else {
      return hidden
    }
    hidden.names = sanitisedArguments
    hidden.fields = sanitisedHeaders + sanitisedResponseHeaders
    hidden.values = sanitisedValues
    let sources: [([CollectionSlot], [[UInt8]])] = [
      ([.argsGet, .argsPost], sanitisedArguments), ([.requestHeaders], sanitisedHeaders), ([.responseHeaders], sanitisedResponseHeaders),
    ]
    for (slots, names) in sources {
      for entry in slots.flatMap({ memory.collections[$0.rawValue].map { $0 } })
      where names.contains(where: { entry.key.equalsIgnoringCase($0) }) {
        hidden.values.append(Array(entry.value))
      }
    }
    return hidden
  }

  private func cut(_ bytes: [UInt8]) -> [UInt8] {
    bytes.count <= Self.reportedBytes ? bytes : Array(bytes.prefix(Self.reportedBytes))
  }

  private func sanitised(_ name: [UInt8]) -> Bool {
    if sanitisesMatched { return true }
    if sanitisedArguments.isEmpty && sanitisedHeaders.isEmpty { return false }
    let lower = lowercased(name)
    return sanitisedArguments.contains { lower == Array("args:".utf8) + $0 }
      || sanitisedHeaders.contains { lower == Array("request_headers:".utf8) + $0 }
  }
}
