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
    return Part(required: joined(parts))
  }

  /// Sets that hold for each of several parts, of which one matches: one set of each part, together. The best for strings of three
  /// bytes or more, of two, and of one, as far as each part has such a set, and the best second ones.
  private static func joined(_ parts: [Part]) -> [Set<[UInt8]>] {
    let choices = parts.map { part in part.required + (part.exact.map { $0.contains([]) ? [] : [$0] } ?? []) }
    // What every part requires alike stands for itself.
    var joins = (choices.first ?? []).filter { set in choices.allSatisfy { $0.contains(set) } }
    for length in [3, 2, 1] {
      let ranked = choices.map { sets in
        sets.filter { set in set.allSatisfy { $0.count >= length } }
          .map { (set: $0, chance: GramModel.chance(ofAny: $0, length: length)) }.sorted { $0.chance < $1.chance }.map(\.set)
      }
      for place in 0..<2 {
        var joined: Set<[UInt8]> = []
        var isWhole = true
        for sets in ranked where isWhole {
          guard let set = sets.dropFirst(place).first else {
            isWhole = false
            break
          }
          joined.formUnion(set)
          if joined.count > 4 * maximumStrings { isWhole = false }
        }
        if isWhole, !joined.isEmpty, !joins.contains(joined) { joins.append(joined) }
      }
    }
    return joins
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
    var result = Set<[UInt8]>(minimumCapacity: left.count * right.count)
    for head in left {
      for tail in right {
        guard head.count + tail.count <= maximumLength else { return nil }
        result.insert(head + tail)
      }
    }
    return result
  }

  // MARK: Alternatives

  /// What holds for both: one set of all strings. For phrases that were parted.
  public func union(_ other: RequiredTexts) -> RequiredTexts? {
    guard sets.count == 1, other.sets.count == 1 else { return nil }
    return RequiredTexts(anyOf: sets[0].union(other.sets[0]))
  }

  /// The same for phrases, of which one must occur: short ones apart from long ones.
  public static func alternatives(phrases: some Sequence<[UInt8]>) -> [RequiredTexts] {
    var clusters: [[[UInt8]]] = [[], [], []]
    for phrase in phrases {
      guard !phrase.isEmpty else { return [] }
      clusters[min(phrase.count, 3) - 1].append(phrase)
    }
    // Neighbors in the alphabet share pieces. Two pieces must come from phrases of the same chunk, which in many small chunks is rarer.
    let long = clusters[2].sorted { $0.lexicographicallyPrecedes($1) }
    let size = max((long.count + maximumChunks - 1) / maximumChunks, minimumChunk)
    let chunks = stride(from: 0, to: long.count, by: size).map { Array(long[$0..<min($0 + size, long.count)]) }
    return (clusters[..<2] + chunks).filter { !$0.isEmpty }.map { RequiredTexts(anyOf: $0) }
  }

  /// What a pattern requires, one way or another: a text that it matches meets one of these. Parts of an alternative that can be told
  /// by rare strings are kept apart from those that can be told by single bytes, which would spoil the whole. Empty if nothing is
  /// required.
  public static func alternatives(pattern: [UInt8]) -> [RequiredTexts] {
    guard let node = RegexReader.read(pattern) else { return [] }
    let parts = branches(of: node, Branches(of: node))
    var clusters: [[Part]] = [[], [], []]
    for part in parts {
      let sets = part.required + (part.exact.map { [$0] } ?? [])
      // The shortest string of the set that has the longest ones.
      guard let length = sets.map({ set in set.map(\.count).min() ?? 0 }).max(), length > 0 else { return [] }
      clusters[min(length, 3) - 1].append(part)
    }
    var result: [RequiredTexts] = []
    for cluster in clusters where !cluster.isEmpty {
      var requirement = RequiredTexts()
      if cluster.count == 1 {
        requirement.sets = cluster[0].required
        if let exact = cluster[0].exact { requirement.add(exact) }
      } else {
        requirement.sets = joined(cluster)
      }
      guard !requirement.sets.isEmpty else { return [] }
      result.append(requirement)
    }
    return result
  }

  /// Strings of which a text that meets one of `alternatives` holds at least one, ASCII case aside: of each the set that filters best.
  ///
  /// - Returns: nil if there are none of two bytes or more for one of them, or too many.
  public static func phrases(ofAny alternatives: [RequiredTexts]) -> [[UInt8]]? {
    var phrases: [[UInt8]] = []
    for alternative in alternatives {
      let sets = alternative.sets.filter { set in set.allSatisfy { $0.count >= 2 } }
      func chance(_ set: Set<[UInt8]>) -> Double { GramModel.chance(ofAny: set, length: min(set.map(\.count).min() ?? 2, 3)) }
      guard let best = sets.min(by: { chance($0) < chance($1) }) else { return nil }
      phrases += best.sorted { $0.lexicographicallyPrecedes($1) }
    }
    return phrases.isEmpty || phrases.reduce(0, { $0 + $1.count }) > maximumPhraseBytes ? nil : phrases
  }

  /// Bytes of the phrases that a pattern is told by; their table takes about a hundred times as many.
  private static let maximumPhraseBytes = 2048

  /// Into how many chunks a list of phrases is parted at most, and phrases of a chunk at least.
  private static let maximumChunks = 8
  private static let minimumChunk = 12

  /// Alternatives that are told apart; a pattern with more is taken as a whole.
  private static let maximumBranches = 64

  /// The alternatives of a pattern: those of the choice with most branches in it, each with what stands around it, which is looked at
  /// once for all of them.
  private static func branches(of node: RegexNode, _ tree: Branches) -> [Part] {
    guard tree.count > 1 else { return [part(of: node)] }
    switch node {
    case .choice(let nodes):
      // Either those of its own branches, or if they are too many, these.
      let isWhole = tree.inner.reduce(0) { $0 + $1.count } <= maximumBranches
      return isWhole ? zip(nodes, tree.inner).flatMap { branches(of: $0, $1) } : nodes.map { part(of: $0) }
    case .sequence(let nodes):
      guard let widest = tree.inner.indices.max(by: { tree.inner[$0].count < tree.inner[$1].count }) else { return [part(of: node)] }
      var parts = nodes.enumerated().map { $0.offset == widest ? Part() : part(of: $0.element) }
      return branches(of: nodes[widest], tree.inner[widest]).map { branch in
        parts[widest] = branch
        return sequence(parts)
      }
    case .repetition(let inner, _, _): return branches(of: inner, tree.inner[0])
    case .empty, .anything, .bytes: return [part(of: node)]
    }
  }

  /// How many alternatives a node has that are told apart, and those within it.
  private struct Branches {
    var count = 1
    var inner: [Branches] = []

    init(of node: RegexNode) {
      switch node {
      case .choice(let nodes):
        inner = nodes.map { Branches(of: $0) }
        let sum = inner.reduce(0) { $0 + $1.count }
        count = sum <= maximumBranches ? sum : nodes.count <= maximumBranches ? nodes.count : 1
      case .sequence(let nodes):
        inner = nodes.map { Branches(of: $0) }
        count = inner.reduce(1) { max($0, $1.count) }
      case .repetition(let repeated, 1, 1):
        inner = [Branches(of: repeated)]
        count = inner[0].count
      case .repetition, .empty, .anything, .bytes: break
      }
    }
  }
}
