/// What a setting's value looks like, and how a text becomes one.
public enum SettingKind: Sendable, Equatable {
  /// Any text that is not empty.
  case text
  /// A path; one from the file is relative to the file's directory.
  case path
  /// `true` or `false`.
  case switchable
  /// A whole number within a range.
  case number(ClosedRange<Int>)
  /// Whole seconds within a range, as `10`, `10s`, `2m` or `1h`.
  case seconds(ClosedRange<Int>)
  /// Whole bytes within a range, as `65536`, `64k`, `64KiB`, `12M`.
  case bytes(ClosedRange<Int>)
  /// One of these words.
  case choice([String])
  /// What is done about a violation: `off`, `count`, `score N` or `block`.
  case reaction

  /// The value in its normal form (units resolved), or what was expected instead.
  func normalize(_ text: String) -> Result<String, Expected> {
    switch self {
    case .text, .path: return text.isEmpty ? .failure(Expected("a text")) : .success(text)
    case .switchable:
      switch text.lowercased() {
      case "true", "on", "yes": return .success("true")
      case "false", "off", "no": return .success("false")
      default: return .failure(Expected("true or false"))
      }
    case .number(let range):
      guard let value = Int(text), range.contains(value) else { return .failure(Expected(Self.shown(range))) }
      return .success(String(value))
    case .seconds(let range):
      guard let value = Self.scaled(text, units: ["": 1, "s": 1, "m": 60, "h": 3600]), range.contains(value) else {
        return .failure(Expected("seconds, \(Self.shown(range)), such as 10s or 2m"))
      }
      return .success(String(value))
    case .bytes(let range):
      let units = ["": 1, "b": 1, "k": 1 << 10, "kib": 1 << 10, "m": 1 << 20, "mib": 1 << 20, "g": 1 << 30, "gib": 1 << 30]
      guard let value = Self.scaled(text, units: units), range.contains(value) else {
        return .failure(Expected("bytes, \(Self.shown(range)), such as 65536 or 64KiB"))
      }
      return .success(String(value))
    case .reaction:
      let words = text.split(separator: " ")
      let isScore = words.count == 2 && words[0] == "score" && Int(words[1]).map { (1...1000).contains($0) } == true
      // YAML 1.1, which the reader speaks, and people agree that "off" is a word here.
      let word = text.lowercased() == "false" ? "off" : text
      guard isScore || ["off", "count", "block"].contains(word) else {
        return .failure(Expected("off, count, score N (1 to 1000) or block"))
      }
      return .success(word)
    case .choice(let words):
      guard words.contains(text) else { return .failure(Expected(words.joined(separator: " or "))) }
      return .success(text)
    }
  }

  /// Words for what a value should have been.
  struct Expected: Error {
    let text: String
    init(_ text: String) { self.text = text }
  }

  private static func scaled(_ text: String, units: [String: Int]) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits), let unit = units[text.dropFirst(digits.count).lowercased()] else { return nil }
    let (value, overflows) = number.multipliedReportingOverflow(by: unit)
    return overflows ? nil : value
  }

  private static func shown(_ range: ClosedRange<Int>) -> String {
    range.upperBound == Int.max
      ? "a whole number from \(range.lowerBound)" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
  }
}
