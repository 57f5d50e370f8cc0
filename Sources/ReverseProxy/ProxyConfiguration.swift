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
  /// Peers whose `X-Forwarded-…` and `X-Request-ID` fields are believed; none by default.
  public var trustedPeers = AddressRanges()
  public var limits = HeadLimits()
  /// The cookie that carries the session, lower case.
  public var sessionCookie = "session"
  /// Seconds for a whole request head, from its first byte. 10 by default.
  public var headTimeout = 10
  /// Seconds without a byte of a request's body. 30 by default.
  public var bodyTimeout = 30
  /// Seconds that an idle connection to a client stays open. 60 by default.
  public var idleTimeout = 60
  /// Seconds to connect to an upstream. 3 by default.
  public var connectTimeout = 3
  /// Seconds without a byte of the upstream's answer. 30 by default.
  public var upstreamTimeout = 30
  /// Seconds that a drain waits for requests in flight. 30 by default.
  public var drainTimeout = 30
  public var version = "0"
  /// Called for each exchange, on its event loop, before the answer's last byte is sent. For tests.
  public var onExchange: (@Sendable (ExchangeRecord) -> Void)?

  public init(upstreams: [Upstream]) { self.upstreams = upstreams }
}
