/// One action of a rule, parsed.
public enum RuleAction: Sendable {
  // Metadata
  case id(Int)
  /// 1 to 5; `request` is 2, `response` 4, `logging` 5.
  case phase(Int)
  case message(MacroText)
  case logData(MacroText)
  case tag(MacroText)
  case version(String)
  case revision(String)
  case severity(Severity)
  case maturity(Int)
  case accuracy(Int)
  case transformation(TransformationName)

  // Flow
  case chain
  case skip(Int)
  /// A marker's name, or a rule id in decimal.
  case skipAfter(String)

  // Disruptive
  case disruptive(DisruptiveAction)
  /// The status that `deny`, `block` and `redirect` answer with: 100 to 599.
  case status(Int)

  // Non-disruptive
  case log
  case noLog
  case auditLog
  case noAuditLog
  case capture
  case multiMatch
  case setVariable(VariableAssignment)
  case expireVariable(collection: VariableName, key: MacroText, seconds: MacroText)
  case deprecateVariable(collection: VariableName, key: MacroText, amount: Int, seconds: Int)
  case initCollection(VariableName, key: MacroText)
  case setUserID(MacroText)
  case setSessionID(MacroText)
  case setResourceID(MacroText)
  case setEnvironment(name: MacroText, value: MacroText)
  case control(Control)
  case sanitise(Sanitisation)
  case xmlNamespace(prefix: String, uri: String)
  /// `append` and `prepend`: read, and refused at load by the engine unless content injection is on.
  case append(MacroText)
  case prepend(MacroText)
  case pause(MacroText)
  /// `exec`: read so that the linter can speak of it; refused at load.
  case execute(String)
}

/// The actions that decide what becomes of a transaction.
public enum DisruptiveAction: Sendable, Equatable {
  case pass, block, deny, drop
  case allow(AllowScope)
  case redirect(MacroText)
  case proxy(MacroText)

  public enum AllowScope: Sendable { case transaction, phase, request }
}

/// The eight severities of syslog. Lower is worse.
public enum Severity: Int, Sendable, CaseIterable, Comparable {
  case emergency, alert, critical, error, warning, notice, info, debug

  /// `EMERGENCY` to `DEBUG`.
  public var name: String {
    switch self {
    case .emergency: "EMERGENCY"
    case .alert: "ALERT"
    case .critical: "CRITICAL"
    case .error: "ERROR"
    case .warning: "WARNING"
    case .notice: "NOTICE"
    case .info: "INFO"
    case .debug: "DEBUG"
    }
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// `setvar`: which variable, and what to do with it.
public struct VariableAssignment: Sendable {
  public enum Operation: Sendable {
    case assign(MacroText)
    /// `=+value`
    case add(MacroText)
    /// `=-value`
    case subtract(MacroText)
    case unset
  }
  public var collection: VariableName
  /// Everything after the first dot, dots included; may hold macros.
  public var key: MacroText
  public var operation: Operation

  public init(collection: VariableName, key: MacroText, operation: Operation) {
    self.collection = collection
    self.key = key
    self.operation = operation
  }
}

/// `On`, `Off` or `DetectionOnly` (for `SecRuleEngine` and `ctl:ruleEngine`).
public enum EngineMode: String, Sendable {
  case on = "On"
  case off = "Off"
  case detectionOnly = "DetectionOnly"
}

/// `On`, `Off` or `RelevantOnly` (for `SecAuditEngine` and `ctl:auditEngine`).
public enum AuditMode: String, Sendable {
  case on = "On"
  case off = "Off"
  case relevantOnly = "RelevantOnly"
}

/// A request body processor as SecLang names it.
public enum BodyProcessorName: String, Sendable, CaseIterable {
  case urlencoded = "URLENCODED"
  case multipart = "MULTIPART"
  case xml = "XML"
  case json = "JSON"
}

/// One `ctl` action.
public enum Control: Sendable {
  case ruleEngine(EngineMode)
  case removeRules(RuleSelector)
  case removeTarget(RuleSelector, VariableName, Target.Selector?)
  case requestBodyProcessor(BodyProcessorName)
  case forceRequestBodyVariable(Bool)
  case requestBodyAccess(Bool)
  case requestBodyLimit(Int)
  case auditEngine(AuditMode)
  /// As written: `+E`, `-C` or a whole list.
  case auditLogParts(String)
  case responseBodyAccess(Bool)
  case responseBodyProcessor(BodyProcessorName)
  case responseBodyLimit(Int)
  case forceResponseBodyVariable(Bool)
  case debugLogLevel(Int)
  /// `hashEngine`, `hashEnforcement`: accepted and without effect.
  case ignored(ControlOption)
}

/// What a `sanitise…` action hides in records.
public enum Sanitisation: Sendable {
  case argument(String)
  case matched
  /// Bytes left readable at the start and the end.
  case matchedBytes(leading: Int, trailing: Int)
  case requestHeader(String)
  case responseHeader(String)
}
