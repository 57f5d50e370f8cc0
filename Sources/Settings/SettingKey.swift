/// One setting: where it stands in the file, what it looks like, and what it is for.
///
/// The list is the index: the reader of the file, the environment and the JSON Schema all follow it.
public struct SettingKey: Sendable, Equatable {
  public let section: String
  public let name: String
  public let kind: SettingKind
  /// A sequence in the file, commas in the environment.
  public let isList: Bool
  /// What it is for, in one sentence.
  public let summary: String
  /// What holds if it is not set, in words or as it would be written; nil for nothing.
  public let standard: String?

  /// `section.name`, by which the value is asked for.
  public var path: String { "\(section).\(name)" }

  /// `ROPELINE_SECTION__KEY`.
  public var environmentName: String {
    "ROPELINE_" + "\(section)__\(name)".uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
  }

  private init(_ section: String, _ name: String, _ kind: SettingKind, list: Bool = false, _ standard: String?, _ summary: String) {
    self.section = section
    self.name = name
    self.kind = kind
    self.isList = list
    self.summary = summary
    self.standard = standard
  }

  public static let all: [SettingKey] = [
    .init("proxy", "listen", .text, "127.0.0.1:8080", "Where to listen, as host:port."),
    .init("proxy", "upstreams", .text, list: true, nil, "Where requests are sent on, as http://host:port; several are taken in turn."),
    .init("proxy", "mode", .choice(["detect", "block"]), "detect", "detect only writes down; block refuses what the rules refuse."),
    .init("proxy", "admin", .text, "127.0.0.1:9911", "Where health and metrics are served, as host:port, or off."),
    .init("proxy", "trust", .text, list: true, "nobody", "Networks whose X-Forwarded-For and X-Request-ID fields are believed."),
    .init(
      "proxy", "client-field", .text, "the first of X-Forwarded-For, Forwarded, CF-Connecting-IP, True-Client-IP, Fastly-Client-IP, ...",
      "The only field in which trusted peers say where a request came from."),
    .init("proxy", "threads", .number(1...1024), "one a core", "Event loops."),
    .init("proxy", "strict", .switchable, "false", "Refuse requests that are merely odd, as broken ones are; else the rules judge them."),
    .init(
      "proxy", "oversized-bodies", .choice(["rules", "reject", "partial", "windows"]), "rules",
      "Bodies over the inspection limit: as SecRequestBodyLimitAction says, 413, the beginning only, or the rest in windows."),

    .init("timeouts", "head", .seconds(1...3600), "10s", "For a whole request head, from its first byte."),
    .init("timeouts", "body", .seconds(1...3600), "30s", "Without a byte of a request's body."),
    .init("timeouts", "body-grace", .seconds(1...86_400), "30s", "For a body as a whole; each limits.body-rate bytes add a second."),
    .init("timeouts", "idle", .seconds(1...86_400), "60s", "That an idle connection to a client stays open."),
    .init("timeouts", "connect", .seconds(1...3600), "3s", "To connect to an upstream."),
    .init("timeouts", "upstream", .seconds(1...86_400), "30s", "Without a byte of the upstream's answer."),
    .init("timeouts", "upstream-idle", .seconds(1...86_400), "30s", "That an idle connection to an upstream is kept."),
    .init("timeouts", "write", .seconds(1...86_400), "30s", "Without a byte reaching a client that has an answer to read."),
    .init("timeouts", "linger", .seconds(1...3600), "2s", "Without a byte of what a client still sends after its last answer."),
    .init("timeouts", "linger-total", .seconds(1...3600), "15s", "That what a client still sends after its last answer is read."),
    .init("timeouts", "drain-grace", .seconds(0...3600), "1s", "That a drain goes on taking connections after /readyz has said 503."),
    .init("timeouts", "drain", .seconds(0...86_400), "30s", "That a drain waits for requests in flight."),

    .init("limits", "request-line", .bytes(64...1_048_576), "16KiB", "Of the request line; longer is 414."),
    .init("limits", "field", .bytes(64...1_048_576), "16KiB", "Of one field line; longer is 431."),
    .init("limits", "fields", .bytes(64...16_777_216), "64KiB", "Of all field lines together; more is 431."),
    .init("limits", "field-count", .number(1...10_000), "128", "Field lines; more is 431."),
    .init("limits", "body-rate", .bytes(0...1_073_741_824), "500", "A second that a body comes at on average, or 408; 0 for any rate."),
    .init(
      "limits", "held-bodies", .bytes(1_048_576...1_099_511_627_776), "256MiB",
      "Of bodies held for the rules, of all connections together; beyond them requests are answered with 503."),
    .init("limits", "linger", .bytes(0...1_073_741_824), "16MiB", "That a client may still send after its last answer."),
    .init(
      "limits", "connections", .number(1...1_000_000), "65536",
      "Connections to clients; more are closed. Never more than the limit of open files leaves room for."),

    .init(
      "limits", "inspection-steps", .number(1000...1_000_000_000_000), "20000000",
      "Steps of inspection that one request may take: a value that a rule looks at, and 64 bytes of it, are one each."),
    .init(
      "limits", "connections-per-client", .number(0...1_000_000), "0",
      "Connections of one IPv4 address or IPv6 /64, trusted peers excepted; more are told 429. 0 for any number."),

    .init("rules", "crs", .switchable, "false", "Load the OWASP CRS of Debian's modsecurity-crs, or of $ROPELINE_CRS."),
    .init("rules", "crs-dir", .path, nil, "Load the CRS of this directory (crs-setup.conf and rules/)."),
    .init("rules", "before", .path, list: true, nil, "Rule files, or directories of *.conf, loaded before the CRS."),
    .init("rules", "paths", .path, list: true, nil, "Rule files, or directories of *.conf, loaded after the CRS."),
    .init("rules", "paranoia", .number(1...4), "that of the rule files (1)", "Paranoia level of the CRS."),
    .init("rules", "threshold", .number(1...1_000_000), "that of the rule files (5)", "Inbound anomaly score at which the CRS denies."),

    .init(
      "rules", "value-cache", .choice(["on", "off"]), "on",
      "Whether what the prefilter finds out about a value is kept for the next one alike; 1 MiB a thread."),
    .init(
      "rules", "over-budget", .choice(["pass", "refuse"]), "pass",
      "What becomes of a request that needs more than limits.inspection-steps: it passes, inspected in part, or is told 503."),
    .init("rules", "collections", .path, nil, "Where persistent collections are kept across restarts; in memory only if not set."),

    .init(
      "seclang", "backslash", .choice(["modsecurity2", "modsecurity3"]), "modsecurity3",
      "Whether two backslashes in an operand are read as one, as Apache's reader does, or stay two."),

    .init(
      "seclang", "json-names", .choice(["modsecurity", "coraza"]), "modsecurity",
      "How the values of a JSON body are named: json.a.array_0.b as in ModSecurity, or json.a.0.b as in Coraza."),
    .init(
      "seclang", "block-lists", .choice(["off", "on"]), "off",
      "Whether @rbl asks name servers about clients, without a request waiting for it; off refuses rules with it."),

    .init("schema", "files", .path, list: true, nil, "OpenAPI 3.0 or 3.1 documents, YAML or JSON, that requests are held against."),
    .init("schema", "formats", .switchable, "true", "Whether formats refuse values."),
    .init("schema", "responses", .switchable, "false", "Whether responses are checked: status, headers and body."),
    .init(
      "schema", "body-limit", .bytes(1024...1_073_741_824), "13107200",
      "Of a request's body that the schema looks at; a longer one is not-checked."),
    .init("schema", "response-body-limit", .bytes(1024...1_073_741_824), "512KiB", "The same for a response's body."),
    .init(
      "schema", "overrides", .text, list: true, nil,
      "Exceptions by operation, such as \"POST /login: invalid block, unknown-query score 2\"."),
    .init("schema", "unknown-endpoint", .reaction, "count", "A path that no document knows."),
    .init("schema", "shadow-endpoint", .reaction, "count", "A path that no document knows and that answers all the same."),
    .init("schema", "unknown-method", .reaction, "count", "A method that the path does not declare."),
    .init("schema", "unknown-query", .reaction, "count", "A query parameter that is not declared."),
    .init(
      "schema", "unknown-header", .reaction, "off",
      "A header field that is not declared and that neither HTTP nor browsers and proxies use."),
    .init("schema", "unknown-cookie", .reaction, "off", "A cookie that is not declared."),
    .init(
      "schema", "unknown-property", .reaction, "count",
      "A member that is not declared where the schema lists members and is silent about others."),
    .init("schema", "wrong-content-type", .reaction, "score 3", "A media type that the operation does not declare."),
    .init("schema", "missing-security", .reaction, "count", "None of the declared credentials is there."),
    .init("schema", "missing-parameter", .reaction, "score 2", "A required parameter is not there."),
    .init("schema", "missing-body", .reaction, "score 2", "A required body is not there."),
    .init("schema", "unexpected-body", .reaction, "count", "A body where the operation declares none."),
    .init("schema", "readonly-in-request", .reaction, "count", "A read-only member in a request."),
    .init("schema", "duplicate-parameter", .reaction, "score 2", "A parameter of one value stands more than once."),
    .init("schema", "duplicate-member", .reaction, "score 3", "A JSON object has a name twice."),
    .init("schema", "invalid", .reaction, "score 3", "A value that its schema refuses."),
    .init(
      "schema", "not-checked", .reaction, "count", "Something that could not be checked: too large, or of a kind that is not looked into."),
    .init("schema", "writeonly-in-response", .reaction, "count", "A write-only member in a response."),
    .init("schema", "undeclared-status", .reaction, "count", "A response's status that is not declared."),
    .init("schema", "invalid-response", .reaction, "count", "A response that its schema refuses."),
    .init("schema", "graphql-syntax", .reaction, "score 3", "A GraphQL document that cannot be parsed."),
    .init("schema", "graphql-limit", .reaction, "score 5", "A GraphQL request beyond one of the limits of the section graphql."),
    .init("schema", "graphql-cycle", .reaction, "score 5", "A fragment that spreads itself."),
    .init("schema", "graphql-introspection", .reaction, "count", "A query for the schema (__schema or __type)."),
    .init("schema", "graphql-persisted", .reaction, "count", "An operation that is asked for by its hash or id."),
    .init("schema", "graphql-mutation-by-get", .reaction, "score 2", "A mutation by GET."),
    .init("schema", "grpc-unknown-method", .reaction, "score 2", "A method that the descriptor sets do not know."),
    .init("schema", "grpc-unknown-field", .reaction, "count", "A field that the message does not declare."),
    .init(
      "schema", "grpc-malformed", .reaction, "score 3", "A frame or message that is broken: wire types, lengths, UTF-8, a oneof set twice."),
    .init("schema", "grpc-unknown-enum-value", .reaction, "score 2", "A number that the enum does not declare."),
    .init("schema", "grpc-limit", .reaction, "score 5", "A message beyond the limits, or of a kind that is not looked into."),

    .init("graphql", "paths", .text, list: true, nil, "Paths that take GraphQL, such as /graphql."),
    .init("graphql", "max-bytes", .bytes(64...16_777_216), "64KiB", "Of one document."),
    .init("graphql", "max-tokens", .number(1...10_000_000), "1000", "Of one document."),
    .init("graphql", "max-depth", .number(1...100_000), "10", "Selection sets within one another, fragments expanded."),
    .init("graphql", "max-aliases", .number(0...1_000_000), "15", "Aliases, fragments expanded."),
    .init("graphql", "max-directives", .number(0...1_000_000), "50", "Directives."),
    .init("graphql", "max-root-fields", .number(1...1_000_000), "20", "Fields at the top of an operation."),
    .init("graphql", "max-cost", .number(1...1_000_000_000), "5000", "Fields, times the list sizes asked for around them."),
    .init("graphql", "max-batch", .number(1...10_000), "10", "Operations in one request."),

    .init("grpc", "descriptors", .path, list: true, nil, "Files that protoc --include_imports --descriptor_set_out wrote."),
    .init("grpc", "max-depth", .number(1...10_000), "100", "Messages within messages."),
    .init("grpc", "max-message", .bytes(1024...1_073_741_824), "4MiB", "Of one message once inflated."),

    .init("logs", "audit", .path, nil, "Where audit records go, one JSON object a line; - is stdout."),
    .init("logs", "audit-select", .choice(["relevant", "all", "off"]), "relevant", "Which requests get an audit record."),
    .init(
      "logs", "audit-format", .choice(["ropeline", "modsecurity"]), "ropeline",
      "The form of audit records; modsecurity is the JSON of ModSecurity 3."),
    .init("logs", "access", .path, nil, "Where the access log goes, in the ropeline format; - is stdout."),

    .init("identity", "session-cookie", .text, "session", "The cookie that carries the session."),
    .init(
      "identity", "partner-keys", .text, list: true, nil,
      "Values of x-api-key that were given out, or their short hashes as in logs; any other makes nobody a partner. Any key does if not set."
    ),

    .init(
      "identity", "crawlers", .text, list: true, nil,
      "Published addresses of crawlers, as name=FILE: the JSON that operators publish, or a network on each line. The name stands in its user agent."
    ),
    .init(
      "identity", "crawler-dns", .switchable, "false",
      "Whether crawlers are looked up in the DNS: the address's name, and back. Answers are kept; nobody waits for one in the proxy."),
    .init("identity", "country-database", .path, nil, "A file in MaxMind's DB format that knows the countries of addresses."),
    .init("identity", "network-database", .path, nil, "The same that knows their autonomous systems, or whether servers stand there."),
    .init(
      "identity", "hosting-systems", .text, list: true, nil,
      "Numbers of autonomous systems in which servers stand, such as 64496, beside those that are known by their names."),

    .init("behavior", "watch", .switchable, "true", "Whether clients are judged by what they do, beside each request for itself."),
    .init(
      "behavior", "enforce", .choice(["off", "block", "flagged"]), "off",
      "Which clients are refused (429) in block mode for what they did: none, those that are certain abuse, or all that are flagged."),
    .init(
      "behavior", "memory", .bytes(1_048_576...17_179_869_184), "256MiB",
      "For clients, allocated at start: 64 bytes for each and 64 more for those that come again."),
    .init("behavior", "clients", .number(1024...67_108_864), "as many as there is memory for", "Clients that are remembered."),
    .init(
      "behavior", "allow", .text, list: true, nil, "Addresses and networks that may do what they like, such as an office or a load test."),
    .init(
      "behavior", "collateral", .number(1...1_000_000), "60",
      "Requests that a verdict on a shared address must stop for each person whom it would hit besides; else it is not given."),
    .init(
      "behavior", "drop-times", .text, list: true, "events are detected by their rate",
      "When events begin: RFC 3339 or epoch seconds."),
    .init(
      "behavior", "protocol", .text, list: true, nil,
      "What the application's own clients keep to, a step each: \"play: heartbeat POST /v1/plays/*/heartbeat after start, heartbeat every 30s\"."
    ),
    .init(
      "behavior", "honest-clients-per-error", .number(16...16_777_216), "4096",
      "Wrong on at most one honest client in so many; the threshold in bits is its logarithm."),
    .init("behavior", "state", .path, nil, "Where what was learned is kept across restarts; in memory only if not set."),
  ]

  /// The setting of this path; a programmer's mistake if there is none.
  static func named(_ path: String) -> SettingKey {
    guard let key = all.first(where: { $0.path == path }) else { preconditionFailure("no setting is called \(path)") }
    return key
  }
}
