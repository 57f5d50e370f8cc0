/// Whether an address runs script when it is followed: `javascript:` and its kin, and data that is a document.
///
/// Read as browsers do: character references are decoded, control bytes and blanks are skipped. Allocates nothing.
struct ScriptAddress {
  private let text: UnsafeBufferPointer<UInt8>
  private var index = 0
  /// Whether a letter was written as a character reference, which nobody needs to.
  private var hidesLetters = false

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  /// Letters of a scheme that are kept; the longest of interest is `view-source`.
  private static let longestScheme = 14

  /// - Returns: whether the scheme is one that runs; `java`, `javaascript` and the like count too, since some browsers are lenient.
  mutating func isDangerous() -> Bool {
    // The scheme's letters, the last in the lowest byte, as far as they fit.
    var first: UInt64 = 0
    var length = 0
    while let byte = next() {
      if byte == 0x3A { return isDangerousScheme(first, length) }
      let letter = lowercase(byte)
      guard letter &- 0x61 < 26 || letter == 0x2D, length < Self.longestScheme else { break }
      if length < 8 { first = first << 8 | UInt64(letter) }
      length += 1
    }
    return hidesLetters && length >= 4 && Self.begins(first, min(length, 8), "java")
  }

  private mutating func isDangerousScheme(_ letters: UInt64, _ length: Int) -> Bool {
    let count = min(length, 8)
    if Self.begins(letters, count, "java") || Self.begins(letters, count, "vbs") || Self.begins(letters, count, "livescri") { return true }
    if length == 5, Self.begins(letters, count, "mocha") || Self.begins(letters, count, "mhtml") { return true }
    if length == 11, Self.begins(letters, count, "view-sou") { return true }
    return length == 4 && Self.begins(letters, count, "data") && !isPicture()
  }

  /// `data:image/png` and other pictures of dots run nothing, `data:image/svg+xml` does.
  private mutating func isPicture() -> Bool {
    for expected in "image/".utf8 {
      guard let byte = next(), lowercase(byte) == expected else { return false }
    }
    // png, gif, jpeg, webp
    switch next().map({ $0 | 0x20 }) {
    case 0x70, 0x67, 0x6A, 0x77: return true
    default: return false
    }
  }

  private static func begins(_ letters: UInt64, _ count: Int, _ word: StaticString) -> Bool {
    guard count >= word.utf8CodeUnitCount else { return false }
    var expected: UInt64 = 0
    for index in 0..<word.utf8CodeUnitCount { expected = expected << 8 | UInt64(word.utf8Start[index]) }
    return letters >> UInt64(8 * (count - word.utf8CodeUnitCount)) == expected
  }

  // MARK: Bytes

  /// The next byte that counts.
  private mutating func next() -> UInt8? {
    while index < text.count {
      let byte = text[index] == 0x26 ? reference() : text[index]
      index += 1
      if byte > 0x20, byte < 0x7F { return byte }
    }
    return nil
  }

  /// A character reference at `index`, which is left on its last byte; `&` itself if it is none.
  private mutating func reference() -> UInt8 {
    guard index + 2 < text.count else { return 0x26 }
    if text[index + 1] == 0x23 { return numericReference() }
    if let byte = named("colon;", 0x3A) ?? named("tab;", 0x09) ?? named("newline;", 0x0A) { return byte }
    return 0x26
  }

  private mutating func named(_ name: StaticString, _ byte: UInt8) -> UInt8? {
    guard has(name, at: index + 1) else { return nil }
    index += name.utf8CodeUnitCount
    return byte
  }

  private mutating func numericReference() -> UInt8 {
    var end = index + 2
    let isHex = text[end] | 0x20 == 0x78
    if isHex { end += 1 }
    let digits = end
    var value: UInt32 = 0
    while end < text.count {
      let digit = isHex ? Bytes.hexValue(text[end]) : text[end] &- 0x30
      guard digit < (isHex ? 16 : 10) else { break }
      value = min(value &* (isHex ? 16 : 10) &+ UInt32(digit), 0xFFFF)
      end += 1
    }
    guard end > digits else { return 0x26 }
    index = end < text.count && text[end] == 0x3B ? end : end - 1
    guard value < 0x80 else { return 0x7F }
    if (UInt8(value) | 0x20) &- 0x61 < 26 { hidesLetters = true }
    return UInt8(value)
  }

  private func has(_ word: StaticString, at start: Int) -> Bool {
    guard start + word.utf8CodeUnitCount <= text.count else { return false }
    for offset in 0..<word.utf8CodeUnitCount where lowercase(text[start + offset]) != word.utf8Start[offset] { return false }
    return true
  }
}
