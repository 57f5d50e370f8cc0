/// Why a text is no regular expression of ECMA-262.
struct ECMAPatternError: Error, Equatable {
  var message: String
  /// In Unicode scalars.
  var offset: Int
}

/// Translates a regular expression of ECMA-262 (section 22.2.1, with the `u` flag) into one for PCRE2 that means the same.
///
/// What schemas in the wild rely on and the `u` flag forbids is let pass: escaped punctuation, braces that are no quantifier, and
/// a hyphen beside `\w` in a class. Groups with names become groups with numbers.
struct ECMAPattern {
  let text: [Unicode.Scalar]
  var position = 0
  var output: [UInt8] = []
  var groupCount = 0
  var groupNames: [String: Int] = [:]
  private var depth = 0
  /// `.` matches line ends; `^` and `$` match at them. Set by modifiers only.
  private var isDotAll = false
  private var isMultiline = false

  private static let maximumDepth = 200
  /// PCRE2's own limit.
  private static let maximumRepeat = 65_535

  static func translate(_ pattern: String) throws(ECMAPatternError) -> [UInt8] {
    var translation = ECMAPattern(text: Array(pattern.unicodeScalars))
    try translation.countGroups()
    try translation.disjunction()
    guard translation.position == translation.text.count else { throw translation.error("an unmatched )") }
    return translation.output
  }

  private init(text: [Unicode.Scalar]) { self.text = text }

  // MARK: Reading

  var current: Unicode.Scalar? { position < text.count ? text[position] : nil }

  func peek(_ distance: Int) -> Unicode.Scalar? { position + distance < text.count ? text[position + distance] : nil }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    position += 1
    return true
  }

  mutating func take(_ word: String) -> Bool {
    let scalars = Array(word.unicodeScalars)
    guard position + scalars.count <= text.count, Array(text[position..<(position + scalars.count)]) == scalars else { return false }
    position += scalars.count
    return true
  }

  func error(_ message: String) -> ECMAPatternError { ECMAPatternError(message: message, offset: min(position, text.count)) }

  mutating func emit(_ pcre: String) { output += Array(pcre.utf8) }

  /// A character that means itself.
  mutating func emitLiteral(_ value: UInt32) {
    switch value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x20, 0x5F: output.append(UInt8(value))
    case 0x21...0x7E:
      output.append(UInt8(ascii: "\\"))
      output.append(UInt8(value))
    // Half a surrogate pair: no text that is UTF-8 has one.
    case 0xD800...0xDFFF: emit("(?!)")
    default: emit("\\x{\(String(value, radix: 16))}")
    }
  }

  // MARK: Groups ahead

  /// References may point forward, so the groups are counted first.
  private mutating func countGroups() throws(ECMAPatternError) {
    var index = 0
    var isInClass = false
    while index < text.count {
      switch text[index] {
      case "\\": index += 1
      case "[": isInClass = true
      case "]": isInClass = false
      case "(" where !isInClass:
        let isNamed =
          index + 3 < text.count && text[index + 1] == "?" && text[index + 2] == "<" && text[index + 3] != "="
          && text[index + 3] != "!"
        if isNamed || index + 1 >= text.count || text[index + 1] != "?" { groupCount += 1 }
        if isNamed {
          position = index + 3
          let name = try groupName()
          guard groupNames[name] == nil else { throw error("two groups with the name \(name)") }
          groupNames[name] = groupCount
        }
      default: break
      }
      index += 1
    }
    position = 0
  }

  /// A name up to its `>`.
  mutating func groupName() throws(ECMAPatternError) -> String {
    var name = String.UnicodeScalarView()
    while let scalar = current, scalar != ">" {
      let isStart = scalar == "_" || scalar == "$" || scalar.properties.isIDStart
      guard isStart || (!name.isEmpty && scalar.properties.isIDContinue) else { throw error("a group's name cannot have this character") }
      name.append(scalar)
      position += 1
    }
    guard take(">"), !name.isEmpty else { throw error("a group's name must end with >") }
    return String(name)
  }

  // MARK: Structure

  private mutating func disjunction() throws(ECMAPatternError) {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw error("groups nested deeper than \(Self.maximumDepth)") }
    while let scalar = current, scalar != ")" {
      if scalar == "|" {
        position += 1
        emit("|")
      } else {
        try term()
      }
    }
  }

  private mutating func term() throws(ECMAPatternError) {
    guard let scalar = current else { return }
    switch scalar {
    case "^":
      position += 1
      emit(isMultiline ? #"(?:^|(?<=[\n\r\x{2028}\x{2029}]))"# : "^")
      try refuseQuantifier()
    case "$":
      position += 1
      emit(isMultiline ? #"(?=[\n\r\x{2028}\x{2029}]|$)"# : "$")
      try refuseQuantifier()
    case "(": try group()
    case ".":
      position += 1
      emit(isDotAll ? #"[\s\S]"# : #"[^\n\r\x{2028}\x{2029}]"#)
      try quantifier()
    case "[":
      try characterClass()
      try quantifier()
    case "\\":
      if peek(1) == "b" || peek(1) == "B" {
        emit(peek(1) == "b" ? "\\b" : "\\B")
        position += 2
        try refuseQuantifier()
      } else {
        try atomEscape()
        try quantifier()
      }
    case "*", "+", "?": throw error("nothing to repeat")
    case "{" where quantifierRange() != nil: throw error("nothing to repeat")
    default:
      position += 1
      emitLiteral(scalar.value)
      try quantifier()
    }
  }

  private mutating func group() throws(ECMAPatternError) {
    position += 1
    let outer = (isDotAll, isMultiline)
    defer { (isDotAll, isMultiline) = outer }
    var mayRepeat = true
    if take("?:") {
      emit("(?:")
    } else if take("?=") {
      emit("(?=")
    } else if take("?!") {
      emit("(?!")
    } else if take("?<=") {
      emit("(?<=")
      mayRepeat = false
    } else if take("?<!") {
      emit("(?<!")
      mayRepeat = false
    } else if take("?<") {
      _ = try groupName()
      emit("(")
    } else if take("?") {
      try modifiers()
    } else {
      emit("(")
    }
    try disjunction()
    guard take(")") else { throw error("a group is not closed") }
    emit(")")
    if mayRepeat { try quantifier() } else { try refuseQuantifier() }
  }

  /// `(?ims-ims:`, of ECMAScript 2025. `m` and `s` are carried out here, since PCRE2 knows other line ends.
  private mutating func modifiers() throws(ECMAPatternError) {
    var isOn = true
    var seen = ""
    var caseInsensitive: Bool?
    while let scalar = current, scalar != ":" {
      position += 1
      guard !seen.unicodeScalars.contains(scalar) else { throw error("a modifier stands twice") }
      seen.unicodeScalars.append(scalar)
      switch scalar {
      case "i": caseInsensitive = isOn
      case "m": isMultiline = isOn
      case "s": isDotAll = isOn
      case "-" where isOn: isOn = false
      default: throw error("an unknown kind of group")
      }
    }
    guard take(":"), !seen.isEmpty, seen != "-" else { throw error("an unknown kind of group") }
    emit(caseInsensitive == nil ? "(?:" : caseInsensitive == true ? "(?i:" : "(?-i:")
  }

  // MARK: Quantifiers

  /// `{2}`, `{2,}` or `{2,5}` at the position, and where it ends; nil if the brace means itself.
  private func quantifierRange() -> (minimum: Int, maximum: Int?, end: Int)? {
    var index = position + 1
    func number() -> Int? {
      let start = index
      var value = 0
      while index < text.count, ("0"..."9").contains(text[index]) {
        value = min(value * 10 + Int(text[index].value - 0x30), 1_000_000_000)
        index += 1
      }
      return index > start ? value : nil
    }
    guard let minimum = number() else { return nil }
    var maximum: Int? = minimum
    if index < text.count, text[index] == "," {
      index += 1
      maximum = number()
    }
    guard index < text.count, text[index] == "}" else { return nil }
    return (minimum, maximum, index + 1)
  }

  private mutating func quantifier() throws(ECMAPatternError) {
    switch current {
    case "*", "+", "?":
      output.append(UInt8(truncatingIfNeeded: text[position].value))
      position += 1
    case "{":
      guard let (minimum, maximum, end) = quantifierRange() else { return }
      if let maximum, maximum < minimum { throw error("the numbers of a quantifier are out of order") }
      guard max(minimum, maximum ?? 0) <= Self.maximumRepeat else { throw error("a repeat count above \(Self.maximumRepeat)") }
      emit(maximum == minimum ? "{\(minimum)}" : "{\(minimum),\(maximum.map(String.init) ?? "")}")
      position = end
    default: return
    }
    if take("?") { emit("?") }
    try refuseQuantifier()
  }

  private func refuseQuantifier() throws(ECMAPatternError) {
    switch current {
    case "*", "+", "?": throw error("nothing to repeat")
    case "{" where quantifierRange() != nil: throw error("nothing to repeat")
    default: return
    }
  }
}
