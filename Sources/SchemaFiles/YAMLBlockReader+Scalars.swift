/// Scalars, and flow collections within one line.
extension YAMLBlockReader {
  /// A plain or quoted scalar that is a value of the collection at column `parent`, with the lines that go on with it.
  mutating func scalar(parent: Int) throws(Unsure) {
    place(at)
    switch at[0] {
    case UInt8(ascii: "\""):
      try doubleQuoted(parent: parent)
      try endLine()
    case UInt8(ascii: "'"):
      try singleQuoted()
      try endLine()
    default: try plain(parent: parent)
    }
  }

  // MARK: Plain

  /// Characters that begin something else, or nothing in YAML.
  func checkPlainStart() throws(Unsure) {
    switch at[0] {
    case UInt8(ascii: "?"), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
      UInt8(ascii: "}"), UInt8(ascii: "#"), UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!"), UInt8(ascii: "|"),
      UInt8(ascii: ">"), UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "`"):
      throw Unsure()
    case UInt8(ascii: "-"):
      // A dash with nothing behind it, or what may be the line between two documents.
      guard at + 1 < end, at[1] != 0x20, at[1] != 0x0A, at[1] != UInt8(ascii: "-") else { throw Unsure() }
    case UInt8(ascii: "."):
      guard at != lineStart else { throw Unsure() }
    default: break
    }
  }

  /// The rest of a line's plain scalar: its end, without the spaces after it.
  private func plainEnd() throws(Unsure) -> UnsafePointer<UInt8> {
    var next = at
    var last = at
    while next < end, next[0] != 0x0A {
      if next[0] == UInt8(ascii: "#"), next > at, next[-1] == 0x20 { break }
      if next[0] == UInt8(ascii: ":") {
        guard next + 1 < end, next[1] != 0x20, next[1] != 0x0A else { throw Unsure() }
      }
      if next[0] != 0x20 { last = next + 1 }
      next += 1
    }
    return last
  }

  private mutating func plain(parent: Int) throws(Unsure) {
    try checkPlainStart()
    let start = at
    let last = try plainEnd()
    at = last
    skipSpaces()
    let hasComment = at < end && at[0] != 0x0A
    let breaks = toNextLineOfText()
    guard !hasComment, at < end, at[0] != UInt8(ascii: "#"), at - lineStart > parent else {
      value(start, last)
      return toContentFromLine()
    }
    append(UInt8(ascii: "\""))
    text(start, last)
    fold(breaks)
    while true {
      let last = try plainEnd()
      text(at, last)
      at = last
      skipSpaces()
      let hasComment = at < end && at[0] != 0x0A
      let breaks = toNextLineOfText()
      if hasComment || at == end || at[0] == UInt8(ascii: "#") || at - lineStart <= parent { break }
      fold(breaks)
    }
    append(UInt8(ascii: "\""))
    toContentFromLine()
  }

  /// Leaves the line, and empty lines after it, for the first byte of the next text or comment.
  /// - Returns: how many lines ended.
  private mutating func toNextLineOfText() -> Int {
    var breaks = 0
    while at < end {
      while at < end, at[0] != 0x0A { at += 1 }
      if at < end { breaks += 1 }
      nextLine()
      skipSpaces()
      if at < end, at[0] != 0x0A { break }
    }
    return breaks
  }

  /// Past comments.
  private mutating func toContentFromLine() {
    if at < end, at[0] == UInt8(ascii: "#") { toNextContent() }
  }

  /// One end of a line is a space, and of several the first counts for nothing (YAML 1.2, section 6.5).
  private mutating func fold(_ breaks: Int) {
    if breaks == 1 { append(0x20) }
    for _ in 1..<max(breaks, 1) { append("\\n".utf8) }
  }

  /// A plain scalar on one line: a null, boolean, number or text.
  private mutating func value(_ start: UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>) {
    let text = UnsafeBufferPointer(start: start, count: last - start)
    guard YAMLScalar.isMoreThanText(text) else { return quote(start, last) }
    if text.count < 18, text[0] != 0x30, text.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) { return append(text) }
    if let json = YAMLScalar.json(String(decoding: text, as: UTF8.self)) { append(json) } else { quote(start, last) }
  }

  // MARK: Quoted

  private mutating func singleQuoted() throws(Unsure) {
    at += 1
    let start = at
    while at < end, at[0] != UInt8(ascii: "'") {
      guard at[0] != 0x0A else { throw Unsure() }
      at += 1
    }
    // Two quotes are one, which is rare.
    guard at < end, at + 1 >= end || at[1] != UInt8(ascii: "'") else { throw Unsure() }
    quote(start, at)
    at += 1
  }

  /// With the common escapes, and lines that are folded (section 7.3.1).
  /// - Parameter parent: nil within a line, which it must not leave.
  private mutating func doubleQuoted(parent: Int?) throws(Unsure) {
    at += 1
    append(UInt8(ascii: "\""))
    var run = at
    while true {
      guard at < end else { throw Unsure() }
      switch at[0] {
      case UInt8(ascii: "\""):
        append(UnsafeBufferPointer(start: run, count: at - run))
        append(UInt8(ascii: "\""))
        at += 1
        return
      case UInt8(ascii: "\\"):
        guard at + 1 < end else { throw Unsure() }
        append(UnsafeBufferPointer(start: run, count: at - run))
        switch at[1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "n"): append(UnsafeBufferPointer(start: at, count: 2))
        case UInt8(ascii: "/"), UInt8(ascii: " "): append(at[1])
        case 0x0A:
          guard let parent else { throw Unsure() }
          at += 1
          let breaks = try continuation(parent)
          for _ in 1..<breaks { append("\\n".utf8) }
          run = at
          continue
        default: throw Unsure()
        }
        at += 2
        run = at
      case 0x0A:
        guard let parent else { throw Unsure() }
        var last = at
        while last > run, last[-1] == 0x20 { last -= 1 }
        append(UnsafeBufferPointer(start: run, count: last - run))
        fold(try continuation(parent))
        run = at
      default: at += 1
      }
    }
  }

  /// From the end of a line to the text of the next one, of which the general parser is asked if it is not indented.
  private mutating func continuation(_ parent: Int) throws(Unsure) -> Int {
    let breaks = toNextLineOfText()
    guard at < end, at - lineStart > parent, at > lineStart else { throw Unsure() }
    return breaks
  }

  // MARK: Literal blocks

  /// `|`, `|-` and `|+` (section 8.1.2), indented as their first line is.
  mutating func literal(parent: Int) throws(Unsure) {
    place(at)
    at += 1
    var keeps = false
    var strips = false
    if at < end, at[0] == UInt8(ascii: "+") || at[0] == UInt8(ascii: "-") {
      keeps = at[0] == UInt8(ascii: "+")
      strips = !keeps
      at += 1
    }
    skipSpaces()
    guard at < end, at[0] == 0x0A else { throw Unsure() }
    nextLine()
    append(UInt8(ascii: "\""))
    // Ends of lines that are written once more text follows.
    var breaks = 0
    var widest = 0
    while true {
      skipSpaces()
      guard at < end, at[0] == 0x0A else { break }
      widest = max(widest, at - lineStart)
      breaks += 1
      nextLine()
    }
    let indentation = at - lineStart
    // An empty block, or one that begins with a line of more spaces.
    guard at < end, indentation > parent, indentation > 0, indentation >= widest else { throw Unsure() }
    while true {
      for _ in 0..<breaks { append("\\n".utf8) }
      let start = at
      while at < end, at[0] != 0x0A { at += 1 }
      text(start, at)
      breaks = at < end ? 1 : 0
      nextLine()
      // Empty lines, and the indentation of the next text.
      while at < end {
        while at < end, at - lineStart < indentation, at[0] == 0x20 { at += 1 }
        guard at < end, at[0] == 0x0A else { break }
        breaks += 1
        nextLine()
      }
      if at == end || at - lineStart < indentation { break }
    }
    if !strips { for _ in 0..<(keeps ? breaks : min(breaks, 1)) { append("\\n".utf8) } }
    append(UInt8(ascii: "\""))
    guard at < end else { return }
    skipSpaces()
    toContentFromLine()
  }

  // MARK: Flow collections

  /// `[a, "b"]` and `{a: 1}`, nested as they may be, on one line.
  mutating func flow(depth: Int) throws(Unsure) {
    guard depth < 50 else { throw Unsure() }
    let isMapping = at[0] == UInt8(ascii: "{")
    let close = isMapping ? UInt8(ascii: "}") : UInt8(ascii: "]")
    place(at)
    append(at[0])
    at += 1
    skipSpaces()
    guard at < end else { throw Unsure() }
    if at[0] != close {
      while true {
        if isMapping {
          try flowScalar(isName: true)
          guard at + 1 < end, at[0] == UInt8(ascii: ":"), at[1] == 0x20 else { throw Unsure() }
          append(UInt8(ascii: ":"))
          at += 1
          skipSpaces()
        }
        guard at < end else { throw Unsure() }
        if at[0] == UInt8(ascii: "[") || at[0] == UInt8(ascii: "{") {
          try flow(depth: depth + 1)
        } else {
          try flowScalar(isName: false)
        }
        skipSpaces()
        guard at < end else { throw Unsure() }
        if at[0] == close { break }
        guard at[0] == UInt8(ascii: ",") else { throw Unsure() }
        append(UInt8(ascii: ","))
        at += 1
        skipSpaces()
        guard at < end else { throw Unsure() }
      }
    }
    append(close)
    at += 1
  }

  private mutating func flowScalar(isName: Bool) throws(Unsure) {
    guard at < end else { throw Unsure() }
    place(at)
    let start = at
    if at[0] == UInt8(ascii: "\"") || at[0] == UInt8(ascii: "'") {
      if at[0] == UInt8(ascii: "'") { try singleQuoted() } else { try doubleQuoted(parent: nil) }
      if isName, at - start > 100 { throw Unsure() }
      return
    }
    try checkPlainStart()
    var last = at
    scan: while true {
      guard at < end, at[0] != 0x0A else { throw Unsure() }
      switch at[0] {
      case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"): break scan
      case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "?"), UInt8(ascii: "#"): throw Unsure()
      case UInt8(ascii: ":"):
        if isName, at + 1 < end, at[1] == 0x20 { break scan }
        throw Unsure()
      default: break
      }
      if at[0] != 0x20 { last = at + 1 }
      at += 1
    }
    if isName {
      guard at - start < 100, !(last - start == 2 && start[0] == UInt8(ascii: "<")) else { throw Unsure() }
      quote(start, last)
    } else {
      value(start, last)
    }
  }
}
