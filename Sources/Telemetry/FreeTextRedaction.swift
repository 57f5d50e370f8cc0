/// Finds secrets in texts that are no single value: messages, log data, bodies of answers, addresses in fields.
///
/// What stands behind a secret's name and `=`, `:` or `>` goes, in the notations of forms, JSON, header fields and XML; so does what
/// stands between `://` and `@`. The text around it stays, since it is what somebody reads the record for.
struct FreeTextRedaction {
  private let text: [UInt8]
  private var output: [UInt8] = []

  static func apply(to text: [UInt8]) -> [UInt8] {
    guard mayHold(text) else { return text }
    var redaction = FreeTextRedaction(text: text)
    redaction.run()
    return redaction.output
  }

  private init(text: [UInt8]) { self.text = text }

  /// Without one of these bytes there is neither a pair nor an address.
  private static func mayHold(_ text: [UInt8]) -> Bool {
    text.contains { $0 == 0x3D || $0 == 0x3A || $0 == 0x3E }
  }

  private mutating func run() {
    var index = 0
    var nameStart: Int?
    while index < text.count {
      if Self.isName(text[index]) {
        nameStart = nameStart ?? index
        index += 1
        continue
      }
      if let start = nameStart {
        nameStart = nil
        if Redaction.isSecretWord(text[start..<index]), let value = value(behind: index) {
          output += text[start..<value.lowerBound] + Redaction.mark
          index = value.upperBound
          continue
        }
        output += text[start..<index]
      }
      if let user = userInformation(at: index) {
        output += text[index..<user.lowerBound] + Redaction.mark
        index = user.upperBound
      } else {
        output.append(text[index])
        index += 1
      }
    }
    if let start = nameStart { output += text[start...] }
  }

  /// The value of the name that ends before `end`; nil if none follows.
  private func value(behind end: Int) -> Range<Int>? {
    var index = end
    let isQuoted = byte(index) == 0x22 || byte(index) == 0x27
    if isQuoted { index += 1 }
    index = skippingBlanks(from: index)
    guard let separator = byte(index), separator == 0x3D || separator == 0x3A || (separator == 0x3E && !isQuoted) else { return nil }
    let start = separator == 0x3E ? index + 1 : skippingBlanks(from: index + 1)
    guard let first = byte(start) else { return nil }
    let range: Range<Int>
    switch first {
    case 0x22, 0x27: range = (start + 1)..<quoteEnd(from: start + 1, quote: first)
    case 0x5B, 0x7B: range = start..<self.end(from: start, before: first == 0x5B ? [0x5D] : [0x7D])
    default:
      let isField = separator == 0x3A && !isQuoted
      range = start..<self.end(from: start, before: separator == 0x3E ? [0x3C] : isField ? [0x0D, 0x0A] : Self.ends)
    }
    return range.isEmpty ? nil : range
  }

  /// What ends the value of a pair: blanks, quotes, and `& ; , < > } ]`.
  private static let ends: [UInt8] = [0x20, 0x09, 0x0A, 0x0D, 0x22, 0x27, 0x26, 0x3B, 0x2C, 0x3C, 0x3E, 0x7D, 0x5D, 0x23]

  private func userInformation(at index: Int) -> Range<Int>? {
    guard byte(index) == 0x3A, byte(index + 1) == 0x2F, byte(index + 2) == 0x2F else { return nil }
    let end = end(from: index + 3, before: [0x2F, 0x3F, 0x40, 0x20, 0x22, 0x27, 0x0D, 0x0A])
    return byte(end) == 0x40 && end > index + 3 ? (index + 3)..<end : nil
  }

  private func end(from start: Int, before ends: [UInt8]) -> Int {
    text[start...].firstIndex { ends.contains($0) } ?? text.count
  }

  private func quoteEnd(from start: Int, quote: UInt8) -> Int {
    var index = start
    while index < text.count, text[index] != quote { index += text[index] == 0x5C ? 2 : 1 }
    return min(index, text.count)
  }

  private func skippingBlanks(from start: Int) -> Int {
    text[min(start, text.count)...].firstIndex { $0 != 0x20 && $0 != 0x09 } ?? text.count
  }

  private func byte(_ index: Int) -> UInt8? { index < text.count ? text[index] : nil }

  /// Letters, digits, `_ - . [ ] %` and bytes beyond ASCII.
  private static func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x2E, 0x5B, 0x5D, 0x25, 0x80...: true
    default: false
    }
  }
}
