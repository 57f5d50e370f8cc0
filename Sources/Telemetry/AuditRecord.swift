import Detection
import EvidenceModel
import HTTPModel
import Reporting

/// The proxy's audit record: one JSON object a line.
public enum AuditRecord {
  public static func line(for record: ExchangeRecord) -> [UInt8] {
    var json = JSONText()
    let request = record.request
    let outcome = record.outcome
    let redactor = Redactor(record)
    json.beginObject()
    json.key("ts")
    json.string(TimestampText.rfc3339(request.received))
    json.key("request_id")
    json.string(request.id)
    json.key("client")
    json.string(request.client.address)
    json.key("identity")
    json.beginObject()
    json.key("ip")
    json.string(request.client.address)
    if let sessionID = record.sessionID {
      json.key("sid")
      json.string(ShortHash.text(sessionID))
    }
    if let apiKey = record.apiKey {
      json.key("key")
      json.string(ShortHash.text(apiKey))
    }
    json.endObject()
    json.key("method")
    json.string(request.head.method, limit: 64)
    json.key("uri")
    json.string(redactor.target(request.head.target))
    json.key("protocol")
    json.string(request.head.version, limit: 64)
    json.key("status")
    json.number(record.status)
    json.key("verdict")
    json.string(record.verdict.rawValue)
    json.key("would")
    if let would = record.would { json.string(would.rawValue) } else { json.null() }
    json.key("score")
    json.number(record.score)
    json.key("label")
    json.string(record.label.rawValue)
    json.key("anomaly")
    json.beginObject()
    json.key("inbound")
    json.number(outcome.evidence.anomaly.inbound)
    json.key("outbound")
    json.number(outcome.evidence.anomaly.outbound)
    json.endObject()
    json.key("rules")
    json.beginArray()
    for match in outcome.evidence.rules where match.isLogged { write(redactor.match(match), to: &json) }
    json.endArray()
    json.key("schema")
    json.beginArray()
    for violation in outcome.evidence.schema { write(violation, to: &json) }
    json.endArray()
    json.key("evidence")
    json.beginArray()
    let faults = [("framing", outcome.evidence.framing?.detail), ("request-body", outcome.evidence.body?.detail)]
    for case (let signal, let detail?) in faults {
      json.beginObject()
      json.key("signal")
      json.string(signal)
      json.key("detail")
      json.string(detail)
      json.endObject()
    }
    for signal in outcome.evidence.behavior + (record.standing?.evidence ?? []) {
      json.beginObject()
      json.key("signal")
      json.string(signal.signal)
      json.key("bits")
      json.number(signal.bits)
      json.key("detail")
      json.string(signal.detail)
      json.endObject()
    }
    json.endArray()
    json.key("inspected")
    json.string(outcome.inspected.rawValue)
    if let decision = outcome.oversizedBody {
      json.key("oversized_body")
      json.string(decision.rawValue)
    }
    json.key("queue_us")
    json.number(record.queueTime)
    json.key("inspect_us")
    json.number(record.inspectionTime)
    json.key("upstream_us")
    if let time = record.upstreamTime { json.number(time) } else { json.null() }
    if let party = record.brokenOffBy {
      json.key("broken_off_by")
      json.string(party.rawValue)
    }
    // What the analyzer needs beside it to read audit records as a log.
    json.key("http_user_agent")
    json.string(redactor.text(request.head.fields.firstValue(of: "user-agent") ?? []), limit: 1024)
    json.endObject()
    return json.bytes
  }

  private static func write(_ violation: SchemaViolation, to json: inout JSONText) {
    json.beginObject()
    json.key("kind")
    json.string(violation.kind)
    json.key("endpoint")
    json.string(Array(violation.endpoint.utf8), limit: 256)
    json.key("place")
    json.string(Array(violation.place.utf8), limit: 128)
    json.key("pointer")
    json.string(Array(violation.pointer.utf8), limit: 256)
    json.key("detail")
    json.string(Array(violation.detail.utf8), limit: 256)
    json.key("reaction")
    switch violation.reaction {
    case .count: json.string("count")
    case .score(let points): json.string("score \(points)")
    case .block: json.string("block")
    }
    json.endObject()
  }

  private static func write(_ match: RuleMatch, to json: inout JSONText) {
    json.beginObject()
    json.key("id")
    json.number(match.id)
    json.key("phase")
    json.number(match.phase)
    json.key("severity")
    if let severity = match.severity { json.string(severity) } else { json.null() }
    json.key("msg")
    json.string(match.message)
    json.key("data")
    json.string(match.data)
    json.key("tags")
    json.beginArray()
    for tag in match.tags { json.string(tag, limit: 256) }
    json.endArray()
    json.key("matched")
    json.beginArray()
    for value in match.matched {
      json.beginObject()
      json.key("name")
      json.string(value.name, limit: 256)
      json.key("value")
      json.string(value.value, limit: 512)
      json.endObject()
    }
    json.endArray()
    json.endObject()
  }
}
