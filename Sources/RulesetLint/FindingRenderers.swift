import Reporting
import SecLang

/// Findings as text with an excerpt and a caret, as compilers show them.
public struct FindingText {
  private let lines: [String: [ArraySlice<UInt8>]]
  private let usesColor: Bool

  /// Columns of an excerpt; longer lines are shown around the place.
  private static let width = 100

  public init(files: [SourceFile], usesColor: Bool) {
    lines = Dictionary(files.map { ($0.path, $0.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)) }) { first, _ in first }
    self.usesColor = usesColor
  }

  private func styled(_ text: String, _ code: String) -> String { usesColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }

  public func text(_ finding: Finding) -> String {
    let color = finding.severity == .error ? "1;31" : finding.severity == .warning ? "1;33" : "1;36"
    var text = styled("\(finding.severity.rawValue)[\(finding.code)]", color) + " \(styled(finding.message, "1"))  (\(finding.name))\n"
    let start = finding.range.start
    text += "  --> \(start.file):\(start.line):\(start.column)" + (finding.rule.map { "   rule \($0)" } ?? "") + "\n"
    text += excerpt(finding.range, color: color)
    if let related = finding.related {
      text += "  ::: \(related.range.start.file):\(related.range.start.line):\(related.range.start.column)  \(related.text)\n"
    }
    if let help = finding.help { text += "   = help: \(help)\n" }
    return text + "\n"
  }

  private func excerpt(_ range: SourceRange, color: String) -> String {
    guard let all = lines[range.start.file], range.start.line >= 1, range.start.line <= all.count else { return "" }
    let line = Array(all[range.start.line - 1])
    let first = max(range.start.column - 1, 0)
    let last = range.end.line == range.start.line ? max(range.end.column - 1, first + 1) : max(line.count, first + 1)
    // A window around the place, so that a pattern of 12,000 bytes does not fill the screen.
    let from = first > Self.width - 30 ? first - 30 : 0
    let shown = line[min(from, line.count)..<min(from + Self.width, line.count)]
    let number = String(range.start.line)
    let margin = String(repeating: " ", count: number.count)
    let text =
      (from > 0 ? "…" : "") + String(decoding: shown.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
      + (from + Self.width < line.count ? "…" : "")
    let count = max(1, min(last, from + Self.width) - first)
    let lead = String(repeating: " ", count: first - from + (from > 0 ? 1 : 0))
    return "\(margin) |\n\(number) | \(text)\n\(margin) | \(lead)\(styled(String(repeating: "^", count: count), color))\n"
  }
}

/// The findings for machines.
public enum FindingJSON {
  public static func object(_ result: LintResult) -> [UInt8] {
    var json = JSONText()
    json.beginObject()
    json.key("version")
    json.number(1)
    json.key("findings")
    json.beginArray()
    for finding in result.findings {
      json.beginObject()
      json.key("code")
      json.string(finding.code)
      json.key("name")
      json.string(finding.name)
      json.key("severity")
      json.string(finding.severity.rawValue)
      json.key("file")
      json.string(finding.range.start.file)
      json.key("line")
      json.number(finding.range.start.line)
      json.key("column")
      json.number(finding.range.start.column)
      json.key("endLine")
      json.number(finding.range.end.line)
      json.key("endColumn")
      json.number(finding.range.end.column)
      json.key("rule")
      if let rule = finding.rule { json.number(rule) } else { json.null() }
      json.key("message")
      json.string(finding.message)
      json.key("fix")
      json.null()
      json.endObject()
    }
    json.endArray()
    json.key("summary")
    json.beginObject()
    json.key("rules")
    json.number(result.rules)
    json.key("files")
    json.number(result.files)
    json.key("errors")
    json.number(result.findings.count { $0.severity == .error })
    json.key("warnings")
    json.number(result.findings.count { $0.severity == .warning })
    json.key("suppressed")
    json.number(result.suppressed)
    json.endObject()
    json.endObject()
    return json.bytes + [0x0A]
  }

  /// One workflow command a finding, as GitHub reads it.
  public static func github(_ result: LintResult) -> String {
    func escaped(_ text: String) -> String { text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A") }
    func property(_ text: String) -> String { escaped(text).replacing(":", with: "%3A").replacing(",", with: "%2C") }
    return result.findings.map { finding in
      let kind = finding.severity == .error ? "error" : finding.severity == .warning ? "warning" : "notice"
      let range = finding.range
      return "::\(kind) file=\(property(range.start.file)),line=\(range.start.line),col=\(range.start.column),endLine=\(range.end.line),"
        + "endColumn=\(range.end.column),title=\(finding.code)::\(escaped(finding.message))\n"
    }.joined()
  }
}
