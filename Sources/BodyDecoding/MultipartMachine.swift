import Glibc

/// The state of reading one multipart body, line by line.
///
/// ```
/// before ──boundary──▶ headers ──empty line──▶ content ──boundary──▶ headers
///                         └───────── final boundary ─────────┴─────▶ after
/// ```
struct MultipartMachine {
  private enum Region {
    case before, headers, content, after
  }

  private enum Delimiter {
    case next, final
  }

  /// A line of the body: `start..<textEnd` without CRLF or LF, `end` after it.
  private struct Line {
    var start: Int
    var textEnd: Int
    var end: Int
  }

  private let input: UnsafeBufferPointer<UInt8>
  private let boundary: UnsafeBufferPointer<UInt8>
  private let limits: MultipartLimits
  /// `--` and the boundary.
  private let delimiter: BytePattern
  private var region = Region.before
  private var partCount = 0
  private var part = MultipartPart()
  private var headerBytes = 0
  private var contentStart = 0
  private var sawResemblingLine = false
  private var sawDashes = false
  private var isStopped = false
  private(set) var result: DecodedMultipart

  init(input: UnsafeBufferPointer<UInt8>, boundary: UnsafeBufferPointer<UInt8>, limits: MultipartLimits, result: DecodedMultipart) {
    self.input = input
    self.boundary = boundary
    self.limits = limits
    self.result = result
    delimiter = BytePattern([0x2D, 0x2D] + Array(boundary))
  }

  mutating func run() {
    var start = 0
    while start < input.count, !isStopped {
      let line = self.line(from: start)
      if let delimiter = delimiter(line) {
        noteLineEnd(line)
        take(delimiter, line)
      } else {
        take(line)
      }
      start = line.end
    }
    if !isStopped { finish() }
    if sawResemblingLine || sawDashes {
      result.flags.unmatchedBoundary = sawResemblingLine || result.error != nil ? 1 : 2
    }
  }

  private func line(from start: Int) -> Line {
    let newline = index(of: UInt8(ascii: "\n"), from: start)
    guard let newline else { return Line(start: start, textEnd: input.count, end: input.count) }
    let hasReturn = newline > start && input[newline - 1] == UInt8(ascii: "\r")
    return Line(start: start, textEnd: hasReturn ? newline - 1 : newline, end: newline + 1)
  }

  private func index(of byte: UInt8, from start: Int) -> Int? {
    guard let base = input.baseAddress, let found = memchr(base + start, Int32(byte), input.count - start) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  // MARK: Boundaries

  /// Whether the line is the boundary, and a note of it if it is one only to a lenient parser.
  private mutating func delimiter(_ line: Line) -> Delimiter? {
    let text = UnsafeBufferPointer(rebasing: input[line.start..<line.textEnd])
    guard text.count >= 2, text[0] == UInt8(ascii: "-"), text[1] == UInt8(ascii: "-") else {
      if delimiter.occurs(in: text) { sawResemblingLine = true }
      return nil
    }
    guard text.starts(with: delimiter.bytes) else {
      sawDashes = true
      if resembles(text) { sawResemblingLine = true }
      return nil
    }
    var rest = text[delimiter.bytes.count...]
    let isFinal = rest.starts(with: [0x2D, 0x2D])
    if isFinal { rest = rest.dropFirst(2) }
    guard rest.allSatisfy(isBlank) else {
      // Another boundary may begin with this one, but then the two cannot be told apart by every parser.
      sawResemblingLine = true
      fail("Invalid boundary (bytes after it)", at: line.start)
      return nil
    }
    // RFC 2046 section 5.1.1 lets blanks follow ("transport padding"); few parsers do.
    if !rest.isEmpty { result.flags.boundaryWhitespace = true }
    return isFinal ? .final : .next
  }

  /// A line that begins with `--` and has the boundary in another case, or behind white space or a quote.
  private func resembles(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let rest = text[2...].drop { isBlank($0) || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") || $0 == 0x0B || $0 == 0x0C }
    guard rest.count >= boundary.count else { return delimiter.occurs(in: text) }
    return zip(rest, boundary).allSatisfy { ($0 | 0x20) == ($1 | 0x20) } || delimiter.occurs(in: text)
  }

  private mutating func take(_ delimiter: Delimiter, _ line: Line) {
    endPart(at: line)
    switch delimiter {
    case .final:
      if region == .after { fail("Final boundary twice", at: line.start) }
      region = .after
    case .next:
      if region == .after {
        result.flags.dataAfter = true
        fail("Part after the final boundary", at: line.start)
      }
      beginPart(line)
    }
  }

  /// Notes which line ends the frame uses. Those inside values are data and say nothing.
  private mutating func noteLineEnd(_ line: Line) {
    switch line.end - line.textEnd {
    case 2: result.flags.crlfLine = true
    case 1: result.flags.lfLine = true
    default: break
    }
  }

  // MARK: Other lines

  private mutating func take(_ line: Line) {
    switch region {
    case .before: result.flags.dataBefore = true
    case .headers: takeHeader(line)
    case .content: break
    case .after: result.flags.dataAfter = true
    }
  }

  private mutating func takeHeader(_ line: Line) {
    noteLineEnd(line)
    guard line.textEnd > line.start else {
      guard line.end > line.start else { return }
      readHeaders(at: line.start)
      region = .content
      contentStart = line.end
      return
    }
    headerBytes += line.end - line.start
    guard headerBytes <= limits.maximumHeaderBytes else {
      return stop("Part headers longer than \(limits.maximumHeaderBytes)", at: line.start)
    }
    let text = input[line.start..<line.textEnd]
    let first = input[line.start]
    guard isBlank(first) || (0x0B...0x0D).contains(first) else {
      guard part.headerLines.count < limits.maximumHeaderLines else {
        return stop("More than \(limits.maximumHeaderLines) headers in a part", at: line.start)
      }
      part.headerLines.append(Array(text))
      return
    }
    fold(text, at: line.start)
  }

  /// RFC 9112 section 5.2: a line that begins with a blank goes on with the one before it.
  private mutating func fold(_ text: Slice<UnsafeBufferPointer<UInt8>>, at offset: Int) {
    result.flags.headerFolding = true
    let rest = text.drop { isBlank($0) || (0x0B...0x0D).contains($0) }
    // A line of blanks alone ends the headers for some parsers and not for others.
    if rest.isEmpty || !isBlank(input[offset]) { result.flags.invalidHeaderFolding = true }
    guard let last = part.headerLines.indices.last else {
      result.flags.invalidHeaderFolding = true
      fail("Invalid part header (folding error)", at: offset)
      part.headerLines.append(Array(rest))
      return
    }
    part.headerLines[last].append(UInt8(ascii: " "))
    part.headerLines[last].append(contentsOf: rest)
  }

  // MARK: Parts

  private mutating func beginPart(_ line: Line) {
    guard partCount < limits.maximumParts else { return stop("More than \(limits.maximumParts) parts", at: line.start) }
    partCount += 1
    part = MultipartPart()
    headerBytes = 0
    region = .headers
  }

  private mutating func readHeaders(at offset: Int) {
    part.readHeaders(&result.flags)
    if let problem = part.problem { fail(problem, at: offset) }
    for line in part.headerLines { result.partHeaders.append(NamedValue(name: part.name ?? [], value: line)) }
  }

  /// Ends the part that is open, if one is, before a boundary line.
  private mutating func endPart(at line: Line) {
    switch region {
    case .before, .after: break
    case .headers: endHeaders(at: line.start)
    case .content:
      // RFC 2046 section 5.1.1: the line end before a boundary belongs to the boundary.
      var end = line.start
      if end > contentStart {
        end -= 1
        if end > contentStart, input[end - 1] == UInt8(ascii: "\r") {
          end -= 1
          result.flags.crlfLine = true
        } else {
          result.flags.lfLine = true
        }
      }
      store(contentStart..<end)
    }
  }

  private mutating func endHeaders(at offset: Int) {
    readHeaders(at: offset)
    result.flags.invalidPart = true
    fail("Part headers without an empty line after them", at: offset)
    if !part.headerLines.isEmpty { store(offset..<offset) }
  }

  private mutating func store(_ content: Range<Int>) {
    let fieldName = part.name ?? []
    guard let fileName = part.fileName ?? part.extendedFileName else {
      result.fields.append(NamedValue(name: fieldName, value: Array(input[content])))
      return
    }
    guard result.files.count < limits.maximumFiles else {
      result.flags.fileLimitExceeded = true
      return
    }
    result.files.append(
      MultipartFile(
        fieldName: fieldName, fileName: fileName, extendedFileName: part.fileName == nil ? nil : part.extendedFileName,
        contentType: part.contentType, content: content))
  }

  private mutating func finish() {
    switch region {
    case .before: fail("No boundary in the body", at: input.count)
    case .headers: endHeaders(at: input.count)
    case .content:
      store(contentStart..<input.count)
      fail("Final boundary missing", at: input.count)
    case .after: break
    }
  }

  // MARK: Errors

  private mutating func stop(_ text: String, at offset: Int) {
    isStopped = true
    fail(text, at: offset)
  }

  /// Keeps the error if it is the first.
  private mutating func fail(_ text: String, at offset: Int) {
    guard result.error == nil else { return }
    result.error = BodyError(message: "Multipart parsing error: Multipart: \(text)", offset: offset)
  }
}
