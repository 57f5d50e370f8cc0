/// Splits a document into tokens (section 2.1), one at a time, without a copy.
struct GraphQLLexer {
  private let text: UnsafeBufferPointer<UInt8>
  private var index = 0

  init(_ text: UnsafeBufferPointer<UInt8>) {
    self.text = text
    // A byte order mark may stand at the start (section 2.1.2).
    if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF { index = 3 }
  }

  mutating func next() throws(GraphQLError) -> GraphQLToken {
    skipIgnored()
    let start = index
    guard index < text.count else { return GraphQLToken(kind: .end, start: start, end: start) }
    let byte = text[index]
    if let kind = Self.punctuator(byte) {
      index += 1
      return GraphQLToken(kind: kind, start: start, end: index)
    }
    switch byte {
    case UInt8(ascii: "."):
      guard index + 2 < text.count, text[index + 1] == byte, text[index + 2] == byte else {
        throw GraphQLError("a dot stands alone", at: start)
      }
      index += 3
      return GraphQLToken(kind: .spread, start: start, end: index)
    case UInt8(ascii: "\""): return try string()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default:
      guard Self.startsName(byte) else { throw GraphQLError("a character that GraphQL does not know", at: start) }
      while index < text.count, Self.startsName(text[index]) || Self.isDigit(text[index]) { index += 1 }
      return GraphQLToken(kind: .name, start: start, end: index)
    }
  }

  /// White space, line ends, comments and commas mean nothing (section 2.1.7).
  private mutating func skipIgnored() {
    while index < text.count {
      switch text[index] {
      case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","): index += 1
      case UInt8(ascii: "#"): while index < text.count, text[index] != 0x0A, text[index] != 0x0D { index += 1 }
      default: return
      }
    }
  }

  private mutating func number() throws(GraphQLError) -> GraphQLToken {
    let start = index
    var kind = GraphQLToken.Kind.int
    if text[index] == UInt8(ascii: "-") { index += 1 }
    let first = index
    let count = digits()
    guard count > 0, count == 1 || text[first] != UInt8(ascii: "0") else { throw GraphQLError("a number that is none", at: start) }
    if index < text.count, text[index] == UInt8(ascii: ".") {
      index += 1
      kind = .float
      guard digits() > 0 else { throw GraphQLError("a number without digits after the point", at: start) }
    }
    if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      kind = .float
      if index < text.count, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") { index += 1 }
      guard digits() > 0 else { throw GraphQLError("a number without digits in its exponent", at: start) }
    }
    // "IntValue must not be followed by a letter or a dot" (section 2.9.1).
    if index < text.count, Self.startsName(text[index]) || text[index] == UInt8(ascii: ".") {
      throw GraphQLError("a letter or dot right after a number", at: index)
    }
    return GraphQLToken(kind: kind, start: start, end: index)
  }

  private mutating func digits() -> Int {
    let start = index
    while index < text.count, Self.isDigit(text[index]) { index += 1 }
    return index - start
  }

  private mutating func string() throws(GraphQLError) -> GraphQLToken {
    let start = index
    if index + 2 < text.count, text[index + 1] == text[index], text[index + 2] == text[index] { return try blockString() }
    index += 1
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "\""):
        index += 1
        return GraphQLToken(kind: .string, start: start + 1, end: index - 1)
      case UInt8(ascii: "\\"): index += 2
      case 0x0A, 0x0D: throw GraphQLError("a string is not closed on its line", at: start)
      default: index += 1
      }
    }
    index = text.count
    throw GraphQLError("a string is not closed", at: start)
  }

  private mutating func blockString() throws(GraphQLError) -> GraphQLToken {
    let start = index
    index += 3
    while index + 2 < text.count {
      if text[index] == UInt8(ascii: "\""), text[index + 1] == text[index], text[index + 2] == text[index] {
        index += 3
        return GraphQLToken(kind: .blockString, start: start + 3, end: index - 3)
      }
      // `\"""` is the only escape.
      index += text[index] == UInt8(ascii: "\\") && text[index + 1] == UInt8(ascii: "\"") ? 2 : 1
    }
    index = text.count
    throw GraphQLError("a block string is not closed", at: start)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
  private static func startsName(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_") }

  private static func punctuator(_ byte: UInt8) -> GraphQLToken.Kind? {
    switch byte {
    case UInt8(ascii: "!"): .bang
    case UInt8(ascii: "$"): .dollar
    case UInt8(ascii: "&"): .ampersand
    case UInt8(ascii: "("): .openParenthesis
    case UInt8(ascii: ")"): .closeParenthesis
    case UInt8(ascii: ":"): .colon
    case UInt8(ascii: "="): .equals
    case UInt8(ascii: "@"): .at
    case UInt8(ascii: "["): .openBracket
    case UInt8(ascii: "]"): .closeBracket
    case UInt8(ascii: "{"): .openBrace
    case UInt8(ascii: "}"): .closeBrace
    case UInt8(ascii: "|"): .pipe
    default: nil
    }
  }
}
