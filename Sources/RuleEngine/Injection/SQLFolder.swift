/// Reads a value's tokens into its shape.
///
/// Folding takes away what an attacker can add without changing what a statement does (signs, grouping parentheses, comments
/// between words, arithmetic, lists), and what prose is made of (words in a row).
package struct SQLFolder {
  package private(set) var tokenizer: SQLTokenizer
  package private(set) var shape = SQLShape()
  private var isFinished = false
  /// The last two symbols of the shape, as they are asked for with each token.
  private var last = SQLSymbol.end
  private var beforeLast = SQLSymbol.end
  /// Parentheses that were opened and not closed yet; a closing one more is a way out of the statement, and stays.
  private var depth = 0

  package init(_ tokenizer: SQLTokenizer) { self.tokenizer = tokenizer }

  /// Reads on until a symbol was added; the last one says that the value ends.
  /// - Returns: false when all was read.
  package mutating func grow() -> Bool {
    while let token = tokenizer.next() {
      if add(token) { return true }
    }
    guard !isFinished else { return false }
    isFinished = true
    if last == .order { replaceLast(.word) }
    push(.end)
    return true
  }

  // MARK: Folding

  @inline(__always)
  private mutating func push(_ symbol: SQLSymbol) {
    shape.push(symbol)
    beforeLast = last
    last = symbol
  }

  private mutating func pop() {
    shape.pop()
    last = beforeLast
    beforeLast = shape.symbol(1)
  }

  private mutating func replaceLast(_ symbol: SQLSymbol) {
    pop()
    push(symbol)
    // Words in a row are two at most.
    if symbol == .word, beforeLast == .word, shape.symbol(2) == .word { pop() }
  }

  /// - Returns: whether a symbol was added.
  private mutating func add(_ token: SQLTokenizer.Token) -> Bool {
    if last == .blockComment { pop() }
    var symbol = token.symbol
    if last == .order {
      if symbol == .by {
        replaceLast(.ordering)
        return true
      }
      replaceLast(.word)
    }
    let isOpen = shape.count == 0 || last.awaitsValue
    switch symbol {
    case .by: symbol = .word
    case .all:
      // `union all`, `select distinct`; elsewhere it is a word like others.
      if last == .union || last == .select { return false }
      symbol = .word
    case .open:
      depth += 1
      if isOpen { return false }
    case .function, .telling, .call: depth += 1
    case .close:
      if depth > 0 {
        depth -= 1
        return false
      }
    case .negation, .binary, .backslash: if isOpen { return false }
    case .arithmetic: if token.isSign, isOpen { return false }
    case .wordOperator, .rareOperator: if last == .negation || last == .wordOperator { pop() }
    case .semicolon, .string, .select: if last == symbol { return false }
    default: break
    }
    if symbol.isPlainValue, foldsIntoValue(symbol) { return false }
    push(symbol)
    return true
  }

  /// `1 + 2` is one value, so is `1, 2` where a list may stand, and words in a row are two at most.
  private mutating func foldsIntoValue(_ symbol: SQLSymbol) -> Bool {
    if last == .arithmetic || last == .comma && shape.symbol(2).awaitsValue && shape.count > 2, beforeLast.isPlainValue {
      pop()
      return true
    }
    return symbol == .word && last == .word && beforeLast == .word
  }
}
