/// What of a message does not agree with the document. A finding is no verdict: a policy weighs it.
public struct OpenAPIFinding: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case unknownEndpoint = "unknown-endpoint"
    case unknownMethod = "unknown-method"
    case unknownQuery = "unknown-query"
    case missingParameter = "missing-parameter"
    case missingSecurity = "missing-security"
    case missingBody = "missing-body"
    case wrongContentType = "wrong-content-type"
    case duplicateMember = "duplicate-member"
    case undeclaredStatus = "undeclared-status"
    case invalid
    /// Too large, or of a kind that is not looked into. Neither good nor bad.
    case notChecked = "not-checked"
  }

  public var kind: Kind
  /// `query:limit`, `path:id`, `header:X-Key`, `cookie:c`, `body`, `response`; empty for the request as a whole.
  public var place: String
  /// JSON Pointer into the value; as the client sent it, so escape it for a log.
  public var pointer: String
  /// One clause for people.
  public var detail: String

  public init(kind: Kind, place: String = "", pointer: String = "", detail: String) {
    self.kind = kind
    self.place = place
    self.pointer = pointer
    self.detail = detail
  }
}
