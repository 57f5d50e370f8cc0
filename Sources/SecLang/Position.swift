/// A place in a rule file. Lines and columns count from 1; a column counts bytes.
public struct SourcePosition: Sendable, Hashable, Comparable {
  /// The path as it was given or found, for messages.
  public var file: String
  public var line: Int
  public var column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.file, left.line, left.column) < (right.file, right.line, right.column)
  }
}

/// A stretch of a rule file; `end` is the position after the last byte.
public struct SourceRange: Sendable, Hashable {
  public var start: SourcePosition
  public var end: SourcePosition

  public init(start: SourcePosition, end: SourcePosition) {
    self.start = start
    self.end = end
  }
}

/// A value and the text it was read from.
public struct Located<Value: Sendable>: Sendable {
  public var value: Value
  public var range: SourceRange

  public init(_ value: Value, _ range: SourceRange) {
    self.value = value
    self.range = range
  }
}

/// What the parser found wrong, where, and what was expected there. Never a crash, never a silent skip.
public struct Diagnostic: Sendable {
  public enum Severity: String, Sendable { case error, warning }
  /// What kind of mistake it is; the linter maps these to its SL1 and SL2 checks.
  public enum Kind: String, Sendable, CaseIterable {
    case syntaxError, unknownDirective, unknownVariable, unknownOperator, unknownAction, unknownTransformation, badArgument
    case unterminatedContinuation, missingDataFile, emptyDataFile, includeWithoutMatch, duplicateInclude, unreadableFile
    case missingID, duplicateID, openChain, starterActionInChain, refusedFeature, ignoredDirective, limitExceeded
  }
  public var kind: Kind
  public var severity: Severity
  public var message: String
  public var range: SourceRange
  /// The nearest known name, if a name was not known.
  public var suggestion: String?
  /// A second place that matters (the first rule with the same id).
  public var related: SourceRange?

  public init(
    _ kind: Kind, _ severity: Severity, _ message: String, at range: SourceRange, suggestion: String? = nil,
    related: SourceRange? = nil
  ) {
    self.kind = kind
    self.severity = severity
    self.message = message
    self.range = range
    self.suggestion = suggestion
    self.related = related
  }

  /// An error.
  public init(
    _ kind: Kind, _ message: String, at range: SourceRange, suggestion: String? = nil, related: SourceRange? = nil
  ) {
    self.init(kind, .error, message, at: range, suggestion: suggestion, related: related)
  }
}
