/// One directive's text: physical lines joined at their continuation backslashes.
struct LogicalLine {
  enum Fault {
    /// A backslash that ends the line but for blanks, or ends the file.
    case brokenContinuation(SourceRange, atEnd: Bool)
    case tooLong(SourceRange)
    case openBlock(SourceRange)
  }
  var text: SourceText
  var faults: [Fault] = []
  /// The lines between back quotes that follow the text, as `SecDataset` has them.
  var block: [ArraySlice<UInt8>]?
}

/// Cuts a rule file into logical lines. Empty lines and comments are left out; a comment never continues.
///
/// Blanks at the start of a continuing line are dropped, as libmodsecurity does.
struct LineReader {
  private let file: String
  private let bytes: [UInt8]
  private var offset = 0
  private var lineNumber = 0

  init(file: String, bytes: [UInt8]) {
    self.file = file
    self.bytes = bytes
  }

  /// The next physical line without its end, and whether it had one.
  private mutating func physicalLine() -> (start: Int, end: Int, isEnded: Bool)? {
    guard offset < bytes.count else { return nil }
    lineNumber += 1
    var start = offset
    let feed = bytes[offset...].firstIndex(of: .lineFeed)
    var end = feed ?? bytes.count
    offset = feed.map { $0 + 1 } ?? bytes.count
    if end > start, bytes[end - 1] == 0x0d { end -= 1 }
    // A byte order mark is no part of the first word.
    if start == 0, end >= 3, bytes[0] == 0xef, bytes[1] == 0xbb, bytes[2] == 0xbf { start = 3 }
    return (start, end, feed != nil)
  }

  mutating func next() -> LogicalLine? {
    var logical: LogicalLine?
    while let (start, end, isEnded) = physicalLine() {
      let lineStart = start == 3 && lineNumber == 1 ? 0 : start
      var first = start
      while first < end, bytes[first].isBlank { first += 1 }
      if logical == nil, first == end || bytes[first] == 0x23 { continue }
      var last = end
      while last > first, bytes[last - 1].isBlank { last -= 1 }
      let continues = last > first && bytes[last - 1] == .backslash
      let column = first - lineStart + 1
      var line = logical ?? LogicalLine(text: SourceText(file: file, line: lineNumber, column: column))
      logical = nil
      let contentEnd = continues ? last - 1 : last
      if line.text.count + contentEnd - first > RuleSetParser.maximumLineLength {
        if case .tooLong? = line.faults.last {} else { line.faults.append(.tooLong(range(lineNumber, column, contentEnd - first))) }
      } else {
        line.text.append(bytes[first..<contentEnd], line: lineNumber, column: column)
      }
      if line.text.opensBlock {
        readBlock(into: &line, lineStart: lineStart, end: end)
        return line
      }
      guard continues else { return line }
      let isLast = offset >= bytes.count
      if last < end || isLast || !isEnded {
        let place = range(lineNumber, last - lineStart, end - last + 1)
        line.faults.append(.brokenContinuation(place, atEnd: isLast && last == end))
        if startsDirective { return line }
      }
      logical = line
    }
    return logical
  }

  /// Takes what stands between the back quote in the line's text and the next one, over as many lines as that takes.
  private mutating func readBlock(into line: inout LogicalLine, lineStart: Int, end: Int) {
    guard let quote = bytes[lineStart..<end].firstIndex(of: .backQuote) else { return }
    let place = range(lineNumber, quote - lineStart + 1, 1)
    line.text = line.text.cut(atFirst: .backQuote)
    let close = bytes[(quote + 1)...].firstIndex(of: .backQuote)
    let content = bytes[(quote + 1)..<(close ?? bytes.count)]
    line.block = content.split(separator: .lineFeed, omittingEmptySubsequences: false)
    lineNumber += content.count { $0 == .lineFeed }
    offset = close.flatMap { close in bytes[close...].firstIndex(of: .lineFeed).map { $0 + 1 } } ?? bytes.count
    if close == nil { line.faults.append(.openBlock(place)) }
    if content.count > RuleSetParser.maximumLineLength { line.faults.append(.tooLong(place)) }
  }

  /// Whether the next physical line begins with a directive's name: then a broken continuation was not meant as one.
  private var startsDirective: Bool {
    var start = offset
    while start < bytes.count, bytes[start].isBlank { start += 1 }
    var end = start
    while end < bytes.count, end - start < 48, bytes[end].isNameByte { end += 1 }
    return DirectiveName.table.find(bytes[start..<end]) != nil
  }

  private func range(_ line: Int, _ column: Int, _ length: Int) -> SourceRange {
    SourceRange(
      start: SourcePosition(file: file, line: line, column: column),
      end: SourcePosition(file: file, line: line, column: column + length))
  }
}

/// One word of a logical line.
struct Word {
  /// Without its quotes, escapes unresolved.
  var content: TextSlice
  /// With its quotes.
  var outer: TextSlice
  var quote: UInt8?

  /// The text with escaped quotes resolved.
  var value: TextSlice { quote.map { content.unescaped(quote: $0) } ?? content }

  /// An operator's text: what Apache's reader does to backslashes is done if asked for.
  func operand(halving: Bool) -> TextSlice {
    quote == nil && !halving ? content : content.unescaped(quote: quote, halving: halving)
  }
}

/// The words of a line, up to a mistake in their quotes.
struct WordList {
  var words: [Word] = []
  var fault: (message: String, range: SourceRange)?

  init(_ text: SourceText) {
    let line = text.all
    var index = 0
    var mayHoldQuotedKey = true
    while true {
      while let byte = line.byte(index), byte.isBlank { index += 1 }
      guard let first = line.byte(index) else { return }
      let start = index
      if first == .doubleQuote || first == .singleQuote {
        guard let end = Self.closing(first, in: line, from: index + 1) else {
          fault = ("expected a closing \(first == .doubleQuote ? "double" : "single") quote", line.from(start).range)
          return
        }
        words.append(Word(content: line.part(start + 1, end), outer: line.part(start, end + 1), quote: first))
        index = end + 1
        if let next = line.byte(index), !next.isBlank, !text.startsPiece(index) {
          fault = ("expected a blank after the closing quote (a quote inside is written \\\")", line.part(index, index + 1).range)
          return
        }
        continue
      }
      while let byte = line.byte(index), !byte.isBlank {
        // The blanks between two words may have been those at the start of a continuing line.
        if byte == .doubleQuote, index > start, text.startsPiece(index) { break }
        if byte == .singleQuote, mayHoldQuotedKey, line.byte(index - 1) == .colon, index > start {
          if let end = Self.closing(.singleQuote, in: line, from: index + 1) { index = end } else { mayHoldQuotedKey = false }
        }
        index += 1
      }
      words.append(Word(content: line.part(start, index), outer: line.part(start, index), quote: nil))
    }
  }

  /// The next quote that no backslash escapes.
  static func closing(_ quote: UInt8, in slice: TextSlice, from start: Int) -> Int? {
    var index = start
    while let byte = slice.byte(index) {
      if byte == quote { return index }
      index += byte == .backslash ? 2 : 1
    }
    return nil
  }
}
