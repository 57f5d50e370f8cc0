/// One letter of a fingerprint: what a piece of a value means to a database.
///
/// The raw value is the ASCII letter that stands in the table, so a fingerprint of eight symbols is one 64-bit number and can be
/// read by people. Words that are also English have letters of their own, apart from words that are only SQL: the table can then
/// ask for more proof behind them.
package enum SQLSymbol: UInt8, CaseIterable {
  // Values
  case quoted = 0x51  // Q: a word, or nothing, and the quote that ends the string into which the value was put
  case quotedText = 0x71  // q: the same behind several words or marks, as in prose
  case string = 0x73  // s
  case openString = 0x7A  // z: a word that the value leaves open, in quotes of the kind that it closed: the statement stays whole
  case openText = 0x5A  // Z: the same with several words in it
  case strayString = 0x75  // u: a string that is left open otherwise
  case number = 0x31  // 1
  case hexNumber = 0x78  // x: 0x41, rare outside SQL
  case word = 0x6E  // n
  case variable = 0x76  // v: @name, @@name
  case constant = 0x4E  // N: null, true, false
  case function = 0x66  // f: an SQL function whose name is an English word, and its parenthesis
  case telling = 0x6A  // j: an SQL function that is nothing else, and its parenthesis
  case emptyCall = 0x6D  // m: an SQL function without arguments
  case call = 0x67  // g: another word and its parenthesis

  // Words
  case union = 0x55  // U
  case select = 0x45  // E
  case change = 0x44  // D: insert, update, delete, replace
  case statement = 0x54  // T: drop, create and others that are English too
  case execution = 0x58  // X: exec, waitfor, outfile and others that are not
  case from = 0x46  // F
  case into = 0x49  // I
  case filter = 0x57  // W: where
  case order = 0x4F  // O: order or group, until `by` follows
  case by = 0x62  // b
  case ordering = 0x42  // B: order by, group by
  case limit = 0x4C  // L: having, limit, offset
  case choice = 0x43  // C: case, if, when
  case keyword = 0x4B  // K: the other keywords
  case alias = 0x61  // a: as
  case exists = 0x65  // e: exists, any, some
  case all = 0x64  // d: all, distinct

  // Operators
  case logic = 0x26  // &
  case negation = 0x21  // !: not
  case comparison = 0x3D  // =
  case arithmetic = 0x6F  // o
  case wordOperator = 0x6C  // l: like, in, is, between
  case rareOperator = 0x72  // r: rlike, regexp, div
  case binary = 0x79  // y: binary, collate

  // Marks
  case comment = 0x63  // c: -- with next to nothing behind it
  case textComment = 0x6B  // k: -- with text behind it
  case looseComment = 0x2D  // -: -- with no blank behind it, a comment to some servers only
  case hashComment = 0x23  // # with next to nothing behind it
  case hashText = 0x68  // h: # with text behind it
  case blockComment = 0x2A  // *
  case conditional = 0x4D  // M: /*! or a comment inside a comment
  case open = 0x28
  case close = 0x29
  case comma = 0x2C
  case semicolon = 0x3B
  case brace = 0x7B
  case backslash = 0x5C
  case colon = 0x3A
  case other = 0x3F
  case end = 0x24  // $: the value ends here

  /// A value that arithmetic may swallow; strings are kept apart, because where they open and close is what tells.
  @inline(__always)
  var isPlainValue: Bool {
    switch self {
    case .number, .hexNumber, .word, .variable, .constant: true
    default: false
    }
  }

  /// Whether a sign or a parenthesis behind this symbol only groups: nothing stands before it that it could join.
  @inline(__always)
  var awaitsValue: Bool {
    switch self {
    case .logic, .negation, .comparison, .arithmetic, .wordOperator, .rareOperator, .binary, .select, .union, .open, .comma, .function,
      .telling, .call, .filter, .ordering, .limit, .choice, .exists, .conditional:
      true
    default: false
    }
  }
}
