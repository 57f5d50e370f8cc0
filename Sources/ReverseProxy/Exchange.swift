import Detection
import EvidenceModel
import HTTPModel
import HTTPWire
import NIOCore
import Telemetry

/// One request on its way: what was read, what the rules said, what is still to come. Confined to its event loop.
final class Exchange {
  let parsed: ParsedRequestHead
  let request: Request
  let inspection: Inspection
  let started: NIODeadline
  /// Whether the peer's forwarding fields are believed.
  let isTrusted: Bool
  /// `X-Forwarded-For` of a trusted peer, to which ours is added.
  let forwardedFor: [UInt8]?
  /// Whether limits of bodies refuse; under a brake they only mark.
  let isEnforcing: Bool

  /// The body without its transfer coding, as far as it is held.
  var body: [UInt8] = []
  var bodyLeft = 0
  var decoder = ChunkedDecoder()
  /// The answer's body, as far as it is held for phase 4.
  var answerBody: [UInt8] = []
  var pace: BodyPace
  private let budget: HeldBytes
  /// Bytes taken from the budget.
  private var heldCount = 0
  /// Microseconds by phase; -1 for a phase that did not run. Index 0 is unused.
  private var phaseTimes = SIMD8<Int32>(repeating: -1)
  var upstreamStarted: NIODeadline?
  var upstreamTime: Int?
  var requestBytes = 0
  var bytesSent = 0
  var bodyBytesSent = 0
  var isRecorded = false
  /// Whether the answer's head says that the connection stays open: then nothing but a fault ends it with this answer.
  var keepsConnection = false
  /// Who broke the answer off, if somebody did.
  var brokenOffBy: ExchangeRecord.Party?
  /// Whether the answer is one of our own.
  var isOwnAnswer = false
  /// Upstreams that could not be reached for this exchange.
  var triedUpstreams: [Int] = []
  /// Whether the request may be sent once more on a fresh connection: all of it is held, nothing of an answer was seen, and doing
  /// it twice does no harm.
  var canRetry: Bool
  /// Whether this was done already; it is done once.
  var wasRetried = false

  init(
    parsed: ParsedRequestHead, request: Request, inspection: Inspection, started: NIODeadline, isTrusted: Bool, forwardedFor: [UInt8]?,
    isEnforcing: Bool, pace: BodyPace, budget: HeldBytes
  ) {
    self.parsed = parsed
    self.request = request
    self.inspection = inspection
    self.started = started
    self.isTrusted = isTrusted
    self.forwardedFor = forwardedFor
    self.isEnforcing = isEnforcing
    self.pace = pace
    self.budget = budget
    canRetry = Self.isIdempotent(parsed.head.method)
    if case .length(let count) = parsed.framing { bodyLeft = count }
  }

  deinit { budget.giveBack(heldCount) }

  /// Takes room for what has come to a body; false if all connections together hold too much already.
  func hold() -> Bool {
    let count = body.count + answerBody.count - heldCount
    guard count > 0 else { return true }
    guard budget.take(count) else { return false }
    heldCount += count
    return true
  }

  /// Gives the room of bodies back that are not held any more.
  func release() {
    let count = heldCount - body.count - answerBody.count
    guard count > 0 else { return }
    budget.giveBack(count)
    heldCount -= count
  }

  /// RFC 9110 section 9.2.2.
  private static func isIdempotent(_ method: [UInt8]) -> Bool {
    ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"].contains { method.elementsEqual($0.utf8) }
  }

  var isHEAD: Bool { request.head.method.elementsEqual("HEAD".utf8) }
  var isHTTP10: Bool { request.head.version.elementsEqual("HTTP/1.0".utf8) }

  /// Whether all of the request's body was read.
  var isBodyComplete: Bool {
    switch parsed.framing {
    case .none, .untilClose: true
    case .length: bodyLeft == 0
    case .chunked: decoder.isDone
    }
  }

  /// How a body that is held as a whole is sent on.
  var heldFraming: BodyFraming { parsed.framing == .none ? .none : .length(body.count) }

  /// Runs a phase and adds its time.
  func timed<Result>(_ phase: Int, _ body: (Inspection) -> Result) -> Result {
    let start = NIODeadline.now()
    defer { phaseTimes[phase] = max(phaseTimes[phase], 0) &+ Int32(clamping: (NIODeadline.now() - start).nanoseconds / 1000) }
    return body(inspection)
  }

  func record(status: Int) -> ExchangeRecord {
    let outcome = timed(5) { $0.finish(status: status) }
    var record = ExchangeRecord(request: request, status: status, outcome: outcome)
    record.phaseTimes = phaseTimes
    record.inspectionTime = (1...5).reduce(0) { $0 + max(Int(phaseTimes[$1]), 0) }
    record.upstreamTime = upstreamTime
    record.requestBytes = requestBytes
    record.bytesSent = bytesSent
    record.bodyBytesSent = bodyBytesSent
    record.isOwnAnswer = isOwnAnswer
    record.brokenOffBy = brokenOffBy
    record.totalTime = Int((NIODeadline.now() - started).nanoseconds / 1000)
    return record
  }
}
