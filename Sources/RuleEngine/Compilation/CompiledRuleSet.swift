import BodyDecoding
import PatternScan
import SecLang

/// A rule set ready to run: one immutable generation, shared by all threads.
///
/// Built once at load; a transaction ends with the generation it began with.
public final class CompiledRuleSet: @unchecked Sendable {
  // Unchecked for the views, which nothing changes.
  public let settings: EngineSettings
  /// Rules and links, without those that the engine adds itself.
  public let ruleCount: Int
  /// Chain heads by phase; index 0 is unused.
  let phases: [[CompiledChain]]
  /// The same, for running without counting references.
  let programs: [UnsafeBufferPointer<Unmanaged<CompiledChain>>]
  let chainCount: Int
  let plan: RulePlan
  /// What names and fixed texts of the rules are views of.
  private let bytes: RuleBytes
  let transformations: TransformationTree
  let transactionKeys: TransactionKeyIndex
  /// Slot in which a match limit is reported.
  let pcreLimitsSlot: Int
  /// XPaths other than `/*` and `//@*`; each is evaluated once a body.
  let xmlPaths: [XMLPath]
  /// The slots in which the CRS keeps its totals; the first one that is set is the total.
  let inboundScoreSlots: [Int]
  let outboundScoreSlots: [Int]
  /// Per paranoia level, as 3.x and 4.x name them.
  let levelScoreSlots: [Int]
  /// The score of rule sets of our own, kept beside the CRS's.
  let ownScoreSlot: Int
  /// `SecAuditLogRelevantStatus`: the statuses that call for a record; nil if no file says.
  let auditRelevantStatus: RegexPattern?
  /// Whether a rule reads the client's address, so that its answers differ by client.
  public let readsClientAddress: Bool
  /// Whether a rule decides what becomes of bodies that cannot be read (`REQBODY_ERROR`), as ModSecurity's recommended 200002 does.
  let readsBodyError: Bool

  /// Whether a rule reads `ENV`, the whole request as text, or what files hold: made only then.
  let readsEnvironment: Bool
  let readsFullRequest: Bool
  let readsFileContent: Bool
  /// Whether a rule holds XML bodies against a document type or a schema.
  let validatesXML: Bool
  /// The scalars that rules read; the others need not be there.
  let readScalars: ScalarSet
  /// Those that are 0 when a transaction begins.
  let zeroAtStart: [VariableName]
  /// Whether a rule reads the time of day or the date.
  let readsTime: Bool

  init(
    settings: EngineSettings, ruleCount: Int, phases: [[CompiledChain]], chainCount: Int,
    transformations: TransformationTree, transactionKeys: TransactionKeyTable, pcreLimitsSlot: Int, xmlPaths: [XMLPath],
    inboundScoreSlots: [Int], outboundScoreSlots: [Int], levelScoreSlots: [Int], ownScoreSlot: Int, readsClientAddress: Bool,
    readsBodyError: Bool, auditRelevantStatus: RegexPattern?, bytes: RuleBytes
  ) {
    self.settings = settings
    self.ruleCount = ruleCount
    self.phases = phases
    programs = phases.map { bytes.keep($0.map { Unmanaged.passUnretained($0) }) }
    self.chainCount = chainCount
    self.transformations = transformations
    plan = RulePlanner.plan(phases, transformations: transformations)
    self.transactionKeys = TransactionKeyIndex(transactionKeys, bytes: bytes)
    readsEnvironment = transactionKeys.named.contains(.env)
    readsFullRequest = !transactionKeys.named.isDisjoint(with: [.fullRequest, .fullRequestLength])
    readsFileContent = transactionKeys.named.contains(.filesTmpContent)
    validatesXML = phases.joined().flatMap(\.links).contains { link in
      if case .fixed(let test) = link.test, case .document? = test._withUnsafeGuaranteedRef({ $0.question }) { true } else { false }
    }
    readScalars = transactionKeys.readScalars
    zeroAtStart = RequestValues.zeroAtStart.filter(transactionKeys.readScalars.contains)
    readsTime = RequestValues.times.contains(where: transactionKeys.readScalars.contains)
    let scratch = RegexScratch()
    for link in phases.joined().flatMap(\.links) {
      for index in link.targets.indices { link.targets[index].resolve(transactionKeys, scratch, bytes: bytes) }
    }
    self.pcreLimitsSlot = pcreLimitsSlot
    self.xmlPaths = xmlPaths
    self.inboundScoreSlots = inboundScoreSlots
    self.outboundScoreSlots = outboundScoreSlots
    self.levelScoreSlots = levelScoreSlots
    self.ownScoreSlot = ownScoreSlot
    self.readsClientAddress = readsClientAddress
    self.readsBodyError = readsBodyError
    self.auditRelevantStatus = auditRelevantStatus
    self.bytes = bytes
  }
}
