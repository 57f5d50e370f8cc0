/// The names of one kind with their aliases, found without regard to ASCII case.
struct NameTable<Name: Sendable>: Sendable {
  private let byLowercase: [[UInt8]: Name]
  /// What may have been meant, and the name to suggest for it.
  private let spellings: [(text: String, name: String)]
  private static var longest: Int { 48 }

  init(_ names: [(String, Name)], aliases: [(String, Name)] = [], hints: [(String, String)] = []) {
    var table: [[UInt8]: Name] = [:]
    for (text, name) in names + aliases { table[text.utf8.map(\.lowercased)] = name }
    byLowercase = table
    spellings = names.map { ($0.0, $0.0) } + hints
  }

  func find(_ bytes: ArraySlice<UInt8>) -> Name? {
    guard bytes.count <= Self.longest else { return nil }
    return byLowercase[bytes.map(\.lowercased)]
  }

  /// The known spelling that is nearest by edit distance, if one is near enough to be meant.
  func nearest(_ bytes: ArraySlice<UInt8>) -> String? {
    guard bytes.count >= 2, bytes.count <= Self.longest else { return nil }
    let word = bytes.map(\.lowercased)
    var best: (distance: Int, name: String)?
    let limit = max(1, word.count / 3)
    for (text, name) in spellings {
      let other = text.utf8.map(\.lowercased)
      let bound = (best?.distance ?? limit + 1) - 1
      guard abs(other.count - word.count) <= bound else { continue }
      let distance = editDistance(word, other, atMost: bound)
      if distance <= bound { best = (distance, name) }
      if best?.distance == 1 { break }
    }
    return best?.name
  }
}

/// The one of some names that a misspelled word was probably meant to be, without regard to ASCII case; nil if none is near.
package func nearestName(to word: String, among names: [String]) -> String? {
  NameTable(names.map { ($0, ()) }).nearest(ArraySlice(word.utf8))
}

/// The number of insertions, deletions, replacements and swaps of neighbors between two words; `atMost + 1` if there are more.
func editDistance(_ left: [UInt8], _ right: [UInt8], atMost limit: Int) -> Int {
  var beforeLast = [Int](repeating: 0, count: right.count + 1)
  var last = Array(0...right.count)
  for row in 0..<left.count {
    var current = [row + 1]
    current.reserveCapacity(right.count + 1)
    var smallest = row + 1
    for column in 0..<right.count {
      let cost = left[row] == right[column] ? 0 : 1
      var value = min(last[column] + cost, last[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        value = min(value, beforeLast[column - 1] + 1)
      }
      current.append(value)
      smallest = min(smallest, value)
    }
    if smallest > limit { return limit + 1 }
    beforeLast = last
    last = current
  }
  return last[right.count]
}

extension DirectiveName {
  static let table = NameTable(allCases.map { ($0.rawValue, $0) })
}

extension VariableName {
  static let table = NameTable(
    allCases.map { ($0.rawValue, $0) }, aliases: [("MULTIPART_SEMICOLON_MISSING", .multipartMissingSemicolon)])
}

extension OperatorName {
  static let table = NameTable(
    allCases.map { ($0.rawValue, $0) }, aliases: [("pmf", .pmFromFile), ("ipMatchF", .ipMatchFromFile)],
    hints: [("regex", "rx"), ("regexp", "rx"), ("equals", "streq"), ("startsWith", "beginsWith")])
}

extension TransformationName {
  static let table = NameTable(
    allCases.map { ($0.rawValue, $0) },
    aliases: [("normalizePath", .normalisePath), ("normalizePathWin", .normalisePathWin)])
}

extension ControlOption {
  static let table = NameTable(allCases.map { ($0.rawValue, $0) })
}

extension ActionName {
  static let table = NameTable(
    allCases.map { ($0.rawValue, $0) },
    aliases: [
      ("sanitizeArg", .sanitiseArg), ("sanitizeMatched", .sanitiseMatched), ("sanitizeMatchedBytes", .sanitiseMatchedBytes),
      ("sanitizeRequestHeader", .sanitiseRequestHeader), ("sanitizeResponseHeader", .sanitiseResponseHeader),
    ])
}
