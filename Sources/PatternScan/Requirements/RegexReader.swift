/// Reads the syntax of PCRE2 patterns (pcre2pattern) that rule sets use. What it cannot read makes it give up, never guess:
/// a pattern that was not understood is always run.
struct RegexReader {
  /// Nil for a pattern with anything that is not known here.
  static func read(_ pattern: [UInt8]) -> RegexNode? {
    var reader = RegexReader(pattern: pattern)
    guard let node = try? reader.alternatives(depth: 0), reader.isAtEnd else { return nil }
    return node
  }

  private struct Unreadable: Error {}

  private let pattern: [UInt8]
  private var index = 0
  /// Groups inside one another; deeper patterns are given up.
  private static let maximumDepth = 100

  private init(pattern: [UInt8]) { self.pattern = pattern }

  private var isAtEnd: Bool { index >= pattern.count }
  private var next: UInt8? { index < pattern.count ? pattern[index] : nil }

  private mutating func take() throws(Unreadable) -> UInt8 {
    guard index < pattern.count else { throw Unreadable() }
    defer { index += 1 }
    return pattern[index]
  }

  private mutating func skip(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard pattern.count - index >= count else { return false }
    for offset in 0..<count where pattern[index + offset] != text.utf8Start[offset] { return false }
    index += count
    return true
  }

  // MARK: Structure

  private mutating func alternatives(depth: Int) throws(Unreadable) -> RegexNode {
    guard depth <= Self.maximumDepth else { throw Unreadable() }
    var branches = [try sequence(depth: depth)]
    while next == UInt8(ascii: "|") {
      index += 1
      branches.append(try sequence(depth: depth))
    }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence(depth: Int) throws(Unreadable) -> RegexNode {
    var parts: [RegexNode] = []
    while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
      if skip("\\Q") {
        while !isAtEnd, !skip("\\E") { parts.append(.bytes(ByteSet(try take()))) }
        continue
      }
      if skip("\\E") { continue }
      let atom = try atom(depth: depth)
      parts.append(try quantified(atom))
    }
    return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
  }

  private mutating func quantified(_ atom: RegexNode) throws(Unreadable) -> RegexNode {
    var node = atom
    while let byte = next {
      switch byte {
      case UInt8(ascii: "*"): node = .repetition(node, minimum: 0, maximum: nil)
      case UInt8(ascii: "+"): node = .repetition(node, minimum: 1, maximum: nil)
      case UInt8(ascii: "?"): node = .repetition(node, minimum: 0, maximum: 1)
      case UInt8(ascii: "{"):
        guard let bounds = bounds() else { return node }
        node = .repetition(node, minimum: bounds.minimum, maximum: bounds.maximum)
        skipGreed()
        continue
      default: return node
      }
      index += 1
      skipGreed()
    }
    return node
  }

  /// Lazy and possessive quantifiers take the same texts or fewer.
  private mutating func skipGreed() {
    if next == UInt8(ascii: "?") || next == UInt8(ascii: "+") { index += 1 }
  }

  /// `{n}`, `{n,}`, `{n,m}`; anything else is a literal brace and is left where it is.
  private mutating func bounds() -> (minimum: Int, maximum: Int?)? {
    let start = index
    index += 1
    guard let minimum = number() else {
      index = start
      return nil
    }
    var maximum: Int? = minimum
    if next == UInt8(ascii: ",") {
      index += 1
      maximum = number()
    }
    guard next == UInt8(ascii: "}") else {
      index = start
      return nil
    }
    index += 1
    return (minimum, maximum)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let byte = next, byte &- 0x30 < 10, (value ?? 0) < 100_000 {
      value = (value ?? 0) * 10 + Int(byte &- 0x30)
      index += 1
    }
    return value
  }

  // MARK: Atoms

  private mutating func atom(depth: Int) throws(Unreadable) -> RegexNode {
    let byte = try take()
    switch byte {
    case UInt8(ascii: "."): return .bytes(.all)
    case UInt8(ascii: "^"), UInt8(ascii: "$"): return .empty
    case UInt8(ascii: "["):
      guard let set = RegexClassReader.read(pattern, &index) else { throw Unreadable() }
      return .bytes(set)
    case UInt8(ascii: "("): return try group(depth: depth)
    case UInt8(ascii: "\\"): return try escape()
    case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"): throw Unreadable()
    default: return .bytes(ByteSet(byte))
    }
  }

  private mutating func group(depth: Int) throws(Unreadable) -> RegexNode {
    guard next == UInt8(ascii: "?") || next == UInt8(ascii: "*") else { return try closed(depth) }
    // Verbs such as (*PRUNE) change how a match is sought.
    guard skip("?") else { throw Unreadable() }
    if skip("=") || skip("!") || skip("<=") || skip("<!") {
      _ = try closed(depth)
      return .empty
    }
    if skip(":") || skip(">") || skip("|") { return try closed(depth) }
    if skip("P<") || skip("<") { return try named(depth, until: UInt8(ascii: ">")) }
    if skip("'") { return try named(depth, until: UInt8(ascii: "'")) }
    if skip("#") {
      while try take() != UInt8(ascii: ")") {}
      return .empty
    }
    // Inline options: case and lines make no difference here; (?x) and the rest do.
    while let byte = next {
      index += 1
      switch byte {
      case UInt8(ascii: "i"), UInt8(ascii: "s"), UInt8(ascii: "m"), UInt8(ascii: "-"): continue
      case UInt8(ascii: ")"): return .empty
      case UInt8(ascii: ":"): return try closed(depth)
      default: throw Unreadable()
      }
    }
    throw Unreadable()
  }

  private mutating func named(_ depth: Int, until end: UInt8) throws(Unreadable) -> RegexNode {
    while try take() != end {}
    return try closed(depth)
  }

  private mutating func closed(_ depth: Int) throws(Unreadable) -> RegexNode {
    let node = try alternatives(depth: depth + 1)
    guard try take() == UInt8(ascii: ")") else { throw Unreadable() }
    return node
  }

  private mutating func escape() throws(Unreadable) -> RegexNode {
    switch RegexEscape.read(pattern, &index, inClass: false) {
    case .byte(let byte): return .bytes(ByteSet(byte))
    case .set(let set): return .bytes(set)
    case .assertion: return .empty
    case .reference: return .anything
    case nil: throw Unreadable()
    }
  }
}
