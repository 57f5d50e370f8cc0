import HTTPModel

/// One `name=value` after a media type or disposition, with everything odd about how it was written.
struct HeaderParameter: Equatable {
  enum Quoting: Equatable {
    case none, double, single
  }

  /// In lower case.
  var name: [UInt8]
  /// Without quotes; in double quotes a backslash before a quote or a backslash is taken off.
  var value: [UInt8]
  var hasEquals = false
  var quoting = Quoting.none
  /// No `;` stands before it.
  var lacksSemicolon = false
  /// Blanks stand around its `=`.
  var hasBlankAroundEquals = false
  /// The quote that opens the value is never closed.
  var isUnterminated = false
  /// Something stands between the closing quote and the next `;`, or a quote inside an unquoted value.
  var hasStrayQuote = false
}

/// Reads the parameters of a field (RFC 9110 section 5.6.6), forgiving every deviation and naming it.
///
/// What a deviation means is for the caller to say: parsers in use disagree about all of them, so the value that most of them
/// would take is offered together with the mark. Linear.
enum HeaderParameters {
  /// The parameters in `text` from `start` on, the offset after the media type or disposition.
  static func parse(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> [HeaderParameter] {
    var parameters: [HeaderParameter] = []
    var index = start
    while true {
      var sawSemicolon = false
      while index < text.count, isBlank(text[index]) || text[index] == UInt8(ascii: ";") {
        if text[index] == UInt8(ascii: ";") { sawSemicolon = true }
        index += 1
      }
      guard index < text.count else { return parameters }
      var parameter = HeaderParameter(name: [], value: [], lacksSemicolon: !sawSemicolon)
      parseOne(text, &index, &parameter)
      parameters.append(parameter)
    }
  }

  private static func parseOne(_ text: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ parameter: inout HeaderParameter) {
    // Always at least one byte, so that the caller's loop ends.
    repeat {
      parameter.name.append(asciiLowercased(text[index]))
      index += 1
    } while index < text.count && text[index] != UInt8(ascii: "=") && text[index] != UInt8(ascii: ";") && !isBlank(text[index])
    let nameEnd = index
    skipBlanks(text, &index)
    guard index < text.count, text[index] == UInt8(ascii: "=") else { return }
    parameter.hasEquals = true
    index += 1
    let valueStart = index
    skipBlanks(text, &index)
    parameter.hasBlankAroundEquals = nameEnd != valueStart - 1 || index != valueStart
    guard index < text.count else { return }
    switch text[index] {
    // RFC 8187 uses single quotes as separators: `filename*=''a.txt`.
    case UInt8(ascii: "'") where parameter.name.last == UInt8(ascii: "*"): parseToken(text, &index, &parameter)
    case UInt8(ascii: "\""):
      parameter.quoting = .double
      parseQuoted(text, &index, &parameter)
    case UInt8(ascii: "'"):
      parameter.quoting = .single
      parseQuoted(text, &index, &parameter)
    default: parseToken(text, &index, &parameter)
    }
  }

  private static func parseQuoted(_ text: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ parameter: inout HeaderParameter) {
    let quote = text[index]
    index += 1
    while index < text.count, text[index] != quote {
      // Elsewhere a backslash is itself: old browsers send whole paths such as C:\a.txt.
      if text[index] == UInt8(ascii: "\\"), index + 1 < text.count, text[index + 1] == quote || text[index + 1] == UInt8(ascii: "\\") {
        index += 1
      }
      parameter.value.append(text[index])
      index += 1
    }
    guard index < text.count else {
      parameter.isUnterminated = true
      return
    }
    index += 1
    if index < text.count, text[index] != UInt8(ascii: ";"), !isBlank(text[index]) { parameter.hasStrayQuote = true }
  }

  /// An unquoted value goes on to the next `;`: `filename=a b.php` is one name to most parsers.
  private static func parseToken(_ text: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ parameter: inout HeaderParameter) {
    let start = index
    while index < text.count, text[index] != UInt8(ascii: ";") {
      if text[index] == UInt8(ascii: "\"") { parameter.hasStrayQuote = true }
      index += 1
    }
    var end = index
    while end > start, isBlank(text[end - 1]) { end -= 1 }
    parameter.value = Array(text[start..<end])
  }

  private static func skipBlanks(_ text: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
    while index < text.count, isBlank(text[index]) { index += 1 }
  }
}

/// Space or tab.
@inline(__always)
func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
