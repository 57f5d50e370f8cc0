/// One rule that matched (for a chain: its head, after all links held), as evidence.
///
/// `message`, `data` and `tags` are expanded; bytes may be anything, so writers must escape them.
public struct RuleMatch: Sendable, Equatable {
  /// One value on which the rule's operator matched.
  public struct Value: Sendable, Equatable {
    /// `COLLECTION:key` with the key in its original case, such as `ARGS:id`.
    public var name: [UInt8]
    /// The value after the rule's transformations.
    public var value: [UInt8]

    public init(name: [UInt8], value: [UInt8]) {
      self.name = name
      self.value = value
    }
  }

  public var id: Int
  /// 1 to 5.
  public var phase: Int
  /// `EMERGENCY` to `DEBUG`, or nil if the rule states none.
  public var severity: String?
  /// 0 (EMERGENCY) to 7 (DEBUG).
  public var severityNumber: Int?
  /// `ver` and `rev` of the rule.
  public var version: String?
  public var revision: String?
  public var message: [UInt8]
  public var data: [UInt8]
  public var tags: [[UInt8]]
  public var matched: [Value]
  /// Whether `log` is in effect: only such matches are shown in records.
  public var isLogged: Bool
  /// Whether `auditlog` is in effect: such a match makes the transaction relevant.
  public var isAudited: Bool
  public var file: String
  public var line: Int

  public init(
    id: Int, phase: Int, severity: String?, message: [UInt8], data: [UInt8], tags: [[UInt8]], matched: [Value],
    isLogged: Bool, isAudited: Bool, file: String, line: Int
  ) {
    self.id = id
    self.phase = phase
    self.severity = severity
    self.message = message
    self.data = data
    self.tags = tags
    self.matched = matched
    self.isLogged = isLogged
    self.isAudited = isAudited
    self.file = file
    self.line = line
  }
}

/// What the rules wish to be done with a transaction. A wish is evidence; only `Verdict.of` decides.
public struct Intervention: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    case deny
    /// Close the connection without an answer.
    case drop
    case redirect([UInt8])
  }
  public var kind: Kind
  /// The status to answer with: 403 for `deny` unless the rule says otherwise, 302 for `redirect`.
  public var status: Int
  /// The rule that wished it.
  public var ruleID: Int
  public var phase: Int

  public init(kind: Kind, status: Int, ruleID: Int, phase: Int) {
    self.kind = kind
    self.status = status
    self.ruleID = ruleID
    self.phase = phase
  }
}
