import EvidenceModel

/// The report as one JSON object, or as one object a client and line.
public enum JSONReport {
  public static func object(_ report: Report) -> [UInt8] {
    var json = JSONText()
    json.beginObject()
    json.key("version")
    json.number(1)
    json.key("partial")
    json.bool(report.isPartial)
    json.key("input")
    json.beginObject()
    json.key("files")
    json.beginArray()
    for file in report.files { json.string(file) }
    json.endArray()
    json.key("formats")
    json.beginArray()
    for format in report.formats {
      json.beginObject()
      json.key("file")
      json.string(format.file)
      json.key("format")
      json.string(format.format)
      json.key("matched")
      json.number(format.matched)
      json.key("sampled")
      json.number(format.sampled)
      json.endObject()
    }
    json.endArray()
    json.key("lines")
    json.number(report.lines)
    json.key("malformed")
    json.number(report.malformed)
    json.key("malformed_places")
    json.beginArray()
    for place in report.malformedPlaces {
      json.beginObject()
      json.key("file")
      json.string(place.file)
      json.key("line")
      json.number(place.line)
      json.key("reason")
      json.string(place.reason)
      json.endObject()
    }
    json.endArray()
    json.key("first")
    if let first = report.first { json.string(first) } else { json.null() }
    json.key("last")
    if let last = report.last { json.string(last) } else { json.null() }
    json.key("problems")
    json.beginArray()
    for problem in report.problems { json.string(problem) }
    json.endArray()
    json.endObject()
    json.key("classes")
    json.beginArray()
    for row in ClassRow.rows(of: report) {
      json.beginObject()
      json.key("class")
      json.string(row.label.rawValue)
      json.key("clients")
      json.number(row.clients)
      json.key("requests")
      json.number(row.requests)
      json.key("flagged")
      json.number(row.flagged)
      json.endObject()
    }
    json.endArray()
    json.key("clients")
    json.beginArray()
    for client in report.clients { write(client, to: &json) }
    json.endArray()
    json.key("campaigns")
    json.beginArray()
    for (index, campaign) in report.campaigns.enumerated() { write(campaign, number: index + 1, of: report, to: &json) }
    json.endArray()
    json.key("rules")
    json.beginArray()
    for rule in report.rules {
      json.beginObject()
      json.key("id")
      json.number(rule.id)
      json.key("msg")
      json.string(rule.message)
      json.key("requests")
      json.number(rule.requests)
      json.endObject()
    }
    json.endArray()
    json.key("endpoints")
    json.beginArray()
    for endpoint in report.endpoints {
      json.beginObject()
      json.key("method")
      json.string(endpoint.method)
      json.key("path")
      json.string(endpoint.path)
      json.key("requests")
      json.number(endpoint.requests)
      json.key("client_errors")
      json.number(endpoint.clientErrors)
      json.key("server_errors")
      json.number(endpoint.serverErrors)
      json.key("refused_by_rules")
      json.number(endpoint.refused)
      json.endObject()
    }
    json.endArray()
    json.key("schema")
    json.beginArray()
    for violation in report.schema {
      json.beginObject()
      json.key("endpoint")
      json.string(violation.endpoint)
      json.key("kind")
      json.string(violation.kind)
      json.key("field")
      json.string(violation.field)
      json.key("requests")
      json.number(violation.requests)
      json.endObject()
    }
    json.endArray()
    json.key("events")
    json.beginArray()
    for event in report.events {
      json.beginObject()
      json.key("start")
      json.string(event.start)
      json.key("detected")
      json.bool(event.isDetected)
      json.endObject()
    }
    json.endArray()
    json.key("timeline")
    json.beginArray()
    for minute in report.timeline {
      json.beginObject()
      json.key("start")
      json.number(minute.start)
      json.key("requests")
      json.number(minute.requests)
      json.key("refused_by_rules")
      json.number(minute.refused)
      json.endObject()
    }
    json.endArray()
    json.key("coverage")
    json.beginObject()
    json.key("rules_asked")
    json.number(report.rulesAsked)
    json.key("rules_unasked")
    json.number(report.rulesUnasked)
    json.key("overflow_clients")
    json.number(report.overflowClients)
    json.endObject()
    json.endObject()
    return json.bytes + [0x0A]
  }

  public static func line(_ client: Report.Client) -> [UInt8] {
    var json = JSONText()
    write(client, to: &json)
    return json.bytes + [0x0A]
  }

  private static func write(_ campaign: Report.Campaign, number: Int, of report: Report, to json: inout JSONText) {
    json.beginObject()
    json.key("name")
    json.string("\(campaign.label.rawValue)-\(number)")
    json.key("label")
    json.string(campaign.label.rawValue)
    json.key("shape")
    json.string(campaign.shape)
    json.key("size")
    json.number(campaign.members.count)
    json.key("flagged")
    json.number(campaign.flagged)
    json.key("addresses")
    json.number(campaign.addresses)
    json.key("networks")
    json.number(campaign.networks)
    json.key("requests")
    json.number(campaign.requests)
    json.key("first_seen")
    json.string(campaign.firstSeen)
    json.key("last_seen")
    json.string(campaign.lastSeen)
    json.key("members")
    json.beginArray()
    for member in campaign.members { write(report.clients[member], to: &json) }
    json.endArray()
    json.endObject()
  }

  private static func write(_ client: Report.Client, to json: inout JSONText) {
    json.beginObject()
    json.key("ip")
    json.string(client.ip)
    json.key("ua")
    json.string(client.userAgent)
    json.key("sid")
    json.string(client.session ?? "-")
    json.key("key")
    json.string(client.key ?? "-")
    json.key("verdict")
    json.string(client.verdict.kind.rawValue)
    json.key("label")
    json.string(client.verdict.label.rawValue)
    json.key("score")
    json.number(client.verdict.score)
    json.key("requests")
    json.number(client.requests)
    json.key("rule_matches")
    json.number(client.ruleMatches)
    json.key("at_request")
    if let request = client.atRequest { json.number(request) } else { json.null() }
    json.key("first_seen")
    json.string(client.firstSeen)
    json.key("last_seen")
    json.string(client.lastSeen)
    json.key("ts")
    if let time = client.reachedAt { json.number(time) } else { json.null() }
    if client.verdict.kind != .allow {
      json.key("collateral")
      json.number(client.collateral)
    }
    if let country = client.country {
      json.key("country")
      json.string(country)
    }
    if let system = client.system {
      json.key("asn")
      json.number(system)
    }
    json.key("evidence")
    json.beginArray()
    for signal in client.evidence {
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
    json.endObject()
  }
}

/// One class in the summary.
struct ClassRow {
  var label: ClientClass
  var clients = 0
  var requests = 0
  /// Clients whose verdict is not `allow`.
  var flagged = 0

  /// The classes that occur, in the order of their declaration.
  static func rows(of report: Report) -> [ClassRow] {
    var rows = ClientClass.allCases.map { ClassRow(label: $0) }
    for client in report.clients {
      guard let index = ClientClass.allCases.firstIndex(of: client.verdict.label) else { continue }
      rows[index].clients += 1
      rows[index].requests += client.requests
      if client.verdict.kind != .allow { rows[index].flagged += 1 }
    }
    return rows.filter { $0.clients > 0 }
  }
}
