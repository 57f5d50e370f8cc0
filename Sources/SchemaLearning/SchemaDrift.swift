import HTTPModel
import OpenAPIValidation

/// Compares a document with traffic: what is declared and never seen, what is seen and not declared. Confined to one thread.
public final class SchemaDrift {
  /// One difference.
  public struct Item: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
      case operationNeverSeen = "operation-never-seen"
      case endpointNotDeclared = "endpoint-not-declared"
      case methodNotDeclared = "method-not-declared"
      case parameterNeverSeen = "parameter-never-seen"
      case parameterNotDeclared = "parameter-not-declared"
      case optionalAlwaysPresent = "optional-always-present"
      case statusNotDeclared = "status-not-declared"
    }

    public var kind: Kind
    /// Such as `GET /albums/{id}`.
    public var endpoint: String
    /// Name of a parameter, a status or a value; empty if the endpoint is meant.
    public var subject: String
    public var requests: Int
    public var detail: String
  }

  private let document: OpenAPIDocument
  private var profiles: [OperationProfile]
  private let unknown = SchemaLearner()
  private let wrongMethod = SchemaLearner()
  public private(set) var requests = 0

  /// Requests from which on "always" and "never" mean something.
  private static let manyRequests = 20

  public init(_ document: OpenAPIDocument) {
    self.document = document
    profiles = Array(repeating: OperationProfile(), count: document.operations.count)
  }

  public func add(_ request: ObservedRequest) {
    requests += 1
    switch request.path.withUnsafeBufferPointer({ document.router.route(method: request.method, path: $0) }) {
    case .operation(let index, _): profiles[index].add(request)
    case .unknownPath: unknown.add(request)
    case .unknownMethod(let allowed):
      if request.method.elementsEqual("HEAD".utf8), allowed.contains("GET") { return }
      wrongMethod.add(request)
    }
  }

  /// All differences, in the order of the document, then of paths.
  public func items() -> [Item] {
    var list: [Item] = []
    for (operation, profile) in zip(document.operations, profiles) { list += items(operation, profile) }
    for (learner, kind) in [(unknown, Item.Kind.endpointNotDeclared), (wrongMethod, .methodNotDeclared)] {
      for found in learner.operations() {
        list.append(
          Item(
            kind: kind, endpoint: "\(found.method) \(found.path)", subject: "", requests: found.profile.requests,
            detail: "answered \(found.profile.requests) times, to \(found.profile.clients.count) clients"))
      }
    }
    return list
  }

  private func items(_ operation: OpenAPIOperation, _ profile: OperationProfile) -> [Item] {
    let endpoint = "\(operation.method) \(operation.path)"
    guard profile.requests > 0 else {
      return [
        Item(kind: .operationNeverSeen, endpoint: endpoint, subject: "", requests: 0, detail: operation.isDeprecated ? "is deprecated" : "")
      ]
    }
    var list: [Item] = []
    func add(_ kind: Item.Kind, _ subject: String, _ requests: Int, _ detail: String) {
      list.append(Item(kind: kind, endpoint: endpoint, subject: subject, requests: requests, detail: detail))
    }
    let query = operation.parameters.filter { $0.place == .query }
    for parameter in query {
      let names = names(of: parameter, among: profile)
      let seen = names.compactMap { profile.parameters[$0]?.requests }.max() ?? 0
      if seen == 0 {
        if profile.requests >= Self.manyRequests { add(.parameterNeverSeen, parameter.name, 0, "in \(profile.requests) requests") }
      } else if !parameter.isRequired, seen == profile.requests, seen >= Self.manyRequests {
        add(.optionalAlwaysPresent, parameter.name, seen, "in all of \(seen) requests")
      }
    }
    let known = Set(query.flatMap { names(of: $0, among: profile) })
    for (name, parameter) in profile.believableParameters where !known.contains(name) {
      add(
        .parameterNotDeclared, String(decoding: name.prefix(100), as: UTF8.self), parameter.requests,
        "in \(parameter.requests) of \(profile.requests) requests: \(parameter.values.summary)")
    }
    for (status, count) in profile.statuses.sorted(by: { $0.key < $1.key })
    where operation.response(status: status) == nil && (200..<400).contains(status) {
      add(.statusNotDeclared, String(status), count, "answered \(count) times")
    }
    return list
  }

  /// Under which names a parameter stands in a query.
  private func names(of parameter: OpenAPIParameter, among profile: OperationProfile) -> [[UInt8]] {
    let name = Array(parameter.name.utf8)
    if parameter.style == .deepObject { return profile.parameters.keys.filter { $0.starts(with: name + [UInt8(ascii: "[")]) } }
    if parameter.style == .form, parameter.explodes, case .object(let members) = parameter.shape {
      return members.keys.map { Array($0.utf8) }
    }
    return [name]
  }
}
