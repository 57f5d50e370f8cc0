import PatternScan

/// The operand of `@restpath`: a path with names in braces, such as `/users/{id}/orders`.
///
/// It stands for a whole path; a query behind it does not count. A name stands for one or more bytes that are neither a slash nor a
/// question mark, and its value is `ARGS_PATH:name`.
struct PathTemplate: Sendable {
  let names: [[UInt8]]
  let pattern: RegexPattern

  /// - Throws: `OperatorError` with the offset of what is wrong.
  init(_ source: [UInt8]) throws(OperatorError) {
    guard !source.isEmpty else { throw OperatorError(message: "expected a path such as /users/{id}", offset: 0) }
    var names: [[UInt8]] = []
    var regex = Array("\\A".utf8)
    var index = 0
    while index < source.count {
      switch source[index] {
      case UInt8(ascii: "{"):
        guard let end = source[index...].firstIndex(of: UInt8(ascii: "}")), end > index + 1 else {
          throw OperatorError(message: "expected a name and }", offset: index)
        }
        let name = Array(source[(index + 1)..<end])
        if names.contains(name) { throw OperatorError(message: "the name stands there twice", offset: index + 1) }
        names.append(name)
        regex += Array("([^/?]+)".utf8)
        index = end + 1
      case UInt8(ascii: "}"): throw OperatorError(message: "a } without {", offset: index)
      case let byte:
        // Letters, digits and slashes mean themselves; anything else would after a backslash.
        let isPlain = byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "/") || byte >= 0x80
        regex += isPlain ? [byte] : [0x5C, byte]
        index += 1
      }
    }
    regex += Array("(?:\\?.*)?\\z".utf8)
    self.names = names
    do { pattern = try RegexPattern(regex, options: [.dotAll]) } catch { throw OperatorError(message: error.message) }
  }
}
