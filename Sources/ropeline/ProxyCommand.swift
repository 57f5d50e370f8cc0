import ArgumentParser
import Detection
import Dispatch
import Foundation
import NIOCore
import ReverseProxy
import Telemetry

extension EnforcementMode: ExpressibleByArgument {}
extension AuditSelection: ExpressibleByArgument {}

/// `ropeline proxy`: the inline filter in front of an HTTP service.
struct ProxyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proxy",
    abstract: "Stand in front of an HTTP service, inspect every request, and refuse abuse.",
    discussion: """
      In detect mode, which is the default, no verdict refuses anything: each record says what would have been done. Broken
      HTTP is refused in both modes.

      Signals: SIGTERM and SIGINT stop listening and let requests in flight end (30 s at most); SIGHUP loads the rules anew and
      keeps the old ones if the new ones have mistakes; SIGUSR1 reopens the logs.

      Example: ropeline proxy --upstream http://127.0.0.1:3000 --crs --mode block --audit-log -
      """)

  @Option(help: ArgumentHelp("Where to listen.", valueName: "host:port"))
  var listen = "127.0.0.1:8080"

  @Option(help: ArgumentHelp("Where requests are sent on, as http://host:port; repeatable, taken in turn.", valueName: "url"))
  var upstream: [String] = []

  @OptionGroup var rules: RulesArguments

  @Option(help: "detect: only write down; block: refuse what the rules refuse.")
  var mode: EnforcementMode = .detect

  @Option(help: ArgumentHelp("Where audit records go, one JSON object a line; - is stdout.", valueName: "file"))
  var auditLog: String?

  @Option(help: "Which requests get a record. Left to SecAuditEngine (relevant) if not given; without --audit-log, to stdout.")
  var audit: AuditSelection?

  @Option(help: ArgumentHelp("Where the access log goes, in the ropeline format; - is stdout.", valueName: "file"))
  var accessLog: String?

  @Option(help: ArgumentHelp("Where health and metrics are served, or off.", valueName: "host:port"))
  var admin = "127.0.0.1:9911"

  @Option(help: ArgumentHelp("Peers whose X-Forwarded-For and X-Request-ID are believed; repeatable.", valueName: "cidr"))
  var trust: [String] = []

  @Option(help: "Event loops; as many as there are cores if not given.")
  var threads: Int?

  @Flag(help: "Load everything, say what was loaded, and exit.")
  var check = false

  func validate() throws {
    guard !upstream.isEmpty else { throw ValidationError("--upstream is missing: give the service to protect, as http://127.0.0.1:3000") }
    for url in upstream where Upstream(url: url) == nil { throw ValidationError("--upstream is http://host:port, not \(url)") }
    guard ListenAddress(listen) != nil else { throw ValidationError("--listen is host:port, not \(listen)") }
    guard admin == "off" || ListenAddress(admin) != nil else { throw ValidationError("--admin is host:port or off, not \(admin)") }
    var ranges = AddressRanges()
    for range in trust where !ranges.insert(range) {
      throw ValidationError("--trust is an address or a network such as 192.0.2.0/24, not \(range)")
    }
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads is 1 to 1024, not \(threads)") }
  }

  func run() async throws {
    // A reader of our output that goes away must not take the proxy with it.
    signal(SIGPIPE, SIG_IGN)
    let inspector = try rules.inspector(mode: mode)
    if check { return try showCheck(inspector) }
    let configuration = try proxyConfiguration(inspector)
    // Caught from here on, so that a signal during the start is not lost.
    let signals = Self.signals([SIGTERM, SIGINT, SIGHUP, SIGUSR1])
    let server: ProxyServer
    do {
      server = try await ProxyServer.start(configuration: configuration, inspector: inspector)
    } catch {
      Terminal.error("ropeline: \(error)")
      throw ExitCode(2)
    }
    announce(server, inspector)
    for await signal in signals {
      switch signal {
      case SIGHUP: reload(server)
      case SIGUSR1: reopenLogs(configuration)
      default:
        Terminal.error("ropeline: draining: no new connections; requests in flight end first")
        try await server.drain()
        return
      }
    }
  }

  // MARK: Configuration

  private func proxyConfiguration(_ inspector: Inspector) throws -> ProxyConfiguration {
    var configuration = ProxyConfiguration(upstreams: upstream.compactMap(Upstream.init(url:)))
    if let address = ListenAddress(listen) {
      configuration.listenHost = address.host
      configuration.listenPort = address.port
    }
    if let address = ListenAddress(admin) {
      configuration.adminHost = address.host
      configuration.adminPort = address.port
    }
    configuration.threads = threads ?? System.coreCount
    configuration.auditSelection = audit
    for range in trust { _ = configuration.trustedPeers.insert(range) }
    configuration.version = Version.text
    do {
      let auditPath = auditLog ?? (audit == nil || audit == .off ? nil : "-")
      configuration.audit = try auditPath.map { path throws(LineWriterError) in try LineWriter(path: path) }
      configuration.access = try accessLog.map { path throws(LineWriterError) in try LineWriter(path: path) }
    } catch {
      Terminal.error("ropeline: \(error)")
      throw ExitCode(2)
    }
    return configuration
  }

  private func announce(_ server: ProxyServer, _ inspector: Inspector) {
    if inspector.ruleCount == 0 {
      Terminal.error("ropeline: no rules are loaded, so only broken HTTP is refused; try --crs or --rules PATH")
    }
    let host = ListenAddress(listen)?.shownHost ?? "127.0.0.1"
    var text = "ropeline \(Version.text): listening on http://\(host):\(server.port), \(mode.rawValue) mode, \(inspector.ruleCount) rules"
    text += ", upstream \(upstream.joined(separator: " "))"
    if let port = server.adminPort { text += ", admin http://\(ListenAddress(admin)?.shownHost ?? "127.0.0.1"):\(port)" }
    Terminal.error(text)
  }

  /// `--check`: the result is what was loaded.
  private func showCheck(_ inspector: Inspector) throws {
    _ = try proxyConfiguration(inspector)
    let files = ((try? RulesLoader(options: rules.options).load().files) ?? []).filter { !$0.path.hasPrefix("(") }
    let settings = inspector.settings
    func onOff(_ isOn: Bool) -> String { isOn ? "On" : "Off" }
    var lines = [
      "rules: \(inspector.ruleCount) in \(files.count) \(files.count == 1 ? "file" : "files"), \(inspector.warnings.count) warnings"
    ]
    lines += files.map { "  \($0.path)" }
    lines += [
      "mode: \(mode.rawValue)",
      "listen: \(listen)",
      "upstream: \(upstream.joined(separator: " "))",
      "admin: \(admin)",
      "trust: \(trust.isEmpty ? "nobody" : trust.joined(separator: " "))",
      "audit: \((audit ?? AuditSelection(settings.auditMode)).rawValue), to \(auditLog ?? (audit == nil ? "nowhere" : "-"))",
      "engine:",
      "  SecRuleEngine \(settings.mode.rawValue)",
      "  SecRequestBodyAccess \(onOff(settings.isRequestBodyAccessed))",
      "  SecRequestBodyLimit \(settings.requestBodyLimit)",
      "  SecRequestBodyNoFilesLimit \(settings.requestBodyNoFilesLimit)",
      "  SecRequestBodyLimitAction \(settings.requestBodyLimitAction.rawValue)",
      "  SecRequestBodyJsonDepthLimit \(settings.jsonDepthLimit)",
      "  SecArgumentsLimit \(settings.argumentsLimit)",
      "  SecArgumentSeparator \(Character(Unicode.Scalar(settings.argumentSeparator)))",
      "  SecResponseBodyAccess \(onOff(settings.isResponseBodyAccessed))",
      "  SecResponseBodyLimit \(settings.responseBodyLimit)",
      "  SecResponseBodyMimeType \(settings.responseBodyMIMETypes.joined(separator: " "))",
      "  SecPcreMatchLimit \(settings.pcreMatchLimit)",
      "  SecAuditEngine \(settings.auditMode?.rawValue ?? "(not set)")",
      "  seclang.backslash \(rules.backslash.rawValue)",
    ]
    Terminal.output(lines.joined(separator: "\n") + "\n")
  }

  // MARK: Signals

  private static func signals(_ numbers: [Int32]) -> AsyncStream<Int32> {
    AsyncStream { continuation in
      let queue = DispatchQueue(label: "ropeline.signals")
      let sources = numbers.map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler { continuation.yield(number) }
        source.resume()
        return source
      }
      let kept = SignalSources(sources)
      continuation.onTermination = { _ in kept.cancel() }
    }
  }

  private func reload(_ server: ProxyServer) {
    do {
      let inspector = try rules.inspector(mode: mode)
      server.replaceRules(with: inspector)
      Terminal.error("ropeline: reloaded: \(inspector.ruleCount) rules")
    } catch {
      // The mistakes themselves have been printed.
      Terminal.error("ropeline: not reloaded: the rules of before stay in force")
    }
  }

  private func reopenLogs(_ configuration: ProxyConfiguration) {
    for writer in [configuration.audit, configuration.access].compactMap({ $0 }) {
      do { try writer.reopen() } catch { Terminal.error("ropeline: not reopened: \(error)") }
    }
  }
}

/// Keeps signal sources alive; used from one queue at a time.
private final class SignalSources: @unchecked Sendable {
  private let sources: [any DispatchSourceSignal]

  init(_ sources: [any DispatchSourceSignal]) { self.sources = sources }

  func cancel() { for source in sources { source.cancel() } }
}

/// `host:port`, `[::1]:port` or `:port` (all addresses).
struct ListenAddress: Equatable {
  var host: String
  var port: Int

  init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port) else {
      return nil
    }
    var host = text[..<colon]
    if host.first == "[" {
      guard host.last == "]" else { return nil }
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    self.host = host.isEmpty ? "0.0.0.0" : String(host)
    self.port = port
  }

  var shownHost: String { host.contains(":") ? "[\(host)]" : host }
}
