import Detection
import EvidenceModel
import HTTPModel
import Reporting
import RuleEngine

/// The form of audit records.
public enum AuditFormat: String, Sendable, CaseIterable {
  /// One JSON object a line, ours.
  case ropeline
  /// ModSecurity 3's JSON (`SecAuditLogFormat JSON`), one object a line, with the parts that `SecAuditLogParts` asks for.
  case modsecurity

  public func line(for record: ExchangeRecord, version: String) -> [UInt8] {
    switch self {
    case .ropeline: AuditRecord.line(for: record)
    case .modsecurity: ModSecurityAuditRecord.line(for: record, version: version)
    }
  }
}

/// An audit record as ModSecurity 3 writes it in JSON, for tools that read that.
///
/// Secrets are taken out as in our own records: the tools need the findings, not the passwords.
public enum ModSecurityAuditRecord {
  public static func line(for record: ExchangeRecord, version: String) -> [UInt8] {
    var json = JSONText()
    let request = record.request
    let parts = record.outcome.auditParts
    let redactor = Redactor(record)
    json.beginObject()
    json.key("transaction")
    json.beginObject()
    member("client_ip", request.client.address, &json)
    member("time_stamp", TimestampText.calendar(request.received), &json)
    member("server_id", ShortHash.text(Array(request.server.address.utf8)), &json)
    json.key("client_port")
    json.number(request.client.port)
    member("host_ip", request.server.address, &json)
    json.key("host_port")
    json.number(request.server.port)
    member("unique_id", request.id, &json)
    write(request, record.outcome, parts, redactor, &json)
    json.key("response")
    json.beginObject()
    if parts.contains("E"), let body = record.outcome.responseBody {
      json.key("body")
      json.string(redactor.text(body), limit: bodyBytes)
    }
    json.key("http_code")
    json.number(record.status)
    if parts.contains("F") { headers(record.outcome.responseFields, redactor, &json) }
    json.endObject()
    if parts.contains("H") {
      json.key("producer")
      json.beginObject()
      member("modsecurity", "Ropeline v\(version)", &json)
      member("connector", "ropeline proxy", &json)
      member("secrules_engine", record.outcome.isEnforcing ? "Enabled" : "DetectionOnly", &json)
      json.key("components")
      json.beginArray()
      for component in record.outcome.components { json.string(component) }
      json.endArray()
      json.endObject()
      json.key("messages")
      json.beginArray()
      for match in record.outcome.evidence.rules where match.isLogged { write(redactor.match(match), &json) }
      json.endArray()
    }
    json.endObject()
    json.endObject()
    return json.bytes
  }

  /// Bytes of a body that are shown.
  private static let bodyBytes = 65_536

  private static func write(
    _ request: Request, _ outcome: InspectionOutcome, _ parts: AuditParts, _ redactor: Redactor, _ json: inout JSONText
  ) {
    json.key("request")
    json.beginObject()
    json.key("method")
    json.string(request.head.method, limit: 64)
    json.key("http_version")
    // As ModSecurity writes it: the number alone.
    json.string(request.head.version.split(separator: 0x2F).last.map(Array.init) ?? [], limit: 16)
    json.key("uri")
    json.string(redactor.target(request.head.target))
    if parts.contains("C") || parts.contains("I"), let body = outcome.requestBody {
      json.key("body")
      json.string(redactor.body(body), limit: bodyBytes)
    }
    if parts.contains("B") { headers(request.head.fields, redactor, &json) }
    json.endObject()
  }

  private static func headers(_ fields: [Field], _ redactor: Redactor, _ json: inout JSONText) {
    json.key("headers")
    json.beginObject()
    for field in fields {
      json.key(Array(field.name))
      json.string(redactor.field(field), limit: 4096)
    }
    json.endObject()
  }

  private static func write(_ match: RuleMatch, _ json: inout JSONText) {
    json.beginObject()
    json.key("message")
    json.string(match.message)
    json.key("details")
    json.beginObject()
    json.key("match")
    let first = match.matched.first
    let shown = Array((first?.value ?? []).prefix(100))
    json.string(Array("Matched against variable `".utf8) + (first?.name ?? []) + Array("' (Value: `".utf8) + shown + Array("' )".utf8))
    member("reference", "", &json)
    member("ruleId", String(match.id), &json)
    member("file", match.file, &json)
    member("lineNumber", String(match.line), &json)
    json.key("data")
    json.string(match.data)
    member("severity", match.severityNumber.map(String.init) ?? "0", &json)
    member("ver", match.version ?? "", &json)
    member("rev", match.revision ?? "", &json)
    json.key("tags")
    json.beginArray()
    for tag in match.tags { json.string(tag, limit: 256) }
    json.endArray()
    member("maturity", "0", &json)
    member("accuracy", "0", &json)
    json.endObject()
    json.endObject()
  }

  private static func member(_ key: StaticString, _ value: String, _ json: inout JSONText) {
    json.key(key)
    json.string(value)
  }
}
