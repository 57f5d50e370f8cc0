import PatternScan

/// The phrases of `@pm`: blank-separated, `|41 42|` as hex bytes.
enum PhraseList {
  /// The search table takes about a hundred times the phrases' bytes.
  private static let maximumBytes = 1024 * 1024

  /// - Throws: `OperatorError` for more than 1 MiB of phrases.
  static func compile(_ phrases: [[UInt8]]) throws(OperatorError) -> PhraseSet {
    guard phrases.reduce(0, { $0 + $1.count }) <= maximumBytes else {
      throw OperatorError(message: "the phrases have more than \(maximumBytes) bytes in all")
    }
    return PhraseSet(phrases)
  }

  static func split(_ operand: [UInt8]) throws(OperatorError) -> [[UInt8]] {
    var phrases: [[UInt8]] = []
    var phrase: [UInt8] = []
    var index = 0
    while index < operand.count {
      let byte = operand[index]
      if byte == 0x7C, let (bytes, end) = hexBytes(operand, from: index + 1) {
        phrase += bytes
        index = end
        continue
      }
      if byte == 0x20 || byte == 0x09 {
        if !phrase.isEmpty { phrases.append(phrase) }
        phrase = []
      } else {
        phrase.append(byte)
      }
      index += 1
    }
    if !phrase.isEmpty { phrases.append(phrase) }
    if phrases.isEmpty { throw OperatorError(message: "expected at least one phrase") }
    return phrases
  }

  /// The bytes between two bars, if all of it is pairs of hex digits and blanks.
  private static func hexBytes(_ operand: [UInt8], from start: Int) -> ([UInt8], end: Int)? {
    guard let close = operand[start...].firstIndex(of: 0x7C), close > start else { return nil }
    var bytes: [UInt8] = []
    var index = start
    while index < close {
      if operand[index] == 0x20 {
        index += 1
      } else if index + 1 < close, Bytes.isHex(operand[index]), Bytes.isHex(operand[index + 1]) {
        bytes.append(Bytes.hexValue(operand[index]) << 4 | Bytes.hexValue(operand[index + 1]))
        index += 2
      } else {
        return nil
      }
    }
    return (bytes, close + 1)
  }
}
