import Glibc

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

  /// Pieces of what stands in very many values: the names that JSON values get, addresses, types.
  private static let common: Set<[UInt8]> = {
    var pieces: Set<[UInt8]> = []
    for text in [
      "json.", ".array_", "_0", "_1", "http://", "https://", "://www.", ".com", ".html", "text/", "application/", "charset=utf-8",
    ] {
      let bytes = Array(text.utf8)
      for length in 2...3 {
        for start in stride(from: 0, through: bytes.count - length, by: 1) { pieces.insert(Array(bytes[start..<(start + length)])) }
      }
    }
    return pieces
  }()

  static func chance(_ gram: ArraySlice<UInt8>) -> Double {
    if gram.count > 1, common.contains(Array(gram)) { return 0.03 }
    // Neighbors depend on each other: letters come in words.
    let product = gram.reduce(1) { $0 * chances[Int($1)] }
    return product * (gram.count > 1 ? pow(6, Double(gram.count - 1)) : 1)
  }

  /// The rarest piece of `length` bytes, or nil if the string is shorter.
  static func rarestGram(_ length: Int, of string: [UInt8]) -> (gram: [UInt8], chance: Double)? {
    guard string.count >= length else { return nil }
    var best: (gram: [UInt8], chance: Double)?
    for start in 0...(string.count - length) {
      let gram = string[start..<(start + length)]
      let chance = chance(gram)
      if best.map({ chance < $0.chance }) ?? true { best = (Array(gram), chance) }
    }
    return best
  }

  /// How likely a place holds one of these strings, each by its rarest piece of `length` bytes; none may be shorter.
  static func chance(ofAny strings: Set<[UInt8]>, length: Int) -> Double {
    strings.reduce(0) { $0 + (rarestGram(length, of: $1)?.chance ?? 1) }
  }

  /// The rarest piece of `length` bytes that is not `other`, or `other` if there is none.
  static func rarestGram(_ length: Int, of string: [UInt8], besides other: [UInt8]) -> (gram: [UInt8], chance: Double)? {
    guard string.count >= length else { return nil }
    var best: (gram: [UInt8], chance: Double)?
    for start in 0...(string.count - length) {
      let gram = string[start..<(start + length)]
      let chance = chance(gram)
      if !gram.elementsEqual(other), best.map({ chance < $0.chance }) ?? true { best = (Array(gram), chance) }
    }
    // What says nothing new is as likely as not.
    return best ?? (other, 1)
  }
}
