/// The totals that the CRS's own rules add up. Reported as they are; never added a second time.
public struct AnomalyScore: Sendable, Equatable {
  public var inbound: Int
  public var outbound: Int

  public init(inbound: Int = 0, outbound: Int = 0) {
    self.inbound = inbound
    self.outbound = outbound
  }
}

/// A finding about a client's behavior: how much more likely abuse makes what was seen, in bits, and words for a person.
public struct BehaviorSignal: Sendable, Equatable {
  /// The signal's stable name, such as `endpoint-order`.
  public var signal: String
  /// log2 of the likelihood ratio abuse : fan. Positive speaks for abuse.
  public var bits: Double
  public var detail: String

  public init(signal: String, bits: Double, detail: String) {
    self.signal = signal
    self.bits = bits
    self.detail = detail
  }
}

/// A request that breaks HTTP so that forwarding it would be ambiguous; refused in every mode.
public struct FramingFault: Sendable, Equatable {
  /// 400, 413, 414, 417, 431, 501 or 505.
  public var status: Int
  public var detail: String

  public init(status: Int, detail: String) {
    self.status = status
    self.detail = detail
  }
}

/// A request body that could not be read as what it claims to be, or that is over a limit: what it hides is not known.
///
/// Respects the mode, unlike a framing fault: the origin can read such a body, and may mean to.
public struct BodyFault: Sendable, Equatable {
  /// 400 or 413.
  public var status: Int
  public var detail: String

  public init(status: Int, detail: String) {
    self.status = status
    self.detail = detail
  }
}

/// Everything that the detectors found about one request.
public struct Evidence: Sendable {
  public var rules: [RuleMatch] = []
  public var anomaly = AnomalyScore()
  public var intervention: Intervention?
  public var behavior: [BehaviorSignal] = []
  public var framing: FramingFault?
  public var body: BodyFault?
  public var schema: [SchemaViolation] = []
  /// Whether schema violations may refuse; false under a brake.
  public var schemaActs = true

  public init() {}
}

extension Evidence {
  /// The ids of rules that matched and log, each once.
  public var loggedRuleIDs: [Int] {
    var ids: [Int] = []
    for match in rules where match.isLogged && !ids.contains(match.id) { ids.append(match.id) }
    return ids
  }

  /// Whether a rule took the client for a security scanner.
  public var speaksOfScanner: Bool {
    rules.contains { match in
      match.isLogged && match.tags.contains { $0.elementsEqual("attack-reputation-scanner".utf8) }
    }
  }
}
