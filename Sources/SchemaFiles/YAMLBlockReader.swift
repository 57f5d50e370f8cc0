import SchemaValidation

/// Reads the YAML that API descriptions are mostly written in, several times as fast as the general parser: block mappings and
/// sequences, plain and quoted scalars, literal blocks, and flow collections within one line.
///
/// It answers only where it is sure. Everything else is left to the general parser and begun anew: anchors, tags, tabs, directives,
/// several documents, folded blocks, flow collections over several lines, and all that is wrong, so that there is one place where mistakes
/// are named. What it does answer is byte for byte what the general parser gives; a fuzz target holds both against each other.
package struct YAMLBlockReader {
  /// Not this reader's business. No mistake yet.
  struct Unsure: Error {}

  /// The value as JSON, and where each name and value stood.
  private(set) var json: [UInt8] = []
  private(set) var positions: [SourcePosition] = []

  let end: UnsafePointer<UInt8>
  /// The next byte; within a line, but for when a value has ended: then at the first byte of a line's content, or at `end`.
  var at: UnsafePointer<UInt8>
  var lineStart: UnsafePointer<UInt8>
  var line = 0

  /// Deep documents are rare, and the general parser has no stack to run out of.
  private static let maximumDepth = 100
  /// A name longer than this is none to the general parser.
  private static let maximumNameBytes = 1000

  /// - Returns: nil if the text is not of this kind.
  package static func read(_ text: [UInt8]) -> (json: [UInt8], positions: [SourcePosition])? {
    text.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress, YAMLCharacters.arePlain(bytes) else { return nil }
      var reader = YAMLBlockReader(base, count: bytes.count)
      do throws(Unsure) { try reader.readDocument() } catch { return nil }
      return (reader.json, reader.positions)
    }
  }

  private init(_ base: UnsafePointer<UInt8>, count: Int) {
    at = base
    lineStart = base
    end = base + count
    json.reserveCapacity(count + count / 8)
    positions.reserveCapacity(count / 12)
  }

  private mutating func readDocument() throws(Unsure) {
    toContent()
    if at == lineStart, end - at > 3, at[0] == UInt8(ascii: "-"), at[1] == at[0], at[2] == at[0], at[3] == 0x0A { toNextContent() }
    guard at < end, column == 0, !isEntry, let colon = try colon() else { throw Unsure() }
    try mapping(column: 0, colon, depth: 1)
    guard at == end else { throw Unsure() }
  }

  // MARK: Collections

  /// What stands at `at`, which belongs to the collection at column `parent`.
  private mutating func node(parent: Int, depth: Int) throws(Unsure) {
    guard depth < Self.maximumDepth else { throw Unsure() }
    let column = column
    if isEntry { return try sequence(column: column, depth: depth + 1) }
    switch at[0] {
    case UInt8(ascii: "|"): try literal(parent: parent)
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      try flow(depth: depth)
      try endLine()
    default:
      if let colon = try colon() { return try mapping(column: column, colon, depth: depth + 1) }
      try scalar(parent: parent)
    }
  }

  /// The names of one column and their values.
  /// - Parameter first: the colon behind the first name, of which nothing has been taken.
  private mutating func mapping(column: Int, _ first: UnsafePointer<UInt8>, depth: Int) throws(Unsure) {
    place(at)
    json.append(UInt8(ascii: "{"))
    var colon = first
    while true {
      try name(colon)
      json.append(UInt8(ascii: ":"))
      let behind = at
      skipSpaces()
      if isAtLineEnd {
        let (line, start) = (line, lineStart)
        toNextContent()
        if at < end, self.column > column || (self.column == column && isEntry) {
          try self.column > column ? node(parent: column, depth: depth) : sequence(column: column, depth: depth + 1)
        } else {
          empty(behind, line, start)
        }
      } else {
        // A collection of names cannot begin on the line of another name.
        switch at[0] {
        case UInt8(ascii: "|"): try literal(parent: column)
        case UInt8(ascii: "["), UInt8(ascii: "{"):
          try flow(depth: depth)
          try endLine()
        default: try scalar(parent: column)
        }
      }
      if at == end || self.column < column { break }
      guard self.column == column, !isEntry, let next = try self.colon() else { throw Unsure() }
      json.append(UInt8(ascii: ","))
      colon = next
    }
    json.append(UInt8(ascii: "}"))
  }

  /// The entries of one column, which is that of the names around it where those are not indented less.
  private mutating func sequence(column: Int, depth: Int) throws(Unsure) {
    guard depth < Self.maximumDepth else { throw Unsure() }
    place(at)
    json.append(UInt8(ascii: "["))
    var isFirst = true
    while true {
      if !isFirst { json.append(UInt8(ascii: ",")) }
      isFirst = false
      at += 1
      let dash = at
      skipSpaces()
      if isAtLineEnd {
        let (line, start) = (line, lineStart)
        toNextContent()
        if at < end, self.column > column {
          try node(parent: column, depth: depth)
        } else {
          empty(dash, line, start)
        }
      } else {
        try node(parent: column, depth: depth)
      }
      if at == end || self.column < column { break }
      // What follows in this column is another entry, or the next name of the mapping around.
      guard self.column == column else { throw Unsure() }
      if !isEntry { break }
    }
    json.append(UInt8(ascii: "]"))
  }

  /// A value that is not there is null, and stands behind the colon or dash.
  private mutating func empty(_ place: UnsafePointer<UInt8>, _ line: Int, _ start: UnsafePointer<UInt8>) {
    positions.append(SourcePosition(line: line + 1, column: Self.characters(start, place) + 1))
    json += "null".utf8
  }

  // MARK: Names

  /// The colon behind a name that begins here; nil if there is none on this line. Takes nothing.
  private func colon() throws(Unsure) -> UnsafePointer<UInt8>? {
    let found = try possibleColon()
    if let found, found - at > Self.maximumNameBytes { throw Unsure() }
    return found
  }

  private func possibleColon() throws(Unsure) -> UnsafePointer<UInt8>? {
    var next = at
    let first = next[0]
    if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
      next += 1
      while next < end, next[0] != first {
        // An escaped quote, or none on this line: no name of the plain kind.
        if next[0] == UInt8(ascii: "\\") || next[0] == 0x0A { return nil }
        next += 1
      }
      guard next < end else { throw Unsure() }
      next += 1
      while next < end, next[0] == 0x20 { next += 1 }
      return next < end && next[0] == UInt8(ascii: ":") && isBlank(next + 1) ? next : nil
    }
    try checkPlainStart()
    while next < end, next[0] != 0x0A {
      if next[0] == UInt8(ascii: ":"), isBlank(next + 1) { return next }
      if next[0] == UInt8(ascii: "#"), next[-1] == 0x20 { return nil }
      next += 1
    }
    return nil
  }

  /// Takes a name and its colon.
  private mutating func name(_ colon: UnsafePointer<UInt8>) throws(Unsure) {
    place(at)
    var last = colon
    while last[-1] == 0x20 { last -= 1 }
    if at[0] == UInt8(ascii: "\"") || at[0] == UInt8(ascii: "'") {
      at += 1
      last -= 1
    } else if last - at == 2, at[0] == UInt8(ascii: "<"), at[1] == UInt8(ascii: "<") {
      throw Unsure()
    }
    quote(at, last)
    at = colon + 1
  }

  // MARK: Lines

  /// Characters from the start of the line.
  private var column: Int { Self.characters(lineStart, at) }

  private static func characters(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
    var count = 0
    var next = start
    while next < end {
      if next[0] & 0xC0 != 0x80 { count += 1 }
      next += 1
    }
    return count
  }

  private var isEntry: Bool { at[0] == UInt8(ascii: "-") && isBlank(at + 1) }

  private func isBlank(_ place: UnsafePointer<UInt8>) -> Bool { place >= end || place[0] == 0x20 || place[0] == 0x0A }

  mutating func skipSpaces() { while at < end, at[0] == 0x20 { at += 1 } }

  /// At the end of the line, or at a comment, which needs a space before it.
  var isAtLineEnd: Bool {
    at >= end || at[0] == 0x0A || (at[0] == UInt8(ascii: "#") && (at == lineStart || at[-1] == 0x20))
  }

  /// Nothing but a comment may follow what has just been read.
  mutating func endLine() throws(Unsure) {
    skipSpaces()
    guard isAtLineEnd else { throw Unsure() }
    toNextContent()
  }

  /// Leaves the line for the next one that holds anything.
  mutating func toNextContent() {
    while at < end, at[0] != 0x0A { at += 1 }
    nextLine()
    toContent()
  }

  /// From the newline to the first byte of the next line.
  mutating func nextLine() {
    guard at < end else { return }
    at += 1
    line += 1
    lineStart = at
  }

  /// From the start of a line to the first byte that is no space, newline or part of a comment.
  private mutating func toContent() {
    while true {
      skipSpaces()
      guard at < end else { return }
      if at[0] == UInt8(ascii: "#") { while at < end, at[0] != 0x0A { at += 1 } }
      guard at < end, at[0] == 0x0A else { return }
      nextLine()
    }
  }

  // MARK: Output

  mutating func place(_ place: UnsafePointer<UInt8>) {
    positions.append(SourcePosition(line: line + 1, column: Self.characters(lineStart, place) + 1))
  }

  mutating func append(_ byte: UInt8) { json.append(byte) }
  mutating func append(_ bytes: some Sequence<UInt8>) { json += bytes }

  /// As a string of JSON.
  mutating func quote(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    json.append(UInt8(ascii: "\""))
    text(start, end)
    json.append(UInt8(ascii: "\""))
  }

  /// Text within a string of JSON. It holds no control characters.
  mutating func text(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    var run = start
    var next = start
    while next < end {
      if next[0] == UInt8(ascii: "\"") || next[0] == UInt8(ascii: "\\") {
        json += UnsafeBufferPointer(start: run, count: next - run)
        json.append(UInt8(ascii: "\\"))
        run = next
      }
      next += 1
    }
    json += UnsafeBufferPointer(start: run, count: next - run)
  }
}
