/// Escapes, inside and outside of classes.
extension ECMAPattern {
  /// White space and line ends of ECMA-262 (sections 12.2 and 12.3), as the inside of a class, and all others.
  static let space = #"\x{9}-\x{d}\x{20}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}"#
  static let notSpace =
    #"\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}"#
    + #"\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}"#

  /// What an escape stands for.
  enum Escape {
    case scalar(UInt32)
    /// For the inside of a class.
    case set(String)
  }

  mutating func atomEscape() throws(ECMAPatternError) {
    if let digit = peek(1), ("1"..."9").contains(digit) {
      position += 1
      var number = 0
      while let scalar = current, ("0"..."9").contains(scalar) {
        number = min(number * 10 + Int(scalar.value - 0x30), 1_000_000)
        position += 1
      }
      guard number <= groupCount else { throw error("there is no group \(number)") }
      emit("\\g{\(number)}")
      return
    }
    if peek(1) == "k" {
      position += 2
      guard take("<") else { throw error("\\k must be followed by a name in < >") }
      let name = try groupName()
      guard let number = groupNames[name] else { throw error("there is no group with the name \(name)") }
      emit("\\g{\(number)}")
      return
    }
    switch try escape() {
    case .scalar(let value): emitLiteral(value)
    case .set(let set): emit("[\(set)]")
    }
  }

  /// Reads an escape from its backslash on.
  mutating func escape() throws(ECMAPatternError) -> Escape {
    position += 1
    guard let scalar = current else { throw error("a backslash at the end") }
    position += 1
    switch scalar {
    case "d": return .set("0-9")
    case "D": return .set("\\D")
    case "w": return .set("\\w")
    case "W": return .set("\\W")
    case "s": return .set(Self.space)
    case "S": return .set(Self.notSpace)
    case "t": return .scalar(0x09)
    case "n": return .scalar(0x0A)
    case "v": return .scalar(0x0B)
    case "f": return .scalar(0x0C)
    case "r": return .scalar(0x0D)
    case "c":
      guard let letter = current, letter.isASCII, letter.properties.isAlphabetic else { throw error("\\c must be followed by a letter") }
      position += 1
      return .scalar(letter.value & 0x1F)
    case "0":
      if let next = current, ("0"..."9").contains(next) { throw error("octal escapes are not allowed") }
      return .scalar(0)
    case "x": return .scalar(try hexadecimal(2))
    case "u": return .scalar(try unicodeEscape())
    case "p", "P": return .set(try property(isNegated: scalar == "P"))
    default:
      guard scalar.isASCII, !("0"..."9").contains(scalar), !scalar.properties.isAlphabetic else {
        position -= 1
        throw error("there is no escape \\\(scalar) in ECMA-262")
      }
      return .scalar(scalar.value)
    }
  }

  private mutating func hexadecimal(_ count: Int) throws(ECMAPatternError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let scalar = current, let digit = Self.digit(scalar) else { throw error("\(count) hexadecimal digits are expected") }
      value = value << 4 | digit
      position += 1
    }
    return value
  }

  private static func digit(_ scalar: Unicode.Scalar) -> UInt32? {
    switch scalar {
    case "0"..."9": scalar.value - 0x30
    case "a"..."f": scalar.value - 0x57
    case "A"..."F": scalar.value - 0x37
    default: nil
    }
  }

  private mutating func unicodeEscape() throws(ECMAPatternError) -> UInt32 {
    if take("{") {
      var value: UInt32 = 0
      let start = position
      while let scalar = current, let digit = Self.digit(scalar) {
        value = value << 4 | digit
        position += 1
        guard value <= 0x10FFFF else { throw error("there is no character above 10FFFF") }
      }
      guard position > start, take("}") else { throw error("hexadecimal digits in braces are expected") }
      return value
    }
    let high = try hexadecimal(4)
    guard 0xD800..<0xDC00 ~= high, current == "\\", peek(1) == "u" else { return high }
    let mark = position
    position += 2
    if let low = try? hexadecimal(4), 0xDC00..<0xE000 ~= low { return 0x10000 + (high & 0x3FF) << 10 + low & 0x3FF }
    position = mark
    return high
  }

  /// `\p{…}`: general categories under all their names, scripts, and the binary properties that PCRE2 knows.
  private mutating func property(isNegated: Bool) throws(ECMAPatternError) -> String {
    guard take("{") else { throw error("\\p must be followed by a name in braces") }
    var name = ""
    while let scalar = current, scalar != "}" {
      guard scalar.isASCII, scalar.properties.isAlphabetic || scalar == "_" || scalar == "=" || ("0"..."9").contains(scalar) else {
        throw error("the name of a property cannot have this character")
      }
      name.unicodeScalars.append(scalar)
      position += 1
    }
    guard take("}") else { throw error("a property's name is not closed") }
    guard let translated = UnicodeProperty.translate(name) else { throw error("there is no property \(name)") }
    if translated.hasPrefix("^") { return (isNegated ? "\\p{" : "\\P{") + translated.dropFirst() + "}" }
    return (isNegated ? "\\P{" : "\\p{") + translated + "}"
  }

  // MARK: Classes

  mutating func characterClass() throws(ECMAPatternError) {
    position += 1
    let isNegated = take("^")
    var inside = ""
    while true {
      guard let scalar = current else { throw error("a class is not closed") }
      if scalar == "]" { break }
      let first = try classAtom()
      guard current == "-", let after = peek(1), after != "]" else {
        inside += Self.text(first)
        continue
      }
      position += 1
      let last = try classAtom()
      if case .scalar(let low) = first, case .scalar(let high) = last {
        guard low <= high else { throw error("the ends of a range are out of order") }
        inside += Self.range(low, high)
      } else {
        inside += Self.text(first) + "\\-" + Self.text(last)
      }
    }
    position += 1
    if inside.isEmpty { emit(isNegated ? #"[\s\S]"# : "(?!)") } else { emit("[\(isNegated ? "^" : "")\(inside)]") }
  }

  private mutating func classAtom() throws(ECMAPatternError) -> Escape {
    guard let scalar = current else { throw error("a class is not closed") }
    guard scalar == "\\" else {
      position += 1
      return .scalar(scalar.value)
    }
    if peek(1) == "b" {
      position += 2
      return .scalar(0x08)
    }
    return try escape()
  }

  private static func text(_ escape: Escape) -> String {
    switch escape {
    case .scalar(let value): range(value, value)
    case .set(let set): set
    }
  }

  /// A range without the halves of surrogate pairs, which PCRE2 refuses.
  private static func range(_ low: UInt32, _ high: UInt32) -> String {
    let low = 0xD800...0xDFFF ~= low ? 0xE000 : low
    let high = 0xD800...0xDFFF ~= high ? 0xD7FF : high
    if low > high { return "" }
    let first = "\\x{\(String(low, radix: 16))}"
    return low == high ? first : first + "-\\x{\(String(high, radix: 16))}"
  }
}
