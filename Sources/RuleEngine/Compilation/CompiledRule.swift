import PatternScan
import SecLang

/// A head with its links, ready to run.
final class CompiledChain: @unchecked Sendable {
  // Unchecked for the buffer, which nothing changes.
  /// 0 for rules that the engine adds itself; those are never reported.
  let id: Int
  let phase: Int
  /// The head first.
  let links: [CompiledRule]
  /// The same, for running without counting references.
  let program: UnsafeMutableBufferPointer<Unmanaged<CompiledRule>>
  let message: CompiledText?
  let logData: CompiledText?
  let tags: [CompiledText]
  let version: String?
  let revision: String?
  let severity: Severity?
  let disruptive: DisruptiveAction
  let redirect: CompiledText?
  let status: Int?
  let flow: Flow
  let isLogged: Bool
  let isAudited: Bool
  let file: String
  let line: Int
  /// Index in the whole rule set, for the sets that `ctl` works with.
  let index: Int
  /// Whether `MATCHED_VARS` can be read while it runs or shown when it is over.
  let keepsMatchedValues: Bool
  /// Whether a match has no consequence but effects and a jump: nothing is logged, counted or refused.
  let isSilent: Bool

  init(
    id: Int, phase: Int, links: [CompiledRule], message: CompiledText?, logData: CompiledText?, tags: [CompiledText], version: String?,
    revision: String?, severity: Severity?, disruptive: DisruptiveAction, redirect: CompiledText?, status: Int?, flow: Flow, isLogged: Bool,
    isAudited: Bool, file: String, line: Int, index: Int
  ) {
    self.id = id
    self.phase = phase
    self.links = links
    program = .allocate(capacity: links.count)
    _ = program.initialize(from: links.map { Unmanaged.passUnretained($0) })
    self.message = message
    self.logData = logData
    self.tags = tags
    self.version = version
    self.revision = revision
    self.severity = severity
    self.disruptive = disruptive
    self.redirect = redirect
    self.status = status
    self.flow = flow
    self.isLogged = isLogged
    self.isAudited = isAudited
    self.file = file
    self.line = line
    self.index = index
    let reads = links.contains { link in
      link.actions.contains { effect in
        switch effect {
        case .setVariable(_, _, .unset): false
        case .setVariable(_, let key, .assign(let text)), .setVariable(_, let key, .add(let text)),
          .setVariable(_, let key, .subtract(let text)):
          text.readsMatchedValues || { if case .text(let name) = key { name.readsMatchedValues } else { false } }()
        case .control: false
        default: true
        }
      }
    }
    keepsMatchedValues = links.count > 1 || isLogged || reads
    var isPass = false
    if case .pass = disruptive { isPass = true }
    isSilent = isPass && !isLogged && !isAudited && severity == nil
  }

  deinit { program.deallocate() }

  enum Flow: Sendable {
    case next
    /// So many heads forward.
    case skip(Int)
    /// To this index in the phase's list.
    case jump(Int)
  }
}

/// One rule of a chain.
final class CompiledRule: @unchecked Sendable {
  // Unchecked for the buffers, which nothing changes once the rule set is made.
  let targets: UnsafeMutableBufferPointer<CompiledTarget>
  let exclusions: UnsafeMutableBufferPointer<CompiledTarget>
  let test: RuleTest
  let isNegated: Bool
  let transformations: [TransformationName]
  /// The node in `TransformationTree` at which the list ends.
  let transformationNode: Int
  let isMultiMatch: Bool
  let isCapturing: Bool
  /// Its non-disruptive actions as parsed, for load time, and as they run.
  let actions: [RuleEffect]
  let effects: UnsafeBufferPointer<FastEffect>
  let operatorName: OperatorName?

  init(
    targets: [CompiledTarget], exclusions: [CompiledTarget], test: RuleTest, isNegated: Bool, transformations: [TransformationName],
    transformationNode: Int, isMultiMatch: Bool, isCapturing: Bool, effects: [RuleEffect], bytes: RuleBytes, operatorName: OperatorName?
  ) {
    self.targets = Self.buffer(targets)
    self.exclusions = Self.buffer(exclusions)
    self.test = test
    self.isNegated = isNegated
    self.transformations = transformations
    self.transformationNode = transformationNode
    self.isMultiMatch = isMultiMatch
    self.isCapturing = isCapturing
    actions = effects
    self.effects = bytes.keep(effects.map { FastEffect($0, keptBy: bytes) })
    self.operatorName = operatorName
  }

  private static func buffer(_ list: [CompiledTarget]) -> UnsafeMutableBufferPointer<CompiledTarget> {
    let buffer = UnsafeMutableBufferPointer<CompiledTarget>.allocate(capacity: list.count)
    _ = buffer.initialize(from: list)
    return buffer
  }

  deinit {
    targets.deallocate()
    exclusions.deallocate()
  }
}

/// What a rule asks of a value. A plain value; the rule set keeps what it refers to.
enum RuleTest: BitwiseCopyable, @unchecked Sendable {
  // Unchecked for the references, which nothing changes.
  /// `SecAction`.
  case always
  case fixed(Unmanaged<CompiledOperator>)
  /// An operand with macros: expanded and compiled when it is asked.
  case dynamic(OperatorName, Unmanaged<CompiledText>)
}

/// A non-disruptive action, ready to run once per matching value.
enum RuleEffect: Sendable {
  case setVariable(collection: VariableName, key: VariableKey, operation: Operation)
  case expireVariable(collection: VariableName, key: CompiledText, seconds: CompiledText)
  case initCollection(CollectionSlot, key: CompiledText)
  case deprecateVariable(collection: VariableName, key: CompiledText, amount: Int, seconds: Int)
  case setEnvironment(name: CompiledText, value: CompiledText)
  case setIdentity(VariableName, CompiledText)
  case control(CompiledControl)
  case sanitiseArgument([UInt8])
  case sanitiseRequestHeader([UInt8])
  case sanitiseResponseHeader([UInt8])
  case sanitiseMatched

  enum VariableKey: Sendable {
    case slot(Int)
    case fixed([UInt8])
    case text(CompiledText)
  }
  enum Operation: Sendable {
    case assign(CompiledText)
    case add(CompiledText)
    case subtract(CompiledText)
    case unset
  }
}

/// A `ctl`, with the rules that it names found at load.
enum CompiledControl: Sendable {
  case ruleEngine(EngineMode)
  case removeRules(RuleIndexSet)
  case removeTarget(RuleIndexSet, TargetPattern)
  case requestBodyProcessor(BodyProcessorName)
  case forceRequestBodyVariable(Bool)
  case requestBodyAccess(Bool)
  case requestBodyLimit(Int)
  case auditEngine(AuditMode)
  case auditParts(AuditParts.Change)
  case responseBodyAccess(Bool)
  case responseBodyLimit(Int)
  case responseBodyProcessor(BodyProcessorName)
  case forceResponseBodyVariable(Bool)
  case none
}

/// A target that is to be left out: a whole variable, or values of it.
struct TargetPattern: Sendable {
  var variable: VariableName
  var selector: CompiledSelector?
}

/// A set of chains by index.
struct RuleIndexSet: Equatable, Sendable {
  private(set) var words: [UInt64]

  init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

  mutating func insert(_ index: Int) { words[index >> 6] |= 1 << UInt64(index & 63) }
  @inline(__always)
  func contains(_ index: Int) -> Bool { words[index >> 6] & (1 << UInt64(index & 63)) != 0 }
  mutating func formUnion(_ other: RuleIndexSet) {
    for index in words.indices { words[index] |= other.words[index] }
  }
  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
}

/// Text with macros whose names are resolved.
final class CompiledText: @unchecked Sendable {
  // Unchecked for the views alone, which the rule set keeps and nothing changes. A class, since effects and operands that hold
  // texts are passed around.
  enum Part: Sendable {
    case literal([UInt8])
    case value(ValueSource, variable: VariableName, key: [UInt8]?)
  }
  let parts: [Part]
  /// The text if it holds no macro.
  let fixed: [UInt8]?
  let fixedView: ByteView?
  /// The parts as plain values, if all of them are texts and transaction variables.
  let pieces: UnsafeBufferPointer<Piece>?

  enum Piece: BitwiseCopyable {
    case text(ByteView)
    case variable(Int)
    /// Not `MATCHED_VAR_NAME`, which is made when it is asked for.
    case scalar(VariableName)
  }

  init(_ text: MacroText, keys: inout TransactionKeyTable, bytes: RuleBytes) {
    parts = text.parts.compactMap { part in
      switch part {
      case .literal(let bytes): .literal(bytes)
      case .macro(let variable, let key):
        .value(ValueSource.of(variable, key: key, keys: &keys), variable: variable, key: key.map(lowercased))
      case .unknownMacro: nil
      }
    }
    if parts.isEmpty {
      fixed = []
    } else if parts.count == 1, case .literal(let text) = parts[0] {
      fixed = text
    } else {
      fixed = nil
    }
    fixedView = fixed.map { bytes.keep($0) }
    let pieces: [Piece] = parts.compactMap { part in
      switch part {
      case .literal(let text): .text(bytes.keep(text))
      case .value(.transactionVariable(let slot), _, _): .variable(slot)
      case .value(.scalar(let name), _, _) where name != .matchedVarName: .scalar(name)
      case .value: nil
      }
    }
    self.pieces = pieces.count == parts.count ? bytes.keep(pieces) : nil
  }
}

/// The lists of transformations of all rules as one tree, so that a value is transformed once for each distinct prefix.
struct TransformationTree: Sendable {
  struct Node: Sendable {
    var parent: Int
    var transformation: TransformationName
  }
  /// Node 0 is the untransformed value.
  private(set) var nodes: [Node] = [Node(parent: -1, transformation: .none)]
  private var children: [[Int: Int]] = [[:]]

  mutating func node(for list: [TransformationName]) -> Int {
    var node = 0
    for transformation in list {
      let ordinal = TransformationTree.ordinals[transformation] ?? 0
      if let child = children[node][ordinal] {
        node = child
      } else {
        nodes.append(Node(parent: node, transformation: transformation))
        children.append([:])
        children[node][ordinal] = nodes.count - 1
        node = nodes.count - 1
      }
    }
    return node
  }

  private static let ordinals = Dictionary(
    uniqueKeysWithValues: TransformationName.allCases.enumerated().map { ($0.element, $0.offset) })
}
