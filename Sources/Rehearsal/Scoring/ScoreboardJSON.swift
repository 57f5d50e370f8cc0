import Reporting

/// The scoreboard as one JSON object. `precision`, `recall` and `auc` at its top are those by entities. Shares are rounded to
/// thousandths; what has no value is null.
public enum ScoreboardJSON {
  public static func object(_ board: Scoreboard) -> [UInt8] {
    var json = JSONText()
    json.beginObject()
    json.key("version")
    json.number(1)
    json.key("precision")
    optional(board.entities.precision, &json)
    json.key("recall")
    optional(board.entities.recall, &json)
    json.key("auc")
    optional(board.entities.areaUnderCurve, &json)
    json.key("entities")
    write(board.entities, to: &json)
    json.key("identities")
    write(board.identities, to: &json)
    json.key("requests")
    write(board.requests, to: &json)
    json.key("median_delay")
    optional(board.medianDelay, &json)
    json.key("right_labels")
    json.number(board.rightLabels)
    json.key("false_positives")
    json.beginArray()
    for group in board.groups { write(group, to: &json) }
    json.endArray()
    json.key("kinds")
    json.beginArray()
    for kind in board.kinds { write(kind, to: &json) }
    json.endArray()
    json.key("uncovered_requests")
    json.number(board.uncoveredRequests)
    json.key("doubly_covered_requests")
    json.number(board.doublyCoveredRequests)
    json.key("stray_records")
    json.number(board.strayRecords)
    json.endObject()
    return json.bytes + [0x0A]
  }

  private static func write(_ measure: Scoreboard.Measure, to json: inout JSONText) {
    json.beginObject()
    json.key("precision")
    optional(measure.precision, &json)
    json.key("recall")
    optional(measure.recall, &json)
    json.key("auc")
    optional(measure.areaUnderCurve, &json)
    json.key("caught")
    json.number(measure.caught)
    json.key("missed")
    json.number(measure.missed)
    json.key("false_alarms")
    json.number(measure.falseAlarms)
    json.key("spared")
    json.number(measure.spared)
    json.endObject()
  }

  private static func write(_ group: Scoreboard.Group, to json: inout JSONText) {
    json.beginObject()
    json.key("group")
    json.string(group.group.rawValue)
    json.key("entities")
    json.number(group.entities)
    json.key("flagged_entities")
    json.number(group.flaggedEntities)
    json.key("rate")
    optional(group.rate, &json)
    json.key("requests")
    json.number(group.requests)
    json.key("flagged_requests")
    json.number(group.flaggedRequests)
    json.endObject()
  }

  private static func write(_ kind: Scoreboard.Kind, to json: inout JSONText) {
    json.beginObject()
    json.key("kind")
    json.string(kind.kind)
    json.key("label")
    json.string(kind.label.rawValue)
    json.key("entities")
    json.number(kind.entities)
    json.key("caught")
    json.number(kind.caughtEntities)
    json.key("recall")
    optional(kind.recall, &json)
    json.key("right_labels")
    json.number(kind.rightLabels)
    json.key("requests")
    json.number(kind.requests)
    json.key("flagged_requests")
    json.number(kind.flaggedRequests)
    json.key("median_delay")
    optional(kind.medianDelay, &json)
    json.endObject()
  }

  private static func optional(_ value: Double?, _ json: inout JSONText) {
    if let value { json.number(value) } else { json.null() }
  }

  private static func optional(_ value: Int?, _ json: inout JSONText) {
    if let value { json.number(value) } else { json.null() }
  }
}
