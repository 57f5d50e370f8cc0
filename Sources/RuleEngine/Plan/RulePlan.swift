import PatternScan
import SecLang

/// What is decided at load so that a request asks few rules at all: for each head of a phase, how to tell cheaply that it cannot
/// match. Immutable; shared by all threads.
///
/// Three kinds of heads are told beforehand. A *probe* needs a text that passes the prefilter; a *gate* compares a transaction
/// variable with a number; a *count* compares the presence of one. All others are general: they are asked as they stand.
final class RulePlan: @unchecked Sendable {
  // Unchecked: the buffers are written by `init` alone.
  struct Head {
    enum Kind: UInt8 { case general, always, probe, gate, count }

    var kind = Kind.general
    /// Whether the rule counts as asked, or as unasked where its values were not observed.
    var isCounted: Bool
    var isNegated = false
    var comparison = NumberComparison.equal
    /// Probes: the bit in the prefilter's answers.
    var probe: Int32 = -1
    /// Probes: the range in `pairs`.
    var firstPair: Int32 = 0
    var pairCount: Int32 = 0
    /// Gates and counts: the transaction variable.
    var slot: Int32 = 0
    var operand = 0
    /// Gates and counts: the transaction variable that holds the operand, or -1.
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

  /// A field's values under a list of transformations.
  struct Pair: Hashable {
    var field: ProbeField
    var node: Int
  }

  /// By phase; index 0 is unused.
  let heads: [UnsafeMutableBufferPointer<Head>]
  /// All pairs that probes read, each once; and for each probe its share, as indexes into them.
  let pairs: [Pair]
  let pairLists: [Int32]
  let filter: GramFilter
  /// The union of what the transformations of probes look for: a text without any of it is changed by none of them.
  let changingTraits: UInt32
  /// By node of the transformation tree.
  let nodeTraits: [UInt32]
  let nodeParents: [Int32]
  /// By node: whether no step of its list changes every text.
  let nodeIsPlain: [Bool]
  /// By node: whether it only folds case, so that the prefilter's answer is that of its parent.
  let nodeFolds: [Bool]

  init(
    heads: [[Head]], pairs: [Pair], pairLists: [Int32], requirements: [RequiredTexts], transformations: TransformationTree
  ) {
    self.heads = heads.map { list in
      let buffer = UnsafeMutableBufferPointer<Head>.allocate(capacity: list.count)
      _ = buffer.initialize(from: list)
      return buffer
    }
    self.pairs = pairs
    self.pairLists = pairLists
    filter = GramFilter(requirements)
    nodeTraits = transformations.nodes.map(\.transformation.changingTraits.rawValue)
    nodeParents = transformations.nodes.map { Int32($0.parent) }
    nodeFolds = transformations.nodes.map { $0.transformation == .lowercase }
    changingTraits = nodeTraits.reduce(0, |)
    var isPlain: [Bool] = []
    for node in transformations.nodes {
      isPlain.append((node.parent < 0 || isPlain[node.parent]) && node.transformation.changingTraits != .any)
    }
    nodeIsPlain = isPlain
  }

  deinit { for buffer in heads { buffer.deallocate() } }
}

/// Where the values of a probe come from: collections and scalars of a message that only grow while a transaction lasts.
enum ProbeField: Hashable, Sendable {
  case values(CollectionSlot)
  case names(CollectionSlot)
  case scalar(VariableName)

  /// The fields of a target's source; nil if one of them is none that can be probed.
  static func of(_ source: ValueSource) -> [ProbeField]? {
    switch source {
    case .scalar(let name): return scalars.contains(name) ? [.scalar(name)] : nil
    case .values(let slots): return slots.allSatisfy(collections.contains) ? slots.map { .values($0) } : nil
    case .names(let slots): return slots.allSatisfy(collections.contains) ? slots.map { .names($0) } : nil
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
