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
}
