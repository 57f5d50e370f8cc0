/// Walks through a value as lenient browsers read HTML, and stops where script would start.
///
/// ```
///  text ──<──► tag name ──► attributes ──>──► text
///   ▲             │              ▲
///   └── markup ◄──┘              └── a value that stands in an attribute starts here, behind its quote
/// ```
struct HTMLScanner {
  /// Where the value is thought to stand.
  enum Start: UInt8, CaseIterable { case text, tag, unquoted, single, double, back }

  private let text: UnsafeBufferPointer<UInt8>
  private let start: Start
  /// Whether a comment goes on to `-->`; to some browsers it ends with the first `>`.
  private let hasLongComments: Bool
  private var index = 0
  /// Whether the attributes that are read belong to a tag which the value itself has opened.
  private var isOwnTag = false
  /// Bytes that were looked at, for the proof that reading is linear.
  private(set) var steps = 0

  init(_ text: UnsafeBufferPointer<UInt8>, start: Start, hasLongComments: Bool = false) {
    self.text = text
    self.start = start
    self.hasLongComments = hasLongComments
  }

  mutating func findsScript() -> Bool {
    switch start {
    case .text: break
    case .tag: if attributes() { return true }
    case .unquoted:
      index = unquotedEnd(from: 0)
      steps += index
      if attributes() { return true }
    case .single: if leavesQuote(0x27) { return true }
    case .double: if leavesQuote(0x22) { return true }
    case .back: if leavesQuote(0x60) { return true }
    }
    isOwnTag = true
    while index < text.count {
      steps += 1
      index += 1
      if text[index - 1] == 0x3C, tag() { return true }
    }
    return false
  }

  private mutating func leavesQuote(_ quote: UInt8) -> Bool {
    skip(to: quote)
    guard index < text.count else { return false }
    index += 1
    return attributes()
  }

  // MARK: Bytes

  private mutating func skip(to byte: UInt8) {
    let from = index
    while index < text.count, text[index] != byte { index += 1 }
    steps += index - from
  }

  private func unquotedEnd(from start: Int) -> Int {
    var end = start
    while end < text.count, !isSpace(text[end]), text[end] != 0x3E { end += 1 }
    return end
  }

  @inline(__always)
  private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 9 < 5 || byte == 0 }

  private func slice(_ start: Int, _ end: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: text[start..<max(start, end)])
  }

  private func has(_ word: StaticString, at start: Int) -> Bool {
    guard start + word.utf8CodeUnitCount <= text.count else { return false }
    for offset in 0..<word.utf8CodeUnitCount where lowercase(text[start + offset]) != word.utf8Start[offset] { return false }
    return true
  }

  // MARK: Tags and markup

  /// After `<`.
  private mutating func tag() -> Bool {
    guard index < text.count else { return false }
    switch text[index] {
    case 0x21: return markup()
    case 0x3F: return has("?import", at: index) || has("?xml", at: index)
    case 0x2F:
      // A closing tag leaves the element in which the value stands; to some browsers `</ name=value>` has attributes.
      index += 1
      if index < text.count, (text[index] | 0x20) &- 0x61 < 26 { return tagName() }
      return attributes()
    default: return (text[index] | 0x20) &- 0x61 < 26 || text[index] == 0 ? tagName() : false
    }
  }

  private mutating func tagName() -> Bool {
    let from = index
    var hash = WordHash.seed
    var length = 0
    while index < text.count {
      let byte = text[index]
      // A NUL in a name is skipped by old browsers; a `<` starts anew.
      if isSpace(byte) && byte != 0 || byte == 0x3E || byte == 0x2F || byte == 0x3C { break }
      if byte != 0 {
        hash = WordHash.mix(hash, lowercase(byte))
        length += 1
      }
      index += 1
    }
    steps += index - from
    if HTMLWords.tags.meaning(of: slice(from, index), length: length, hash: hash) != nil { return true }
    // `svg:…`, `xsl:…` and a dangerous name in any namespace.
    if has("svg", at: from) || has("xsl", at: from) { return true }
    return attributes()
  }

  /// After `<!`: document types and entities, and comments that old browsers look into.
  private mutating func markup() -> Bool {
    if has("!doctype", at: index) || has("!entity", at: index) || has("![cdata[", at: index) { return true }
    guard has("!--", at: index) else { return hasBackQuote(from: index) }
    index += 3
    if has("[if", at: index) || hasBackQuote(from: index) { return true }
    let from = index
    while index < text.count,
      text[index] != 0x3E || hasLongComments && !(index >= from + 2 && text[index - 1] == 0x2D && text[index - 2] == 0x2D)
    {
      index += 1
    }
    steps += index - from
    return false
  }

  /// Internet Explorer took a back quote in markup for a quote. Looks at 64 bytes at most.
  private func hasBackQuote(from start: Int) -> Bool { text[start..<min(start + 64, text.count)].contains(0x60) }

  // MARK: Attributes

  private mutating func attributes() -> Bool {
    while index < text.count {
      let from = index
      while index < text.count, isSpace(text[index]) || text[index] == 0x2F || text[index] == 0x22 || text[index] == 0x27 { index += 1 }
      guard index < text.count, text[index] != 0x3C else { break }
      if text[index] == 0x3E {
        index += 1
        steps += index - from
        return false
      }
      if attribute() { return true }
      steps += index - from
    }
    return false
  }

  private mutating func attribute() -> Bool {
    let nameStart = index
    var hash = WordHash.seed
    var length = 0
    while index < text.count {
      let byte = text[index]
      // `=` may begin a name, but not stand in it.
      if isSpace(byte) && byte != 0 || byte == 0x3E || byte == 0x2F || byte == 0x3D && index > nameStart { break }
      if byte != 0 {
        hash = WordHash.mix(hash, lowercase(byte))
        length += 1
      }
      index += 1
    }
    let name = slice(nameStart, index)
    while index < text.count, isSpace(text[index]) { index += 1 }
    guard index < text.count, text[index] == 0x3D else { return false }
    index += 1
    while index < text.count, isSpace(text[index]) { index += 1 }
    var valueStart = index
    var valueEnd = index
    if index < text.count, text[index] == 0x22 || text[index] == 0x27 || text[index] == 0x60 {
      let quote = text[index]
      index += 1
      valueStart = index
      while index < text.count, text[index] != quote { index += 1 }
      valueEnd = index
      index = min(index + 1, text.count)
    } else {
      valueEnd = unquotedEnd(from: index)
      index = valueEnd
    }
    return isDangerous(name, length, hash, slice(valueStart, valueEnd))
  }

  private func isDangerous(_ name: UnsafeBufferPointer<UInt8>, _ length: Int, _ hash: UInt64, _ value: UnsafeBufferPointer<UInt8>) -> Bool {
    if let meaning = HTMLWords.attributes.meaning(of: name, length: length, hash: hash) {
      switch meaning {
      case .event: return !value.isEmpty
      case .dangerous: return isOwnTag || !value.isEmpty
      case .style:
        // `15" style=modern` is a text; style that does something has a property.
        return isOwnTag || value.contains { $0 == 0x3A || $0 == 0x28 || $0 == 0x5C || $0 == 0x40 }
      case .address:
        var address = ScriptAddress(value)
        return address.isDangerous()
      }
    }
    guard isOwnTag, length >= 5 else { return false }
    return isEvent(name) || length >= 6 && isNamespace(name)
  }

  /// `on` and three letters or more: a handler of an event that the table need not know. Some browsers passed over marks between the
  /// name and `=`.
  private func isEvent(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    var position = 0
    for byte in name where byte != 0 {
      let letter = byte | 0x20
      if position == 0 && letter != 0x6F || position == 1 && letter != 0x6E { return false }
      if letter &- 0x61 >= 26, byte != 0x5F { return position >= 5 && byte != 0x2D && byte != 0x3A && byte != 0x2E && byte &- 0x30 >= 10 }
      position += 1
    }
    return true
  }

  /// `xmlns:name`.
  private func isNamespace(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    let word: StaticString = "xmlns:"
    for offset in 0..<word.utf8CodeUnitCount where offset >= name.count || lowercase(name[offset]) != word.utf8Start[offset] {
      return false
    }
    return true
  }
}
