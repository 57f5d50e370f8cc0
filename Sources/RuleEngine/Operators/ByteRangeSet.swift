/// The ranges of `@validateByteRange`: `1-255,9,10`.
///
/// An item that is no range permits nothing, as in ModSecurity, so that a mistake fails closed; the linter reports it.
struct ByteRangeSet: Sendable, BitwiseCopyable {
  /// One bit a byte.
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  init(_ operand: [UInt8]) {
    for item in operand.split(separator: UInt8(ascii: ",")) {
      let ends = item.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map(Self.byte)
      guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first <= last else { continue }
      for byte in first...last { insert(byte) }
    }
  }

  /// A number from 0 to 255 with blanks around it.
  private static func byte(_ text: ArraySlice<UInt8>) -> UInt8? {
    var text = text
    while let first = text.first, Bytes.isSpace(first) { text.removeFirst() }
    while let last = text.last, Bytes.isSpace(last) { text.removeLast() }
    guard (1...3).contains(text.count) else { return nil }
    var value = 0
    for byte in text {
      guard byte &- 0x30 < 10 else { return nil }
      value = value * 10 + Int(byte &- 0x30)
    }
    return UInt8(exactly: value)
  }

  private mutating func insert(_ byte: UInt8) {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: words.0 |= bit
    case 1: words.1 |= bit
    case 2: words.2 |= bit
    default: words.3 |= bit
    }
  }

  private func contains(_ byte: UInt8) -> Bool {
    let word =
      switch byte >> 6 {
      case 0: words.0
      case 1: words.1
      case 2: words.2
      default: words.3
      }
    return word & (1 << UInt64(byte & 63)) != 0
  }

  func isOutside(_ byte: UInt8) -> Bool { !contains(byte) }

  func hasByteOutside(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    for byte in value where !contains(byte) { return true }
    return false
  }
}
