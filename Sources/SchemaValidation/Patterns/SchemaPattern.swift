import PatternScan

/// A regular expression of a schema, compiled.
struct SchemaPattern: Sendable {
  let source: String
  let regex: RegexPattern

  /// - Throws: if it is no ECMA-262 pattern, or one that PCRE2 cannot run (a lookbehind of variable length).
  init(_ source: String) throws(ECMAPatternError) {
    self.source = source
    let translated = try ECMAPattern.translate(source)
    do {
      regex = try RegexPattern(translated, options: [.unicode, .dollarEndOnly])
    } catch {
      throw ECMAPatternError(message: error.message, offset: 0)
    }
  }

  /// Whether some short text makes the pattern backtrack without end. Tried out rather than proven: texts of one or two of the
  /// pattern's own characters, forty times over, with an end that cannot match.
  var isCatastrophic: Bool {
    guard source.utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "{") }) else {
      return false
    }
    var characters: [UInt8] = Array("a0 ".utf8)
    for byte in source.utf8 where byte < 0x80 && !characters.contains(byte) && !"\\^$*+?()[]{}|".utf8.contains(byte) {
      characters.append(byte)
    }
    characters = Array(characters.prefix(12))
    var pumps = characters.map { [$0] }
    for first in characters.prefix(6) { for second in characters.prefix(6) where first != second { pumps.append([first, second]) } }
    // A pattern of a high polynomial degree needs more steps than this for eighty characters too, and is as bad.
    let scratch = RegexScratch(matchLimit: 60_000)
    return pumps.contains { pump in
      let text = Array(repeatElement(pump, count: 40).joined()) + [0x01]
      return text.withUnsafeBufferPointer { scratch.firstMatch(regex, in: $0) } == .limitReached
    }
  }
}
