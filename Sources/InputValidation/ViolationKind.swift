import EvidenceModel
import OpenAPIValidation

/// All kinds of violations: the names by which settings, records and reports know them. The list is the index.
public enum ViolationKind: String, Sendable, CaseIterable {
  // OpenAPI, requests
  case unknownEndpoint = "unknown-endpoint"
  /// An endpoint that no document knows, and that answers all the same.
  case shadowEndpoint = "shadow-endpoint"
  case unknownMethod = "unknown-method"
  case unknownQuery = "unknown-query"
  case unknownHeader = "unknown-header"
  case unknownCookie = "unknown-cookie"
  case unknownProperty = "unknown-property"
  case wrongContentType = "wrong-content-type"
  case missingSecurity = "missing-security"
  case missingParameter = "missing-parameter"
  case missingBody = "missing-body"
  case unexpectedBody = "unexpected-body"
  case readOnlyInRequest = "readonly-in-request"
  case duplicateParameter = "duplicate-parameter"
  case duplicateMember = "duplicate-member"
  case invalid
  case notChecked = "not-checked"
  // OpenAPI, responses
  case writeOnlyInResponse = "writeonly-in-response"
  case undeclaredStatus = "undeclared-status"
  case invalidResponse = "invalid-response"
  // GraphQL
  case graphQLSyntax = "graphql-syntax"
  /// Depth, aliases, tokens, directives, root fields, complexity or batch beyond the limit.
  case graphQLLimit = "graphql-limit"
  case graphQLCycle = "graphql-cycle"
  case graphQLIntrospection = "graphql-introspection"
  /// A persisted query that is asked for by its hash: what it does cannot be seen here.
  case graphQLPersisted = "graphql-persisted"
  /// A mutation by GET, which caches and forged links can send.
  case graphQLMutationByGET = "graphql-mutation-by-get"
  // gRPC
  case grpcUnknownMethod = "grpc-unknown-method"
  case grpcUnknownField = "grpc-unknown-field"
  case grpcMalformed = "grpc-malformed"
  case grpcEnum = "grpc-unknown-enum-value"
  case grpcLimit = "grpc-limit"

  /// What is done if nobody says otherwise. Nothing refuses by itself: a document is rarely as strict as it looks, and unknown query
  /// parameters are normal for most servers.
  public var standard: SchemaReaction? {
    switch self {
    case .unknownHeader, .unknownCookie: nil
    case .unknownEndpoint, .shadowEndpoint, .unknownMethod, .unknownQuery, .unknownProperty, .missingSecurity, .unexpectedBody,
      .readOnlyInRequest, .notChecked, .writeOnlyInResponse, .undeclaredStatus, .invalidResponse, .graphQLIntrospection,
      .graphQLPersisted, .grpcUnknownField:
      .count
    case .missingParameter, .missingBody, .duplicateParameter, .graphQLMutationByGET, .grpcUnknownMethod, .grpcEnum: .score(2)
    case .wrongContentType, .duplicateMember, .invalid, .graphQLSyntax, .grpcMalformed: .score(3)
    case .graphQLLimit, .graphQLCycle, .grpcLimit: .score(5)
    }
  }

  /// The answer of a refusal because of it.
  public var status: Int {
    switch self {
    case .unknownEndpoint, .shadowEndpoint, .grpcUnknownMethod: 404
    case .unknownMethod, .graphQLMutationByGET: 405
    case .wrongContentType: 415
    case .missingSecurity: 401
    case .writeOnlyInResponse, .undeclaredStatus, .invalidResponse: 502
    case .unknownQuery, .unknownHeader, .unknownCookie, .unknownProperty, .missingParameter, .missingBody, .unexpectedBody,
      .readOnlyInRequest, .duplicateParameter, .duplicateMember, .invalid, .notChecked, .graphQLSyntax, .graphQLLimit, .graphQLCycle,
      .graphQLIntrospection, .graphQLPersisted, .grpcUnknownField, .grpcMalformed, .grpcEnum, .grpcLimit:
      400
    }
  }

  init(_ kind: OpenAPIFinding.Kind) {
    self =
      switch kind {
      case .unknownEndpoint: .unknownEndpoint
      case .unknownMethod: .unknownMethod
      case .unknownQuery: .unknownQuery
      case .unknownHeader: .unknownHeader
      case .unknownCookie: .unknownCookie
      case .unknownProperty: .unknownProperty
      case .wrongContentType: .wrongContentType
      case .missingSecurity: .missingSecurity
      case .missingParameter: .missingParameter
      case .missingBody: .missingBody
      case .unexpectedBody: .unexpectedBody
      case .readOnlyInRequest: .readOnlyInRequest
      case .duplicateParameter: .duplicateParameter
      case .duplicateMember: .duplicateMember
      case .invalid: .invalid
      case .notChecked: .notChecked
      case .writeOnlyInResponse: .writeOnlyInResponse
      case .undeclaredStatus: .undeclaredStatus
      case .invalidResponse: .invalidResponse
      }
  }
}
