import EvidenceModel
import HTTPModel

/// A request's head, parsed strictly; broken ones too, as far as they could be read. Ranges are places in its `HeadBytes`.
public struct RequestParts: Sendable {
  /// The request line without its end, and its parts; empty where the line had fewer.
  public var line = 0..<0
  public var method = 0..<0
  public var target = 0..<0
  public var version = 0..<0
  /// In a target in absolute form (`http://host:port/path`), else nil.
  public var authority: Range<Int>?
  public var isHTTP10 = false
  public var framing = BodyFraming.none
  /// Whether the connection may carry another request.
  public var isPersistent = false
  /// Whether `Connection` names fields of this hop.
  public var namesFields = false
  public var expectsContinue = false
  /// Broken HTTP: refused always, after the rules have seen what there is.
  public var fault: FramingFault?
  /// Merely odd, but forwarding it would be ambiguous: refused after the rules have spoken.
  public var ambiguity: FramingFault?

  public init() {}
}

/// The same with values of its own.
public struct ParsedRequestHead: Sendable {
  public var head: RequestHead
  public var framing: BodyFraming
  public var isPersistent: Bool
  public var expectsContinue: Bool
  public var fault: FramingFault?
  public var ambiguity: FramingFault?
}

/// Finds and reads a request's head in a buffer, in place.
///
/// Strict where RFC 9112 lets a recipient be lenient: bare CR or LF, folded lines, blanks before a colon, NUL, a wrong or second
/// Content-Length, a Transfer-Encoding that is not exactly `chunked`, and both together are faults. Raw bytes, order and case are
/// kept. Time is linear in the head's length if the same `HeadScan` is given while it arrives. A value; safe from any task.
public struct RequestHeadParser: Sendable {
  public let limits: HeadLimits
  /// Whether what is merely odd is broken too. Off by default: the rules judge it.
  public let isStrict: Bool

  public init(limits: HeadLimits = HeadLimits(), isStrict: Bool = false) {
    self.limits = limits
    self.isStrict = isStrict
  }

  public enum Result: Sendable {
    case needsMore
    /// The head and how many bytes it took.
    case head(ParsedRequestHead, consumed: Int)
  }

  /// - Parameter atEnd: nothing will follow; what is there is read as a head that was cut off.
  public func parse(_ bytes: UnsafeRawBufferPointer, atEnd: Bool = false) -> Result {
    var scan = HeadScan()
    return parse(bytes, scan: &scan, atEnd: atEnd)
  }

  /// - Parameters:
  ///   - bytes: everything of this head that has arrived, from its first byte.
  ///   - scan: where the last call for this head stopped.
  public func parse(_ bytes: UnsafeRawBufferPointer, scan: inout HeadScan, atEnd: Bool = false) -> Result {
    let head = HeadBytes()
    var parts = RequestParts()
    guard let consumed = parse(bytes, scan: &scan, atEnd: atEnd, into: head, &parts) else { return .needsMore }
    let parsed = ParsedRequestHead(
      head: head.requestHead(parts), framing: parts.framing, isPersistent: parts.isPersistent, expectsContinue: parts.expectsContinue,
      fault: parts.fault, ambiguity: parts.ambiguity)
    return .head(parsed, consumed: consumed)
  }

  /// The same without values of their own for the parts.
  ///
  /// - Returns: how many bytes the head took, or nil if it is not whole; then `head` and `parts` stay as they were.
  public func parse(
    _ bytes: UnsafeRawBufferPointer, scan: inout HeadScan, atEnd: Bool = false, into head: HeadBytes, _ parts: inout RequestParts
  ) -> Int? {
    var reader = HeadReader(bytes: bytes, limits: limits, isStrict: isStrict)
    // RFC 9112 section 2.2: one empty line before a request is ignored.
    let start = bytes.count >= 2 && bytes[0] == 0x0D && bytes[1] == 0x0A ? 2 : 0
    let known = scan.position
    if scan.position < start { scan = HeadScan(position: start, lineStart: start) }
    if bytes.count == 1, bytes[0] == 0x0D, !atEnd { return nil }
    // An empty line at the very end of what has come: at least one whole head is there, and reading it finds its end.
    let isWhole = known == 0 && bytes.count - start >= 4 && bytes.count <= limits.maximumHeadBytes && bytes.endsWithEmptyLine
    if let end = isWhole ? bytes.count : reader.findEnd(&scan) {
      return reader.request(start..<end, isTooLong: end - start > limits.maximumHeadBytes, into: head, &parts)
    }
    let isTooLong = bytes.count - start > limits.maximumHeadBytes
    // What is certain to be refused is refused now: a line that is too long, or one that a bare CR was meant to end.
    let lineLimit = scan.lineStart == start ? limits.maximumLineBytes : limits.maximumFieldBytes
    if isTooLong || bytes.count - scan.lineStart > lineLimit + 1 || reader.hasBareCR(from: max(start, known - 1)) {
      return reader.request(start..<bytes.count, isTooLong: isTooLong, into: head, &parts)
    }
    if atEnd, bytes.count > start {
      return reader.request(start..<bytes.count, isTooLong: false, isCutOff: true, into: head, &parts)
    }
    return nil
  }
}

extension UnsafeRawBufferPointer {
  fileprivate var endsWithEmptyLine: Bool {
    loadUnaligned(fromByteOffset: count - 4, as: UInt32.self) == UInt32(littleEndian: 0x0A0D_0A0D)
  }
}

extension HeadBytes {
  /// The request's head with values of its own.
  public func requestHead(_ parts: RequestParts) -> RequestHead {
    RequestHead(
      line: array(parts.line), method: array(parts.method), target: array(parts.target), version: array(parts.version), fields: fields())
  }
}

extension HeadReader {
  /// - Returns: how many bytes the head took.
  mutating func request(
    _ range: Range<Int>, isTooLong: Bool, isCutOff: Bool = false, into head: HeadBytes, _ parts: inout RequestParts
  ) -> Int {
    var position = range.lowerBound
    parts.line = nextLine(&position, range.upperBound)
    if parts.line.count > limits.maximumLineBytes { refuse(414, "the request line is longer than \(limits.maximumLineBytes) bytes") }
    if isTooLong { refuse(431, "the head is longer than \(limits.maximumHeadBytes) bytes") }
    if isCutOff { refuse(400, "the request's head was cut off") }
    (parts.method, parts.target, parts.version) = requestLine(parts.line)
    // An empty first line is an empty head.
    if parts.line.isEmpty { head.spans.removeAll() } else { fields(from: &position, to: range.upperBound, into: &head.spans) }
    parts.isHTTP10 = bytes.equals(parts.version, "HTTP/1.0")
    let isHTTP11 = bytes.equals(parts.version, "HTTP/1.1")
    parts.authority = authority(in: parts.target)
    parts.framing = framing(of: head.spans, isHTTP10: parts.isHTTP10)
    checkMethodAndTarget(parts)
    checkVersion(parts.version, isKnown: parts.isHTTP10 || isHTTP11)
    checkHost(head.spans, authority: parts.authority, isHTTP11: isHTTP11)
    parts.expectsContinue = checkExpectation(head.spans, isHTTP11: isHTTP11)
    head.keep(UnsafeRawBufferPointer(rebasing: bytes[..<position]))
    if isStrict { checkStrictly(head.requestHead(parts), parts.framing, isHTTP10: parts.isHTTP10) }
    let connection = connection(head.spans, isHTTP11: isHTTP11)
    parts.isPersistent = connection.isPersistent && fault == nil && ambiguity == nil && (parts.isHTTP10 || isHTTP11)
    parts.namesFields = connection.namesFields
    parts.fault = fault
    parts.ambiguity = ambiguity
    return position
  }

  /// Method, target and version; what cannot be told apart is put where a person would put it.
  private mutating func requestLine(_ line: Range<Int>) -> (Range<Int>, Range<Int>, Range<Int>) {
    if bytes.hasControl(line) || bytes.first(0x09, in: line) != nil {
      refuse(400, bytes.first(0x0D, in: line) != nil ? "a bare CR in the request line" : "a control byte in the request line")
    }
    let none = line.upperBound..<line.upperBound
    if let first = bytes.first(0x20, in: line), first > line.lowerBound {
      let rest = (first + 1)..<line.upperBound
      if let second = bytes.first(0x20, in: rest) {
        let version = (second + 1)..<line.upperBound
        if second > rest.lowerBound, !version.isEmpty, bytes.first(0x20, in: version) == nil {
          return (line.lowerBound..<first, rest.lowerBound..<second, version)
        }
      } else if !rest.isEmpty {
        // A line without a version: HTTP/0.9, which is answered by nobody any more.
        doubt(400, "the request line has no version")
        return (line.lowerBound..<first, rest, none)
      }
    }
    refuse(400, "the request line is not method, target and version with one blank between them")
    let words = line.split { bytes[$0] == 0x20 }
    guard let method = words.first, let last = words.last, words.count > 1 else { return (words.first ?? none, none, none) }
    let isVersion = bytes[last].starts(with: "HTTP/".utf8) && words.count > 2
    let targetStart = words[1].lowerBound
    let targetEnd = isVersion ? words[words.count - 2].upperBound : line.upperBound
    return (method, targetStart..<max(targetStart, targetEnd), isVersion ? last : none)
  }

  /// RFC 9112 section 3.2: origin form, absolute form, `*` for OPTIONS. CONNECT would be a tunnel past the rules.
  private mutating func checkMethodAndTarget(_ parts: RequestParts) {
    if !bytes[parts.method].allSatisfy(ByteClass.isToken) { refuse(400, "the method is no token") }
    let target = parts.target
    guard !target.isEmpty else { return }
    if bytes.first(0x23, in: target) != nil { refuse(400, "a # in the target") }
    // RFC 3986 section 2: only ASCII; how other bytes are read differs from parser to parser.
    if bytes.hasHighByte(target) { doubt(400, "a byte beyond ASCII in the target") }
    let path = target.lowerBound..<(bytes.first(0x3F, in: target) ?? target.upperBound)
    if bytes.first(0x5C, in: path) != nil { doubt(400, "a backslash in the target's path") }
    if bytes.equals(parts.method, "CONNECT") {
      // Its target is host:port (RFC 9110 section 9.3.6); without a port it is no target at all.
      let hasPort = bytes.first(0x3A, in: target) != nil && bytes.first(0x2F, in: target) == nil && hasValidPort(target)
      return doubt(hasPort ? 405 : 400, "CONNECT is not offered")
    }
    if bytes[target.lowerBound] == 0x2F { return }
    if bytes.equals(target, "*"), bytes.equals(parts.method, "OPTIONS") { return }
    if parts.authority == nil { doubt(400, "a target that is neither a path nor an http address") }
  }

  private func authority(in target: Range<Int>) -> Range<Int>? {
    guard !target.isEmpty, bytes[target.lowerBound] | 0x20 == 0x68 else { return nil }
    return RequestHead.authority(in: bytes[target])
  }

  private mutating func checkVersion(_ version: Range<Int>, isKnown: Bool) {
    if isKnown || version.isEmpty { return }
    let digits = (version.lowerBound + 5, version.lowerBound + 7)
    guard version.count == 8, bytes[version].starts(with: "HTTP/".utf8), ByteClass.isDigit(bytes[digits.0]), bytes[digits.0 + 1] == 0x2E,
      ByteClass.isDigit(bytes[digits.1])
    else { return refuse(400, "the version is not that of HTTP") }
    // Versions before 1.0 have no head; those after 1.1 are not offered.
    doubt(bytes[digits.0] == 0x30 ? 400 : 505, "a version of HTTP other than 1.0 and 1.1")
  }

  /// RFC 9112 section 3.2: exactly one, well-formed, and the same as in the target's absolute form.
  private mutating func checkHost(_ spans: [FieldSpan], authority: Range<Int>?, isHTTP11: Bool) {
    var host: Range<Int>?
    for span in spans where span.isExactly(.host) {
      if host != nil { refuse(400, "more than one Host") }
      host = host ?? span.value
    }
    // What stands in the target becomes the Host that is sent on (section 3.2.2), so it is held to the same rules.
    if let authority { checkAuthority(authority, isTarget: true) }
    guard let host else {
      if isHTTP11 { doubt(400, "no Host") }
      return
    }
    if host.isEmpty, isHTTP11 { doubt(400, "an empty Host") }
    checkAuthority(host, isTarget: false)
    if let authority, !bytes[authority].lazy.map(asciiLowercased).elementsEqual(bytes[host].lazy.map(asciiLowercased)) {
      doubt(400, "Host and the target name different hosts")
    }
  }

  private mutating func checkAuthority(_ host: Range<Int>, isTarget: Bool) {
    var name: String { isTarget ? "the target's host" : "Host" }
    if bytes[host].contains(where: Self.isForeignToHost) { return refuse(400, "\(name) is invalid") }
    if !hasValidPort(host) { refuse(400, "an invalid port in \(name)") }
    // Percent encoding is legal there and never used; a control byte in that guise must not go on.
    if bytes.first(0x25, in: host) != nil { doubt(400, "percent encoding in \(name)") }
  }

  private static func isForeignToHost(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x7F...0xFF: true
    case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "@"), UInt8(ascii: "\\"), UInt8(ascii: "<"),
      UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "|"),
      UInt8(ascii: "^"), UInt8(ascii: "`"):
      true
    default: false
    }
  }

  /// Whether what follows the name is `:` and digits, or nothing.
  private func hasValidPort(_ host: Range<Int>) -> Bool {
    let rest: Range<Int>
    if !host.isEmpty, bytes[host.lowerBound] == UInt8(ascii: "[") {
      guard let end = bytes.first(UInt8(ascii: "]"), in: host) else { return false }
      rest = (end + 1)..<host.upperBound
      if !rest.isEmpty, bytes[rest.lowerBound] != 0x3A { return false }
    } else {
      rest = (bytes.first(0x3A, in: host) ?? host.upperBound)..<host.upperBound
    }
    return rest.count <= 6 && bytes[rest].dropFirst().allSatisfy(ByteClass.isDigit)
  }

  private mutating func checkExpectation(_ spans: [FieldSpan], isHTTP11: Bool) -> Bool {
    // RFC 9110 section 10.1.1: an expectation of an HTTP/1.0 client is ignored.
    guard isHTTP11, let span = spans.first(where: { $0.isExactly(.expect) }) else { return false }
    if bytes[span.value].lazy.map(asciiLowercased).equals("100-continue") { return true }
    doubt(417, "an expectation other than 100-continue")
    return false
  }
}

extension RequestHead {
  /// The authority of a target in absolute form (`http://host:port/path`), or nil for every other target.
  public var authority: [UInt8]? {
    guard let range = Self.authority(in: target[...]) else { return nil }
    return Array(target[range])
  }

  /// The target in origin form: what stands after the authority, or the target itself.
  public var originForm: [UInt8] {
    guard let range = Self.authority(in: target[...]) else { return target }
    let rest = target[range.upperBound...]
    return rest.first == 0x2F ? Array(rest) : [0x2F] + rest
  }

  static func authority<Bytes: RandomAccessCollection<UInt8>>(in target: Bytes) -> Range<Int>? where Bytes.Index == Int {
    guard let first = target.first, first | 0x20 == 0x68 else { return nil }
    let scheme = target.prefix(8).map(asciiLowercased)
    let offset = scheme.starts(with: "http://".utf8) ? 7 : scheme.starts(with: "https://".utf8) ? 8 : 0
    guard offset > 0 else { return nil }
    let start = target.startIndex + offset
    let end = target[start...].firstIndex { $0 == 0x2F || $0 == 0x3F || $0 == 0x23 } ?? target.endIndex
    return start < end ? start..<end : nil
  }
}
