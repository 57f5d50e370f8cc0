import EvidenceModel
import HTTPModel

/// A request's head, parsed strictly; broken ones too, as far as they could be read.
public struct ParsedRequestHead: Sendable {
  public var head: RequestHead
  public var framing: BodyFraming
  /// Whether the connection may carry another request.
  public var isPersistent: Bool
  public var expectsContinue: Bool
  /// Broken HTTP: refused always, after the rules have seen what there is.
  public var fault: FramingFault?
  /// Merely odd, but forwarding it would be ambiguous: refused after the rules have spoken.
  public var ambiguity: FramingFault?
}

/// Finds and reads a request's head in a buffer, in place.
///
/// Strict where RFC 9112 lets a recipient be lenient: bare CR or LF, folded lines, blanks before a colon, NUL, a wrong or second
/// Content-Length, a Transfer-Encoding that is not exactly `chunked`, and both together are faults. Raw bytes, order and case are
/// kept. Time is linear in the head's length if the same `HeadScan` is given while it arrives. A value; safe from any task.
public struct RequestHeadParser: Sendable {
  public let limits: HeadLimits

  public init(limits: HeadLimits = HeadLimits()) { self.limits = limits }

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
    var reader = HeadReader(bytes: bytes, limits: limits)
    // RFC 9112 section 2.2: one empty line before a request is ignored.
    let start = bytes.count >= 2 && bytes[0] == 0x0D && bytes[1] == 0x0A ? 2 : 0
    let known = scan.position
    if scan.position < start { scan = HeadScan(position: start, lineStart: start) }
    if bytes.count == 1, bytes[0] == 0x0D, !atEnd { return .needsMore }
    if let end = reader.findEnd(&scan) {
      return .head(reader.request(start..<end, isTooLong: end - start > limits.maximumHeadBytes), consumed: end)
    }
    let isTooLong = bytes.count - start > limits.maximumHeadBytes
    // What is certain to be refused is refused now: a line that is too long, or one that a bare CR was meant to end.
    let lineLimit = scan.lineStart == start ? limits.maximumLineBytes : limits.maximumFieldBytes
    if isTooLong || bytes.count - scan.lineStart > lineLimit + 1 || reader.hasBareCR(from: max(start, known - 1)) {
      return .head(reader.request(start..<bytes.count, isTooLong: isTooLong), consumed: bytes.count)
    }
    if atEnd, bytes.count > start {
      return .head(reader.request(start..<bytes.count, isTooLong: false, isCutOff: true), consumed: bytes.count)
    }
    return .needsMore
  }
}

extension HeadReader {
  mutating func request(_ range: Range<Int>, isTooLong: Bool, isCutOff: Bool = false) -> ParsedRequestHead {
    var position = range.lowerBound
    let line = nextLine(&position, range.upperBound)
    if line.count > limits.maximumLineBytes { refuse(414, "the request line is longer than \(limits.maximumLineBytes) bytes") }
    if isTooLong { refuse(431, "the head is longer than \(limits.maximumHeadBytes) bytes") }
    if isCutOff { refuse(400, "the request's head was cut off") }
    let (method, target, version) = requestLine(line)
    let fields = self.fields(from: position, to: range.upperBound)
    let head = RequestHead(line: array(line), method: array(method), target: array(target), version: array(version), fields: fields)
    let isHTTP10 = head.version.equals("HTTP/1.0")
    let isHTTP11 = head.version.equals("HTTP/1.1")
    let framing = framing(of: fields, isHTTP10: isHTTP10)
    checkMethodAndTarget(head)
    checkVersion(head.version, isKnown: isHTTP10 || isHTTP11)
    checkHost(head, isHTTP11: isHTTP11)
    let expectsContinue = checkExpectation(fields, isHTTP11: isHTTP11)
    let isPersistent =
      fault == nil && ambiguity == nil && (isHTTP10 || isHTTP11) && Self.isPersistent(isHTTP11: isHTTP11, fields)
    return ParsedRequestHead(
      head: head, framing: framing, isPersistent: isPersistent, expectsContinue: expectsContinue, fault: fault, ambiguity: ambiguity)
  }

  /// Method, target and version; what cannot be told apart is put where a person would put it.
  private mutating func requestLine(_ line: Range<Int>) -> (Range<Int>, Range<Int>, Range<Int>) {
    var blanks = (first: -1, second: -1, count: 0)
    for index in line {
      let byte = bytes[index]
      if byte == 0x20 {
        if blanks.count == 0 { blanks.first = index } else if blanks.count == 1 { blanks.second = index }
        blanks.count += 1
      } else if byte < 0x20 || byte == 0x7F {
        refuse(400, byte == 0x0D ? "a bare CR in the request line" : "a control byte in the request line")
      }
    }
    let none = line.upperBound..<line.upperBound
    if blanks.count == 2, blanks.first > line.lowerBound, blanks.second > blanks.first + 1, blanks.second + 1 < line.upperBound {
      return (line.lowerBound..<blanks.first, (blanks.first + 1)..<blanks.second, (blanks.second + 1)..<line.upperBound)
    }
    if blanks.count == 1, blanks.first > line.lowerBound, blanks.first + 1 < line.upperBound {
      // A line without a version: HTTP/0.9, which is answered by nobody any more.
      doubt(400, "the request line has no version")
      return (line.lowerBound..<blanks.first, (blanks.first + 1)..<line.upperBound, none)
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
  private mutating func checkMethodAndTarget(_ head: RequestHead) {
    if !head.method.allSatisfy(ByteClass.isToken) { refuse(400, "the method is no token") }
    guard let first = head.target.first else { return }
    if head.target.contains(0x23) { refuse(400, "a # in the target") }
    // RFC 3986 section 2: only ASCII; how other bytes are read differs from parser to parser.
    if head.target.contains(where: { $0 >= 0x80 }) { doubt(400, "a byte beyond ASCII in the target") }
    let path = head.target.prefix { $0 != 0x3F }
    if path.contains(0x5C) { doubt(400, "a backslash in the target's path") }
    if head.method.equals("CONNECT") {
      // Its target is host:port (RFC 9110 section 9.3.6); without a port it is no target at all.
      let hasPort = head.target.contains(0x3A) && !head.target.contains(0x2F) && Self.hasValidPort(head.target)
      return doubt(hasPort ? 405 : 400, "CONNECT is not offered")
    }
    if first == 0x2F { return }
    if head.target.equals("*"), head.method.equals("OPTIONS") { return }
    if head.authority == nil { doubt(400, "a target that is neither a path nor an http address") }
  }

  private mutating func checkVersion(_ version: [UInt8], isKnown: Bool) {
    if isKnown || version.isEmpty { return }
    guard version.count == 8, version.starts(with: "HTTP/".utf8), ByteClass.isDigit(version[5]), version[6] == 0x2E,
      ByteClass.isDigit(version[7])
    else { return refuse(400, "the version is not that of HTTP") }
    // Versions before 1.0 have no head; those after 1.1 are not offered.
    doubt(version[5] == 0x30 ? 400 : 505, "a version of HTTP other than 1.0 and 1.1")
  }

  /// RFC 9112 section 3.2: exactly one, well-formed, and the same as in the target's absolute form.
  private mutating func checkHost(_ head: RequestHead, isHTTP11: Bool) {
    var host: [UInt8]?
    for field in head.fields where field.isNamed("host") {
      if host != nil { refuse(400, "more than one Host") }
      host = host ?? field.value
    }
    // What stands in the target becomes the Host that is sent on (section 3.2.2), so it is held to the same rules.
    if let authority = head.authority { checkAuthority(authority, "the target's host") }
    guard let host else {
      if isHTTP11 { doubt(400, "no Host") }
      return
    }
    if host.isEmpty, isHTTP11 { doubt(400, "an empty Host") }
    checkAuthority(host, "Host")
    if let authority = head.authority, !authority.lazy.map(asciiLowercased).elementsEqual(host.lazy.map(asciiLowercased)) {
      doubt(400, "Host and the target name different hosts")
    }
  }

  private mutating func checkAuthority(_ host: [UInt8], _ name: String) {
    if host.contains(where: Self.isForeignToHost) { return refuse(400, "\(name) is invalid") }
    if !Self.hasValidPort(host) { refuse(400, "an invalid port in \(name)") }
    // Percent encoding is legal there and never used; a control byte in that guise must not go on.
    if host.contains(0x25) { doubt(400, "percent encoding in \(name)") }
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
  private static func hasValidPort(_ host: [UInt8]) -> Bool {
    let rest: ArraySlice<UInt8>
    if host.first == UInt8(ascii: "[") {
      guard let end = host.firstIndex(of: UInt8(ascii: "]")) else { return false }
      rest = host[(end + 1)...]
      if let first = rest.first, first != 0x3A { return false }
    } else {
      rest = host[(host.firstIndex(of: 0x3A) ?? host.endIndex)...]
    }
    return rest.count <= 6 && rest.dropFirst().allSatisfy(ByteClass.isDigit)
  }

  private mutating func checkExpectation(_ fields: [Field], isHTTP11: Bool) -> Bool {
    // RFC 9110 section 10.1.1: an expectation of an HTTP/1.0 client is ignored.
    guard isHTTP11, let value = fields.firstValue(of: "expect") else { return false }
    if value.lazy.map(asciiLowercased).equals("100-continue") { return true }
    doubt(417, "an expectation other than 100-continue")
    return false
  }
}

extension RequestHead {
  /// The authority of a target in absolute form (`http://host:port/path`), or nil for every other target.
  public var authority: [UInt8]? {
    guard let range = authorityRange else { return nil }
    return Array(target[range])
  }

  /// The target in origin form: what stands after the authority, or the target itself.
  public var originForm: [UInt8] {
    guard let range = authorityRange else { return target }
    let rest = target[range.upperBound...]
    return rest.first == 0x2F ? Array(rest) : [0x2F] + rest
  }

  private var authorityRange: Range<Int>? {
    guard let first = target.first, first | 0x20 == 0x68 else { return nil }
    let scheme = target.prefix(8).map(asciiLowercased)
    let start = scheme.starts(with: "http://".utf8) ? 7 : scheme.starts(with: "https://".utf8) ? 8 : 0
    guard start > 0 else { return nil }
    let end = target[start...].firstIndex { $0 == 0x2F || $0 == 0x3F || $0 == 0x23 } ?? target.endIndex
    return start < end ? start..<end : nil
  }
}
