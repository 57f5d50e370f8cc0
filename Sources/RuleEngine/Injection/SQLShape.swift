/// The order of a value's pieces, folded, as it grows.
///
/// Folding takes away what an attacker can add without changing what a statement does (signs, grouping parentheses, comments
/// between words, arithmetic, lists), and what prose is made of (words in a row). The last eight symbols are kept, packed into one
/// number; the first eight are the `beginning`.
package struct SQLShape {
  package static let capacity = 8

  /// ASCII letters of `SQLSymbol`, the last in the lowest byte.
  package private(set) var window: UInt64 = 0
  /// Symbols so far, those that left the window included.
  package private(set) var count = 0
  package private(set) var tokenizer: SQLTokenizer
  private var isFinished = false
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

  /// - Returns: the symbols from the first to the `length`th, while they are all in the window.
  @inline(__always)
  package func beginning(_ length: Int) -> UInt64 { window >> UInt64(8 * (count - length)) }

  /// - Returns: the last `length` symbols.
  @inline(__always)
  package func ending(_ length: Int) -> UInt64 { length >= 8 ? window : window & (1 << UInt64(8 * length) - 1) }

  // MARK: Folding

  @inline(__always)
  private var last: SQLSymbol { symbol(0) }
  @inline(__always)
  private var beforeLast: SQLSymbol { symbol(1) }

  @inline(__always)
  private func symbol(_ back: UInt64) -> SQLSymbol { SQLSymbol(rawValue: UInt8(truncatingIfNeeded: window >> (8 * back))) ?? .end }

  @inline(__always)
  private mutating func push(_ symbol: SQLSymbol) {
    window = window << 8 | UInt64(symbol.rawValue)
    count += 1
  }

  @inline(__always)
  private mutating func pop() {
    window >>= 8
    count -= 1
  }

  private mutating func replaceLast(_ symbol: SQLSymbol) {
    window = window & ~0xFF | UInt64(symbol.rawValue)
    // Words in a row are two at most.
    if symbol == .word, beforeLast == .word, self.symbol(2) == .word { pop() }
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
    let isOpen = count == 0 || last.awaitsValue
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
    if last == .arithmetic || last == .comma && self.symbol(2).awaitsValue && count > 2, beforeLast.isPlainValue {
      pop()
      return true
    }
    return symbol == .word && last == .word && beforeLast == .word
  }
}
