/// One error of a value: a unit of the output format "basic" (2020-12 core, section 12.3).
public struct SchemaIssue: Sendable, Equatable {
  /// The way through the schema, references included, as a JSON Pointer: `/properties/a/$ref/type`.
  public var keywordLocation: String
  /// Where the keyword stands: the URI of its schema resource and a pointer from there.
  public var absoluteKeywordLocation: String
  /// JSON Pointer to the value at fault; empty for the value at the top. Holds names as the client sent them: escape it for a
  /// terminal or a log.
  public var instanceLocation: String
  /// One clause for people: `is shorter than 2 characters`. Holds nothing of the value itself but names of members.
  public var error: String

  public init(keywordLocation: String, absoluteKeywordLocation: String, instanceLocation: String, error: String) {
    self.keywordLocation = keywordLocation
    self.absoluteKeywordLocation = absoluteKeywordLocation
    self.instanceLocation = instanceLocation
    self.error = error
  }
}

/// A verdict with its reasons.
public struct SchemaReport: Sendable, Equatable {
  public var verdict: SchemaVerdict
  /// In the order in which they were found; empty unless the verdict is `invalid` or `limitReached`.
  public var issues: [SchemaIssue]

  public var isValid: Bool { verdict == .valid }
}
