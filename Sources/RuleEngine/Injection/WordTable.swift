/// Words and what they mean, found by hash, case aside and without a copy.
///
/// Built once and never freed; immutable afterwards, so it may be read from any thread.
struct WordTable<Meaning: Sendable>: @unchecked Sendable {
  private struct Entry {
    var hash: UInt64 = 0
    var offset: Int32 = 0
    var length: Int32 = 0
    var meaning: Meaning?
  }

  private let entries: UnsafeMutableBufferPointer<Entry>
  private let letters: UnsafeMutableBufferPointer<UInt8>
  private let mask: Int
  /// Length of the longest word, in bytes: longer ones are not looked up.
  let longest: Int

  /// - Parameter lists: words in lower case, separated by blanks; the first list that names a word wins.
  init(_ lists: [(meaning: Meaning, words: String)]) {
    let words = lists.flatMap { list in list.words.split(separator: " ").map { (meaning: list.meaning, letters: Array($0.utf8)) } }
    var size = 64
    while size < words.count * 3 { size *= 2 }
    mask = size - 1
    longest = words.reduce(0) { max($0, $1.letters.count) }
    entries = .allocate(capacity: size)
    entries.initialize(repeating: Entry())
    letters = .allocate(capacity: words.reduce(0) { $0 + $1.letters.count })
    letters.initialize(repeating: 0)
    var offset = 0
    for (meaning, word) in words {
      for (index, letter) in word.enumerated() { letters[offset + index] = letter }
      let hash = word.reduce(WordHash.seed) { WordHash.mix($0, $1) }
      var slot = Int(truncatingIfNeeded: hash >> 20) & mask
      while entries[slot].length != 0 { slot = (slot + 1) & mask }
      entries[slot] = Entry(hash: hash, offset: Int32(offset), length: Int32(word.count), meaning: meaning)
      offset += word.count
    }
  }

  /// - Parameters:
  ///   - word: the letters in any case; NUL bytes between them do not count.
  ///   - length: letters without the NUL bytes.
  ///   - hash: their `WordHash` in lower case.
  /// - Returns: what the word means, or nil if it is not in the table.
  func meaning(of word: UnsafeBufferPointer<UInt8>, length: Int, hash: UInt64) -> Meaning? {
    guard length <= longest else { return nil }
    var slot = Int(truncatingIfNeeded: hash >> 20) & mask
    while entries[slot].length != 0 {
      let entry = entries[slot]
      if entry.hash == hash, Int(entry.length) == length, isEqual(word, Int(entry.offset)) { return entry.meaning }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private func isEqual(_ word: UnsafeBufferPointer<UInt8>, _ offset: Int) -> Bool {
    var offset = offset
    for byte in word where byte != 0 {
      if lowercase(byte) != letters[offset] { return false }
      offset += 1
    }
    return true
  }
}

/// FNV-1a over letters in lower case, one at a time while they are read.
enum WordHash {
  static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

  @inline(__always)
  static func mix(_ hash: UInt64, _ letter: UInt8) -> UInt64 { (hash ^ UInt64(letter)) &* 0x100_0000_01B3 }
}
