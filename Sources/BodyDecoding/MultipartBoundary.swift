import HTTPModel

/// Finds the boundary in a Content-Type and refuses every field in which two parsers could find two.
enum MultipartBoundary {
  struct Problem: Error {
    var text: String
  }

  /// RFC 2046 section 5.1.1.
  static let maximumLength = 70

  static func parse(_ field: [UInt8], flags: inout MultipartFlags) -> Result<[UInt8], Problem> {
    let prefix = Array("multipart/form-data".utf8)
    let lowercased = field.map(asciiLowercased)
    guard lowercased.starts(with: prefix) else { return refuse("Invalid MIME type") }
    // `multipart/form-dataX` is another type; a missing semicolon is told from it by the blank.
    if lowercased.count > prefix.count, !isBlank(lowercased[prefix.count]), lowercased[prefix.count] != UInt8(ascii: ";") {
      return refuse("Invalid MIME type")
    }
    guard field.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { return refuse("Invalid character in Content-Type") }
    switch mentions(in: lowercased) {
    case 0: return refuse("Boundary not found in Content-Type")
    case 1: break
    default: return refuse("Multiple boundary parameters in Content-Type")
    }
    let parameters = field.withUnsafeBufferPointer { HeaderParameters.parse($0, from: prefix.count) }
    flags.missingSemicolon = parameters.contains(where: \.lacksSemicolon)
    if parameters.contains(where: { $0.isUnterminated || $0.hasStrayQuote || $0.quoting == .single }) {
      flags.invalidQuoting = true
    }
    guard let parameter = parameters.first(where: { $0.name == Array("boundary".utf8) }) else {
      return refuse("Boundary not found in Content-Type")
    }
    if parameter.hasBlankAroundEquals { flags.boundaryWhitespace = true }
    if parameter.quoting == .double { flags.boundaryQuoted = true }
    return check(parameter)
  }

  private static func check(_ parameter: HeaderParameter) -> Result<[UInt8], Problem> {
    let value = parameter.value
    guard !parameter.isUnterminated, !parameter.hasStrayQuote, parameter.quoting != .single else {
      return refuse("Invalid quoting of the boundary in Content-Type")
    }
    guard !value.isEmpty else { return refuse("Empty boundary in Content-Type") }
    guard value.count <= maximumLength else { return refuse("Boundary in Content-Type longer than \(maximumLength)") }
    let isQuoted = parameter.quoting == .double
    guard value.allSatisfy({ isBoundaryCharacter($0) || isQuoted && $0 == 0x20 }), value.last != 0x20 else {
      return refuse("Invalid character in the boundary in Content-Type")
    }
    return .success(value)
  }

  /// How often the word `boundary` stands where some parser would take it for the parameter: before `=` or, in the forms of
  /// RFC 2231, `*`. Quotes do not matter, since they do not to a parser that searches for the text.
  private static func mentions(in lowercased: [UInt8]) -> Int {
    let word = Array("boundary".utf8)
    var count = 0
    var index = 0
    while index + word.count < lowercased.count {
      guard lowercased[index] == word[0], lowercased[index...].starts(with: word) else {
        index += 1
        continue
      }
      index += word.count
      var next = index
      while next < lowercased.count, isBlank(lowercased[next]) { next += 1 }
      if next < lowercased.count {
        if lowercased[next] == UInt8(ascii: "=") { count += 1 }
        if lowercased[next] == UInt8(ascii: "*") { count += 2 }
      }
      index = next
    }
    return count
  }

  /// `bcharsnospace` of RFC 2046, and the further characters that clients in use send in it.
  private static func isBoundaryCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
    case UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "+"), UInt8(ascii: "_"), UInt8(ascii: ","): true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "?"): true
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "*"): true
    case UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"), UInt8(ascii: "~"): true
    default: false
    }
  }

  private static func refuse(_ text: String) -> Result<[UInt8], Problem> { .failure(Problem(text: text)) }
}
