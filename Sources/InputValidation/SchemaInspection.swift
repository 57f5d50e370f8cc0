import BodyDecoding
import EvidenceModel
import GRPCInspection
import GraphQLInspection
import HTTPModel
import OpenAPIValidation

/// One request held against the documents. Confined to one thread; the methods are called in the order in which they stand.
public final class SchemaInspection {
  private let parent: SchemaGuard
  private let scratch: SchemaScratch
  private let request: Request
  /// The document that knows the path, and the operation in it.
  private var inspector: OpenAPIInspector?
  private var operation: Int?
  private var isGraphQL = false
  private var isGRPC = false
  private var isUnknown = false
  private var endpoint = ""
  private let path: [UInt8]

  /// What was found so far, as the policy wants it.
  public private(set) var violations: [SchemaViolation] = []
  /// Whether some part could not be checked.
  public private(set) var isPartial = false
  /// What is known of the client beyond this request; set by `finish`.
  public private(set) var signal: BehaviorSignal?

  private var policy: ViolationPolicy { parent.configuration.policy }

  public init(_ parent: SchemaGuard, scratch: SchemaScratch, request: Request) {
    self.parent = parent
    self.scratch = scratch
    self.request = request
    path = Array(request.head.target.prefix { $0 != UInt8(ascii: "?") })
  }

  // MARK: Requests

  public func inspectHead() {
    isGraphQL = parent.graphQLPaths.contains(path)
    let type = ContentType(parsing: request.head.fields.firstValue(of: "content-type") ?? []).type
    if let grpc = parent.configuration.grpc, GRPCInspector.isGRPC(type) || grpc.knows(path) {
      isGRPC = true
      endpoint = "POST " + shown(path)
      if !grpc.knows(path) {
        isGRPC = false
        add(.grpcUnknownMethod, detail: "no service of the descriptor set has this method")
      }
      return
    }
    guard !scratch.inspectors.isEmpty else { return }
    var unknown: [OpenAPIFinding] = []
    for candidate in scratch.inspectors {
      let (index, findings) = candidate.inspect(request.head, coverage: request.fieldCoverage)
      if findings.first?.kind == .unknownEndpoint || findings.first?.kind == .unknownMethod {
        if unknown.isEmpty || findings[0].kind == .unknownMethod { unknown = findings }
        continue
      }
      inspector = candidate
      operation = index
      if let index {
        let declared = candidate.document.operations[index]
        endpoint = "\(declared.method) \(declared.path)"
      }
      take(findings)
      if let index, candidate.document.operations[index].body == nil, hasBody { take(candidate.unexpectedBody()) }
      return
    }
    endpoint = shown(Array(request.head.method.prefix(32))) + " " + shown(path)
    if isGraphQL { return }
    isUnknown = unknown.first?.kind == .unknownEndpoint
    take(unknown)
  }

  /// Whether the body must be seen, and how much of it; ask after `inspectHead`.
  public var bodyLimit: Int? {
    if isGraphQL || isGRPC { return parent.configuration.bodyLimit }
    guard let inspector, let operation, inspector.document.operations[operation].body != nil else { return nil }
    return parent.configuration.bodyLimit
  }

  /// - Returns: values that the rules shall see as arguments.
  public func inspectBody(_ body: [UInt8], isTruncated: Bool) -> [NamedValue] {
    if case .unobserved = request.body { return isGraphQL ? inspectGraphQL([], isTruncated: false) : [] }
    guard isGraphQL || isGRPC || operation != nil else { return [] }
    guard let body = inflated(body) else {
      add(.notChecked, place: "body", detail: "its Content-Encoding cannot be undone")
      return []
    }
    if isGRPC { return inspectGRPC(body, isTruncated: isTruncated) }
    let arguments = isGraphQL ? inspectGraphQL(body, isTruncated: isTruncated) : []
    guard let inspector, let operation, inspector.document.operations[operation].body != nil else { return arguments }
    if isTruncated {
      add(.notChecked, place: "body", detail: "longer than what is looked at")
    } else {
      let types = request.head.fields.filter { $0.isNamed("content-type") }.map(\.value)
      take(inspector.inspectBody(body, contentTypes: types, operation: operation))
    }
    return arguments
  }

  private func inspectGRPC(_ body: [UInt8], isTruncated: Bool) -> [NamedValue] {
    guard let grpc = parent.configuration.grpc else { return [] }
    let fields = request.head.fields
    let result = grpc.inspect(
      body, path: path, type: ContentType(parsing: fields.firstValue(of: "content-type") ?? []).type,
      encoding: fields.firstValue(of: "grpc-encoding") ?? [], isTruncated: isTruncated)
    if isTruncated { add(.notChecked, place: "body", detail: "longer than what is looked at") }
    for finding in result.findings {
      let kind: ViolationKind =
        switch finding.kind {
        case .unknownField: .grpcUnknownField
        case .malformed: .grpcMalformed
        case .unknownEnumValue: .grpcEnum
        case .limit: .grpcLimit
        }
      add(
        kind, place: "body", pointer: finding.path.isEmpty ? "" : "/" + finding.path.split(separator: ".").joined(separator: "/"),
        detail: finding.detail)
    }
    return result.strings.map { NamedValue(name: Array("grpc.".utf8) + $0.name, value: $0.value) }
  }

  private func inspectGraphQL(_ body: [UInt8], isTruncated: Bool) -> [NamedValue] {
    let limits = parent.configuration.graphQLLimits
    let query = Array(request.head.target.dropFirst(path.count + 1))
    let given = GraphQLRequest.read(
      query: query, body: body, contentType: request.head.fields.firstValue(of: "content-type") ?? [], maximumBatch: limits.maximumBatch)
    if isTruncated { add(.notChecked, place: "body", detail: "longer than what is looked at") }
    if let problem = given.problem, !isTruncated { add(.graphQLSyntax, place: "body", detail: problem) }
    if given.count > limits.maximumBatch {
      add(.graphQLLimit, place: "body", detail: "more than \(limits.maximumBatch) operations in one request")
    }
    if given.persistedCount > 0 { add(.graphQLPersisted, place: "body", detail: "asks for an operation that is kept on the server") }
    var arguments: [NamedValue] = []
    for text in given.documents.prefix(limits.maximumBatch) {
      switch GraphQLDocument.read(text, limits: limits) {
      case .broken(let error): add(.graphQLSyntax, place: "query", detail: "\(error.message) (byte \(error.offset))")
      case .tooLarge(let detail): add(.graphQLLimit, place: "query", detail: detail)
      case .cycle(let fragment): add(.graphQLCycle, place: "query", detail: "the fragment \(fragment) spreads itself")
      case .read(let document):
        for excess in document.measure.excess(over: limits) { add(.graphQLLimit, place: "query", detail: excess) }
        if document.measure.hasIntrospection { add(.graphQLIntrospection, place: "query", detail: "asks for the schema") }
        if document.measure.hasMutation, request.head.method.elementsEqual("GET".utf8) {
          add(.graphQLMutationByGET, place: "query", detail: "a mutation by GET")
        }
        arguments += document.arguments.map { NamedValue(name: Array("graphql.".utf8) + $0.name, value: $0.value) }
      }
    }
    return arguments
  }

  // MARK: Responses

  /// How much of a response's body must be seen; nil if none.
  public func responseBodyLimit(for response: Response) -> Int? {
    guard parent.configuration.checksResponses, let inspector, let operation,
      let declared = inspector.document.operations[operation].response(status: response.status), !declared.content.isEmpty
    else { return nil }
    return parent.configuration.responseBodyLimit
  }

  /// - Parameter body: nil if it was not seen.
  public func inspectResponse(_ response: Response, body: [UInt8]?, isTruncated: Bool) {
    guard parent.configuration.checksResponses, let inspector, let operation else { return }
    var body = body
    if let given = body, !given.isEmpty, let coding = response.fields.firstValue(of: "content-encoding") {
      body = Self.inflated(given, coding, parent.configuration.responseBodyLimit)
      if body == nil { add(.notChecked, place: "response", detail: "its Content-Encoding cannot be undone") }
    }
    if isTruncated {
      add(.notChecked, place: "response", detail: "longer than what is looked at")
      body = nil
    }
    take(inspector.inspectResponse(status: response.status, fields: response.fields, body: body, operation: operation))
  }

  /// - Parameter status: what was answered; `isOwn`: not by the origin.
  public func finish(status: Int, isOwn: Bool) {
    // An origin that knows nothing there says 404; anything else is an endpoint that nobody declared.
    if isUnknown, !isOwn, status < 500, status != 404, status != 405, status != 400 {
      add(.shadowEndpoint, detail: "is not declared, and answers \(status)")
    }
    guard parent.configuration.remembersClients else { return }
    signal = parent.tally.add(request.client.address, isViolating: violations.contains(where: \.weighs), at: request.received)
  }

  // MARK: Findings

  private func take(_ findings: [OpenAPIFinding]) {
    for finding in findings { add(ViolationKind(finding.kind), place: finding.place, pointer: finding.pointer, detail: finding.detail) }
  }

  private func add(_ kind: ViolationKind, place: String = "", pointer: String = "", detail: String) {
    if kind == .notChecked { isPartial = true }
    guard violations.count < Self.maximumViolations else { return }
    var declared: OpenAPIOperation?
    if let inspector, let operation { declared = inspector.document.operations[operation] }
    guard
      let reaction = policy.reaction(
        to: kind, method: declared?.method ?? String(decoding: request.head.method, as: UTF8.self),
        path: declared?.path ?? String(decoding: path, as: UTF8.self), operationID: declared?.operationID)
    else { return }
    violations.append(
      SchemaViolation(
        kind: kind.rawValue, endpoint: endpoint, place: place, pointer: String(pointer.prefix(200)), detail: detail, reaction: reaction,
        status: kind.status))
  }

  /// Violations kept for one request.
  private static let maximumViolations = 50

  // MARK: Parts

  private var hasBody: Bool {
    if request.head.fields.contains(where: { $0.isNamed("transfer-encoding") }) { return true }
    guard let length = request.head.fields.firstValue(of: "content-length") else { return false }
    return length.contains { $0 != UInt8(ascii: "0") }
  }

  private func inflated(_ body: [UInt8]) -> [UInt8]? {
    let fields = request.head.fields.filter { $0.isNamed("content-encoding") }
    guard !fields.isEmpty, !body.isEmpty else { return body }
    return Self.inflated(body, Array(fields.map(\.value).joined(separator: [UInt8(ascii: ",")])), parent.configuration.bodyLimit)
  }

  private static func inflated(_ body: [UInt8], _ field: [UInt8], _ limit: Int) -> [UInt8]? {
    guard let codings = ContentCoding.list(of: field) else { return nil }
    var limits = InflationLimits()
    limits.maximumBytes = limit
    if case .complete(let bytes) = ContentDecoder.decode(body, codings: codings, limits: limits) { return bytes }
    return nil
  }

  private func shown(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix(200), as: UTF8.self) }
}
