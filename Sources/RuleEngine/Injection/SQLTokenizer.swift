/// A piece of a value as SQL reads it.
struct SQLToken {
  var kind: SQLTokenKind
  /// Lower case, for words only.
  var word: [UInt8] = []
}

/// Cuts a value into SQL tokens, as if it stood in one of three places of a statement. Linear; stops after enough tokens.
struct SQLTokenizer {
  /// Where the value is thought to stand: bare, or inside quotes that are already open.
  enum Context: CaseIterable { case bare, single, double }

  /// Tokens that are looked at; an injection shows itself early.
  static let maximumTokens = 24

  private let text: UnsafeBufferPointer<UInt8>
  private var index = 0
  private(set) var tokens: [SQLToken] = []

  init(_ text: UnsafeBufferPointer<UInt8>, context: Context) {
    self.text = text
    tokens.reserveCapacity(8)
    switch context {
    case .bare: break
    case .single: readString(until: 0x27)
    case .double: readString(until: 0x22)
    }
    while index < text.count, tokens.count < Self.maximumTokens { readToken() }
  }

  private func byte(_ offset: Int) -> UInt8 { index + offset < text.count ? text[index + offset] : 0 }

  private mutating func add(_ kind: SQLTokenKind, length: Int = 1) {
    tokens.append(SQLToken(kind: kind))
    index += length
  }

  /// Doubled and escaped quotes do not end a string.
  private mutating func readString(until quote: UInt8) {
    while index < text.count {
      if text[index] == 0x5C {
        index += 2
      } else if text[index] == quote {
        if byte(1) == quote {
          index += 2
          continue
        }
        index += 1
        break
      } else {
        index += 1
      }
    }
    index = min(index, text.count)
    tokens.append(SQLToken(kind: .string))
  }

  private mutating func readToken() {
    let first = text[index]
    switch first {
    case 0x00...0x20, 0xA0: index += 1
    case 0x27, 0x22:
      index += 1
      readString(until: first)
    case 0x60:
      index += 1
      while index < text.count, text[index] != 0x60 { index += 1 }
      index += 1
      tokens.append(SQLToken(kind: .word))
    case 0x23: readLineComment()
    case 0x2D where byte(1) == 0x2D && (index + 2 >= text.count || byte(2) <= 0x20 || byte(2) == 0x2D): readLineComment()
    case 0x2D where byte(1) == 0x2D: readLineComment()
    case 0x2F where byte(1) == 0x2A: readBlockComment()
    case 0x28: add(.open)
    case 0x29: add(.close)
    case 0x2C: add(.comma)
    case 0x3B: add(.semicolon)
    case 0x7B, 0x7D: add(.brace)
    case 0x5C: add(.backslash)
    case 0x26 where byte(1) == 0x26: add(.logic, length: 2)
    case 0x7C where byte(1) == 0x7C: add(.logic, length: 2)
    case 0x21, 0x25, 0x26, 0x2A, 0x2B, 0x2D, 0x2F, 0x3A, 0x3C, 0x3D, 0x3E, 0x5E, 0x7C, 0x7E:
      index += 1
      while index < text.count, text[index] == 0x3D || text[index] == 0x3C || text[index] == 0x3E { index += 1 }
      tokens.append(SQLToken(kind: .operation))
    case 0x40:
      while index < text.count, text[index] == 0x40 { index += 1 }
      skipWord()
      tokens.append(SQLToken(kind: .variable))
    case 0x30...0x39: readNumber()
    case 0x2E where byte(1) &- 0x30 < 10: readNumber()
    case 0x2E: add(.dot)
    default: readWord()
    }
  }

  private mutating func readLineComment() {
    while index < text.count, text[index] != 0x0A { index += 1 }
    tokens.append(SQLToken(kind: .comment))
  }

  /// MySQL runs what stands in `/*! … */`: only its marks are skipped. Other comments count as blanks, unless they end the value.
  private mutating func readBlockComment() {
    if byte(2) == 0x21 {
      index += 3
      while index < text.count, text[index] &- 0x30 < 10 { index += 1 }
      return
    }
    index += 2
    while index < text.count, !(text[index] == 0x2A && byte(1) == 0x2F) { index += 1 }
    if index >= text.count { tokens.append(SQLToken(kind: .comment)) }
    index = min(index + 2, text.count)
  }

  private mutating func readNumber() {
    if text[index] == 0x30, byte(1) | 0x20 == 0x78 {
      index += 2
      while index < text.count, Bytes.isHex(text[index]) { index += 1 }
    } else {
      while index < text.count, text[index] &- 0x30 < 10 || text[index] == 0x2E { index += 1 }
      if index < text.count, text[index] | 0x20 == 0x65, byte(1) &- 0x30 < 10 || byte(1) == 0x2B || byte(1) == 0x2D {
        index += 2
        while index < text.count, text[index] &- 0x30 < 10 { index += 1 }
      }
    }
    // `1st`, `2nd`, `7up`: a word, not a number.
    if index < text.count, isWordByte(text[index]) {
      let start = index
      skipWord()
      let rest = text[start..<index].map { lowercase($0) }
      tokens.append(SQLToken(kind: .number))
      let kind = SQLWords.kind(of: rest)
      if kind == .logic || kind == .union { tokens.append(SQLToken(kind: kind, word: rest)) } else { tokens[tokens.count - 1].kind = .word }
      return
    }
    tokens.append(SQLToken(kind: .number))
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte == 0x24 || byte >= 0x80 && byte != 0xA0
  }

  private mutating func skipWord() { while index < text.count, isWordByte(text[index]) { index += 1 } }

  private mutating func readWord() {
    let start = index
    skipWord()
    guard index > start else {
      index += 1
      return
    }
    let word = index - start <= SQLWords.longest ? text[start..<index].map { lowercase($0) } : []
    // `x'4142'`, `n'text'`, `b'01'`: a string with a prefix.
    if index < text.count, text[index] == 0x27, word.count == 1, [0x78, 0x6E, 0x62, 0x65].contains(word[0]) {
      index += 1
      return readString(until: 0x27)
    }
    tokens.append(SQLToken(kind: SQLWords.kind(of: word), word: word))
  }
}
