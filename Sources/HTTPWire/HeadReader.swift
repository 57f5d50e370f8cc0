import EvidenceModel
import Glibc
import HTTPModel

/// Cuts a head into lines and lines into parts. Takes note of the first thing that is wrong and reads on.
struct HeadReader {
  let bytes: UnsafeRawBufferPointer
  let limits: HeadLimits
  let isStrict: Bool
  private let tables = KnownField.tables
  /// Broken HTTP.
  private(set) var fault: FramingFault?
  /// Odd, and forwarding it would be ambiguous.
  private(set) var ambiguity: FramingFault?

  init(bytes: UnsafeRawBufferPointer, limits: HeadLimits, isStrict: Bool = false) {
    self.bytes = bytes
    self.limits = limits
    self.isStrict = isStrict
  }

  @inline(never)
  mutating func refuse(_ status: Int, _ detail: String) {
    if fault == nil { fault = FramingFault(status: status, detail: detail) }
  }

  @inline(never)
  mutating func doubt(_ status: Int, _ detail: String) {
    if ambiguity == nil { ambiguity = FramingFault(status: status, detail: detail) }
  }

  /// One past the empty line that ends the head. Lines may end in a bare LF here, which is a fault later.
  func findEnd(_ scan: inout HeadScan) -> Int? {
    while let index = bytes.first(0x0A, in: scan.position..<bytes.count) {
      let length = index - scan.lineStart
      scan.position = index + 1
      if length == 0 || (length == 1 && bytes[scan.lineStart] == 0x0D) { return index + 1 }
      scan.lineStart = index + 1
    }
    scan.position = bytes.count
    return nil
  }

  /// Whether a CR stands there that no LF follows. One at the very end may still get its LF.
  func hasBareCR(from start: Int) -> Bool {
    var position = start
    while position + 1 < bytes.count, let index = bytes.first(0x0D, in: position..<(bytes.count - 1)) {
      if bytes[index + 1] != 0x0A { return true }
      position = index + 1
    }
    return false
  }

  /// The next line without its end; a bare LF is a fault.
  mutating func nextLine(_ position: inout Int, _ end: Int) -> Range<Int> {
    let start = position
    guard start < end, let index = bytes.first(0x0A, in: start..<end) else {
      position = end
      return start..<end
    }
    position = index + 1
    guard index > start, bytes[index - 1] == 0x0D else {
      refuse(400, "a line ends in a bare LF")
      return start..<index
    }
    return start..<(index - 1)
  }

  /// The field lines of a head, as far as they can be read; `position` ends behind the empty line after them.
  mutating func fields(from position: inout Int, to end: Int, into spans: inout [FieldSpan]) {
    let start = position
    spans.removeAll(keepingCapacity: true)
    var lineEnd = position
    while position < end {
      let line = nextLine(&position, end)
      lineEnd = position
      if line.isEmpty { break }
      guard spans.count < limits.maximumFieldCount else {
        refuse(431, "more than \(limits.maximumFieldCount) fields")
        position = end
        break
      }
      if line.count > limits.maximumFieldBytes { refuse(431, "a field is longer than \(limits.maximumFieldBytes) bytes") }
      field(line, into: &spans)
    }
    if lineEnd - start > limits.maximumSectionBytes { refuse(431, "the fields are longer than \(limits.maximumSectionBytes) bytes") }
  }

  /// One field line, if there is anything of a field in it.
  private mutating func field(_ line: Range<Int>, into spans: inout [FieldSpan]) {
    if ByteClass.isBlank(bytes[line.lowerBound]) { return refuse(400, "a folded field line") }  // RFC 9112 section 5.2
    var colon = line.lowerBound
    var classes: UInt8 = 0
    while colon < line.upperBound {
      let byte = bytes[colon]
      if byte == 0x3A { break }
      classes |= tables.classes[Int(byte)]
      colon += 1
    }
    let hasUnderscore = classes & KnownField.Tables.underscore != 0
    let name = line.lowerBound..<colon
    if colon == line.upperBound { return refuse(400, "a field line without a colon") }
    if name.isEmpty { refuse(400, "a field without a name") }
    if classes & KnownField.Tables.notToken != 0, let wrong = bytes[name].first(where: { !ByteClass.isToken($0) }) {
      // RFC 9112 section 5.1: no blank between name and colon.
      refuse(400, ByteClass.isBlank(wrong) ? "a blank in a field's name" : "a field's name is no token")
    }
    var first = colon + 1
    var last = line.upperBound
    while first < last, ByteClass.isBlank(bytes[first]) { first += 1 }
    while last > first, ByteClass.isBlank(bytes[last - 1]) { last -= 1 }
    if bytes.hasControl(first..<last), let wrong = bytes[first..<last].first(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) {
      refuse(400, wrong == 0 ? "a NUL in a field" : wrong == 0x0D ? "a bare CR in a field" : "a control byte in a field")
    }
    let known = KnownField.of(UnsafeRawBufferPointer(rebasing: bytes[name]), in: tables)
    let isCanonical = first == colon + 2 && bytes[colon + 1] == 0x20 && last == line.upperBound
    spans.append(FieldSpan(name: name, value: first..<last, known: known, hasUnderscore: hasUnderscore, isCanonical: isCanonical))
    // A tab around a value is legal, and some parsers do not take it off. Where the body's end depends on it, that is too many.
    if !isCanonical, !hasUnderscore, known == .transferEncoding || known == .contentLength,
      bytes.first(0x09, in: (colon + 1)..<first) != nil || bytes.first(0x09, in: last..<line.upperBound) != nil
    {
      refuse(400, "a tab around the value of a field that frames the body")
    }
  }

  /// How the body is framed (RFC 9112 section 6.3); anything that two parsers could read differently is a fault.
  mutating func framing(of spans: [FieldSpan], isHTTP10: Bool) -> BodyFraming {
    var length: Range<Int>?
    var coding: Range<Int>?
    for span in spans {
      if span.isExactly(.contentLength) {
        if length != nil { refuse(400, "more than one Content-Length") }
        length = length ?? span.value
      } else if span.isExactly(.transferEncoding) {
        if coding != nil { refuse(400, "more than one Transfer-Encoding") }
        coding = coding ?? span.value
      }
    }
    if let coding {
      // Both together is how requests are smuggled (section 6.1); refusing is the only answer on which all parsers agree.
      if length != nil { refuse(400, "Content-Length together with Transfer-Encoding") }
      if isHTTP10 { refuse(400, "Transfer-Encoding in HTTP/1.0") }
      guard bytes[coding].lazy.map(asciiLowercased).equals("chunked") else {
        refuse(501, "a Transfer-Encoding other than chunked")
        return .none
      }
      return .chunked
    }
    guard let length else { return .none }
    guard !length.isEmpty, length.count <= 18, bytes[length].allSatisfy(ByteClass.isDigit) else {
      refuse(400, "a Content-Length that is no number")
      return .none
    }
    return .length(bytes[length].reduce(0) { $0 * 10 + Int($1 &- 0x30) })
  }

  /// Whether the connection may carry another message (RFC 9112 section 9.3), and whether `Connection` names fields of this hop.
  func connection(_ spans: [FieldSpan], isHTTP11: Bool) -> (isPersistent: Bool, namesFields: Bool) {
    var closes = false
    var keepsAlive = isHTTP11
    var namesFields = false
    for span in spans where span.isExactly(.connection) {
      var start = span.value.lowerBound
      while start <= span.value.upperBound {
        let end = bytes.first(0x2C, in: start..<span.value.upperBound) ?? span.value.upperBound
        if isOption(start..<end, "close") {
          closes = true
        } else if isOption(start..<end, "keep-alive") {
          keepsAlive = true
        } else {
          namesFields = true
        }
        start = end + 1
      }
    }
    return (keepsAlive && !closes, namesFields)
  }

  /// Whether these bytes are `option` (lower case), blanks aside.
  private func isOption(_ range: Range<Int>, _ option: StaticString) -> Bool {
    var position = 0
    for index in range where !ByteClass.isBlank(bytes[index]) {
      guard position < option.utf8CodeUnitCount, asciiLowercased(bytes[index]) == option.utf8Start[position] else { return false }
      position += 1
    }
    return position == option.utf8CodeUnitCount
  }
}
