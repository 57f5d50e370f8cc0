/// A place in a text that moves forward. Copy it to look ahead.
struct ByteScanner {
  let text: UnsafeBufferPointer<UInt8>
  var position = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  var isAtEnd: Bool { position == text.count }
  var current: UInt8? { position < text.count ? text[position] : nil }
  var left: Int { text.count - position }

  mutating func take(_ byte: UInt8) -> Bool {
    guard position < text.count, text[position] == byte else { return false }
    position += 1
    return true
  }

  /// Upper or lower case; `letter` is lower case.
  mutating func takeLetter(_ letter: UInt8) -> Bool {
    guard position < text.count, text[position] | 0x20 == letter else { return false }
    position += 1
    return true
  }

  /// Exactly `count` decimal digits.
  mutating func digits(_ count: Int) -> Int? {
    guard left >= count else { return nil }
    var value = 0
    for index in position..<(position + count) {
      let digit = text[index] &- 0x30
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    position += count
    return value
  }

  /// As many decimal digits as there are: how many.
  mutating func skipDigits() -> Int {
    let start = position
    while position < text.count, text[position] &- 0x30 < 10 { position += 1 }
    return position - start
  }
}

extension UInt8 {
  var isDigit: Bool { self &- 0x30 < 10 }
  var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
  var isHexadecimal: Bool { isDigit || (self | 0x20) &- 0x61 < 6 }
}
