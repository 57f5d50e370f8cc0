import EvidenceModel
import HTTPModel

/// Bounds on what a peer may send before its body.
public struct HeadLimits: Sendable {
  /// Bytes of the request line; longer is 414. 16 KiB by default.
  public var maximumLineBytes = 16 * 1024
  /// Bytes of one field line; longer is 431. 16 KiB by default.
  public var maximumFieldBytes = 16 * 1024
  /// Bytes of all field lines; more is 431. 64 KiB by default.
  public var maximumSectionBytes = 64 * 1024
  /// Field lines; more is 431. 128 by default.
  public var maximumFieldCount = 128

  public init() {}

  /// Nothing longer is ever kept while the end of a head is sought.
  public var maximumHeadBytes: Int { maximumLineBytes + maximumSectionBytes + 8 }
}

/// How the end of a body is found (RFC 9112 section 6.3).
public enum BodyFraming: Sendable, Equatable {
  case none
  case length(Int)
  case chunked
  /// To the end of the connection; responses only.
  case untilClose
}

/// A request's head, parsed strictly; broken ones too, as far as they could be read.
public struct ParsedRequestHead: Sendable {
  public var head: RequestHead
  public var framing: BodyFraming
  /// Whether the connection may carry another request.
  public var isPersistent: Bool
  public var expectsContinue: Bool
  /// Broken HTTP: refused always, after phase 1 has seen what there is.
  public var fault: FramingFault?
  /// Merely odd, but forwarding it would be ambiguous: refused after the rules have spoken.
  public var ambiguity: FramingFault?
}

/// Finds and reads a request's head in a buffer, in place.
///
/// Strict as RFC 9112 allows: bare CR or LF, folded lines, blanks before a colon, NUL, a wrong or second Content-Length, a
/// Transfer-Encoding that is not exactly `chunked`, and both together are faults. Raw bytes, order and case are kept.
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
    var reader = HeadReader(bytes: bytes, limits: limits)
    // RFC 9112 section 2.2: one empty line before a request is ignored.
    var start = 0
    if bytes.count >= 2, bytes[0] == 0x0D, bytes[1] == 0x0A { start = 2 }
    guard let end = reader.findEnd(from: start) else {
      if bytes.count > limits.maximumHeadBytes {
        return .head(reader.request(start..<bytes.count, isComplete: false, isTooLong: true), consumed: bytes.count)
      }
      if atEnd, bytes.count > start {
        return .head(reader.request(start..<bytes.count, isComplete: false, isTooLong: false), consumed: bytes.count)
      }
      return .needsMore
    }
    return .head(reader.request(start..<end, isComplete: true, isTooLong: end - start > limits.maximumHeadBytes), consumed: end)
  }
}

/// Cuts a head into lines and lines into parts.
struct HeadReader {
  let bytes: UnsafeRawBufferPointer
  let limits: HeadLimits
  private var fault: FramingFault?
  private var ambiguity: FramingFault?

  init(bytes: UnsafeRawBufferPointer, limits: HeadLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  private mutating func refuse(_ status: Int, _ detail: String) {
    if fault == nil { fault = FramingFault(status: status, detail: detail) }
  }

  private mutating func doubt(_ status: Int, _ detail: String) {
    if ambiguity == nil { ambiguity = FramingFault(status: status, detail: detail) }
  }

  /// One past the empty line that ends the head; lines may end in a bare LF here, which is a fault later.
  func findEnd(from start: Int) -> Int? {
    var index = start
    var lineStart = start
    while index < bytes.count {
      if bytes[index] == 0x0A {
        let length = index - lineStart
        if length == 0 || (length == 1 && bytes[lineStart] == 0x0D) { return index + 1 }
        lineStart = index + 1
      }
      index += 1
    }
    return nil
  }

  private func array(_ range: Range<Int>) -> [UInt8] { Array(bytes[range]) }

  mutating func request(_ range: Range<Int>, isComplete: Bool, isTooLong: Bool) -> ParsedRequestHead {
    var position = range.lowerBound
    let line = nextLine(&position, range.upperBound)
    if line.count > limits.maximumLineBytes { refuse(414, "the request line is longer than \(limits.maximumLineBytes) bytes") }
    if isTooLong { refuse(431, "the head is longer than \(limits.maximumHeadBytes) bytes") }
    if !isComplete { refuse(400, "the request's head was cut off") }
    let (method, target, version) = requestLine(line)
    let fields = self.fields(from: position, to: range.upperBound)
    let head = RequestHead(
      line: array(line), method: array(method), target: array(target), version: array(version), fields: fields)
    let framing = framing(of: fields, isHTTP10: head.version == Array("HTTP/1.0".utf8))
    check(head)
    return ParsedRequestHead(
      head: head, framing: framing, isPersistent: fault == nil && ambiguity == nil && Self.isPersistent(head.version, fields),
      expectsContinue: expectsContinue(fields), fault: fault, ambiguity: ambiguity)
  }

  /// The next line without its end; a bare LF and a CR within the line are faults.
  private mutating func nextLine(_ position: inout Int, _ end: Int) -> Range<Int> {
    let start = position
    var index = start
    while index < end, bytes[index] != 0x0A { index += 1 }
    position = min(index + 1, end)
    guard index < end else { return start..<index }
    guard index > start, bytes[index - 1] == 0x0D else {
      refuse(400, "a line ends in a bare LF")
      return start..<index
    }
    return start..<(index - 1)
  }

  private mutating func requestLine(_ line: Range<Int>) -> (Range<Int>, Range<Int>, Range<Int>) {
    for index in line where bytes[index] < 0x20 || bytes[index] == 0x7F {
      refuse(400, bytes[index] == 0x0D ? "a bare CR in the request line" : "a control byte in the request line")
    }
    var parts: [Range<Int>] = []
    var start = line.lowerBound
    for index in line where bytes[index] == 0x20 {
      parts.append(start..<index)
      start = index + 1
    }
    parts.append(start..<line.upperBound)
    switch parts.count {
    case 3 where parts.allSatisfy { !$0.isEmpty }: return (parts[0], parts[1], parts[2])
    case 2 where parts.allSatisfy { !$0.isEmpty }:
      // A line without a version: HTTP/0.9, which is answered by nobody any more.
      doubt(400, "the request line has no version")
      return (parts[0], parts[1], line.upperBound..<line.upperBound)
    default:
      refuse(400, "the request line is not method, target and version with one blank between them")
      let first = parts.first { !$0.isEmpty } ?? line.lowerBound..<line.lowerBound
      guard let last = parts.last, last.lowerBound > first.upperBound else {
        return (first, first.upperBound..<first.upperBound, line.upperBound..<line.upperBound)
      }
      let isVersion = last.count >= 5 && Array(bytes[last.lowerBound..<(last.lowerBound + 5)]) == Array("HTTP/".utf8)
      let targetEnd = isVersion ? last.lowerBound - 1 : line.upperBound
      let targetStart = min(first.upperBound + 1, targetEnd)
      return (first, targetStart..<targetEnd, isVersion ? last : line.upperBound..<line.upperBound)
    }
  }

  private mutating func fields(from start: Int, to end: Int) -> [Field] {
    var fields: [Field] = []
    var position = start
    if end - start > limits.maximumSectionBytes { refuse(431, "the fields are longer than \(limits.maximumSectionBytes) bytes") }
    while position < end {
      let line = nextLine(&position, end)
      if line.isEmpty { break }
      guard fields.count < limits.maximumFieldCount else {
        refuse(431, "more than \(limits.maximumFieldCount) fields")
        break
      }
      if line.count > limits.maximumFieldBytes { refuse(431, "a field is longer than \(limits.maximumFieldBytes) bytes") }
      if let field = field(line) { fields.append(field) }
    }
    return fields
  }

  private mutating func field(_ line: Range<Int>) -> Field? {
    if bytes[line.lowerBound] == 0x20 || bytes[line.lowerBound] == 0x09 {
      refuse(400, "a folded field line")  // RFC 9112 section 5.2
      return nil
    }
    guard let colon = line.first(where: { bytes[$0] == 0x3A }) else {
      refuse(400, "a field line without a colon")
      return nil
    }
    if colon == line.lowerBound { refuse(400, "a field without a name") }
    for index in line.lowerBound..<colon where !Self.isToken(bytes[index]) {
      // RFC 9112 section 5.1: no blank between name and colon.
      refuse(400, bytes[index] == 0x20 || bytes[index] == 0x09 ? "a blank in a field's name" : "a field's name is no token")
    }
    var first = colon + 1
    var last = line.upperBound
    while first < last, bytes[first] == 0x20 || bytes[first] == 0x09 { first += 1 }
    while last > first, bytes[last - 1] == 0x20 || bytes[last - 1] == 0x09 { last -= 1 }
    for index in first..<last where bytes[index] < 0x20 && bytes[index] != 0x09 || bytes[index] == 0x7F {
      refuse(400, bytes[index] == 0 ? "a NUL in a field" : bytes[index] == 0x0D ? "a bare CR in a field" : "a control byte in a field")
    }
    return Field(name: array(line.lowerBound..<colon), value: array(first..<last))
  }

  /// RFC 9110 section 5.6.2.
  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"),
      UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"),
      UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  mutating func framing(of fields: [Field], isHTTP10: Bool) -> BodyFraming {
    var lengths: [[UInt8]] = []
    var codings: [[UInt8]] = []
    for field in fields {
      if field.isNamed("content-length") { lengths.append(field.value) }
      if field.isNamed("transfer-encoding") { codings.append(field.value) }
    }
    if !codings.isEmpty {
      // Both together is how requests are smuggled (RFC 9112 section 6.1); refusing is the only answer all parsers agree on.
      if !lengths.isEmpty { refuse(400, "Content-Length together with Transfer-Encoding") }
      if codings.count > 1 { refuse(400, "more than one Transfer-Encoding") }
      if isHTTP10 { refuse(400, "Transfer-Encoding in HTTP/1.0") }
      guard codings[0].map(asciiLowercased).elementsEqual("chunked".utf8) else {
        refuse(501, "a Transfer-Encoding other than chunked")
        return .none
      }
      return .chunked
    }
    guard let value = lengths.first else { return .none }
    if lengths.count > 1 { refuse(400, "more than one Content-Length") }
    guard !value.isEmpty, value.count <= 18, value.allSatisfy({ $0 &- 0x30 < 10 }) else {
      refuse(400, "a Content-Length that is no number")
      return .none
    }
    return .length(value.reduce(0) { $0 * 10 + Int($1 &- 0x30) })
  }

  private mutating func check(_ head: RequestHead) {
    for byte in head.method where !Self.isToken(byte) { refuse(400, "the method is no token (byte \(byte))") }
    if head.target.contains(UInt8(ascii: "#")) { refuse(400, "a # in the target") }
    let hosts = head.fields.filter { $0.isNamed("host") }
    if hosts.count > 1 { refuse(400, "more than one Host") }
    let version = head.version
    if version == Array("HTTP/1.1".utf8) {
      if hosts.isEmpty { doubt(400, "no Host") }
      if let host = hosts.first, host.value.isEmpty { doubt(400, "an empty Host") }
    } else if version != Array("HTTP/1.0".utf8), !version.isEmpty {
      let isHTTP = version.starts(with: "HTTP/".utf8)
      if isHTTP { doubt(400, "an unknown version") } else { refuse(400, "the version is not that of HTTP") }
    }
    if let host = hosts.first, !host.value.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Self.isOddInHost($0) }) {
      refuse(400, "an invalid Host")
    }
    checkTarget(head)
  }

  private static func isOddInHost(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "@"), UInt8(ascii: "\\"), UInt8(ascii: "<"),
      UInt8(ascii: ">"),
      UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "%"):
      true
    default: false
    }
  }

  /// RFC 9112 section 3.2: origin form, absolute form, `*` for OPTIONS, authority form for CONNECT.
  private mutating func checkTarget(_ head: RequestHead) {
    guard let first = head.target.first else { return }
    if head.method == Array("CONNECT".utf8) {
      doubt(400, "CONNECT is not offered")
      return
    }
    if first == UInt8(ascii: "/") { return }
    if head.target == [UInt8(ascii: "*")], head.method == Array("OPTIONS".utf8) { return }
    let lower = head.target.prefix(8).map(asciiLowercased)
    if lower.starts(with: "http://".utf8) || lower.starts(with: "https://".utf8) { return }
    doubt(400, "a target that does not begin with a slash")
  }

  private static func isPersistent(_ version: [UInt8], _ fields: [Field]) -> Bool {
    var options: [UInt8] = []
    for field in fields where field.isNamed("connection") { options += field.value.map(asciiLowercased) + [0x2C] }
    let names = options.split(separator: 0x2C).map { $0.filter { $0 != 0x20 && $0 != 0x09 } }
    if names.contains(where: { $0.elementsEqual("close".utf8) }) { return false }
    if version == Array("HTTP/1.1".utf8) { return true }
    return version == Array("HTTP/1.0".utf8) && names.contains { $0.elementsEqual("keep-alive".utf8) }
  }

  private mutating func expectsContinue(_ fields: [Field]) -> Bool {
    guard let value = fields.firstValue(of: "expect") else { return false }
    if value.map(asciiLowercased).elementsEqual("100-continue".utf8) { return true }
    doubt(417, "an expectation other than 100-continue")
    return false
  }

  // MARK: Responses

  mutating func response(_ range: Range<Int>, toHEAD: Bool) -> ParsedResponseHead? {
    var position = range.lowerBound
    let line = nextLine(&position, range.upperBound)
    // HTTP/1.x SP three digits SP reason
    guard line.count >= 12, Array(bytes[line.lowerBound..<(line.lowerBound + 7)]) == Array("HTTP/1.".utf8),
      bytes[line.lowerBound + 8] == 0x20
    else { return nil }
    var status = 0
    for index in (line.lowerBound + 9)..<(line.lowerBound + 12) {
      guard bytes[index] &- 0x30 < 10 else { return nil }
      status = status * 10 + Int(bytes[index] &- 0x30)
    }
    guard status >= 100 else { return nil }
    if line.count > 12, bytes[line.lowerBound + 12] != 0x20 { return nil }
    let version = array(line.lowerBound..<(line.lowerBound + 8))
    let reason = line.count > 13 ? array((line.lowerBound + 13)..<line.upperBound) : []
    let fields = self.fields(from: position, to: range.upperBound)
    let hasFraming = fields.contains { $0.isNamed("content-length") || $0.isNamed("transfer-encoding") }
    var framing = self.framing(of: fields, isHTTP10: false)
    if fault != nil { return nil }
    // RFC 9112 section 6.3: no body, whatever the fields say.
    if toHEAD || status == 204 || status == 304 || status < 200 { framing = .none } else if !hasFraming { framing = .untilClose }
    let isPersistent = Self.isPersistent(version, fields) && framing != .untilClose
    return ParsedResponseHead(
      response: Response(version: version, status: status, reason: reason, fields: fields), framing: framing, isPersistent: isPersistent)
  }
}

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
    case head(ParsedResponseHead, consumed: Int)
    case broken
  }

  /// - Parameter toHEAD: the request was HEAD, so that no body follows.
  public func parse(_ bytes: UnsafeRawBufferPointer, toHEAD: Bool) -> Result {
    var reader = HeadReader(bytes: bytes, limits: limits)
    guard let end = reader.findEnd(from: 0) else { return bytes.count > limits.maximumHeadBytes ? .broken : .needsMore }
    guard let head = reader.response(0..<end, toHEAD: toHEAD) else { return .broken }
    return .head(head, consumed: end)
  }
}
