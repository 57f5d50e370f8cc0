/// Cuts a value into the pieces that a database would see, one at a time.
///
/// Lenient on purpose: what any server takes counts. Linear in the value's size, takes no memory of its own.
package struct SQLTokenizer {
  /// Where the value is thought to stand: bare, or inside quotes that are already open.
  package enum Context: UInt8 { case bare, single, double }

  /// How `--x` and `#` are read: as comments by servers that ask for no blank, as operators by the others.
  package enum Dialect: UInt8 { case standard, mySQL }

  /// What a piece is; a dash or a plus that may stand before a value is told from other operators by `isSign`.
  package struct Token {
    package var symbol: SQLSymbol
    package var isSign = false
  }

  private let text: UnsafeBufferPointer<UInt8>
  private let dialect: Dialect
  private let words = SQLWords.table
  private var index = 0
  private var isAtStart: Bool
  private let quote: UInt8
  /// A second piece that was read together with the first: `1or` is a number and a word.
  private var pending: SQLSymbol?

  /// Bytes that were looked at, for the proof that reading is linear.
  package private(set) var steps = 0
  /// Whether the other dialect would have read something else.
  package private(set) var sawDialectMark = false

  package init(_ text: UnsafeBufferPointer<UInt8>, context: Context, dialect: Dialect = .standard) {
    self.text = text
    self.dialect = dialect
    switch context {
    case .bare: quote = 0
    case .single: quote = 0x27
    case .double: quote = 0x22
    }
    isAtStart = quote != 0
  }

  /// - Returns: the next piece, or nil at the end of the value.
  package mutating func next() -> Token? {
    if let symbol = pending {
      pending = nil
      return Token(symbol: symbol)
    }
    if isAtStart {
      isAtStart = false
      _ = readString(until: quote)
      steps += index
      return Token(symbol: isWord(0, index - 1) ? .quoted : .quotedText)
    }
    while index < text.count, isBlank(text[index]) {
      index += 1
      steps += 1
    }
    guard index < text.count else { return nil }
    let start = index
    let token = readToken()
    steps += index - start
    return token
  }

  @inline(__always)
  private func byte(_ offset: Int) -> UInt8 { index + offset < text.count ? text[index + offset] : 0 }

  /// NUL, control bytes and dots that belong to no number or name count as blanks; the no-break space of Latin-1 does unless it is the tail of a UTF-8 character.
  @inline(__always)
  private func isBlank(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == 0x2E && !(self.byte(1) &- 0x30 < 10) || byte == 0xA0 && (index == 0 || text[index - 1] < 0x80)
  }

  /// Whether a part of the value, blanks around it aside, is one word, number or date, or empty.
  private func isWord(_ start: Int, _ end: Int) -> Bool {
    var start = start
    var end = end
    while start < end, text[start] == 0x20 { start += 1 }
    while end > start, text[end - 1] == 0x20 { end -= 1 }
    while start < end, SQLMarks.isPlain(text[start]) || text[start] == 0x40 { start += 1 }
    return start == end
  }

  private mutating func take(_ symbol: SQLSymbol, _ length: Int = 1) -> Token {
    index += length
    return Token(symbol: symbol)
  }

  private mutating func readToken() -> Token {
    let first = text[index]
    switch first {
    case 0x27, 0x22:
      index += 1
      return readString(until: first)
    case 0x60: return readQuotedName(until: 0x60)
    case 0x5B where isBracketedName(): return readQuotedName(until: 0x5D)
    case 0x23:
      sawDialectMark = true
      return dialect == .mySQL ? lineComment((.hashComment, .hashText), mark: 1) : take(.arithmetic)
    case 0x2D where byte(1) == 0x2D: return readDashes()
    case 0x2F where byte(1) == 0x2A: return readBlockComment()
    case 0x2A where byte(1) == 0x2F: return take(.blockComment, 2)
    case 0x28: return take(.open)
    case 0x29: return take(.close)
    case 0x2C: return take(.comma)
    case 0x3B: return take(.semicolon)
    case 0x7B, 0x7D: return take(.brace)
    case 0x5C: return (byte(1) | 0x20) == 0x6E && !isWordByte(byte(2)) ? take(.constant, 2) : take(.backslash)
    case 0x26 where byte(1) == 0x26, 0x7C where byte(1) == 0x7C: return take(.logic, 2)
    case 0x3A where byte(1) == 0x3A: return skipCast()
    case 0x3C, 0x3D, 0x3E: return readComparison()
    case 0x21, 0x3A, 0x5E, 0x7E, 0x2A, 0x25, 0x2B, 0x2D, 0x2F, 0x26, 0x7C: return readOperator()
    case 0x40: return readVariable()
    case 0x30...0x39: return readNumber()
    case 0x2E: return readNumber()
    case 0x24 where byte(1) == 0x24: return readDollarString()
    default: return isWordByte(first) ? readWord() : take(.other)
    }
  }

  // MARK: Strings and names

  /// Doubled and escaped quotes do not end a string.
  private mutating func readString(until quote: UInt8) -> Token {
    let start = index
    while index < text.count {
      let byte = text[index]
      if byte == 0x5C {
        index += 2
      } else if byte == quote {
        if self.byte(1) != quote { return take(.string) }
        index += 2
      } else {
        index += 1
      }
    }
    index = min(index, text.count)
    guard quote == self.quote else { return Token(symbol: .strayString) }
    return Token(symbol: isWord(start, index) ? .openString : .openText)
  }

  /// A back quote that nothing closes cuts the rest off, as a comment does.
  private mutating func readQuotedName(until quote: UInt8) -> Token {
    index += 1
    while index < text.count, text[index] != quote { index += 1 }
    guard index < text.count else { return Token(symbol: .hashComment) }
    return take(.word)
  }

  /// `[name]` of SQL Server, at most 64 bytes, so that looking for its end stays linear.
  private func isBracketedName() -> Bool {
    var end = index + 1
    while end < text.count, end < index + 64, isWordByte(text[end]) || text[end] == 0x20 { end += 1 }
    return end > index + 1 && end < text.count && text[end] == 0x5D
  }

  /// PostgreSQL's `$$text$$`.
  private mutating func readDollarString() -> Token {
    index += 2
    while index < text.count {
      if text[index] == 0x24, byte(1) == 0x24 { return take(.string, 2) }
      index += 1
    }
    return Token(symbol: .strayString)
  }

  // MARK: Comments

  /// - Parameter symbols: for a comment with next to nothing in it, and for one with text.
  private mutating func lineComment(_ symbols: (empty: SQLSymbol, text: SQLSymbol), mark: Int) -> Token {
    let start = index + mark
    while index < text.count, text[index] != 0x0A { index += 1 }
    // With more on a further line it is no more than a blank.
    if index < text.count { return Token(symbol: .blockComment) }
    return Token(symbol: index - start <= Self.emptyComment ? symbols.empty : symbols.text)
  }

  /// Bytes of text in a comment that is there to cut something off (`-- -`, `-- x`), and not to say something.
  private static let emptyComment = 4

  /// The standard asks for no blank behind `--`, MySQL does and reads two signs without it.
  private mutating func readDashes() -> Token {
    if index + 2 >= text.count || byte(2) <= 0x20 { return lineComment((.comment, .textComment), mark: 2) }
    sawDialectMark = true
    guard dialect == .mySQL else { return lineComment((.looseComment, .looseComment), mark: 2) }
    index += 2
    return Token(symbol: .arithmetic, isSign: true)
  }

  /// MySQL runs what stands in `/*! … */`: only the marks are skipped. PostgreSQL nests comments, others do not; a comment inside a
  /// comment is there to make use of that.
  private mutating func readBlockComment() -> Token {
    if byte(2) == 0x21 {
      index += 3
      while index < text.count, text[index] &- 0x30 < 10 { index += 1 }
      return Token(symbol: .conditional)
    }
    index += 2
    var isNested = false
    while index < text.count {
      if text[index] == 0x2A, byte(1) == 0x2F {
        index += 2
        return Token(symbol: isNested ? .conditional : .blockComment)
      }
      if text[index] == 0x2F, byte(1) == 0x2A { isNested = true }
      index += 1
    }
    return Token(symbol: .blockComment)
  }

  // MARK: Operators

  private mutating func readComparison() -> Token {
    let first = text[index]
    if first != 0x3D, byte(1) == first { return take(.arithmetic, 2) }
    index += 1
    while index < text.count, text[index] == 0x3D || text[index] == 0x3E { index += 1 }
    return Token(symbol: .comparison)
  }

  private mutating func readOperator() -> Token {
    let first = text[index]
    index += 1
    if byte(0) == 0x3D, first == 0x21 || first == 0x3A || first == 0x5E {
      index += 1
      return Token(symbol: .comparison)
    }
    if first == 0x3A { return Token(symbol: .colon) }
    return Token(symbol: .arithmetic, isSign: first == 0x2B || first == 0x2D || first == 0x21 || first == 0x7E)
  }

  /// `value::type` of PostgreSQL: the type changes nothing about the shape.
  private mutating func skipCast() -> Token {
    index += 2
    let start = index
    while index < text.count, isWordByte(text[index]) { index += 1 }
    return index > start ? Token(symbol: .blockComment) : Token(symbol: .colon)
  }

  private mutating func readVariable() -> Token {
    while index < text.count, text[index] == 0x40 { index += 1 }
    if byte(0) == 0x60 || byte(0) == 0x27 || byte(0) == 0x22 {
      let quote = byte(0)
      index += 1
      _ = readString(until: quote)
      return Token(symbol: .variable)
    }
    while index < text.count, isWordByte(text[index]) || text[index] == 0x2E { index += 1 }
    return Token(symbol: .variable)
  }

  // MARK: Numbers and words

  private mutating func readNumber() -> Token {
    var symbol = SQLSymbol.number
    if text[index] == 0x30, byte(1) | 0x20 == 0x78, Bytes.isHex(byte(2)) {
      index += 2
      while index < text.count, Bytes.isHex(text[index]) { index += 1 }
      symbol = .hexNumber
    } else {
      while index < text.count, text[index] &- 0x30 < 10 || text[index] == 0x2E { index += 1 }
      // `1e5`, and `1.e(`, which MySQL takes for a number too.
      if byte(0) | 0x20 == 0x65, byte(1) &- 0x30 < 10 || byte(1) == 0x2B || byte(1) == 0x2D || byte(1) == 0x28 || byte(1) == 0x2E {
        index += 1
        if byte(0) == 0x2B || byte(0) == 0x2D { index += 1 }
        while index < text.count, text[index] &- 0x30 < 10 { index += 1 }
        if byte(0) == 0x2E { index += 1 }
      }
    }
    guard index < text.count, isWordByte(text[index]), !isBlank(text[index]) else { return Token(symbol: symbol) }
    // `1d` and `1f` are numbers too, and `1dunion` is one in front of a word.
    if text[index] | 0x20 == 0x64 || text[index] | 0x20 == 0x66, (byte(1) | 0x20) == 0x75 { index += 1 }
    // `1or` is a number and an operator; `1st` and `14mm` are words.
    let tail = readWord().symbol
    switch tail {
    case .word, .call, .function, .telling, .emptyCall, .by, .alias, .all, .keyword, .constant, .choice:
      // `1alert(` calls nothing, and what is cut off its parenthesis is an ordinary one.
      if tail == .call || tail == .function || tail == .telling { pending = .open }
      return Token(symbol: .word)
    default:
      pending = tail
      return Token(symbol: symbol)
    }
  }

  @inline(__always)
  private func isWordByte(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte == 0x24 || byte >= 0x80
  }

  private mutating func readWord() -> Token {
    let start = index
    var hash = WordHash.seed
    while index < text.count {
      let byte = text[index]
      if isWordByte(byte), !isBlank(byte) {
        hash = WordHash.mix(hash, lowercase(byte))
      } else if byte == 0x2E, isNameStart(self.byte(1)) {
        // `schema.table` is one name.
        hash = WordHash.mix(hash, byte)
      } else {
        break
      }
      index += 1
    }
    let word = UnsafeBufferPointer(rebasing: text[start..<index])
    if index < text.count, text[index] == 0x27 || text[index] == 0x22, isStringPrefix(word) {
      let quote = text[index]
      index += 1
      return readString(until: quote)
    }
    let symbol = words.meaning(of: word, length: word.count, hash: hash) ?? .word
    switch symbol {
    case .word, .function, .telling, .change, .keyword, .choice: return finishName(symbol)
    default: return Token(symbol: symbol)
    }
  }

  /// A name is a function only by its parenthesis. Behind a blank, that makes a function of names which are no English words.
  private mutating func finishName(_ symbol: SQLSymbol) -> Token {
    var end = index
    if symbol == .telling {
      while end < text.count, text[end] <= 0x20 { end += 1 }
      // The blanks are read again when there is no parenthesis: twice at most, since a word stands between any two such runs.
      steps += end - index
    }
    guard end < text.count, text[end] == 0x28 else {
      return Token(symbol: symbol == .function || symbol == .telling ? .word : symbol)
    }
    let isAdjacent = end == index
    index = end + 1
    if symbol == .word { return Token(symbol: .call) }
    if byte(0) == 0x29 { return take(.emptyCall) }
    // Behind a blank the parenthesis may be a remark: `sleep (8 hours)`.
    return Token(symbol: symbol == .telling && isAdjacent ? .telling : .function)
  }

  private func isNameStart(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte >= 0x80 }

  /// `x'41'`, `n'text'`, `b'01'`, `e'text'`, `u&'text'`, `_latin1'text'`.
  private func isStringPrefix(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    if word.count == 1 {
      switch word[0] | 0x20 {
      case 0x78, 0x6E, 0x62, 0x65: return text[index] == 0x27
      default: return false
      }
    }
    return word.count > 3 && word[0] == 0x5F
  }
}
