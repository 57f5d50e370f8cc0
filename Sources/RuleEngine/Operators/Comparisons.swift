/// The operators that compare texts byte by byte.
enum TextComparison: Sendable {
  case contains, containsWord, beginsWith, endsWith, equals, within

  func holds(_ value: UnsafeBufferPointer<UInt8>, _ operand: [UInt8]) -> Bool {
    operand.withUnsafeBufferPointer { operand in
      switch self {
      case .contains: Search.first(operand, in: value, from: 0) != nil
      case .containsWord: containsWord(value, operand)
      case .beginsWith: value.count >= operand.count && UnsafeBufferPointer(rebasing: value[0..<operand.count]).equals(operand)
      case .endsWith:
        value.count >= operand.count && UnsafeBufferPointer(rebasing: value[(value.count - operand.count)...]).equals(operand)
      case .equals: value.equals(operand)
      case .within: Search.first(value, in: operand, from: 0) != nil
      }
    }
  }

  private func containsWord(_ value: UnsafeBufferPointer<UInt8>, _ operand: UnsafeBufferPointer<UInt8>) -> Bool {
    if operand.isEmpty { return true }
    var start = 0
    while let found = Search.first(operand, in: value, from: start) {
      let end = found + operand.count
      if (found == 0 || !isWord(value[found - 1])) && (end == value.count || !isWord(value[end])) { return true }
      start = found + 1
    }
    return false
  }

  /// Letters only, as in ModSecurity: a digit ends a word.
  private func isWord(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
}

/// Substring search by the table of Knuth, Morris and Pratt: linear whatever the bytes are.
enum Search {
  static func first(_ needle: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    if needle.isEmpty { return start }
    guard text.count - start >= needle.count else { return nil }
    var table = [Int](repeating: 0, count: needle.count)
    var length = 0
    for index in 1..<max(1, needle.count) {
      while length > 0, needle[index] != needle[length] { length = table[length - 1] }
      if needle[index] == needle[length] { length += 1 }
      table[index] = length
    }
    var matched = 0
    for index in start..<text.count {
      while matched > 0, text[index] != needle[matched] { matched = table[matched - 1] }
      if text[index] == needle[matched] { matched += 1 }
      if matched == needle.count { return index + 1 - matched }
    }
    return nil
  }
}

/// The operators that compare numbers, both sides read as C's `atoi` does.
enum NumberComparison: Sendable {
  case equal, greaterOrEqual, greater, lessOrEqual, less

  func holds(_ value: Int, _ operand: Int) -> Bool {
    switch self {
    case .equal: value == operand
    case .greaterOrEqual: value >= operand
    case .greater: value > operand
    case .lessOrEqual: value <= operand
    case .less: value < operand
    }
  }
}

/// The phrases of `@pm`: blank-separated, `|41 42|` as hex bytes.
enum PhraseList {
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
