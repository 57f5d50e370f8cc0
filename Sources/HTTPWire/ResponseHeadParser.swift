import EvidenceModel
import HTTPModel

/// A response's head.
public struct ParsedResponseHead: Sendable {
  public var response: Response
  public var framing: BodyFraming
  /// Whether the connection may carry another request.
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

  /// - Parameter toHEAD: the request was HEAD, so that no body follows.
  public func parse(_ bytes: UnsafeRawBufferPointer, toHEAD: Bool) -> Result {
    var scan = HeadScan()
    return parse(bytes, scan: &scan, toHEAD: toHEAD)
  }

  /// - Parameters:
  ///   - bytes: everything of this head that has arrived, from its first byte.
  ///   - scan: where the last call for this head stopped.
  public func parse(_ bytes: UnsafeRawBufferPointer, scan: inout HeadScan, toHEAD: Bool) -> Result {
    var reader = HeadReader(bytes: bytes, limits: limits)
    guard let end = reader.findEnd(&scan) else {
      guard bytes.count > limits.maximumHeadBytes else { return .needsMore }
      return .broken(FramingFault(status: 502, detail: "the answer's head is longer than \(limits.maximumHeadBytes) bytes"))
    }
    if let head = reader.response(0..<end, toHEAD: toHEAD), reader.fault == nil { return .head(head, consumed: end) }
    return .broken(FramingFault(status: 502, detail: reader.fault?.detail ?? "the answer's status line is broken"))
  }
}

extension HeadReader {
  /// Nil if there is no status line.
  mutating func response(_ range: Range<Int>, toHEAD: Bool) -> ParsedResponseHead? {
    var position = range.lowerBound
    let line = nextLine(&position, range.upperBound)
    // HTTP/1.x, a blank, three digits, a blank, a reason.
    let start = line.lowerBound
    guard line.count >= 12, bytes[start..<(start + 7)].equals("HTTP/1."), ByteClass.isDigit(bytes[start + 7]), bytes[start + 8] == 0x20
    else { return nil }
    var status = 0
    for index in (start + 9)..<(start + 12) {
      guard ByteClass.isDigit(bytes[index]) else { return nil }
      status = status * 10 + Int(bytes[index] &- 0x30)
    }
    guard status >= 100, line.count == 12 || bytes[start + 12] == 0x20 else { return nil }
    let isHTTP10 = bytes[start + 7] == 0x30
    let reason = line.count > 13 ? array((start + 13)..<line.upperBound) : []
    if reason.contains(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) { refuse(502, "a control byte in the reason") }
    let fields = self.fields(from: position, to: range.upperBound)
    var framing = self.framing(of: fields, isHTTP10: isHTTP10)
    // RFC 9112 section 6.3: no body, whatever the fields say.
    if toHEAD || status == 204 || status == 304 || status < 200 {
      framing = .none
    } else if framing == .none {
      framing = .untilClose
    }
    return ParsedResponseHead(
      response: Response(version: array(start..<(start + 8)), status: status, reason: reason, fields: fields), framing: framing,
      isPersistent: framing != .untilClose && Self.isPersistent(isHTTP11: !isHTTP10, fields))
  }
}
