import SecLang

/// How much a finding matters.
public enum FindingSeverity: String, Sendable, CaseIterable, Comparable {
  /// Layout and spelling; shown only if asked for.
  case style
  case info
  /// Probably wrong.
  case warning
  /// The rule cannot work, or is a hole.
  case error

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}

/// One mistake in a rule set: where, what, and which check says so.
public struct Finding: Sendable {
  public var code: String
  public var name: String
  public var severity: FindingSeverity
  public var range: SourceRange
  /// The rule's id, if the place belongs to one.
  public var rule: Int?
  public var message: String
  /// A second place that matters, with what is there.
  public var related: (range: SourceRange, text: String)?
  public var help: String?
}

/// What a check is about, for `--explain` and for the tests: both examples are run.
public struct CheckDocumentation: Sendable {
  public var code: String
  public var name: String
  public var severity: FindingSeverity
  /// What is wrong and what an attacker, or the author, gets from it.
  public var why: String
  /// Yields this code.
  public var bad: String
  /// Yields nothing of this code.
  public var good: String
}

/// One check: it reads the whole set and gives its findings.
protocol Check: SendableMetatype {
  static var documentation: CheckDocumentation { get }
  static func findings(in context: LintContext) -> [Finding]
}

extension Check {
  static func finding(_ range: SourceRange, rule: Int?, _ message: String, severity: FindingSeverity? = nil, help: String? = nil) -> Finding
  {
    Finding(
      code: documentation.code, name: documentation.name, severity: severity ?? documentation.severity, range: range, rule: rule,
      message: message, help: help)
  }
}
