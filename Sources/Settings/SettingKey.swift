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
    .init("proxy", "threads", .number(1...1024), "one a core", "Event loops."),

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

    .init("rules", "crs", .switchable, "false", "Load the OWASP CRS of Debian's modsecurity-crs, or of $ROPELINE_CRS."),
    .init("rules", "crs-dir", .path, nil, "Load the CRS of this directory (crs-setup.conf and rules/)."),
    .init("rules", "before", .path, list: true, nil, "Rule files, or directories of *.conf, loaded before the CRS."),
    .init("rules", "paths", .path, list: true, nil, "Rule files, or directories of *.conf, loaded after the CRS."),
    .init("rules", "paranoia", .number(1...4), "that of the rule files (1)", "Paranoia level of the CRS."),
    .init("rules", "threshold", .number(1...1_000_000), "that of the rule files (5)", "Inbound anomaly score at which the CRS denies."),

    .init("rules", "collections", .path, nil, "Where persistent collections are kept across restarts; in memory only if not set."),

    .init(
      "seclang", "backslash", .choice(["modsecurity2", "modsecurity3"]), "modsecurity3",
      "Whether two backslashes in an operand are read as one, as Apache's reader does, or stay two."),

    .init("logs", "audit", .path, nil, "Where audit records go, one JSON object a line; - is stdout."),
    .init("logs", "audit-select", .choice(["relevant", "all", "off"]), "relevant", "Which requests get an audit record."),
    .init(
      "logs", "audit-format", .choice(["ropeline", "modsecurity"]), "ropeline",
      "The form of audit records; modsecurity is the JSON of ModSecurity 3."),
    .init("logs", "access", .path, nil, "Where the access log goes, in the ropeline format; - is stdout."),

    .init("identity", "session-cookie", .text, "session", "The cookie that carries the session."),
  ]

  /// The setting of this path; a programmer's mistake if there is none.
  static func named(_ path: String) -> SettingKey {
    guard let key = all.first(where: { $0.path == path }) else { preconditionFailure("no setting is called \(path)") }
    return key
  }
}
