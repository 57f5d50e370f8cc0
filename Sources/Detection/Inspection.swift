import EvidenceModel
import HTTPModel
import InputValidation
import RuleEngine
import SecLang

/// How much of a request the rules could look at.
public enum InspectedCoverage: String, Sendable { case full, partial, none }

/// What was done about a request's body that is longer than the rules look at in one piece.
public enum OversizedBody: String, Sendable {
  /// It was refused.
  case rejected
  /// Its beginning was inspected, and the rest went by.
  case partial
  /// Its beginning was inspected, and then the rest in windows that overlap.
  case windows
}

/// What an inspection came to.
public struct InspectionOutcome: Sendable {
  public var evidence: Evidence
  /// As enforced.
  public var verdict: Verdict
  /// The verdict that a brake (`--mode detect`, `DetectionOnly`) held back, if it did.
  public var would: VerdictKind?
  public var inspected: InspectedCoverage
  /// What was done about a body over the limit; nil if there was none.
  public var oversizedBody: OversizedBody?
  /// Whether the rules call for an audit record.
  public var isAuditRelevant: Bool
  /// `SecAuditEngine` or `ctl:auditEngine`; nil if nothing set it.
  public var auditMode: AuditMode?
  /// Rules that were asked, and those that could not be since what they read was not observed.
  public var rulesAsked: Int
  public var rulesUnasked: Int
  /// Values on which a rule could not be decided within the limits of PCRE2.
  public var matchLimitCount: Int
  /// Whether the steps of inspection did not suffice, so that some rules were not asked.
  public var isBudgetSpent = false
  /// What a record in ModSecurity's format shows; bodies only where they were buffered and a part asks for them.
  public var auditParts: AuditParts
  public var requestBody: [UInt8]?
  public var responseBody: [UInt8]?
  public var responseFields: [Field]
  /// `SecComponentSignature`, in order.
  public var components: [String]
  /// Whether the rules could act.
  public var isEnforcing: Bool
  /// What the rules keep out of records.
  public var hidden = HiddenTexts()
}

/// One request on its way through the detectors. Confined to one thread; the methods are called in the order in which they stand,
/// `finish` exactly once. A verdict already respects the mode: `.block` means "refuse now, with `status`".
public final class Inspection {
  private let transaction: Transaction
  private let schema: SchemaInspection?
  private let threshold: Int
  private let refusesOverBudget: Bool
  /// Begins another transaction of the same generation, for a window of the body.
  private let another: (Request) -> Transaction
  private var framing: FramingFault?
  private var oversizedBody: OversizedBody?
  private var wasTruncated = false
  private let request: Request
  /// The request with a head that says what a window is given as.
  private lazy var asForm: Request = {
    var form = request
    form.head.fields.removeAll { $0.isNamed("content-type") || $0.isNamed("content-encoding") }
    form.head.fields.append(Field("Content-Type", "application/x-www-form-urlencoded"))
    return form
  }()
  private var windowMatches: [RuleMatch] = []
  private var windowAnomaly = AnomalyScore()
  private var windowIntervention: Intervention?
  private var isWindowHeldBack = false
  private var responseDemand: BodyDemand = .none
  private var response: Response?
  private var wantsResponseForSchema = false
  private var requestBody: [UInt8]?
  private var responseBody: [UInt8]?

  init(
    request: Request, transaction: Transaction, schema: SchemaInspection?, threshold: Int, refusesOverBudget: Bool,
    another: @escaping (Request) -> Transaction
  ) {
    self.request = request
    self.transaction = transaction
    self.schema = schema
    self.threshold = threshold
    self.refusesOverBudget = refusesOverBudget
    self.another = another
  }

  /// Collects the steps for `explain`; set before the first phase.
  public var trace: TransactionTrace? {
    get { transaction.trace }
    set { transaction.trace = newValue }
  }

  /// What time it is; shells that own a clock may set it before each phase. The request's arrival by default.
  public var now: Timestamp {
    get { transaction.now }
    set { transaction.now = newValue }
  }

  /// Phase 1.
  public func inspectHead() -> Verdict {
    transaction.run(phase: 1)
    schema?.inspectHead()
    return verdict
  }

  /// What phase 2 needs; ask after `inspectHead`.
  public var requestBodyDemand: BodyDemand {
    let demand = transaction.requestBodyDemand
    // What is too long for the schema alone passes, marked as not checked.
    if demand == .none, let limit = schema?.bodyLimit { return .buffer(limit: limit, overLimit: .processPartial) }
    return demand
  }

  /// Phase 2. Called for every request that was not refused, with an empty body if there is none.
  public func inspectBody(_ body: [UInt8], isTruncated: Bool = false) -> Verdict {
    if !body.isEmpty, transaction.auditParts.contains("C") || transaction.auditParts.contains("I") { requestBody = body }
    if !body.isEmpty || isTruncated { transaction.giveBody(body, isTruncated: isTruncated) }
    if isTruncated { wasTruncated = true }
    if let schema { transaction.addArguments(schema.inspectBody(body, isTruncated: isTruncated)) }
    transaction.run(phase: 2)
    return verdict
  }

  /// Phase 2 for a piece of the body behind what `inspectBody` got, in a transaction of its own that begins with the same head.
  ///
  /// What the pieces of an encoding mean is known only to who has read it from its beginning, so a window is shown to the rules as
  /// form data, whatever the body is. Counters of persistent collections see the request once.
  ///
  /// - Parameter form: `application/x-www-form-urlencoded`; see `BodyWindows`.
  public func inspectWindow(_ form: [UInt8]) -> Verdict {
    let window = another(asForm)
    window.run(phase: 1)
    window.giveBody(form)
    window.run(phase: 2)
    for match in window.matches where !(transaction.matches + windowMatches).contains(where: { $0.id == match.id }) {
      windowMatches.append(match)
    }
    windowAnomaly.inbound = max(windowAnomaly.inbound, window.anomaly.inbound)
    if windowIntervention == nil, let intervention = window.intervention {
      windowIntervention = intervention
      isWindowHeldBack = window.isInterventionHeldBack
    }
    return verdict
  }

  /// What was decided about a body that is over the limit.
  public func report(_ decision: OversizedBody) { oversizedBody = decision }

  /// Phase 3.
  public func inspectResponseHead(_ response: Response) -> Verdict {
    self.response = response
    transaction.giveResponse(response)
    transaction.run(phase: 3)
    responseDemand = transaction.responseBodyDemand(for: response)
    if let schema {
      if let limit = schema.responseBodyLimit(for: response) {
        wantsResponseForSchema = true
        if responseDemand == .none { responseDemand = .buffer(limit: limit, overLimit: .processPartial) }
      } else {
        schema.inspectResponse(response, body: nil, isTruncated: false)
      }
    }
    return verdict
  }

  /// What phase 4 needs; ask after `inspectResponseHead`.
  public var responseBodyDemand: BodyDemand { responseDemand }

  /// Phase 4.
  public func inspectResponseBody(_ body: [UInt8], isTruncated: Bool = false) -> Verdict {
    if !body.isEmpty, transaction.auditParts.contains("E") { responseBody = body }
    if !body.isEmpty { transaction.giveResponseBody(body, isTruncated: isTruncated) }
    if wantsResponseForSchema, let response { schema?.inspectResponse(response, body: body, isTruncated: isTruncated) }
    wantsResponseForSchema = false
    transaction.run(phase: 4)
    return verdict
  }

  /// Broken HTTP: refused in every mode.
  public func report(_ fault: FramingFault) {
    framing = framing ?? fault
  }

  /// Phase 5, then the outcome.
  ///
  /// - Parameter status: what was answered to the client.
  public func finish(status: Int) -> InspectionOutcome {
    // An answer that nobody gave a head for is one of our own, or a log line's.
    schema?.finish(status: status, isOwn: response == nil && !isLogged)
    if response == nil { transaction.giveResponse(Response(status: status, fields: [])) }
    transaction.run(phase: 5)
    transaction.storeCollections()
    let evidence = evidence(includingHeldBack: false)
    let enforced = Verdict.of(evidence, threshold: threshold)
    var would: VerdictKind?
    let isSchemaHeldBack = schema?.violations.contains(where: \.weighs) == true
    if transaction.isInterventionHeldBack || isWindowHeldBack
      || ((bodyFault != nil || isSchemaHeldBack) && !transaction.isActing)
    {
      let held = Verdict.of(self.evidence(includingHeldBack: true), threshold: threshold)
      if held.kind > enforced.kind { would = held.kind }
    }
    if oversizedBody == nil, transaction.isBodyOverLimit {
      oversizedBody = transaction.isActing && transaction.bodyFault != nil ? .rejected : .partial
    }
    let isPartial =
      schema?.isPartial == true || transaction.isBodyPartlyInspected || wasTruncated || oversizedBody != nil
      || transaction.matchLimitCount > 0 || transaction.isBudgetSpent
    return InspectionOutcome(
      evidence: self.evidence(includingHeldBack: true), verdict: enforced, would: would,
      inspected: !transaction.isRunning ? .none : isPartial || transaction.isBodyUninspected ? .partial : .full,
      oversizedBody: oversizedBody,
      isAuditRelevant: transaction.isRelevant(status: status) || transaction.hasAuditedMatch || framing != nil
        || transaction.intervention != nil || windowIntervention != nil || bodyFault != nil || isSchemaHeldBack,
      auditMode: transaction.auditMode, rulesAsked: transaction.rulesAsked, rulesUnasked: transaction.rulesUnasked,
      matchLimitCount: transaction.matchLimitCount, isBudgetSpent: transaction.isBudgetSpent, auditParts: transaction.auditParts,
      requestBody: requestBody,
      responseBody: responseBody, responseFields: response?.fields ?? [], components: transaction.componentSignatures,
      isEnforcing: transaction.isActing, hidden: transaction.hiddenTexts)
  }

  /// Why the request must not pass although no rule refuses it: a body that could not be read, or a budget that was spent.
  private var bodyFault: BodyFault? {
    if let fault = transaction.bodyFault { return fault }
    guard transaction.isBudgetSpent, refusesOverBudget else { return nil }
    return BodyFault(status: 503, detail: "more steps of inspection than limits.inspection-steps")
  }

  private var isLogged: Bool {
    if case .unobserved = transaction.observedBody { return true }
    return false
  }

  private var verdict: Verdict { Verdict.of(evidence(includingHeldBack: false), threshold: threshold) }

  private func evidence(includingHeldBack: Bool) -> Evidence {
    var evidence = Evidence()
    evidence.rules = windowMatches.isEmpty ? transaction.matches : transaction.matches + windowMatches
    evidence.anomaly = transaction.anomaly
    evidence.anomaly.inbound = max(evidence.anomaly.inbound, windowAnomaly.inbound)
    if includingHeldBack || !transaction.isInterventionHeldBack { evidence.intervention = transaction.intervention }
    if evidence.intervention == nil, includingHeldBack || !isWindowHeldBack { evidence.intervention = windowIntervention }
    if includingHeldBack || transaction.isActing { evidence.body = bodyFault }
    evidence.framing = framing
    if let schema {
      evidence.schema = schema.violations
      evidence.schemaActs = includingHeldBack || transaction.isActing
      if let signal = schema.signal { evidence.behavior.append(signal) }
    }
    return evidence
  }
}
