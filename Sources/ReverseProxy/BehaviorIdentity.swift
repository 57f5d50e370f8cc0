import Behavior
import EvidenceModel
import HTTPModel
import Telemetry

/// Who sends a request, and the hashes under which it is accounted. They are the same as those of the line in the access log, so that
/// the log's replay comes to the same verdicts.
struct BehaviorIdentity {
  let session: [UInt8]?
  let key: [UInt8]?
  /// It shows a key, and one that was given out.
  private let isPartner: Bool
  let client: ClientIdentity
  private let userAgent: [UInt8]

  init(_ request: Request, sessionCookie: String, partnerKeys: Set<String>?) {
    let fields = request.head.fields
    session = Identity.session(fields, cookie: sessionCookie)
    key = fields.firstValue(of: "x-api-key")
    isPartner = key.map { partnerKeys?.contains(ShortHash.text($0)) ?? true } ?? false
    userAgent = fields.firstValue(of: "user-agent") ?? [0x2D]
    client = ClientIdentity(
      address: request.client.address, userAgent: userAgent, session: session.map { Array(ShortHash.text($0).utf8) },
      key: key.map { Array(ShortHash.text($0).utf8) })
  }

  /// What is known before the request.
  func standing(in monitor: BehaviorMonitor, at time: Timestamp) -> ClientStanding? {
    monitor.standing(of: client, userAgent: userAgent, hasSession: session != nil, hasKey: isPartner, at: time)
  }

  /// Takes the answered request into account.
  func observe(_ record: ExchangeRecord, in monitor: BehaviorMonitor) -> ClientStanding {
    let evidence = record.outcome.evidence
    var event = ClientEvent(
      record.request, target: Redaction.target(record.request.head.target), status: record.status, hasKey: isPartner,
      hasSession: session != nil, anomaly: evidence.anomaly.inbound, isRefusedByRules: evidence.intervention != nil,
      ruleIDs: evidence.loggedRuleIDs, isScanner: evidence.speaksOfScanner)
    event.violatesSchema = evidence.schema.contains(where: \.weighs)
    return monitor.observe(event, of: client)
  }
}
