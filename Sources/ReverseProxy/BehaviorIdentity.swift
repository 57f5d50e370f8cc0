import Behavior
import ClientSources
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
  private let address: String
  private let source: SourceStanding

  init(_ request: Request, sessionCookie: String, partnerKeys: Set<String>?, sources: SourceBook? = nil) {
    let fields = request.head.fields
    session = Identity.session(fields, cookie: sessionCookie)
    key = fields.firstValue(of: "x-api-key")
    isPartner = key.map { partnerKeys?.contains(ShortHash.text($0)) ?? true } ?? false
    userAgent = fields.firstValue(of: "user-agent") ?? [0x2D]
    address = request.client.address
    source = sources?.standing(of: address, userAgent: userAgent) ?? SourceStanding()
    client = ClientIdentity(
      address: address, userAgent: userAgent, session: session.map { Array(ShortHash.text($0).utf8) },
      key: key.map { Array(ShortHash.text($0).utf8) })
  }

  /// The operator lets it do what it likes.
  var isAllowed: Bool { source.isAllowed }

  /// The order in which a program sends its fields, as a short hash of their names: those that come and go with what is asked for are
  /// left out.
  static func headerOrder(_ fields: [Field]) -> [UInt8] {
    var names: [UInt8] = []
    for field in fields where !fleeting.contains(field.name.map(asciiLowercased)) {
      names += field.name
      names.append(0x0A)
    }
    return Array(ShortHash.text(names).utf8)
  }

  private static let fleeting: Set<[UInt8]> = Set(
    [
      "cookie", "referer", "content-length", "content-type", "if-none-match", "if-modified-since", "authorization", "range", "if-range",
      "cache-control", "pragma", "origin", "x-api-key", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded", "via",
      "x-request-id", "x-real-ip", "expect", "transfer-encoding", "priority",
    ].map { Array($0.utf8) })

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
    event.milliseconds = record.upstreamTime.map { Int32(clamping: max($0, 0) / 1000) } ?? -1
    event.bytes = record.bodyBytesSent
    event.headerOrder = record.headerOrder.map(ClientEvent.stackHash) ?? 0
    event.fingerprint = record.fingerprint.map(ClientEvent.stackHash) ?? 0
    event.standing = source
    let issued = record.issuedSession.map {
      ClientIdentity(
        address: address, userAgent: userAgent, session: Array(ShortHash.text($0).utf8), key: key.map { Array(ShortHash.text($0).utf8) })
    }
    return monitor.observe(event, of: client, issuing: issued)
  }
}
