import Behavior
import ClientSources
import EvidenceModel
import HTTPWire
import Telemetry

/// Where requests are sent.
public struct Upstream: Sendable, Equatable {
  public var host: String
  public var port: Int

  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads `http://host:port`; nil for anything else (TLS to the upstream is not offered in this version).
  public init?(url: String) {
    guard url.lowercased().hasPrefix("http://") else { return nil }
    var rest = Substring(url.dropFirst("http://".count))
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    guard !rest.isEmpty, !rest.contains("/"), !rest.contains("?"), !rest.contains("@") else { return nil }
    if rest.first == "[" {
      guard let end = rest.firstIndex(of: "]") else { return nil }
      host = String(rest[rest.index(after: rest.startIndex)..<end])
      let tail = rest[rest.index(after: end)...]
      guard tail.isEmpty || tail.first == ":" else { return nil }
      guard let port = tail.isEmpty ? 80 : Int(tail.dropFirst()), (1...65_535).contains(port) else { return nil }
      self.port = port
      return
    }
    let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, !parts[0].isEmpty, let port = parts.count == 2 ? Int(parts[1]) : 80, (1...65_535).contains(port) else {
      return nil
    }
    host = String(parts[0])
    self.port = port
  }
}

/// What is done about a request's body that is longer than the rules look at in one piece.
public enum OversizedBodies: String, Sendable, CaseIterable {
  /// What `SecRequestBodyLimitAction` says.
  case rules
  /// 413.
  case reject
  /// The beginning is inspected, the rest goes by.
  case partial
  /// The beginning is inspected, then the rest in windows that overlap, each before it goes on.
  case windows
}

/// How the proxy runs.
public struct ProxyConfiguration: Sendable {
  public var listenHost = "127.0.0.1"
  /// 0 lets the system choose.
  public var listenPort = 8080
  public var adminHost = "127.0.0.1"
  /// Nil for no admin port; 0 lets the system choose.
  public var adminPort: Int?
  public var upstreams: [Upstream]
  /// Event loops; the number of cores by default.
  public var threads = 1
  /// Which exchanges get a record. Nil leaves it to `SecAuditEngine`, and to `relevant` if that is not set.
  public var auditSelection: AuditSelection?
  public var audit: LineWriter?
  public var auditFormat = AuditFormat.ropeline
  public var access: LineWriter?
  /// Judges clients by what they do; nil to look at requests one by one only.
  public var behavior: BehaviorMonitor?
  /// Which verdicts on behavior refuse requests in block mode. None by default: a request is not guilty of what came before it
  /// unless the operator says so.
  public var behaviorEnforcement = BehaviorEnforcement.off
  /// What is known of addresses; nil for nothing.
  public var sources: SourceBook?
  /// The field in which trusted peers say where a request came from, lower case. Nil, the default: `X-Forwarded-For`, else `Forwarded`,
  /// else those of networks of content delivery.
  public var clientField: String?
  /// Peers whose `X-Forwarded-…` and `X-Request-ID` fields are believed; none by default.
  public var trustedPeers = AddressRanges()
  public var limits = HeadLimits()
  /// Whether requests that are merely odd are refused like broken ones; see `RequestHeadParser.isStrict`. Off by default.
  public var isStrict = false
  /// Under a brake (detect mode), `reject` is `partial`.
  public var oversizedBodies = OversizedBodies.rules
  /// Connections to clients at a time; those beyond them are told 503 and closed. 65,536 by default, and never more than the limit
  /// of open files leaves room for.
  public var maximumConnections = 65_536
  /// Connections of one client (an IPv4 address, or 64 bits of IPv6) at a time; trusted peers excepted. 0 for any number, the
  /// default: behind one address there may be a carrier's whole city.
  public var maximumConnectionsPerClient = 0
  /// Bytes that are read and dropped after the last answer; a client that sends more is cut off. 16 MiB by default.
  public var maximumLingerBytes = 16 * 1024 * 1024
  /// Bytes of bodies that are held for the rules, requests' and answers' of all connections together. Beyond them a request is
  /// answered with 503, and in detect mode goes on inspected in part. 256 MiB by default.
  public var maximumHeldBytes = 256 * 1024 * 1024
  /// The cookie that carries the session, lower case.
  public var sessionCookie = "session"
  /// Short hashes of the keys that make a partner; nil for any.
  public var partnerKeys: Set<String>?
  /// For a whole request head, from its first byte. 10 seconds by default.
  public var headTimeout = Duration.seconds(10)
  /// Without a byte of a request's body. 30 seconds by default.
  public var bodyTimeout = Duration.seconds(30)
  /// For a request's body as a whole; each `minimumBodyRate` bytes add a second to it. 30 seconds by default.
  public var bodyGrace = Duration.seconds(30)
  /// Bytes a second that a body must come at on average, after the grace; 0 for any rate. 500 by default: slower than any
  /// connection that people use.
  public var minimumBodyRate = 500
  /// That an idle connection to a client stays open. 60 seconds by default.
  public var idleTimeout = Duration.seconds(60)
  /// To connect to an upstream. 3 seconds by default.
  public var connectTimeout = Duration.seconds(3)
  /// Without a byte of the upstream's answer. 30 seconds by default.
  public var upstreamTimeout = Duration.seconds(30)
  /// That an idle connection to an upstream is kept for the next request. 30 seconds by default: less than most servers wait before
  /// they close it, perhaps just when a request is on its way.
  public var upstreamIdleTimeout = Duration.seconds(30)
  /// Without a byte reaching a client that has an answer to read. Noticed after this long, and before twice that. 30 seconds by
  /// default.
  public var writeTimeout = Duration.seconds(30)
  /// After the last answer, without a byte of what the client is still sending, before its side is closed too. 2 seconds by default.
  public var lingerTimeout = Duration.seconds(2)
  /// The same, however much it sends. 15 seconds by default.
  public var lingerTotal = Duration.seconds(15)
  /// That a drain goes on taking connections after `/readyz` has said 503, for balancers that have not heard it yet; and that a
  /// connection without a request has for one then. 1 second by default.
  public var drainGrace = Duration.seconds(1)
  /// That a drain waits for requests in flight. 30 seconds by default.
  public var drainTimeout = Duration.seconds(30)
  public var version = "0"
  /// Called for each exchange, on its event loop, before the answer's last byte is sent. For tests.
  public var onExchange: (@Sendable (ExchangeRecord) -> Void)?

  public init(upstreams: [Upstream]) { self.upstreams = upstreams }
}

/// Which verdicts on a client's behavior refuse its requests, with status 429.
public enum BehaviorEnforcement: String, Sendable, CaseIterable {
  case off
  /// Clients that are certain abuse: three bits beyond the threshold.
  case block
  /// All clients beyond the threshold.
  case flagged

  func refuses(_ kind: VerdictKind) -> Bool {
    switch self {
    case .off: false
    case .block: kind == .block
    case .flagged: kind > .allow
    }
  }
}
