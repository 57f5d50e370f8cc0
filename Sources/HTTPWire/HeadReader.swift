import EvidenceModel
import Glibc
import HTTPModel

/// Cuts a head into lines and lines into parts. Takes note of the first thing that is wrong and reads on.
struct HeadReader {
  let bytes: UnsafeRawBufferPointer
  let limits: HeadLimits
  let isStrict: Bool
  /// Broken HTTP.
  private(set) var fault: FramingFault?
  /// Odd, and forwarding it would be ambiguous.
  private(set) var ambiguity: FramingFault?

  init(bytes: UnsafeRawBufferPointer, limits: HeadLimits, isStrict: Bool = false) {
    self.bytes = bytes
    self.limits = limits
    self.isStrict = isStrict
  }

  mutating func refuse(_ status: Int, _ detail: String) {
    if fault == nil { fault = FramingFault(status: status, detail: detail) }
  }

  mutating func doubt(_ status: Int, _ detail: String) {
    if ambiguity == nil { ambiguity = FramingFault(status: status, detail: detail) }
  }

  /// One past the empty line that ends the head. Lines may end in a bare LF here, which is a fault later.
  func findEnd(_ scan: inout HeadScan) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    while scan.position < bytes.count {
      guard let found = memchr(base + scan.position, 0x0A, bytes.count - scan.position) else {
        scan.position = bytes.count
        return nil
      }
      let index = UnsafeRawPointer(found) - base
      let length = index - scan.lineStart
      scan.position = index + 1
      if length == 0 || (length == 1 && bytes[scan.lineStart] == 0x0D) { return index + 1 }
      scan.lineStart = index + 1
    }
    return nil
  }

  /// Whether a CR stands there that no LF follows. One at the very end may still get its LF.
  func hasBareCR(from start: Int) -> Bool {
    guard let base = bytes.baseAddress else { return false }
    var position = start
    while position + 1 < bytes.count, let found = memchr(base + position, 0x0D, bytes.count - 1 - position) {
      let index = UnsafeRawPointer(found) - base
      if bytes[index + 1] != 0x0A { return true }
      position = index + 1
    }
    return false
  }

  func array(_ range: Range<Int>) -> [UInt8] { Array(bytes[range]) }

  /// The next line without its end; a bare LF is a fault.
  mutating func nextLine(_ position: inout Int, _ end: Int) -> Range<Int> {
    let start = position
    guard start < end, let base = bytes.baseAddress, let found = memchr(base + start, 0x0A, end - start) else {
      position = end
      return start..<end
    }
    let index = UnsafeRawPointer(found) - base
    position = index + 1
    guard index > start, bytes[index - 1] == 0x0D else {
      refuse(400, "a line ends in a bare LF")
      return start..<index
    }
    return start..<(index - 1)
  }

  /// The field lines of a head, as far as they can be read.
  mutating func fields(from start: Int, to end: Int) -> [Field] {
    var fields: [Field] = []
    fields.reserveCapacity(16)
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

  /// One field line, or nil if there is nothing of a field in it.
  private mutating func field(_ line: Range<Int>) -> Field? {
    if ByteClass.isBlank(bytes[line.lowerBound]) {
      refuse(400, "a folded field line")  // RFC 9112 section 5.2
      return nil
    }
    guard let colon = line.first(where: { bytes[$0] == 0x3A }) else {
      refuse(400, "a field line without a colon")
      return nil
    }
    if colon == line.lowerBound { refuse(400, "a field without a name") }
    for index in line.lowerBound..<colon where !ByteClass.isToken(bytes[index]) {
      // RFC 9112 section 5.1: no blank between name and colon.
      refuse(400, ByteClass.isBlank(bytes[index]) ? "a blank in a field's name" : "a field's name is no token")
    }
    var first = colon + 1
    var last = line.upperBound
    while first < last, ByteClass.isBlank(bytes[first]) { first += 1 }
    while last > first, ByteClass.isBlank(bytes[last - 1]) { last -= 1 }
    for index in first..<last where (bytes[index] < 0x20 && bytes[index] != 0x09) || bytes[index] == 0x7F {
      refuse(400, bytes[index] == 0 ? "a NUL in a field" : bytes[index] == 0x0D ? "a bare CR in a field" : "a control byte in a field")
    }
    let field = Field(name: array(line.lowerBound..<colon), value: array(first..<last))
    // A tab around a value is legal, and some parsers do not take it off. Where the body's end depends on it, that is too many.
    if first > colon + 1 || last < line.upperBound,
      (colon + 1..<first).contains(where: isTab) || (last..<line.upperBound).contains(where: isTab),
      field.isNamed("transfer-encoding") || field.isNamed("content-length")
    {
      refuse(400, "a tab around the value of a field that frames the body")
    }
    return field
  }

  private func isTab(_ index: Int) -> Bool { bytes[index] == 0x09 }

  /// How the body is framed (RFC 9112 section 6.3); anything that two parsers could read differently is a fault.
  mutating func framing(of fields: [Field], isHTTP10: Bool) -> BodyFraming {
    var length: [UInt8]?
    var coding: [UInt8]?
    for field in fields {
      if field.isNamed("content-length") {
        if length != nil { refuse(400, "more than one Content-Length") }
        length = length ?? field.value
      } else if field.isNamed("transfer-encoding") {
        if coding != nil { refuse(400, "more than one Transfer-Encoding") }
        coding = coding ?? field.value
      }
    }
    if let coding {
      // Both together is how requests are smuggled (section 6.1); refusing is the only answer on which all parsers agree.
      if length != nil { refuse(400, "Content-Length together with Transfer-Encoding") }
      if isHTTP10 { refuse(400, "Transfer-Encoding in HTTP/1.0") }
      guard coding.lazy.map(asciiLowercased).equals("chunked") else {
        refuse(501, "a Transfer-Encoding other than chunked")
        return .none
      }
      return .chunked
    }
    guard let length else { return .none }
    guard !length.isEmpty, length.count <= 18, length.allSatisfy(ByteClass.isDigit) else {
      refuse(400, "a Content-Length that is no number")
      return .none
    }
    return .length(length.reduce(0) { $0 * 10 + Int($1 &- 0x30) })
  }

  /// Whether the connection may carry another message (RFC 9112 section 9.3).
  static func isPersistent(isHTTP11: Bool, _ fields: [Field]) -> Bool {
    var keepsAlive = isHTTP11
    for field in fields where field.isNamed("connection") {
      for option in field.value.split(separator: 0x2C) {
        let name = option.lazy.filter { !ByteClass.isBlank($0) }.map(asciiLowercased)
        if name.equals("close") { return false }
        if name.equals("keep-alive") { keepsAlive = true }
      }
    }
    return keepsAlive
  }
}
