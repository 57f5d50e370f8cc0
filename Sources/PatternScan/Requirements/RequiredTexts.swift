/// What a text must hold if a pattern is to match in it, ASCII case aside: of each set at least one of its strings.
///
/// The law: a text that a pattern matches meets every set. A set may be met by texts that the pattern does not match.
public struct RequiredTexts: Sendable, Hashable {
  /// Folded to lower case; no set is empty, and no string in one is.
  public private(set) var sets: [Set<[UInt8]>] = []

  /// Requires nothing.
  public init() {}

  /// One of these must occur, as for phrases. An empty phrase requires nothing.
  public init(anyOf phrases: some Sequence<[UInt8]>) {
    let folded = Set(phrases.map { $0.map(ByteSet.fold) })
    if !folded.isEmpty, !folded.contains([]) { sets = [folded] }
  }

  /// One of these bytes must occur. Without any, no text passes: then nothing is required, since nothing is filtered by an empty set.
  public init(anyByteOf bytes: [UInt8]) { self.init(anyOf: bytes.map { [$0] }) }

  /// What `pattern` requires; nothing if its syntax is not understood.
  public init(pattern: [UInt8]) {
    guard let node = RegexReader.read(pattern) else { return }
    let part = Self.part(of: node)
    sets = part.required
    if let exact = part.exact { add(exact) }
  }

  private mutating func add(_ strings: Set<[UInt8]>) {
    if !strings.isEmpty, !strings.contains([]) { sets.append(strings) }
  }

  /// Strings of one set; more are given up, as they would be found in nearly every text.
  private static let maximumStrings = 600
  /// Bytes of one string.
  private static let maximumLength = 24
  /// Bytes of a class that is spelled out.
  private static let maximumClass = 24

  /// What is known of a part of a pattern.
  private struct Part {
    /// All strings that it matches, if they are few.
    var exact: Set<[UInt8]>?
    /// What a match of it holds besides.
    var required: [Set<[UInt8]>] = []
    /// Strings of which one begins, and one ends, each match that is not `exact`; nil if not known.
    var firsts: Set<[UInt8]>?
    var lasts: Set<[UInt8]>?
  }

  private static func part(of node: RegexNode) -> Part {
    switch node {
    case .empty: return Part(exact: [[]])
    case .anything: return Part()
    case .bytes(let set):
      if set.count <= maximumClass { return Part(exact: Set(set.members.map { [$0] })) }
      // A large class says little, but a byte of it there is.
      return Part(required: set.count <= 64 ? [Set(set.members.map { [$0] })] : [])
    case .sequence(let nodes): return sequence(nodes.map { part(of: $0) })
    case .choice(let nodes): return choice(nodes.map { part(of: $0) })
    case .repetition(let inner, let minimum, let maximum): return repetition(part(of: inner), minimum, maximum)
    }
  }

  private static func sequence(_ parts: [Part]) -> Part {
    var result = Part()
    // The strings that the stretch since the last gap can be.
    var stretch: Set<[UInt8]> = [[]]
    var hasGap = false
    func end(_ strings: Set<[UInt8]>) { if !strings.contains([]) { result.required.append(strings) } }
    for part in parts {
      if let exact = part.exact {
        if let longer = product(stretch, exact) {
          stretch = longer
        } else {
          // Too many to go on: what there is stands for itself, and the next stretch begins with this part.
          end(stretch)
          stretch = exact
          hasGap = true
        }
        continue
      }
      result.required += part.required
      if let firsts = part.firsts, let longer = product(stretch, firsts) { end(longer) } else { end(stretch) }
      stretch = part.lasts ?? [[]]
      hasGap = true
    }
    if hasGap { end(stretch) } else { result.exact = stretch }
    if hasGap, !stretch.contains([]) { result.lasts = stretch }
    return result
  }

  private static func choice(_ parts: [Part]) -> Part {
    var union: Set<[UInt8]> = []
    var isExact = true
    for part in parts {
      guard let exact = part.exact else {
        isExact = false
        break
      }
      union.formUnion(exact)
      if union.count > maximumStrings { isExact = false }
    }
    if isExact { return Part(exact: union) }
    // One set of each branch, the best, together: one of them must be met.
    var joined: Set<[UInt8]> = []
    for part in parts {
      guard let best = best(of: part) else { return Part() }
      joined.formUnion(best)
      if joined.count > 4 * maximumStrings { return Part() }
    }
    return Part(required: [joined])
  }

  private static func repetition(_ part: Part, _ minimum: Int, _ maximum: Int?) -> Part {
    if minimum == 0 {
      guard maximum == 1, let exact = part.exact else { return Part() }
      return Part(exact: exact.union([[]]))
    }
    guard let exact = part.exact else { return Part(required: part.required, firsts: part.firsts, lasts: part.lasts) }
    // A few copies are spelled out; beyond them only the first and the last are known to be there.
    var copies: Set<[UInt8]>? = [[]]
    for _ in 0..<min(minimum, maximumLength) { copies = copies.flatMap { product($0, exact) } }
    guard let copies else { return Part(required: exact.contains([]) ? [] : [exact], firsts: exact, lasts: exact) }
    if maximum == minimum, minimum <= maximumLength { return Part(exact: copies) }
    return Part(required: copies.contains([]) ? [] : [copies], firsts: copies, lasts: copies)
  }

  /// Every string of the one before every string of the other; nil if they are too many or too long.
  private static func product(_ left: Set<[UInt8]>, _ right: Set<[UInt8]>) -> Set<[UInt8]>? {
    if left == [[]] { return right }
    if right == [[]] { return left }
    guard left.count * right.count <= maximumStrings else { return nil }
    var result: Set<[UInt8]> = []
    for head in left {
      for tail in right {
        guard head.count + tail.count <= maximumLength else { return nil }
        result.insert(head + tail)
      }
    }
    return result
  }

  private static func best(of part: Part) -> Set<[UInt8]>? {
    var candidates = part.required
    if let exact = part.exact, !exact.contains([]) { candidates.append(exact) }
    return candidates.min { GramModel.chance(ofAny: $0) < GramModel.chance(ofAny: $1) }
  }
}
