extension MacroText {
  /// Finds the macros of a text. `%{` that no `}` follows, or that does not begin with a name, is plain text.
  init(parsing bytes: some Collection<UInt8>) {
    let source = Array(bytes)
    var parts: [Part] = []
    var literalStart = 0
    var index = 0
    var brace = -1
    while index + 2 < source.count {
      guard source[index] == 0x25, source[index + 1] == 0x7b else {
        index += 1
        continue
      }
      // Looked for once for all macros that begin before it, so that a run of `%{` stays cheap.
      if brace < index + 2 { brace = source[(index + 2)...].firstIndex(of: 0x7d) ?? source.count }
      guard brace < source.count else { break }
      let end = brace
      let inner = source[(index + 2)..<end]
      let nameEnd = inner.firstIndex { !$0.isNameByte } ?? end
      let separator = nameEnd < end ? source[nameEnd] : nil
      guard nameEnd > inner.startIndex, separator == nil || separator == 0x2e || separator == .colon else {
        index += 2
        continue
      }
      if literalStart < index { parts.append(.literal(Array(source[literalStart..<index]))) }
      if let name = VariableName.table.find(inner[..<nameEnd]) {
        parts.append(.macro(name, key: separator == nil ? nil : Array(inner[(nameEnd + 1)...])))
      } else {
        parts.append(.unknownMacro(Array(inner)))
      }
      index = end + 1
      literalStart = index
    }
    if literalStart < source.count { parts.append(.literal(Array(source[literalStart...]))) }
    self.init(parts: parts, source: source)
  }
}
