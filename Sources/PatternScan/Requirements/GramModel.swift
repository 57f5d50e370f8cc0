/// How often short strings occur in harmless values, roughly: which of several requirements filters best.
///
/// Only the order matters; wrong numbers cost time, never a match.
enum GramModel {
  /// The chance that a byte at some place of a value is this one; values are paths, words, numbers, identifiers, header fields.
  private static let chances: [Double] = {
    var table = [Double](repeating: 0.0002, count: 256)
    for byte in 0x21..<0x7F { table[byte] = 0.0015 }
    for (letters, chance) in [
      ("etaoinsr", 0.055), ("hldcumpg", 0.03), ("fywbvk", 0.015), ("xjqz", 0.006), ("0123456789", 0.02), ("/.-_=", 0.02), (" ", 0.03),
      (":;,&+%\"", 0.008), ("()?", 0.003),
    ] { for byte in letters.utf8 { table[Int(byte)] = chance } }
    return table
  }()

  /// Pieces of what stands in very many values: the names that JSON values get, addresses, types. Two bytes or three as one number.
  private static let common: Set<UInt32> = {
    var pieces: Set<UInt32> = []
    for text in [
      "json.", ".array_", "_0", "_1", "http://", "https://", "://www.", ".com", ".html", "text/", "application/", "charset=utf-8",
    ] {
      let bytes = Array(text.utf8)
      for length in 2...3 {
        for start in stride(from: 0, through: bytes.count - length, by: 1) { pieces.insert(number(bytes[start..<(start + length)])) }
      }
    }
    return pieces
  }()

  /// Whether any common piece begins with the byte: most pieces are done with then.
  private static let beginsCommon: [Bool] = {
    var table = [Bool](repeating: false, count: 256)
    for piece in common { table[Int(piece > 0xFFFF ? piece >> 16 : piece >> 8)] = true }
    return table
  }()

  private static func number(_ gram: ArraySlice<UInt8>) -> UInt32 { gram.reduce(0) { $0 << 8 | UInt32($1) } }

  /// - Parameter gram: its `length` bytes, one to three, as one number.
  static func chance(_ gram: UInt32, length: Int) -> Double {
    let last = chances[Int(gram & 0xFF)]
    guard length > 1 else { return last }
    let first = Int(gram >> (length == 2 ? 8 : 16))
    if beginsCommon[first], common.contains(gram) { return 0.03 }
    // Neighbors depend on each other: letters come in words.
    return length == 2 ? chances[first] * last * 6 : chances[first] * chances[Int(gram >> 8 & 0xFF)] * last * 36
  }

  /// How likely a place holds one of these strings, each by its rarest piece of `length` bytes; none may be shorter.
  static func chance(ofAny strings: Set<[UInt8]>, length: Int) -> Double {
    strings.reduce(0) { $0 + (rarestGram(length, of: $1)?.chance ?? 1) }
  }

  /// The rarest piece of `length` bytes as one number, or nil if the string is shorter.
  ///
  /// - Parameter other: is not taken, unless there is none but it.
  static func rarestGram(_ length: Int, of string: [UInt8], besides other: UInt32? = nil) -> (gram: UInt32, chance: Double)? {
    guard string.count >= length else { return nil }
    let mask: UInt32 = length == 3 ? 0xFF_FFFF : length == 2 ? 0xFFFF : 0xFF
    var gram: UInt32 = 0
    var best: (gram: UInt32, chance: Double)?
    for (index, byte) in string.enumerated() {
      gram = (gram << 8 | UInt32(byte)) & mask
      guard index + 1 >= length, gram != other else { continue }
      let chance = chance(gram, length: length)
      if best.map({ chance < $0.chance }) ?? true { best = (gram, chance) }
    }
    // What says nothing new is as likely as not.
    return best ?? other.map { ($0, 1) }
  }
}
