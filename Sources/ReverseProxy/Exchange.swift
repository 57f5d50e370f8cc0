import Detection
import EvidenceModel
import HTTPModel
import HTTPWire
import NIOCore
import Telemetry

/// What of the configuration each exchange needs; all of it would be many values to copy.
struct BodyLimits {
  var grace: Duration
  var minimumRate: Int
  var isStrict: Bool
}

/// One request on its way: what was read, what the rules said, what is still to come. Confined to its event loop.
final class Exchange {
  /// The request's head; no other is parsed into it while the exchange lasts.
  let head: HeadBytes
  let parts: RequestParts
  let name: RequestName
  let started: NIODeadline
  /// The peer, or whom a trusted one names.
  let origin: Endpoint
  let server: Endpoint
  let received: Timestamp
  /// `X-Forwarded-For` of a trusted peer, to which ours is added.
  let forwardedFor: [UInt8]?
  private let rules: LoopRules
  /// Whether there is nothing that rules could say about it, and nobody who wants to know: then none of them are asked.
  let isLean: Bool

  /// The body without its transfer coding, as far as it is held.
  var body: [UInt8] = []
  var bodyLeft = 0
  var decoder: ChunkedDecoder
  /// For the part of the body behind the limit, if it is inspected.
  var windows: BodyWindows?
  /// The answer's body, as far as it is held for phase 4.
  var answerBody: [UInt8] = []
  var pace: BodyPace
  private let budget: HeldBytes
  /// Bytes taken from the budget.
  private var heldCount = 0
  /// Microseconds by phase, from 1; -1 for a phase that did not run. Not one vector of eight, which would have to be allocated
  /// aligned.
  private var phaseTimes = (Int32(-1), Int32(-1), Int32(-1), Int32(-1), Int32(-1))
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
  /// Who is asking, as far as behavior is accounted; nil if it is not.
  var identity: BehaviorIdentity?
  var isRefusedForBehavior = false
  /// The session that the answer gives out.
  var issuedSession: [UInt8]?
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
    head: HeadBytes, parts: RequestParts, name: RequestName, started: NIODeadline, origin: Endpoint, server: Endpoint,
    received: Timestamp, forwardedFor: [UInt8]?, rules: LoopRules, isLean: Bool, limits: BodyLimits, budget: HeldBytes
  ) {
    self.head = head
    self.parts = parts
    self.name = name
    self.started = started
    self.origin = origin
    self.server = server
    self.received = received
    self.forwardedFor = forwardedFor
    self.rules = rules
    self.isLean = isLean
    self.budget = budget
    pace = BodyPace(started: started, grace: limits.grace, minimumRate: limits.minimumRate)
    decoder = ChunkedDecoder(isStrict: limits.isStrict)
    canRetry = Self.isIdempotent(UnsafeRawBufferPointer(rebasing: head.bytes[parts.method]))
    if case .length(let count) = parts.framing { bodyLeft = count }
  }

  deinit { if heldCount > 0 { budget.giveBack(heldCount) } }

  /// The request with values of its own, for the rules and the logs.
  lazy var request = Request(
    head: head.requestHead(parts), body: .absent, client: origin, server: server, received: received, id: name.text)

  lazy var inspection: Inspection = rules.inspector.begin(request, scratch: rules.scratch)

  var inspector: Inspector { rules.inspector }
  /// Whether limits of bodies refuse; under a brake they only mark.
  var isEnforcing: Bool { rules.isEnforcing }

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
  private static func isIdempotent(_ method: UnsafeRawBufferPointer) -> Bool {
    switch method.count {
    case 3: method.elementsEqual("GET".utf8) || method.elementsEqual("PUT".utf8)
    case 4: method.elementsEqual("HEAD".utf8)
    case 5: method.elementsEqual("TRACE".utf8)
    case 6: method.elementsEqual("DELETE".utf8)
    case 7: method.elementsEqual("OPTIONS".utf8)
    default: false
    }
  }

  var isHEAD: Bool { parts.method.count == 4 && head.bytes[parts.method].elementsEqual("HEAD".utf8) }
  var isHTTP10: Bool { parts.isHTTP10 }

  /// Whether all of the request's body was read.
  var isBodyComplete: Bool {
    switch parts.framing {
    case .none, .untilClose: true
    case .length: bodyLeft == 0
    case .chunked: decoder.isDone
    }
  }

  /// How a body that is held as a whole is sent on.
  var heldFraming: BodyFraming { parts.framing == .none ? .none : .length(body.count) }

  /// Runs a phase and adds its time.
  func timed<Result>(_ phase: Int, _ body: (Inspection) -> Result) -> Result {
    let start = NIODeadline.now()
    defer { add(Int32(clamping: (NIODeadline.now() - start).nanoseconds / 1000), to: phase) }
    return body(inspection)
  }

  private func add(_ time: Int32, to phase: Int) {
    withUnsafeMutableBytes(of: &phaseTimes) { room in
      let times = room.bindMemory(to: Int32.self)
      times[phase - 1] = max(times[phase - 1], 0) &+ time
    }
  }

  var totalTime: Int { totalTime(at: .now()) }

  func totalTime(at now: NIODeadline) -> Int { Int((now - started).nanoseconds / 1000) }

  func record(status: Int) -> ExchangeRecord {
    let outcome = timed(5) { $0.finish(status: status) }
    var record = ExchangeRecord(request: request, status: status, outcome: outcome)
    let (one, two, three, four, five) = phaseTimes
    record.phaseTimes = SIMD8(-1, one, two, three, four, five, -1, -1)
    record.inspectionTime = [one, two, three, four, five].reduce(0) { $0 + max(Int($1), 0) }
    record.upstreamTime = upstreamTime
    record.requestBytes = requestBytes
    record.bytesSent = bytesSent
    record.bodyBytesSent = bodyBytesSent
    record.isOwnAnswer = isOwnAnswer
    record.isRefusedForBehavior = isRefusedForBehavior
    record.sessionID = identity?.session
    record.apiKey = identity?.key
    record.issuedSession = issuedSession
    record.headerOrder = BehaviorIdentity.headerOrder(request.head.fields)
    record.brokenOffBy = brokenOffBy
    record.totalTime = totalTime
    return record
  }
}
