/// Reads a variable list: `ARGS|!ARGS:x|&TX:/rx/`.
enum TargetParser {
  /// Everything that could be read; mistakes go to the sink.
  static func parse(_ slice: TextSlice, into sink: inout DiagnosticSink) -> [Target] {
    var targets: [Target] = []
    if slice.trimmed().isEmpty {
      sink.report(.syntaxError, "expected a variable", at: slice.range)
      return []
    }
    var index = slice.lower
    while index <= slice.upper {
      let (target, end) = parseOne(slice, from: index, into: &sink)
      if let target { targets.append(target) }
      guard end < slice.upper else { break }
      index = end + 1
    }
    return targets
  }

  /// One target and the index of the separator after it, or of the slice's end.
  private static func parseOne(
    _ slice: TextSlice, from start: Int, into sink: inout DiagnosticSink
  ) -> (Target?, Int) {
    var index = start
    func skipBlanks() { while let byte = slice.byte(index), byte.isBlank { index += 1 } }
    skipBlanks()
    let targetStart = index
    var mode = Target.Mode.include
    if slice.byte(index) == 0x21 { mode = .exclude } else if slice.byte(index) == 0x26 { mode = .count }
    if mode != .include { index += 1 }
    skipBlanks()
    let nameStart = index
    while let byte = slice.byte(index), byte != .pipe, byte != .colon, !byte.isBlank, !isSeparatingComma(slice, index) { index += 1 }
    let name = slice.part(nameStart, index)
    let variable = VariableName.table.find(name.bytes)
    if name.isEmpty {
      sink.report(.syntaxError, "expected a variable", at: slice.part(nameStart, nameStart + 1).range)
      return (nil, slice.upper)
    } else if variable == nil {
      sink.unknown(.unknownVariable, "variable", name, in: VariableName.table)
    }
    var selector: Located<Target.Selector>?
    var isSound = true
    if slice.byte(index) == .colon {
      let result = parseSelector(slice, from: index + 1, takesPath: variable?.takesPath ?? false, into: &sink)
      (selector, index) = (result.selector, result.end)
      isSound = selector != nil
      if let variable, let selector, !variable.isCollection {
        sink.report(.badArgument, "\(variable.rawValue) is a single value and takes no key", at: selector.range)
        isSound = false
      }
    }
    let end = index
    skipBlanks()
    if let byte = slice.byte(index), byte != .pipe, !isSeparatingComma(slice, index) {
      sink.report(.syntaxError, "expected | between two variables", at: slice.part(index, index + 1).range)
      isSound = false
      while let byte = slice.byte(index), byte != .pipe { index += 1 }
    }
    guard let variable, isSound else { return (nil, index) }
    let target = Target(
      mode: mode, variable: Located(variable, name.range), selector: selector, range: slice.part(targetStart, end).range)
    return (target, index)
  }

  /// What follows the colon, and the index after it.
  private static func parseSelector(
    _ slice: TextSlice, from start: Int, takesPath: Bool, into sink: inout DiagnosticSink
  ) -> (selector: Located<Target.Selector>?, end: Int) {
    if slice.byte(start) == .singleQuote {
      guard let end = WordList.closing(.singleQuote, in: slice, from: start + 1) else {
        sink.report(.syntaxError, "expected a closing single quote", at: slice.from(start).range)
        return (nil, slice.upper)
      }
      let text = slice.part(start + 1, end).unescaped(quote: .singleQuote)
      return (selector(text, outer: slice.part(start, end + 1), takesPath: takesPath, into: &sink), end + 1)
    }
    var index = start
    if slice.byte(start) == .slash, !takesPath {
      index += 1
      while let byte = slice.byte(index) {
        if byte == .slash, endsTarget(slice, index + 1) { break }
        index += byte == .backslash ? 2 : 1
      }
      guard index < slice.upper else {
        sink.report(.syntaxError, "expected a slash at the end of the regular expression", at: slice.from(start).range)
        return (nil, slice.upper)
      }
      index += 1
    } else {
      while let byte = slice.byte(index), byte != .pipe, !isSeparatingComma(slice, index) { index += 1 }
    }
    let text = slice.part(start, index).trimmed()
    return (selector(text, outer: text, takesPath: takesPath, into: &sink), index)
  }

  private static func selector(
    _ text: TextSlice, outer: TextSlice, takesPath: Bool, into sink: inout DiagnosticSink
  ) -> Located<Target.Selector>? {
    if !takesPath, text.count >= 2, text.byte(text.lower) == .slash, text.byte(text.upper - 1) == .slash {
      return Located(.regex(text.part(text.lower + 1, text.upper - 1).unescaped(quote: .slash).array), outer.range)
    }
    if text.isEmpty {
      sink.badArgument(outer, expected: "a key after the colon")
      return nil
    }
    return Located(.key(text.array), outer.range)
  }

  private static func endsTarget(_ slice: TextSlice, _ index: Int) -> Bool {
    guard let byte = slice.byte(index) else { return true }
    return byte == .pipe || byte.isBlank || isSeparatingComma(slice, index)
  }

  /// ModSecurity 2 also takes a comma between variables; a comma before anything else belongs to the key.
  private static func isSeparatingComma(_ slice: TextSlice, _ index: Int) -> Bool {
    guard slice.byte(index) == .comma else { return false }
    var start = index + 1
    if slice.byte(start) == 0x21 || slice.byte(start) == 0x26 { start += 1 }
    var end = start
    while end - start < 48, let byte = slice.byte(end), byte.isNameByte { end += 1 }
    guard VariableName.table.find(slice.part(start, end).bytes) != nil else { return false }
    guard let next = slice.byte(end) else { return true }
    return next == .colon || next == .pipe || next == .comma
  }
}

extension VariableName {
  /// Whether what follows the colon is an XPath or a pointer, in which a slash starts no regular expression.
  var takesPath: Bool {
    switch self {
    case .xml, .requestXml, .responseXml: true
    default: false
    }
  }

  /// Whether the variable holds values by key.
  var isCollection: Bool {
    switch self {
    case .args, .argsNames, .argsGet, .argsGetNames, .argsPost, .argsPostNames, .argsPath, .env, .files, .filesNames, .filesSizes,
      .filesTmpnames, .filesTmpContent, .geo, .ip, .global, .session, .user, .resource, .matchedVars, .matchedVarsNames,
      .multipartPartHeaders, .multipartFilename, .multipartName, .requestCookies, .requestCookiesNames, .requestHeaders,
      .requestHeadersNames, .responseHeaders, .responseHeadersNames, .rule, .tx, .xml, .json, .requestXml, .responseXml,
      .responseArgs:
      true
    default: false
    }
  }
}
