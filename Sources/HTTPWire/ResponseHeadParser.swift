import EvidenceModel
import HTTPModel

/// A response's head. Ranges are places in its `HeadBytes`.
public struct ResponseParts: Sendable {
  public var status = 0
  public var version = 0..<0
  public var reason = 0..<0
  public var framing = BodyFraming.none
  /// Whether the connection may carry another request.
  public var isPersistent = false
  /// Whether `Connection` names fields of this hop.
  public var namesFields = false

  public init() {}
}

/// The same with values of its own.
public struct ParsedResponseHead: Sendable {
  public var response: Response
  public var framing: BodyFraming
  public var isPersistent: Bool
}

/// Finds and reads a response's head in a buffer. What is broken is the upstream's fault and becomes a 502.
public struct ResponseHeadParser: Sendable {
  public let limits: HeadLimits

  public init(limits: HeadLimits = HeadLimits()) { self.limits = limits }

  public enum Result: Sendable {
    case needsMore
    /// The head and how many bytes it took.
    case head(ParsedResponseHead, consumed: Int)
    case broken(FramingFault)
  }

  /// What became of bytes that were read in place.
  public enum Step: Sendable {
    case needsMore
    /// How many bytes the head took.
    case head(consumed: Int)
    case broken(FramingFault)
  }

  /// - Parameter toHEAD: the request was HEAD, so that no body follows.
  public func parse(_ bytes: UnsafeRawBufferPointer, toHEAD: Bool) -> Result {
    var scan = HeadScan()
    let head = HeadBytes()
    var parts = ResponseParts()
    switch parse(bytes, scan: &scan, toHEAD: toHEAD, into: head, &parts) {
    case .needsMore: return .needsMore
    case .broken(let fault): return .broken(fault)
    case .head(let consumed):
      let parsed = ParsedResponseHead(response: head.response(parts), framing: parts.framing, isPersistent: parts.isPersistent)
      return .head(parsed, consumed: consumed)
    }
  }

  /// - Parameters:
  ///   - bytes: everything of this head that has arrived, from its first byte.
  ///   - scan: where the last call for this head stopped.
  public func parse(
    _ bytes: UnsafeRawBufferPointer, scan: inout HeadScan, toHEAD: Bool, into head: HeadBytes, _ parts: inout ResponseParts
  ) -> Step {
    var reader = HeadReader(bytes: bytes, limits: limits)
    guard let end = reader.findEnd(&scan) else {
      guard bytes.count > limits.maximumHeadBytes else { return .needsMore }
      return .broken(FramingFault(status: 502, detail: "the answer's head is longer than \(limits.maximumHeadBytes) bytes"))
    }
    if reader.response(0..<end, toHEAD: toHEAD, into: head, &parts), reader.fault == nil { return .head(consumed: end) }
    return .broken(FramingFault(status: 502, detail: reader.fault?.detail ?? "the answer's status line is broken"))
  }
}

extension HeadBytes {
  /// The response with values of its own.
  public func response(_ parts: ResponseParts) -> Response {
    Response(version: array(parts.version), status: parts.status, reason: array(parts.reason), fields: fields())
  }
}

extension HeadReader {
  /// False if there is no status line.
  mutating func response(_ range: Range<Int>, toHEAD: Bool, into head: HeadBytes, _ parts: inout ResponseParts) -> Bool {
    var position = range.lowerBound
    let line = nextLine(&position, range.upperBound)
    // HTTP/1.x, a blank, three digits, a blank, a reason.
    let start = line.lowerBound
    guard line.count >= 12, bytes.equals(start..<(start + 7), "HTTP/1."), ByteClass.isDigit(bytes[start + 7]), bytes[start + 8] == 0x20
    else { return false }
    var status = 0
    for index in (start + 9)..<(start + 12) {
      guard ByteClass.isDigit(bytes[index]) else { return false }
      status = status * 10 + Int(bytes[index] &- 0x30)
    }
    guard status >= 100, line.count == 12 || bytes[start + 12] == 0x20 else { return false }
    let isHTTP10 = bytes[start + 7] == 0x30
    parts.status = status
    parts.version = start..<(start + 8)
    parts.reason = line.count > 13 ? (start + 13)..<line.upperBound : line.upperBound..<line.upperBound
    if bytes.hasControl(parts.reason) { refuse(502, "a control byte in the reason") }
    fields(from: &position, to: range.upperBound, into: &head.spans)
    parts.framing = framing(of: head.spans, isHTTP10: isHTTP10)
    // RFC 9112 section 6.3: no body, whatever the fields say.
    if toHEAD || status == 204 || status == 304 || status < 200 {
      parts.framing = .none
    } else if parts.framing == .none {
      parts.framing = .untilClose
    }
    let connection = connection(head.spans, isHTTP11: !isHTTP10)
    parts.isPersistent = parts.framing != .untilClose && connection.isPersistent
    parts.namesFields = connection.namesFields
    head.keep(UnsafeRawBufferPointer(rebasing: bytes[range]))
    return true
  }
}
