/// The words that mean something to MySQL, PostgreSQL, SQL Server, Oracle or SQLite, found by hash without a copy.
///
/// Built once from the lists of `SQLWords`. Immutable afterwards, so it may be read from any thread.
struct SQLLexicon: @unchecked Sendable {
  static let shared = SQLLexicon(SQLWords.lists)

  private struct Entry {
    var hash: UInt64 = 0
    var offset: Int32 = 0
    var length: Int32 = 0
    var symbol: SQLSymbol = .word
  }

  private let entries: UnsafeMutableBufferPointer<Entry>
  private let letters: UnsafeMutableBufferPointer<UInt8>
  private let mask: Int
  /// Length of the longest word, in bytes: longer ones are not looked up.
  let longest: Int

  init(_ lists: [(symbol: SQLSymbol, words: String)]) {
    let words = lists.flatMap { list in list.words.split(separator: " ").map { (list.symbol, Array($0.utf8)) } }
    var size = 64
    while size < words.count * 3 { size *= 2 }
    mask = size - 1
    longest = words.reduce(0) { max($0, $1.1.count) }
    entries = .allocate(capacity: size)
    entries.initialize(repeating: Entry())
    letters = .allocate(capacity: words.reduce(0) { $0 + $1.1.count })
    letters.initialize(repeating: 0)
    var offset = 0
    for (symbol, word) in words {
      for (index, letter) in word.enumerated() { letters[offset + index] = letter }
      let hash = word.reduce(Self.seed) { Self.mix($0, $1) }
      var slot = Int(truncatingIfNeeded: hash >> 20) & mask
      while entries[slot].length != 0 { slot = (slot + 1) & mask }
      entries[slot] = Entry(hash: hash, offset: Int32(offset), length: Int32(word.count), symbol: symbol)
      offset += word.count
    }
  }

  static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

  /// One step of FNV-1a over a letter that is already in lower case.
  @inline(__always)
  static func mix(_ hash: UInt64, _ letter: UInt8) -> UInt64 { (hash ^ UInt64(letter)) &* 0x100_0000_01B3 }

  /// - Parameters:
  ///   - word: the letters in any case.
  ///   - hash: their `mix` in lower case.
  /// - Returns: the word's symbol, or nil if it is no word of SQL.
  func symbol(of word: UnsafeBufferPointer<UInt8>, hash: UInt64) -> SQLSymbol? {
    guard word.count <= longest else { return nil }
    var slot = Int(truncatingIfNeeded: hash >> 20) & mask
    while entries[slot].length != 0 {
      let entry = entries[slot]
      if entry.hash == hash, Int(entry.length) == word.count, isEqual(word, Int(entry.offset)) { return entry.symbol }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private func isEqual(_ word: UnsafeBufferPointer<UInt8>, _ offset: Int) -> Bool {
    for index in 0..<word.count where lowercase(word[index]) != letters[offset + index] { return false }
    return true
  }
}
