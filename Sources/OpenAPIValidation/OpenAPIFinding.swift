/// What of a message does not agree with the document. A finding is no verdict: a policy weighs it.
public struct OpenAPIFinding: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case unknownEndpoint = "unknown-endpoint"
    case unknownMethod = "unknown-method"
    case unknownQuery = "unknown-query"
    case unknownHeader = "unknown-header"
    case unknownCookie = "unknown-cookie"
    case unknownProperty = "unknown-property"
    case wrongContentType = "wrong-content-type"
    case missingSecurity = "missing-security"
    case missingParameter = "missing-parameter"
    case missingBody = "missing-body"
    /// The operation declares no body, and there is one.
    case unexpectedBody = "unexpected-body"
    case readOnlyInRequest = "readonly-in-request"
    /// A parameter that takes one value stands more than once: servers disagree which one counts.
    case duplicateParameter = "duplicate-parameter"
    case duplicateMember = "duplicate-member"
    case invalid
    /// Too large, or of a kind that is not looked into. Neither good nor bad.
    case notChecked = "not-checked"
    case writeOnlyInResponse = "writeonly-in-response"
    case undeclaredStatus = "undeclared-status"
    /// A response that does not hold what is declared.
    case invalidResponse = "invalid-response"
  }

  public var kind: Kind
  /// `query:limit`, `path:id`, `header:X-Key`, `cookie:c`, `body`, `response`; empty for the request as a whole. Names that nobody
  /// declared are as the client sent them, so escape it for a log.
  public var place: String
  /// JSON Pointer into the value; as the client sent it.
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
