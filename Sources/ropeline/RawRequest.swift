import Detection
import EvidenceModel
import Glibc
import HTTPModel
import HTTPWire
import RuleEngine

/// One raw HTTP/1.1 request from a file, and its way through the engine without a network.
struct RawRequest {
  let bytes: [UInt8]

  /// The address that such a request seems to come from: one of those kept for documentation.
  static let client = Endpoint(address: "192.0.2.1", port: 40_000)

  /// Whether there are line ends, and none is that of HTTP.
  var endsLinesInLF: Bool { bytes.contains(0x0A) && !bytes.contains(0x0D) }

  /// Whether the first line is text of some kind: anything else has nothing to be explained.
  var looksLikeRequest: Bool {
    let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
    let odd = line.count { $0 < 0x20 && $0 != 0x09 || $0 >= 0x7F }
    return line.contains(0x20) && odd * 4 <= line.count
  }

  /// Parses the bytes and runs all five phases over them, as the proxy does before it answers.
  /// Nil if there is not a byte of a request.
  func inspect(with inspector: Inspector, scratch: InspectionScratch, trace: TransactionTrace? = nil) -> InspectionOutcome? {
    guard let (parsed, body, bodyFault) = parse() else { return nil }
    let request = Request(
      head: parsed.head, body: .absent, client: Self.client, server: Endpoint(address: "127.0.0.1", port: 80), received: Self.now(),
      id: "request-from-file")
    let inspection = inspector.begin(request, scratch: scratch)
    inspection.trace = trace
    var verdict = inspection.inspectHead()
    if let fault = parsed.fault {
      _ = inspection.inspectBody([])
      inspection.report(fault)
      return inspection.finish(status: fault.status)
    }
    if verdict.kind != .block {
      switch inspection.requestBodyDemand {
      case .none: verdict = inspection.inspectBody([])
      case .buffer(let limit, _):
        verdict = inspection.inspectBody(Array(body.prefix(limit)), isTruncated: body.count > limit || bodyFault != nil)
      }
      if let fault = bodyFault ?? parsed.ambiguity {
        inspection.report(fault)
        return inspection.finish(status: fault.status)
      }
    }
    if verdict.kind != .block { verdict = inspection.inspectResponseHead(Response(status: 200, fields: [])) }
    if verdict.kind != .block { verdict = inspection.inspectResponseBody([]) }
    return inspection.finish(status: verdict.status ?? 200)
  }

  /// Nil if there is not a byte of a request; else the head, the body without its transfer coding, and what was wrong with the body.
  func parse() -> (ParsedRequestHead, body: [UInt8], FramingFault?)? {
    bytes.withUnsafeBytes { buffer in
      guard case .head(let parsed, let consumed) = RequestHeadParser().parse(buffer, atEnd: true) else {
        return nil
      }
      let rest = UnsafeRawBufferPointer(rebasing: buffer[consumed...])
      switch parsed.framing {
      case .none, .untilClose: return (parsed, [], nil)
      case .length(let count):
        let isCut = rest.count < count
        return (parsed, Array(rest.prefix(count)), isCut ? FramingFault(status: 400, detail: "the request's body was cut off") : nil)
      case .chunked:
        var decoder = ChunkedDecoder()
        var body: [UInt8] = []
        switch decoder.decode(rest, into: &body) {
        case .broken(let fault): return (parsed, body, fault)
        case .consumed:
          return (parsed, body, decoder.isDone ? nil : FramingFault(status: 400, detail: "the request's body was cut off"))
        }
      }
    }
  }

  private static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}
