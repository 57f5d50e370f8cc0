import Detection
import EvidenceModel
import HTTPModel
import HTTPWire
import NIOCore
import Telemetry

/// One request on its way: what was read, what the rules said, what is still to come.
final class Exchange {
  let parsed: ParsedRequestHead
  let request: Request
  let inspection: Inspection
  let started: NIODeadline
  /// `X-Forwarded-For` of a trusted peer, to which ours is added.
  let forwardedFor: [UInt8]?
  /// The body without its transfer coding, as far as it is held.
  var body: [UInt8] = []
  var bodyLeft = 0
  var decoder = ChunkedDecoder()
  var inspectionTime = 0
  var upstreamStarted: NIODeadline?
  var upstreamTime: Int?
  var requestBytes = 0
  var bytesSent = 0
  var bodyBytesSent = 0
  var isRecorded = false
  /// Whether an attempt may be made again on a fresh connection: nothing of an answer was seen, and the whole request is held.
  var canRetry = true

  init(parsed: ParsedRequestHead, request: Request, inspection: Inspection, started: NIODeadline, forwardedFor: [UInt8]?) {
    self.parsed = parsed
    self.request = request
    self.inspection = inspection
    self.started = started
    self.forwardedFor = forwardedFor
    if case .length(let count) = parsed.framing { bodyLeft = count }
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

  /// Runs a phase and adds its time.
  func timed<Result>(_ body: (Inspection) -> Result) -> Result {
    let start = NIODeadline.now()
    defer { inspectionTime += Int((NIODeadline.now() - start).nanoseconds / 1000) }
    return body(inspection)
  }

  func record(status: Int) -> ExchangeRecord {
    let outcome = timed { $0.finish(status: status) }
    var record = ExchangeRecord(request: request, status: status, outcome: outcome)
    record.inspectionTime = inspectionTime
    record.upstreamTime = upstreamTime
    record.requestBytes = requestBytes
    record.bytesSent = bytesSent
    record.bodyBytesSent = bodyBytesSent
    record.totalTime = Int((NIODeadline.now() - started).nanoseconds / 1000)
    return record
  }
}
