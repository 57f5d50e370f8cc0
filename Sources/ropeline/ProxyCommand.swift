import ArgumentParser
import Detection
import Dispatch
import Foundation
import ReverseProxy
import RuleEngine
import Telemetry

extension EnforcementMode: ExpressibleByArgument {}
extension AuditSelection: ExpressibleByArgument {}
extension AuditFormat: ExpressibleByArgument {}
extension OversizedBodies: ExpressibleByArgument {}

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

  @Option(help: ArgumentHelp("Where to listen; 127.0.0.1:8080 if not given.", valueName: "host:port"))
  var listen: String?

  @Option(help: ArgumentHelp("Where requests are sent on, as http://host:port; repeatable, taken in turn.", valueName: "url"))
  var upstream: [String] = []

  @OptionGroup var rules: RulesArguments

  @Option(help: "detect: only write down, the default; block: refuse what the rules refuse.")
  var mode: EnforcementMode?

  @Option(help: ArgumentHelp("Where audit records go, one JSON object a line; - is stdout.", valueName: "file"))
  var auditLog: String?

  @Option(help: "Which requests get a record. Left to SecAuditEngine (relevant) if not given; without --audit-log, to stdout.")
  var audit: AuditSelection?

  @Option(help: "The form of audit records: ropeline, the default, or modsecurity for tools that read ModSecurity 3's JSON.")
  var auditFormat: AuditFormat?

  @Option(help: ArgumentHelp("Where the access log goes, in the ropeline format; - is stdout.", valueName: "file"))
  var accessLog: String?

  @Option(help: ArgumentHelp("Where health and metrics are served, or off; 127.0.0.1:9911 if not given.", valueName: "host:port"))
  var admin: String?

  @Option(help: ArgumentHelp("Peers whose X-Forwarded-For and X-Request-ID are believed; repeatable.", valueName: "cidr"))
  var trust: [String] = []

  @Option(help: "Event loops; as many as there are cores if not given.")
  var threads: Int?

  @Flag(inversion: .prefixedNo, help: "Refuse requests that are merely odd, as broken ones are; off if not given.")
  var strict: Bool?

  @Option(
    help: ArgumentHelp(
      "Bodies over the inspection limit: rules (SecRequestBodyLimitAction, the default), reject, partial, or windows.", valueName: "what"))
  var oversizedBodies: OversizedBodies?

  @Flag(help: "Load everything, say what was loaded, and exit.")
  var check = false

  func validate() throws {
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads is 1 to 1024, not \(threads)") }
  }

  func run() async throws {
    // A reader of our output that goes away must not take the proxy with it.
    signal(SIGPIPE, SIG_IGN)
    let plan = try ProxyPlan(self)
    let collections = CollectionStore()
    let inspector = try rules.inspector(mode: plan.mode, settings: plan.settings, collections: collections, remembersClients: true)
    if check { return try showCheck(plan, inspector) }
    let configuration = try plan.openingLogs(inspector)
    FileLimit.raise()
    // Caught from here on, so that a signal during the start is not lost.
    let signals = Self.signals([SIGTERM, SIGINT, SIGHUP, SIGUSR1])
    let file = plan.settings.text("rules.collections").map { CollectionFile(path: $0, store: collections) }
    file?.load()
    let behaviorFile = try plan.behaviorFile(of: configuration, inspector)
    behaviorFile?.load()
    let server: ProxyServer
    do {
      server = try await ProxyServer.start(configuration: configuration, inspector: inspector)
    } catch {
      Terminal.error("ropeline: \(error)")
      throw ExitCode(2)
    }
    announce(plan, server, inspector)
    let saving = Task { await file?.saveRegularly() }
    let savingBehavior = Task { await behaviorFile?.saveRegularly() }
    defer {
      saving.cancel()
      savingBehavior.cancel()
      file?.save()
      behaviorFile?.save()
    }
    for await signal in signals {
      switch signal {
      case SIGHUP: reload(server, collections)
      case SIGUSR1: reopenLogs(configuration)
      default:
        Terminal.error("ropeline: draining: no new connections; requests in flight end first")
        try await server.drain()
        // A reader of our logs that is slow gets the last lines too; one that stands still does not keep us.
        for writer in [configuration.audit, configuration.access].compactMap({ $0 }) { await writer.finish(within: .seconds(1)) }
        return
      }
    }
  }

  // MARK: What is shown

  private func announce(_ plan: ProxyPlan, _ server: ProxyServer, _ inspector: Inspector) {
    if inspector.ruleCount == 0 {
      Terminal.error("ropeline: no rules are loaded, so only broken HTTP is refused; try --crs or --rules PATH")
    }
    var text = "ropeline \(Version.text): listening on http://\(plan.listen.shownHost):\(server.port), \(plan.mode.rawValue) mode"
    text += ", \(inspector.ruleCount) rules, upstream \(plan.upstreams.joined(separator: " "))"
    if let port = server.adminPort, let admin = plan.admin { text += ", admin http://\(admin.shownHost):\(port)" }
    Terminal.error(text)
  }

  /// `--check`: the result is what was loaded.
  private func showCheck(_ plan: ProxyPlan, _ inspector: Inspector) throws {
    _ = try plan.openingLogs(inspector)
    let files = ((try? RulesLoader(options: rules.options(plan.settings)).load().files) ?? []).filter { !$0.path.hasPrefix("(") }
    let settings = inspector.settings
    func onOff(_ isOn: Bool) -> String { isOn ? "On" : "Off" }
    var lines = [
      "rules: \(inspector.ruleCount) in \(files.count) \(files.count == 1 ? "file" : "files"), \(inspector.warnings.count) warnings"
    ]
    lines += files.map { "  \($0.path)" }
    lines += []
    if let schema = inspector.configuration.schema?.configuration {
      for (path, document) in zip(rules.schemas.isEmpty ? plan.settings.list("schema.files") : rules.schemas, schema.documents) {
        lines.append("schema: \(path), \(document.operations.count) operations, \(document.notes.count) not enforced")
      }
      if !schema.graphQLPaths.isEmpty { lines.append("graphql: \(schema.graphQLPaths.joined(separator: " "))") }
      if let grpc = schema.grpc { lines.append("grpc: \(grpc.descriptors.methodPaths.count) methods") }
    }
    lines += [
      "mode: \(plan.mode.rawValue)",
      "listen: \(plan.listen)",
      "upstream: \(plan.upstreams.joined(separator: " "))",
      "admin: \(plan.admin.map(String.init(describing:)) ?? "off")",
      "behavior: \(try plan.behaviorSummary(inspector))",
      "trust: \(plan.trust.isEmpty ? "nobody" : plan.trust.joined(separator: " "))",
      "strict: \(plan.isStrict ? "on" : "off")",
      "oversized bodies: \(plan.oversizedBodies.rawValue)",
      "audit: \((plan.auditSelection ?? AuditSelection(settings.auditMode)).rawValue), to \(plan.auditPath ?? "nowhere")",
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
      "  seclang.backslash \(rules.effectiveBackslash(plan.settings).rawValue)",
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

  /// Rules and mode take effect; where to listen, upstreams, limits and logs stay as they were until a restart.
  private func reload(_ server: ProxyServer, _ collections: CollectionStore) {
    do {
      let plan = try ProxyPlan(self)
      let inspector = try rules.inspector(mode: plan.mode, settings: plan.settings, collections: collections, remembersClients: true)
      server.replaceRules(with: inspector)
      Terminal.error("ropeline: reloaded: \(inspector.ruleCount) rules")
    } catch {
      // Mistakes with a place have been printed where they were found.
      if let error = error as? ValidationError { Terminal.error("ropeline: \(error.message)") }
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
