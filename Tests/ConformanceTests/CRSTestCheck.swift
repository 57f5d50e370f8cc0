import Detection
import Foundation
import Telemetry

/// Holds what came of a request against what its test expects.
extension CRSTestCase.Expectation {
  /// Nil if the expectation holds, else why not.
  func failure(answer: RawClient.Answer, records: [ExchangeRecord]) -> String? {
    guard let reason = mismatch(answer: answer.bytes, records: records) else { return nil }
    // What an exchange on a busy machine came to must not look like an answer of the rules.
    return records.isEmpty ? "\(reason); there is no record, and \(answer.bytes.count) bytes of an answer, then: \(answer.end)" : reason
  }

  private func mismatch(answer: [UInt8], records: [ExchangeRecord]) -> String? {
    let rules = records.flatMap(\.outcome.evidence.rules).filter(\.isLogged)
    let ids = Set(rules.map(\.id))
    let status = RawClient.status(of: answer)
    if !statuses.isEmpty {
      guard let status, statuses.contains(status) else { return "status \(status.map(String.init) ?? "none"), not \(statuses)" }
    }
    if expectsError { return status.map { "expected no answer in HTTP/1, got \($0)" } }
    for id in expectedRules where !ids.contains(id) { return "\(id) did not match; \(ids.sorted()) did" }
    for id in unexpectedRules where ids.contains(id) { return "\(id) matched" }
    if isIsolated, let other = ids.subtracting(expectedRules).filter(Self.isDetection).min() { return "\(other) matched as well" }
    // As the error log of an Apache has them: a line for each match.
    let lines = rules.map { rule in
      func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
      let tags = rule.tags.map { "[tag \"\(text($0))\"]" }.joined(separator: " ")
      let severity = rule.severity.map { "[severity \"\($0)\"] " } ?? ""
      return "[id \"\(rule.id)\"] [msg \"\(text(rule.message))\"] [data \"\(text(rule.data))\"] \(severity)\(tags)"
    }
    for pattern in patterns {
      guard let regex = Self.regex(pattern) else { return "cannot read the pattern \(pattern)" }
      if !lines.contains(where: { Self.has($0, regex) }) { return "no line has \(pattern): \(lines.joined(separator: "; ").prefix(600))" }
    }
    for pattern in unwantedPatterns {
      guard let regex = Self.regex(pattern) else { return "cannot read the pattern \(pattern)" }
      if lines.contains(where: { Self.has($0, regex) }) { return "a line has \(pattern)" }
    }
    let text = String(decoding: answer, as: UTF8.self)
    for pattern in answerPatterns where !text.contains(pattern) {
      guard let regex = Self.regex(pattern), Self.has(text, regex) else { return "the answer does not hold \(pattern)" }
    }
    return nil
  }

  /// Not of the rules that set up, add up and report.
  private static func isDetection(_ id: Int) -> Bool { ![900, 901, 949, 959, 980].contains(id / 1000) }

  /// The suites' patterns are in RE2's syntax, of which this is a superset.
  private static func regex(_ pattern: String) -> NSRegularExpression? { try? NSRegularExpression(pattern: pattern) }

  private static func has(_ text: String, _ regex: NSRegularExpression) -> Bool {
    regex.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
  }
}
