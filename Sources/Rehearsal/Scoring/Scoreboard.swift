import EvidenceModel

/// How verdicts stand against the truth, as data.
///
/// Whoever is not `allow`ed counts as flagged. The counting is strict on both sides: an abuser is caught if at least half of its
/// requests are covered by a flagged record, while one covered request of anybody else is a false alarm.
public struct Scoreboard: Sendable, Equatable {
  /// One way of counting: by entities, by identities (rows of truth), or by requests.
  public struct Measure: Sendable, Equatable {
    public var caught = 0
    public var missed = 0
    public var falseAlarms = 0
    public var spared = 0
    /// Nil if there is only one side.
    public var areaUnderCurve: Double?

    /// Nil if nothing was flagged.
    public var precision: Double? { Scoreboard.ratio(caught, caught + falseAlarms) }
    /// Nil if there is no abuse.
    public var recall: Double? { Scoreboard.ratio(caught, caught + missed) }
  }

  /// People, or machines that do no harm.
  public struct Group: Sendable, Equatable {
    public var group: EntityGroup
    public var entities = 0
    public var requests = 0
    public var flaggedEntities = 0
    public var flaggedRequests = 0

    public var rate: Double? { Scoreboard.ratio(flaggedEntities, entities) }
  }

  /// One kind of abuse.
  public struct Kind: Sendable, Equatable {
    public var kind: String
    public var label: ClientClass
    public var entities = 0
    public var requests = 0
    public var caughtEntities = 0
    public var flaggedRequests = 0
    /// Caught ones whose strongest flagged record names their class.
    public var rightLabels = 0
    public var medianDelay: Int?

    public var recall: Double? { Scoreboard.ratio(caughtEntities, entities) }
  }

  public var entities = Measure()
  public var identities = Measure()
  public var requests = Measure()
  /// In the order of `EntityGroup`; only those that occur.
  public var groups: [Group] = []
  /// By name.
  public var kinds: [Kind] = []
  /// Of caught abusers: the smallest `at_request` of the flagged records that cover them; the lower median.
  public var medianDelay: Int?
  /// Caught abusers whose strongest flagged record names their class.
  public var rightLabels = 0
  /// Requests that no record covers, and those that more than one does; both are mistakes of the report.
  public var uncoveredRequests = 0
  public var doublyCoveredRequests = 0
  /// Verdict records that cover no request.
  public var strayRecords = 0

  static func ratio(_ part: Int, _ whole: Int) -> Double? { whole == 0 ? nil : Double(part) / Double(whole) }
}
