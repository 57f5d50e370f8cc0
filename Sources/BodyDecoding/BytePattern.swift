import Glibc

/// A text to look for in other texts, with the Knuth-Morris-Pratt table: the body's sender chooses both texts, so a search that
/// is fast only on average could be made slow.
struct BytePattern {
  let bytes: [UInt8]
  /// For each length of a match that fails, the length of the longest shorter match that is still alive.
  private let fallback: [Int]

  /// `bytes` must not be empty.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var fallback = [Int](repeating: 0, count: bytes.count + 1)
    var length = 0
    for index in bytes.indices.dropFirst() {
      while length > 0, bytes[length] != bytes[index] { length = fallback[length] }
      if bytes[length] == bytes[index] { length += 1 }
      fallback[index + 1] = length
    }
    self.fallback = fallback
  }

  func occurs(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count >= bytes.count, let base = text.baseAddress, let first = bytes.first else { return false }
    var index = 0
    var length = 0
    while index < text.count {
      if length == 0 {
        guard let found = memchr(base + index, Int32(first), text.count - index) else { return false }
        index = UnsafeRawPointer(found) - UnsafeRawPointer(base)
      }
      while length > 0, bytes[length] != text[index] { length = fallback[length] }
      if bytes[length] == text[index] { length += 1 }
      if length == bytes.count { return true }
      index += 1
    }
    return false
  }
}
