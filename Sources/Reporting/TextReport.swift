import EvidenceModel

/// The report for a terminal: 80 columns, one screen, the verdict before the statistics.
public struct TextReport {
  private let report: Report
  private let usesColor: Bool
  private var text = ""

  public static func text(_ report: Report, usesColor: Bool) -> String {
    var page = TextReport(report: report, usesColor: usesColor)
    page.build()
    return page.text
  }

  private init(report: Report, usesColor: Bool) {
    self.report = report
    self.usesColor = usesColor
  }

  private func styled(_ text: String, _ code: String) -> String { usesColor ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }

  private mutating func line(_ content: String = "") { text += content + "\n" }

  private mutating func build() {
    let span = report.first.flatMap { first in report.last.map { "\(Self.shortTime(first)) to \(Self.shortTime($0)) UTC" } } ?? "no times"
    line(styled("\(Self.grouped(report.parsed)) requests", "1") + "  \(span)  \(Self.count(report.files.count, "file"))")
    if report.isPartial { line(styled("PARTIAL: this report does not cover all of the input", "1;31")) }
    let formats = Dictionary(grouping: report.formats, by: \.format).map { "\($0.key) (\(Self.count($0.value.count, "file")))" }.sorted()
    let share = report.lines == 0 ? "" : " (\(Self.percent(report.malformed, report.lines)))"
    line("formats  \(formats.joined(separator: ", "))   \(Self.grouped(report.malformed)) malformed\(share)")
    line()
    classes()
    clients()
    campaigns()
    rules()
    schema()
    endpoints()
    quality()
  }

  private mutating func classes() {
    line(styled("  class               clients    requests  share                   flagged", "1"))
    for row in ClassRow.rows(of: report) {
      let share = report.parsed == 0 ? 0 : Double(row.requests) / Double(report.parsed)
      let bar = String(repeating: "#", count: row.requests == 0 ? 0 : max(1, Int((share * 12).rounded())))
      let flagged = row.flagged == 0 ? "-" : Self.grouped(row.flagged)
      line(
        "  \(Self.left(row.label.rawValue, 17))\(Self.right(Self.grouped(row.clients), 10))\(Self.right(Self.grouped(row.requests), 12))"
          + "  \(Self.left(bar, 12))\(Self.right(Self.percent(row.requests, report.parsed), 7))\(Self.right(flagged, 12))")
    }
    line()
  }

  private mutating func clients() {
    let flagged = report.clients.filter { $0.verdict.kind != .allow }
    guard !flagged.isEmpty else {
      line(styled("nobody flagged", "1;32"))
      line()
      return
    }
    line(styled("  flagged clients", "1") + "  (\(Self.grouped(flagged.count)); the worst first)")
    for (index, client) in flagged.prefix(8).enumerated() {
      let color = client.verdict.kind == .block ? "1;31" : "1;33"
      let score = Self.decimal(client.verdict.score)
      line(
        "  \(Self.right(String(index + 1), 2))  \(styled(Self.left(client.verdict.kind.rawValue, 9), color)) \(Self.left(client.verdict.label.rawValue, 17))"
          + " \(score)  \(Self.left(client.ip, 18)) \(Self.right(Self.grouped(client.requests), 7)) req")
      for signal in client.evidence.filter({ $0.bits > 0 }).prefix(2) {
        line("        \(Self.cut("\(Self.signed(signal.bits)) bits  \(signal.detail)", 72))")
      }
    }
    if flagged.count > 8 { line("      and \(Self.grouped(flagged.count - 8)) more: --format ndjson --only flagged") }
    line()
  }

  private mutating func campaigns() {
    guard !report.campaigns.isEmpty else { return }
    line(styled("  campaigns", "1") + "  (many clients, one actor)")
    for (index, campaign) in report.campaigns.prefix(6).enumerated() {
      let name = "\(campaign.label.rawValue)-\(index + 1)"
      line(
        "  \(Self.left(name, 21))\(Self.right(Self.grouped(campaign.members.count), 7)) clients at \(Self.grouped(campaign.addresses)) addresses"
          + "  \(Self.right(Self.grouped(campaign.requests), 7)) req  \(Self.shortTime(campaign.firstSeen).suffix(8))-\(Self.shortTime(campaign.lastSeen).suffix(8))"
      )
      line("        \(Self.cut(Self.safe(Array(campaign.shape.utf8)), 72))")
    }
    if report.campaigns.count > 6 { line("      and \(report.campaigns.count - 6) more: --format json") }
    line()
  }

  private mutating func rules() {
    guard !report.rules.isEmpty else { return }
    line(styled("  rule      requests  what", "1"))
    for rule in report.rules.prefix(6) {
      line("  \(Self.left(String(rule.id), 8))\(Self.right(Self.grouped(rule.requests), 10))  \(Self.cut(Self.safe(rule.message), 56))")
    }
    if report.rules.count > 6 { line("  and \(report.rules.count - 6) more") }
    line()
  }

  private mutating func schema() {
    guard !report.schema.isEmpty else { return }
    line(styled("  not as declared                              requests  kind", "1"))
    for violation in report.schema.prefix(6) {
      let name = Self.cut(Self.safe(Array("\(violation.endpoint) \(violation.field)".utf8)), 42)
      line("  \(Self.left(name, 43))\(Self.right(Self.grouped(violation.requests), 10))  \(violation.kind)")
    }
    if report.schema.count > 6 { line("  and \(report.schema.count - 6) more") }
    line()
  }

  private mutating func endpoints() {
    let worst = report.endpoints.prefix(5)
    guard !worst.isEmpty else { return }
    line(styled("  endpoint                                     requests    4xx    5xx   rules", "1"))
    for endpoint in worst {
      let name = Self.cut(Self.safe(Array("\(endpoint.method) \(endpoint.path)".utf8)), 42)
      line(
        "  \(Self.left(name, 43))\(Self.right(Self.grouped(endpoint.requests), 10))\(Self.right(Self.grouped(endpoint.clientErrors), 7))"
          + "\(Self.right(Self.grouped(endpoint.serverErrors), 7))\(Self.right(Self.grouped(endpoint.refused), 8))")
    }
    line()
  }

  private mutating func quality() {
    for place in report.malformedPlaces.prefix(3) { line("  malformed  \(Self.cut("\(place.file):\(place.line): \(place.reason)", 66))") }
    if report.malformed > 3 { line("             and \(Self.grouped(report.malformed - 3)) more: --format json") }
    for problem in report.problems { line(styled("  problem    ", "31") + Self.cut(Self.safe(Array(problem.utf8)), 66)) }
    let all = report.rulesAsked + report.rulesUnasked
    if all > 0 { line("  coverage   \(report.rulesAsked) of \(all) rules could be asked: a log shows no bodies and no cookies") }
    if report.overflowClients > 0 {
      line("  coverage   the table was full: \(Self.grouped(report.overflowClients)) requests of later clients are in one record")
    }
  }

  // MARK: Text

  private static func shortTime(_ text: String) -> String { text.replacing("T", with: " ").prefix(19).description }
  private static func count(_ count: Int, _ noun: String) -> String { "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")" }
  private static func left(_ text: String, _ width: Int) -> String {
    text.count >= width ? text : text + String(repeating: " ", count: width - text.count)
  }
  private static func right(_ text: String, _ width: Int) -> String {
    text.count >= width ? text : String(repeating: " ", count: width - text.count) + text
  }
  private static func cut(_ text: String, _ width: Int) -> String { text.count <= width ? text : text.prefix(width - 1) + "…" }

  private static func percent(_ part: Int, _ whole: Int) -> String {
    guard whole > 0 else { return "0.0%" }
    let tenths = (part * 1000 + whole / 2) / whole
    return "\(tenths / 10).\(tenths % 10)%"
  }

  private static func decimal(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }

  private static func signed(_ bits: Double) -> String {
    let tenths = Int((bits * 10).rounded())
    return "\(tenths < 0 ? "-" : "+")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }

  static func grouped(_ number: Int) -> String {
    let digits = Array(String(abs(number)))
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return number < 0 ? "-" + result : result
  }

  /// Nothing that a terminal would obey.
  private static func safe(_ bytes: [UInt8]) -> String {
    var result = ""
    for scalar in String(decoding: bytes.prefix(400), as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069: result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
