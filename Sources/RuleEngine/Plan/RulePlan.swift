import PatternScan
import SecLang

/// What is decided at load so that a request asks few rules at all: for each head of a phase, how to tell cheaply that it cannot
/// match. Immutable; shared by all threads.
///
/// Four kinds of heads are told beforehand. A *probe* needs a text that passes the prefilter; a *gate* compares a transaction
/// variable with a number; a *presence* compares whether there is one; a *tally* compares how many values a collection has. All
/// others are general: they are asked as they stand.
final class RulePlan: @unchecked Sendable {
  // Unchecked: the buffers are written by `init` alone.
  struct Head {
    enum Kind: UInt8 {
      case general, always, probe, gate, presence, tally

      /// Whether asking it costs with what a client sends.
      var looksAtValues: Bool {
        switch self {
        case .general, .probe, .tally: true
        case .always, .gate, .presence: false
        }
      }
    }

    var kind = Kind.general
    /// Whether the rule counts as asked, or as unasked where its values were not observed.
    var isCounted: Bool
    var isNegated = false
    var comparison = NumberComparison.equal
    /// Probes: the number, and the group that it is asked with.
    var probe: Int32 = -1
    var group: Int32 = 0
    /// Probes: the range in `items`.
    var firstItem: Int32 = 0
    var itemCount: Int32 = 0
    /// Gates and presences: the transaction variable. Tallies: the collection.
    var slot: Int32 = 0
    /// Tallies: a second collection, or -1; and the key that values must have.
    var secondSlot: Int32 = -1
    var key: ByteView?
    var operand = 0
    /// The transaction variable that holds the operand, or -1.
    var operandSlot: Int32 = -1
    /// Whether a match has no consequence but `effects` and `jump`, so that the rule itself need not be looked at.
    var isDecided = false
    var effects: UnsafeBufferPointer<FastEffect>?
    /// Where to go on behind a match: an index in the phase's list, or 0 for the next one.
    var jump = 0
    /// What `MATCHED_VAR_NAME` is behind a match.
    var name = ByteArena.empty
    /// Index of the chain in the whole rule set.
    var chain: Int
  }

  /// Probes of one phase behind the same gates: all of them are asked of the values at once, when the first of them is met.
  struct Group {
    /// The range in `fields`.
    var firstField = 0
    var endField = 0
    /// The banks in which its probes' bits lie.
    var firstBank = 0
    var endBank = 0

    var bankCount: Int { endBank - firstBank }
  }

  /// Values of which the probes of a group ask, with the lists of transformations before that.
  struct Field {
    enum Kind: UInt8 { case values, names, scalar }
    var kind: Kind
    /// The collection, or the ordinal of the scalar.
    var slot: Int
    /// Only values with this key, in lower case; nil for all.
    var key: ByteView?
    /// The range in `steps`.
    var firstStep = 0
    var endStep = 0
    /// Where the mask of all probes that ask of the field begins in `masks`.
    var mask = 0
    /// A text without any of these traits is the same to all its probes as it came, case aside.
    var changingTraits: UInt32 = 0
  }

  /// The probes of a field behind one list of transformations.
  struct Step {
    var node: Int
    var traits: UInt32
    var mask: Int
  }

  /// A target of a probe, and the field of its group in which its values are.
  struct Item {
    var target: Int32
    var field: Int32
  }

  /// By phase; index 0 is unused.
  let heads: [UnsafeMutableBufferPointer<Head>]
  let groups: UnsafeMutableBufferPointer<Group>
  let fields: UnsafeMutableBufferPointer<Field>
  let steps: UnsafeMutableBufferPointer<Step>
  let items: UnsafeMutableBufferPointer<Item>
  /// Of each mask one row for each bank of its group.
  let masks: UnsafeMutableBufferPointer<SIMD4<UInt64>>
  /// By bit of the prefilter's answers; a probe may have several bits.
  let probeOfBit: UnsafeMutableBufferPointer<Int32>
  let probeCount: Int
  let filter: GramFilter
  let nodes: NodeFacts
  private let bytes: RuleBytes

  init(
    heads: [[Head]], groups: [Group], fields: [Field], steps: [Step], items: [Item], masks: [SIMD4<UInt64>], probeOfBit: [Int32],
    requirements: [RequiredTexts], nodes: NodeFacts, bytes: RuleBytes
  ) {
    self.heads = heads.map(Self.buffer)
    self.groups = Self.buffer(groups)
    self.fields = Self.buffer(fields)
    self.steps = Self.buffer(steps)
    self.items = Self.buffer(items)
    self.masks = Self.buffer(masks)
    self.probeOfBit = Self.buffer(probeOfBit)
    probeCount = probeOfBit.last.map { Int($0) + 1 } ?? 0
    filter = GramFilter(requirements)
    self.nodes = nodes
    self.bytes = bytes
  }

  /// The plan without a reference to it, for loops that cannot afford to count references. Valid as long as the plan.
  struct View: BitwiseCopyable {
    let groups: UnsafePointer<Group>
    let fields: UnsafePointer<Field>
    let steps: UnsafePointer<Step>
    let masks: UnsafePointer<SIMD4<UInt64>>
    let probeOfBit: UnsafePointer<Int32>
  }

  var view: View {
    View(
      groups: UnsafePointer(groups.baseAddress!), fields: UnsafePointer(fields.baseAddress!), steps: UnsafePointer(steps.baseAddress!),
      masks: UnsafePointer(masks.baseAddress!), probeOfBit: UnsafePointer(probeOfBit.baseAddress!))
  }

  private static func buffer<Element>(_ list: [Element]) -> UnsafeMutableBufferPointer<Element> {
    let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(list.count, 1))
    _ = buffer.initialize(from: list)
    return UnsafeMutableBufferPointer(rebasing: buffer[..<list.count])
  }

  deinit {
    for buffer in heads { buffer.deallocate() }
    groups.deallocate()
    fields.deallocate()
    steps.deallocate()
    items.deallocate()
    masks.deallocate()
    probeOfBit.deallocate()
  }
}

/// What is known of each node of the tree of transformations. Immutable; read without counting references.
final class NodeFacts: @unchecked Sendable {
  // Unchecked: written by `init` alone.
  struct Fact {
    var parent: Int32
    var transformation: TransformationName
    /// The traits without which its own step leaves a text as it is, and those of the whole list.
    var traits: UInt32
    var pathTraits: UInt32
    /// The same, where texts that differ in case alone count as one.
    var foldedPathTraits: UInt32
    /// Whether its step changes case alone, so that the prefilter's answer is that of its parent.
    var folds: Bool
  }
  let facts: UnsafeMutablePointer<Fact>
  let count: Int

  init(_ tree: TransformationTree) {
    count = tree.nodes.count
    facts = .allocate(capacity: count)
    for (index, node) in tree.nodes.enumerated() {
      let traits = node.transformation.changingTraits
      let folds = node.transformation == .lowercase || node.transformation == .uppercase
      let path = node.parent < 0 ? ByteTraits() : ByteTraits(rawValue: facts[node.parent].pathTraits)
      let foldedPath = node.parent < 0 ? ByteTraits() : ByteTraits(rawValue: facts[node.parent].foldedPathTraits)
      (facts + index).initialize(
        to: Fact(
          parent: Int32(node.parent), transformation: node.transformation, traits: traits.rawValue, pathTraits: path.union(traits).rawValue,
          foldedPathTraits: foldedPath.union(traits.subtracting([.upper, .lower])).rawValue, folds: folds))
    }
  }

  deinit { facts.deallocate() }
}

/// Where the values of a probe come from: collections and scalars of a message that only grow between phases.
enum ProbeField: Hashable, Sendable {
  case values(CollectionSlot)
  case names(CollectionSlot)
  case scalar(VariableName)

  /// The fields of a target's source; nil if one of them is none that can be probed.
  static func of(_ source: ValueSource) -> [ProbeField]? {
    switch source {
    case .scalar(let name): return scalars.contains(name) ? [.scalar(name)] : nil
    case .values(let slots): return slots.list.allSatisfy(collections.contains) ? slots.list.map { .values($0) } : nil
    case .names(let slots): return slots.list.allSatisfy(collections.contains) ? slots.list.map { .names($0) } : nil
    case .transactionVariables, .transactionVariable, .xmlPath, .rule: return nil
    }
  }

  private static let collections: Set<CollectionSlot> = [
    .argsGet, .argsPost, .requestHeaders, .requestCookies, .files, .partHeaders, .responseHeaders, .xmlText, .xmlAttributes,
  ]
  private static let scalars: Set<VariableName> = [
    .requestURI, .requestURIRaw, .requestFilename, .requestBasename, .requestLine, .requestMethod, .requestProtocol, .queryString,
    .requestBody, .responseBody,
  ]
}
