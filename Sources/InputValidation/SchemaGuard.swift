import GRPCInspection
import GraphQLInspection
import OpenAPIValidation
import SchemaValidation

/// What requests are held against.
public struct SchemaGuardConfiguration: Sendable {
  /// A request belongs to the first one that knows its path.
  public var documents: [OpenAPIDocument] = []
  public var policy = ViolationPolicy()
  /// Whether responses are checked too. Default false: it costs the memory of a response's body.
  public var checksResponses = false
  /// Bytes of a body that are looked at; a longer one is reported as not checked. Default 13,107,200, as the rules' own limit.
  public var bodyLimit = 13_107_200
  /// Bytes of a response that are looked at. Default 524,288.
  public var responseBodyLimit = 524_288
  /// Paths that take GraphQL, exactly as in a request; none by default.
  public var graphQLPaths: [String] = []
  public var graphQLLimits = GraphQLLimits()
  public var grpc: GRPCInspector?
  /// Whether violations are counted for each client address, so that a client with many of them is called a fuzzer. On in the proxy;
  /// the analyzer has histories of its own.
  public var remembersClients = false

  public init() {}

  /// Exceptions of the policy that name no operation of any document: slips of the pen.
  public var unknownOverrides: [String] {
    let names = Set(documents.flatMap(\.operations).flatMap { [$0.path] + ($0.operationID.map { [$0] } ?? []) } + graphQLPaths)
      .union(grpc?.descriptors.methodPaths ?? [])
    return policy.overrideNames.filter { !names.contains($0) }
  }
}

/// Documents and policy of one generation. Immutable but for the tally of clients; safe from any task.
public final class SchemaGuard: Sendable {
  public let configuration: SchemaGuardConfiguration
  let tally = ViolationTally()
  let graphQLPaths: [[UInt8]]
  let wanted: Set<OpenAPIFinding.Kind>

  public init(_ configuration: SchemaGuardConfiguration) {
    self.configuration = configuration
    graphQLPaths = configuration.graphQLPaths.map { Array($0.utf8) }
    wanted = Set(OpenAPIFinding.Kind.allCases.filter { configuration.policy.wants(ViolationKind($0)) })
  }

  /// What one thread needs; make one for each.
  public func makeScratch() -> SchemaScratch { SchemaScratch(self) }
}

/// Working memory of one thread. Not `Sendable`: confined to it.
public final class SchemaScratch {
  let inspectors: [OpenAPIInspector]

  init(_ parent: SchemaGuard) {
    inspectors = parent.configuration.documents.map {
      let inspector = OpenAPIInspector($0)
      inspector.wanted = parent.wanted
      return inspector
    }
  }
}
