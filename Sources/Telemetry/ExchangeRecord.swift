import Detection
import EvidenceModel
import HTTPModel
import Reporting
import SecLang

/// Everything that is written down of one exchange; made once, when the answer is known.
public struct ExchangeRecord: Sendable {
  public var request: Request
  /// The session identity, if the request carried one.
  public var sessionID: [UInt8]?
  public var apiKey: [UInt8]?
  public var status: Int
  public var outcome: InspectionOutcome
  /// Bytes of the answer's body and of the whole answer.
  public var bodyBytesSent = 0
  public var bytesSent = 0
  public var requestBytes = 0
  /// Microseconds.
  public var queueTime = 0
  public var inspectionTime = 0
  /// The same by phase; -1 for a phase that did not run. Index 0 is unused.
  public var phaseTimes = SIMD8<Int32>(repeating: -1)
  /// Whether the answer was one of our own: a refusal, or an error of the way.
  public var isOwnAnswer = false
  /// Who broke the answer off, if somebody did.
  public var brokenOffBy: Party?
  public var upstreamTime: Int?
  public var totalTime = 0

  /// Those who can end an answer that is under way, whose status has gone out already.
  public enum Party: String, Sendable { case client, upstream }

  public init(request: Request, status: Int, outcome: InspectionOutcome) {
    self.request = request
    self.status = status
    self.outcome = outcome
  }
}

/// Which exchanges get an audit record.
public enum AuditSelection: String, Sendable, CaseIterable {
  /// Those with a match, a refusal, or a 5xx of ours.
  case relevant
  case all
  case off

  /// What `SecAuditEngine` asks for; `relevant` if no file says anything.
  public init(_ mode: AuditMode?) {
    switch mode {
    case .on: self = .all
    case .off: self = .off
    case .relevantOnly, nil: self = .relevant
    }
  }

  public func selects(_ record: ExchangeRecord) -> Bool {
    switch self {
    case .all: true
    case .off: false
    case .relevant:
      record.isOwnAnswer || record.outcome.isAuditRelevant || record.outcome.would != nil
        || record.outcome.evidence.rules.contains(where: \.isLogged)
    }
  }
}

/// The proxy's audit record: one JSON object a line.
public enum AuditRecord {
  public static func line(for record: ExchangeRecord) -> [UInt8] {
    var json = JSONText()
    let request = record.request
    let outcome = record.outcome
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
    json.string(Redaction.target(request.head.target))
    json.key("protocol")
    json.string(request.head.version, limit: 64)
    json.key("status")
    json.number(record.status)
    json.key("verdict")
    json.string(outcome.verdict.kind.rawValue)
    json.key("would")
    if let would = outcome.would { json.string(would.rawValue) } else { json.null() }
    json.key("score")
    json.number(outcome.verdict.score)
    json.key("label")
    json.string(outcome.verdict.label.rawValue)
    json.key("anomaly")
    json.beginObject()
    json.key("inbound")
    json.number(outcome.evidence.anomaly.inbound)
    json.key("outbound")
    json.number(outcome.evidence.anomaly.outbound)
    json.endObject()
    json.key("rules")
    json.beginArray()
    for match in outcome.evidence.rules where match.isLogged { write(match, to: &json) }
    json.endArray()
    json.key("schema")
    json.beginArray()
    json.endArray()
    json.key("evidence")
    json.beginArray()
    if let fault = outcome.evidence.framing {
      json.beginObject()
      json.key("signal")
      json.string("framing")
      json.key("detail")
      json.string(fault.detail)
      json.endObject()
    }
    for signal in outcome.evidence.behavior {
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
    json.string(request.head.fields.firstValue(of: "user-agent") ?? [], limit: 1024)
    json.endObject()
    return json.bytes
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
    json.string(match.matched.contains { Redaction.isSecret($0.name) } ? Array("(redacted)".utf8) : match.data)
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
      json.string(Redaction.isSecret(value.name) ? Array("(redacted)".utf8) : value.value, limit: 512)
      json.endObject()
    }
    json.endArray()
    json.endObject()
  }
}

/// Hides what must not stand in a log: values whose names speak of passwords, tokens, cookies or authorization.
public enum Redaction {
  private static let words = [
    "passw", "passwd", "pwd", "secret", "token", "authorization", "api_key", "apikey", "api-key", "cvv", "card_number",
  ]
  .map { Array($0.utf8) }

  /// Whether `name`, such as `ARGS:password` or `REQUEST_COOKIES:sid`, names a secret.
  public static func isSecret(_ name: [UInt8]) -> Bool {
    let lower = name.map(asciiLowercased)
    if lower.starts(with: "request_cookies:".utf8) || lower.elementsEqual("request_headers:cookie".utf8) { return true }
    if lower.starts(with: "args_names:".utf8) { return false }
    return words.contains { contains(lower, $0) }
  }

  /// The target with the values of secret parameters taken out.
  public static func target(_ target: [UInt8]) -> [UInt8] {
    guard let mark = target.firstIndex(of: 0x3F) else { return target }
    var result = Array(target[...mark])
    for (index, pair) in target[(mark + 1)...].split(separator: 0x26, omittingEmptySubsequences: false).enumerated() {
      if index > 0 { result.append(0x26) }
      if let equals = pair.firstIndex(of: 0x3D), isSecret(Array(pair[..<equals])) {
        result += pair[...equals] + Array("(redacted)".utf8)
      } else {
        result += pair
      }
    }
    return result
  }

  private static func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
    guard text.count >= word.count else { return false }
    for start in 0...(text.count - word.count) where text[start..<(start + word.count)].elementsEqual(word) { return true }
    return false
  }
}

/// A short name for a secret: 64 bits of FNV-1a in hex. It tells sessions apart in a report; it is no proof of anything.
public enum ShortHash {
  public static func text(_ bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// Times as text, without a calendar library: UTC only.
public enum TimestampText {
  /// `2026-11-20T19:58:02.114Z`
  public static func rfc3339(_ time: Timestamp) -> String {
    let (date, micros) = parts(time)
    return
      "\(date.year)-\(two(date.month))-\(two(date.day))T\(two(date.hour)):\(two(date.minute)):\(two(date.second)).\(three(micros / 1000))Z"
  }

  /// `20/Nov/2026:19:58:02 +0000`
  public static func common(_ time: Timestamp) -> String {
    let (date, _) = parts(time)
    return "\(two(date.day))/\(months[date.month - 1])/\(date.year):\(two(date.hour)):\(two(date.minute)):\(two(date.second)) +0000"
  }

  /// `Fri, 20 Nov 2026 19:58:02 GMT`, the form that HTTP prefers (RFC 9110 section 5.6.7).
  public static func http(_ time: Timestamp) -> String {
    let (date, _) = parts(time)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    return
      "\(days[date.weekday]), \(two(date.day)) \(months[date.month - 1]) \(date.year) \(two(date.hour)):\(two(date.minute)):\(two(date.second)) GMT"
  }

  /// Seconds with three decimals, as nginx's `$msec`.
  public static func seconds(_ time: Timestamp) -> String {
    let milliseconds = time.microseconds / 1000
    return "\(milliseconds / 1000).\(three(Int(milliseconds % 1000)))"
  }

  /// A duration in microseconds as seconds with three decimals, as nginx's `$request_time`.
  public static func duration(_ microseconds: Int) -> String {
    let milliseconds = max(microseconds, 0) / 1000
    return "\(milliseconds / 1000).\(three(milliseconds % 1000))"
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  private static func three(_ number: Int) -> String { number < 10 ? "00\(number)" : number < 100 ? "0\(number)" : "\(number)" }

  private static func parts(_ time: Timestamp) -> (CivilDate, microseconds: Int) {
    let seconds = Int(time.microseconds / 1_000_000)
    return (CivilDate(epochSeconds: seconds), Int(time.microseconds % 1_000_000))
  }
}
