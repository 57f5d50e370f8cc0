/// Text taken from a rule file that still knows where each byte stood, also after continuation lines were joined and
/// escapes were resolved.
struct SourceText: Sendable {
  /// A run of bytes that stood side by side in the file.
  private struct Piece {
    var start: Int
    var line: Int
    var column: Int
  }

  let file: String
  private(set) var bytes: [UInt8] = []
  private var pieces: [Piece] = []
  /// Where a byte after the last one would stand.
  private var endLine: Int
  private var endColumn: Int

  init(file: String, line: Int, column: Int) {
    self.file = file
    endLine = line
    endColumn = column
  }

  var count: Int { bytes.count }

  /// Whether this is the line with which a block between back quotes begins.
  var opensBlock: Bool {
    let name = DirectiveName.dataset.rawValue.utf8
    guard bytes.count > name.count, bytes[name.count].isBlank, bytes.contains(.backQuote) else { return false }
    return zip(bytes, name).allSatisfy { $0.lowercased == $1.lowercased }
  }

  /// What stands before a byte.
  func cut(atFirst byte: UInt8) -> SourceText {
    var text = SourceText(file: file, line: endLine, column: endColumn)
    text.append(all.part(0, bytes.firstIndex(of: byte) ?? count))
    return text
  }

  var all: TextSlice { TextSlice(text: self, lower: 0, upper: bytes.count) }

  mutating func append(_ run: ArraySlice<UInt8>, line: Int, column: Int) {
    guard !run.isEmpty else {
      if bytes.isEmpty { (endLine, endColumn) = (line, column) }
      return
    }
    if pieces.isEmpty || line != endLine || column != endColumn {
      pieces.append(Piece(start: bytes.count, line: line, column: column))
    }
    bytes.append(contentsOf: run)
    (endLine, endColumn) = (line, column + run.count)
  }

  /// Appends a stretch of another text with its places.
  mutating func append(_ slice: TextSlice) {
    var index = slice.lower
    guard index < slice.upper else { return }
    let source = slice.text
    var piece = source.pieceIndex(of: index)
    while index < slice.upper {
      let next = piece + 1 < source.pieces.count ? source.pieces[piece + 1].start : source.count
      let end = min(next, slice.upper)
      let place = source.pieces[piece]
      append(source.bytes[index..<end], line: place.line, column: place.column + index - place.start)
      index = end
      piece += 1
    }
  }

  /// The place of a byte; for `count`, the place after the last byte.
  func position(_ index: Int) -> SourcePosition {
    guard index < bytes.count else { return SourcePosition(file: file, line: endLine, column: endColumn) }
    let piece = pieces[pieceIndex(of: index)]
    return SourcePosition(file: file, line: piece.line, column: piece.column + index - piece.start)
  }

  /// Whether a byte starts a new run: the byte before it in this text did not stand before it in the file.
  func startsPiece(_ index: Int) -> Bool { index < bytes.count && pieces[pieceIndex(of: index)].start == index }

  private func pieceIndex(of index: Int) -> Int {
    var low = 0
    var high = pieces.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if pieces[middle].start <= index { low = middle } else { high = middle }
    }
    return low
  }
}

/// A stretch of a `SourceText`.
struct TextSlice: Sendable {
  let text: SourceText
  let lower: Int
  let upper: Int

  var bytes: ArraySlice<UInt8> { text.bytes[lower..<upper] }
  var array: [UInt8] { Array(bytes) }
  var string: String { String(decoding: bytes, as: UTF8.self) }
  var isEmpty: Bool { lower >= upper }
  var count: Int { upper - lower }

  var range: SourceRange {
    let start = text.position(lower)
    guard upper > lower else { return SourceRange(start: start, end: start) }
    var end = text.position(upper - 1)
    end.column += 1
    return SourceRange(start: start, end: end)
  }

  /// The byte at an index of the whole text, nil outside the slice.
  func byte(_ index: Int) -> UInt8? { index >= lower && index < upper ? text.bytes[index] : nil }

  /// The part between two indices of the whole text, held within the slice.
  func part(_ from: Int, _ to: Int) -> TextSlice {
    let start = min(max(from, lower), upper)
    return TextSlice(text: text, lower: start, upper: min(max(to, start), upper))
  }

  func from(_ index: Int) -> TextSlice { part(index, upper) }

  func firstIndex(of byte: UInt8) -> Int? { bytes.firstIndex(of: byte) }

  func firstIndex(where matches: (UInt8) -> Bool) -> Int? { bytes.firstIndex(where: matches) }

  /// Without blanks at both ends.
  func trimmed() -> TextSlice {
    var start = lower
    var end = upper
    while start < end, text.bytes[start].isBlank { start += 1 }
    while end > start, text.bytes[end - 1].isBlank { end -= 1 }
    return part(start, end)
  }

  /// With backslash-quote turned into the quote; other escapes stay, and a pair of backslashes never escapes what follows it.
  /// With `halving` a pair of backslashes becomes one.
  func unescaped(quote: UInt8?, halving: Bool = false) -> TextSlice {
    var result: SourceText?
    var runStart = lower
    var index = lower
    while index < upper {
      guard text.bytes[index] == .backslash, index + 1 < upper else {
        index += 1
        continue
      }
      let next = text.bytes[index + 1]
      if next == quote || (next == .backslash && halving) {
        let start = text.position(lower)
        var out = result ?? SourceText(file: text.file, line: start.line, column: start.column)
        result = nil
        out.append(part(runStart, index))
        result = out
        runStart = index + 1
        index += 2
      } else {
        index += next == .backslash ? 2 : 1
      }
    }
    guard var out = result else { return self }
    result = nil
    out.append(part(runStart, upper))
    return out.all
  }

  /// Compares without regard to ASCII case.
  func equals(_ word: StaticString) -> Bool {
    guard word.utf8CodeUnitCount == count else { return false }
    return word.withUTF8Buffer { other in zip(bytes, other).allSatisfy { $0.lowercased == $1.lowercased } }
  }

  /// A non-negative decimal number; nil for anything else and for overflow.
  var number: Int? {
    guard !isEmpty, count <= 18 else { return nil }
    var value = 0
    for byte in bytes {
      guard byte.isDigit else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }

  /// For messages: printable, and cut when long.
  var quoted: String {
    var out = "'"
    for byte in bytes.prefix(60) {
      if byte >= 0x20, byte < 0x7f {
        out.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16)
        out += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
      }
    }
    return out + (count > 60 ? "...'" : "'")
  }
}

extension UInt8 {
  static var backslash: UInt8 { 0x5c }
  static var doubleQuote: UInt8 { 0x22 }
  static var singleQuote: UInt8 { 0x27 }
  static var backQuote: UInt8 { 0x60 }
  static var comma: UInt8 { 0x2c }
  static var colon: UInt8 { 0x3a }
  static var pipe: UInt8 { 0x7c }
  static var slash: UInt8 { 0x2f }
  static var lineFeed: UInt8 { 0x0a }
  static var equals: UInt8 { 0x3d }

  var isBlank: Bool { self == 0x20 || self == 0x09 || (self >= 0x0b && self <= 0x0d) }
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  var isNameByte: Bool { isDigit || self == 0x5f || (lowercased >= 0x61 && lowercased <= 0x7a) }
  var lowercased: UInt8 { self >= 0x41 && self <= 0x5a ? self | 0x20 : self }
}
