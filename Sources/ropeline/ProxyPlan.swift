import ArgumentParser
import Behavior
import Detection
import NIOCore
import ReverseProxy
import Settings
import Telemetry

/// What `ropeline proxy` is to do: flags over environment over file, each value checked.
struct ProxyPlan {
  let settings: SettingValues
  let mode: EnforcementMode
  let listen: ListenAddress
  /// Nil: no admin port.
  let admin: ListenAddress?
  let upstreams: [String]
  let trust: [String]
  let auditSelection: AuditSelection?
  /// Nil: no audit records.
  let auditPath: String?
  let auditFormat: AuditFormat
  private let accessPath: String?
  let isStrict: Bool
  let oversizedBodies: OversizedBodies
  private let threads: Int

  /// - Throws: `ValidationError` or `ExitCode(2)`, the operator's fault, after the place of each mistake in the file was printed.
  init(_ command: ProxyCommand) throws {
    let settings = try command.rules.configuration.values()
    self.settings = settings
    mode = command.mode ?? settings.text("proxy.mode").flatMap(EnforcementMode.init(rawValue:)) ?? .detect

    let listenText = command.listen ?? settings.text("proxy.listen") ?? "127.0.0.1:8080"
    guard let address = ListenAddress(listenText) else { throw ValidationError("--listen is host:port, not \(listenText)") }
    listen = address
    let adminText = command.admin ?? settings.text("proxy.admin") ?? "127.0.0.1:9911"
    admin = ListenAddress(adminText)
    guard adminText == "off" || admin != nil else { throw ValidationError("--admin is host:port or off, not \(adminText)") }

    upstreams = command.upstream.isEmpty ? settings.list("proxy.upstreams") : command.upstream
    guard !upstreams.isEmpty else {
      throw ValidationError("--upstream is missing: give the service to protect, as http://127.0.0.1:3000")
    }
    for url in upstreams where Upstream(url: url) == nil { throw ValidationError("--upstream is http://host:port, not \(url)") }

    trust = command.trust.isEmpty ? settings.list("proxy.trust") : command.trust
    var ranges = AddressRanges()
    for range in trust where !ranges.insert(range) {
      throw ValidationError("--trust is an address or a network such as 192.0.2.0/24, not \(range)")
    }

    auditSelection = command.audit ?? settings.text("logs.audit-select").flatMap(AuditSelection.init(rawValue:))
    // A selection without a place asks for records on stdout.
    auditPath =
      command.auditLog ?? settings.text("logs.audit") ?? (auditSelection == nil || auditSelection == .off ? nil : "-")
    auditFormat = command.auditFormat ?? settings.text("logs.audit-format").flatMap(AuditFormat.init(rawValue:)) ?? .ropeline
    accessPath = command.accessLog ?? settings.text("logs.access")
    isStrict = command.strict ?? settings.isOn("proxy.strict") ?? false
    oversizedBodies =
      command.oversizedBodies ?? settings.text("proxy.oversized-bodies").flatMap(OversizedBodies.init(rawValue:)) ?? .rules
    threads = command.threads ?? settings.number("proxy.threads") ?? System.coreCount
  }

  /// The proxy's configuration, with its logs open.
  ///
  /// - Parameter inspector: whose documents say which endpoints there are.
  func openingLogs(_ inspector: Inspector) throws -> ProxyConfiguration {
    var configuration = ProxyConfiguration(upstreams: upstreams.compactMap(Upstream.init(url:)))
    configuration.listenHost = listen.host
    configuration.listenPort = listen.port
    if let admin {
      configuration.adminHost = admin.host
      configuration.adminPort = admin.port
    }
    configuration.threads = threads
    configuration.isStrict = isStrict
    configuration.oversizedBodies = oversizedBodies
    configuration.auditSelection = auditSelection
    configuration.auditFormat = auditFormat
    for range in trust { _ = configuration.trustedPeers.insert(range) }
    configuration.version = Version.text
    if let cookie = settings.text("identity.session-cookie") { configuration.sessionCookie = cookie.lowercased() }
    let partnerKeys = settings.list("identity.partner-keys")
    // A listed value stands for itself, and for its hash if it is one.
    if !partnerKeys.isEmpty { configuration.partnerKeys = Set(partnerKeys + partnerKeys.map { ShortHash.text(Array($0.utf8)) }) }
    apply("timeouts.head", to: &configuration.headTimeout)
    apply("timeouts.body", to: &configuration.bodyTimeout)
    apply("timeouts.body-grace", to: &configuration.bodyGrace)
    apply("timeouts.idle", to: &configuration.idleTimeout)
    apply("timeouts.connect", to: &configuration.connectTimeout)
    apply("timeouts.upstream", to: &configuration.upstreamTimeout)
    apply("timeouts.upstream-idle", to: &configuration.upstreamIdleTimeout)
    apply("timeouts.write", to: &configuration.writeTimeout)
    apply("timeouts.linger", to: &configuration.lingerTimeout)
    apply("timeouts.linger-total", to: &configuration.lingerTotal)
    apply("timeouts.drain-grace", to: &configuration.drainGrace)
    apply("timeouts.drain", to: &configuration.drainTimeout)
    apply("limits.request-line", to: &configuration.limits.maximumLineBytes)
    apply("limits.field", to: &configuration.limits.maximumFieldBytes)
    apply("limits.fields", to: &configuration.limits.maximumSectionBytes)
    apply("limits.field-count", to: &configuration.limits.maximumFieldCount)
    apply("limits.body-rate", to: &configuration.minimumBodyRate)
    apply("limits.held-bodies", to: &configuration.maximumHeldBytes)
    apply("limits.linger", to: &configuration.maximumLingerBytes)
    apply("limits.connections", to: &configuration.maximumConnections)
    configuration.clientField = settings.text("proxy.client-field")?.lowercased()
    if settings.text("behavior.watch") != "false" {
      configuration.behavior = BehaviorMonitor(try behaviorConfiguration(inspector))
      configuration.sources = try BehaviorPlan(settings: settings).sources(waits: false)
    }
    configuration.behaviorEnforcement = settings.text("behavior.enforce").flatMap(BehaviorEnforcement.init(rawValue:)) ?? .off
    apply("limits.connections-per-client", to: &configuration.maximumConnectionsPerClient)
    do {
      configuration.audit = try auditPath.map { path throws(LineWriterError) in try LineWriter(path: path) }
      configuration.access = try accessPath.map { path throws(LineWriterError) in try LineWriter(path: path) }
    } catch {
      Terminal.error("ropeline: \(error)")
      throw ExitCode(2)
    }
    return configuration
  }

  /// For `--check`.
  func behaviorSummary(_ inspector: Inspector) throws -> String {
    guard settings.text("behavior.watch") != "false" else { return "not watched" }
    let behavior = try behaviorConfiguration(inspector)
    let enforcement = settings.text("behavior.enforce") ?? BehaviorEnforcement.off.rawValue
    return "watched, enforce \(enforcement), \(behavior.maximumClients) clients, wrong on 1 in \(behavior.honestClientsPerError)"
      + (behavior.drops.isEmpty ? "" : ", \(behavior.drops.count) drop times")
      + (behavior.protocols.names.isEmpty ? "" : ", protocols \(behavior.protocols.names.joined(separator: " "))")
  }

  /// Where what is learned is kept; nil if it is not.
  func behaviorFile(of configuration: ProxyConfiguration, _ inspector: Inspector) throws -> BehaviorFile? {
    guard let path = settings.text("behavior.state"), let monitor = configuration.behavior else { return nil }
    return BehaviorFile(path: path, monitor: monitor, configuration: try behaviorConfiguration(inspector))
  }

  /// How clients are judged, with a secret of its own for each process.
  private func behaviorConfiguration(_ inspector: Inspector) throws -> BehaviorConfiguration {
    var behavior = try BehaviorPlan(settings: settings).configuration(inspector)
    behavior.secret = UInt64.random(in: 1 ... .max)
    return behavior
  }

  private func apply(_ path: String, to value: inout Duration) {
    if let number = settings.number(path) { value = .seconds(number) }
  }

  private func apply(_ path: String, to value: inout Int) {
    if let number = settings.number(path) { value = number }
  }
}
