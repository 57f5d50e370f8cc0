/// The scoreboard for a terminal: 80 columns.
public enum ScoreboardText {
  public static func text(_ board: Scoreboard) -> String {
    var lines = ["              precision   recall      AUC     caught    missed   false alarms"]
    for (name, measure) in [("entities", board.entities), ("identities", board.identities), ("requests", board.requests)] {
      lines.append(
        left(name, 12) + right(share(measure.precision), 11) + right(share(measure.recall), 9) + right(share(measure.areaUnderCurve), 9)
          + right("\(measure.caught)", 11) + right("\(measure.missed)", 10) + right("\(measure.falseAlarms)", 15))
    }
    lines.append("")
    lines.append(
      "median delay  \(board.medianDelay.map { "\($0) requests" } ?? "-") until the verdict, of caught abusers")
    lines.append("right class   \(board.rightLabels) of \(board.entities.caught) caught")
    lines.append("")
    lines.append("false alarms by group   entities   flagged     rate   requests   flagged")
    for group in board.groups {
      lines.append(
        left(group.group.rawValue, 22) + right("\(group.entities)", 10) + right("\(group.flaggedEntities)", 10)
          + right(percent(group.rate), 9)
          + right("\(group.requests)", 11) + right("\(group.flaggedRequests)", 10))
    }
    if !board.kinds.isEmpty {
      lines.append("")
      lines.append("abuse by kind             entities  caught   recall   right class   delay")
      for kind in board.kinds {
        lines.append(
          left(kind.kind, 26) + right("\(kind.entities)", 8) + right("\(kind.caughtEntities)", 8) + right(share(kind.recall), 9)
            + right("\(kind.rightLabels)", 14) + right(kind.medianDelay.map(String.init) ?? "-", 8))
      }
    }
    if board.uncoveredRequests > 0 { lines.append("\nno record covers \(board.uncoveredRequests) requests; they count as allowed") }
    if board.doublyCoveredRequests > 0 {
      lines.append("\nmore than one record covers \(board.doublyCoveredRequests) requests; the worst counts")
    }
    if board.strayRecords > 0 { lines.append("\n\(board.strayRecords) records cover no request of the truth") }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func left(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
  private static func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }

  /// `0.934`
  private static func share(_ value: Double?) -> String {
    guard let value else { return "-" }
    let thousandths = Int((value * 1000).rounded())
    return "\(thousandths / 1000).\(String(thousandths % 1000 + 1000).dropFirst())"
  }

  /// `0.12%`
  private static func percent(_ value: Double?) -> String {
    guard let value else { return "-" }
    let hundredths = Int((value * 10_000).rounded())
    return "\(hundredths / 100).\(String(hundredths % 100 + 100).dropFirst())%"
  }
}
