import CGramScan
import Glibc

/// A text to look for in values. All its places are visited in one pass (Knuth, Morris, Pratt), so that no value costs more than
/// its length, whatever its bytes are. An empty text is everywhere.
struct SubstringSearch: BitwiseCopyable, @unchecked Sendable {
  // Unchecked for the views, which nothing changes.
  private let needle: ByteView
  private let shorter: UnsafeBufferPointer<Int>

  init(_ needle: [UInt8], keptBy bytes: RuleBytes) {
    self.needle = bytes.keep(needle)
    var shorter = [Int](repeating: 0, count: needle.count + 1)
    needle.withUnsafeBufferPointer { needle in shorter.withUnsafeMutableBufferPointer { Self.fill($0, for: needle) } }
    self.shorter = bytes.keep(shorter)
  }

  func occurs(in text: UnsafeBufferPointer<UInt8>) -> Bool { scan(text) { _, _ in true } }

  /// Whether it stands alone: between bytes that are no letters. As in ModSecurity, a digit ends a word.
  func occursAsWord(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    func isLetter(_ index: Int) -> Bool { (text[index] | 0x20) &- 0x61 < 26 }
    return scan(text) { start, end in (start == 0 || !isLetter(start - 1)) && (end == text.count || !isLetter(end)) }
  }

  /// For a needle that is known only now: `@within` looks for the value inside of the operand.
  static func occurs(_ needle: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard needle.count <= text.count else { return false }
    guard let start = needle.baseAddress, !needle.isEmpty else { return true }
    return ropeline_contains(text.baseAddress, text.count, start, needle.count)
  }

  private func scan(_ text: UnsafeBufferPointer<UInt8>, accepts: (_ start: Int, _ end: Int) -> Bool) -> Bool {
    Self.scan(text, for: needle, shorter, accepts: accepts)
  }

  /// For each length that has matched, the longest shorter one that has matched with it.
  private static func fill(_ shorter: UnsafeMutableBufferPointer<Int>, for needle: UnsafeBufferPointer<UInt8>) {
    var length = 0
    for index in needle.indices.dropFirst() {
      while length > 0, needle[index] != needle[length] { length = shorter[length] }
      if needle[index] == needle[length] { length += 1 }
      shorter[index + 1] = length
    }
  }

  /// Whether `accepts` takes one of the places.
  @inline(__always)
  private static func scan(
    _ text: UnsafeBufferPointer<UInt8>, for needle: UnsafeBufferPointer<UInt8>, _ shorter: UnsafeBufferPointer<Int>,
    accepts: (_ start: Int, _ end: Int) -> Bool
  ) -> Bool {
    guard let first = needle.first else { return true }
    guard let base = text.baseAddress else { return false }
    var length = 0
    var index = 0
    while index < text.count {
      if length == 0 {
        // Nothing has begun: go where something can.
        guard let place = memchr(base + index, Int32(first), text.count - index) else { return false }
        index = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(place))
      }
      while length > 0, text[index] != needle[length] { length = shorter[length] }
      if text[index] == needle[length] { length += 1 }
      index += 1
      if length == needle.count {
        if accepts(index - length, index) { return true }
        length = shorter[length]
      }
    }
    return false
  }
}
