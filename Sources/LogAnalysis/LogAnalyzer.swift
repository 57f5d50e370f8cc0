import Behavior
import ClientSources
import Detection
import EvidenceModel
import HTTPModel
import Reporting

/// How logs are read and folded.
public struct LogAnalysisConfiguration: Sendable {
  /// Nil: each file's format is detected from its first lines.
  public var format: LogFormat?
  /// Only requests from `since` on and before `until`.
  public var since: Timestamp?
  public var until: Timestamp?
  /// Only clients whose address passes.
  public var acceptsClient: (@Sendable (String) -> Bool)?
  public var acceptsPath: (@Sendable ([UInt8]) -> Bool)?
  public var acceptsStatus: (@Sendable (Int) -> Bool)?
  /// Keys that make a partner, as they stand in the logs; nil for any.
  public var partnerKeys: Set<[UInt8]>?
  /// How clients are judged.
  public var behavior = BehaviorConfiguration()
  /// What is known of addresses; nil for nothing.
  public var sources: SourceBook?
  /// Clients that get a record of their own; requests of later ones are counted in one. 1,000,000 by default.
  public var maximumClients = 1_000_000
  /// Distinct requests whose rule results are kept. 65,536 by default; 0 turns the cache off.
  public var cachedRequests = 65_536
  /// Whether sessions and keys are shown as they stood in the log.
  public var showsRawIdentities = false
  /// Malformed lines whose places are kept. 100 by default.
  public var keptMalformedPlaces = 100

  public init() {}
}

/// Reads logs, runs each line through the engine, and folds the result into a report. Confined to one thread.
public final class LogAnalyzer {
  /// Lines from which a file's format is detected.
  public static let detectionLines = 250

  let inspector: Inspector
  let scratch: InspectionScratch
  let configuration: LogAnalysisConfiguration
  let behavior: BehaviorEngine
  var clients: [ClientKey: Client] = [:]
  var cache: [[UInt8]: CachedResult] = [:]
  var rules: [Int: (message: [UInt8], requests: Int)] = [:]
  var endpoints: [EndpointKey: Report.EndpointCount] = [:]
  var violations: [ViolationKey: Int] = [:]
  var minutes: [Int: Report.Minute] = [:]
  var report = Report()
  var first: Timestamp?
  var last: Timestamp?
  var overflow: Client?

  struct ClientKey: Hashable {
    var ip: String
    var userAgent: [UInt8]
    var session: [UInt8]?
    var key: [UInt8]?

    init(ip: String, userAgent: [UInt8]) {
      self.ip = ip
      self.userAgent = userAgent
    }

    init(_ logged: LoggedRequest) {
      ip = logged.request.client.address
      userAgent = Array(logged.userAgent.prefix(512))
      session = logged.sessionID
      key = logged.apiKey
    }
  }

  struct Client {
    var identity: ClientIdentity
    /// As it stood when the verdict was worst; as it stands if it is `allow`.
    var state = ClientState()
    var declared: ClientClass?
    var worst = VerdictKind.allow
    var bits = -Float.infinity
    var requests = 0
    var ruleMatches = 0
    var first: Timestamp
    var last: Timestamp
    var atRequest: Int?
    var reachedAt: Double?
    var country: String?
    var system: Int?
  }

  struct CachedResult {
    var anomaly: Int
    var isRefused: Bool
    var ruleIDs: [Int]
    var isScanner: Bool
    var violations: [ViolationKey] = []
    var violatesSchema = false
  }

  struct ViolationKey: Hashable {
    var endpoint: String
    var kind: String
    /// `query:limit`, `path:id`, with the pointer behind it.
    var field: String
  }

  struct EndpointKey: Hashable {
    var method: [UInt8]
    var path: [UInt8]
  }

  private static let keptEndpoints = 50_000
  /// A path in the list of endpoints is cut here: attackers send long ones.
  private static let keptPathBytes = 200

  public init(inspector: Inspector, configuration: LogAnalysisConfiguration = .init()) {
    self.inspector = inspector
    self.configuration = configuration
    behavior = BehaviorEngine(configuration.behavior)
    scratch = inspector.makeScratch()
  }

  /// Lines read so far, for a progress display.
  public var lineCount: Int { report.lines }

  /// Reads one file. A problem is noted in the report; what was read before it counts.
  ///
  /// - Parameter shouldStop: asked now and then; true ends the reading, and the report is marked partial.
  public func read(_ path: String, shouldStop: () -> Bool = { false }, progress: (Int) -> Void = { _ in }) {
    report.files.append(path)
    var sample: [(number: Int, bytes: [UInt8], isCut: Bool)] = []
    var format = configuration.format
    var isDetecting = true
    func detect() {
      isDetecting = false
      let lines = sample.filter { !$0.isCut && !$0.bytes.isEmpty }.map(\.bytes)
      let found = LogFormat.detect(lines)
      let chosen = format ?? found?.format ?? .combined
      format = chosen
      let matched =
        configuration.format == nil ? found?.matched ?? 0 : lines.count { if case .success = chosen.parse($0) { true } else { false } }
      report.formats.append(
        Report.Format(file: path, format: matched == 0 ? "unknown" : chosen.rawValue, matched: matched, sampled: lines.count))
      for line in sample { take(line.bytes, number: line.number, isCut: line.isCut, path: path, format: chosen) }
      sample = []
    }
    do {
      try LogReader().forEachLine(of: path) { number, bytes, isCut in
        if isDetecting {
          sample.append((number, Array(bytes), isCut))
          if sample.count >= Self.detectionLines { detect() }
          return
        }
        take(Array(bytes), number: number, isCut: isCut, path: path, format: format ?? .combined)
        if number & 0xFFF == 0 {
          progress(report.lines)
          if shouldStop() { throw Interrupted() }
        }
      }
      if isDetecting { detect() }
    } catch is Interrupted {
      report.isPartial = true
    } catch {
      if isDetecting { detect() }
      report.isPartial = true
      report.problems.append("\(error)")
    }
  }

  private struct Interrupted: Error {}

  /// Reads lines that are at hand; what has no known format is passed over.
  public func read(lines: some Sequence<ArraySlice<UInt8>>) {
    for line in lines { if let logged = LoggedRequest(line: Array(line)) { add(logged) } }
  }

  private func take(_ line: [UInt8], number: Int, isCut: Bool, path: String, format: LogFormat) {
    if line.isEmpty { return }
    report.lines += 1
    if isCut { return malformed(path, number, "longer than \(LogReader.maximumLineBytes) bytes") }
    var result = format.parse(line)
    if case .failure(let error) = result, configuration.format == nil {
      // A file may change its format in the middle.
      if let other = LoggedRequest(line: line) { result = .success(other) } else { return malformed(path, number, error.reason) }
    }
    switch result {
    case .success(let logged): add(logged)
    case .failure(let error): malformed(path, number, error.reason)
    }
  }

  private func malformed(_ path: String, _ number: Int, _ reason: String) {
    report.malformed += 1
    if report.malformedPlaces.count < configuration.keptMalformedPlaces {
      report.malformedPlaces.append(Report.Malformed(file: path, line: number, reason: reason))
    }
  }

  private func add(_ logged: LoggedRequest) {
    let request = logged.request
    let time = request.received
    if let since = configuration.since, time < since { return }
    if let until = configuration.until, !(time < until) { return }
    if let accepts = configuration.acceptsClient, !accepts(request.client.address) { return }
    if let accepts = configuration.acceptsStatus, !accepts(logged.status) { return }
    let mark = request.head.target.firstIndex(of: 0x3F)
    let path = Array(request.head.target[..<(mark ?? request.head.target.count)])
    if let accepts = configuration.acceptsPath, !accepts(path) { return }
    report.parsed += 1
    if first.map({ time < $0 }) ?? true { first = time }
    if last.map({ time > $0 }) ?? true { last = time }

    let result = inspect(logged)
    for id in result.ruleIDs { rules[id]?.requests += 1 }
    for key in result.violations where violations[key] != nil || violations.count < Self.keptEndpoints { violations[key, default: 0] += 1 }
    var event = ClientEvent(
      request, target: request.head.target, status: logged.status, hasKey: isPartner(logged.apiKey), hasSession: logged.sessionID != nil,
      anomaly: result.anomaly, isRefusedByRules: result.isRefused, ruleIDs: result.ruleIDs, isScanner: result.isScanner)
    event.violatesSchema = result.violatesSchema
    event.milliseconds = logged.milliseconds
    event.bytes = logged.bodyBytes
    event.headerOrder = logged.headerOrder.map(ClientEvent.stackHash) ?? 0
    if let sources = configuration.sources {
      event.standing = sources.standing(of: request.client.address, userAgent: logged.userAgent)
    }
    event.fingerprint = logged.fingerprint.map(ClientEvent.stackHash) ?? 0
    fold(event, logged)
    countEndpoint(event)
    let start = Int(time.microseconds / 60_000_000) * 60
    var minute = minutes[start] ?? Report.Minute(start: start, requests: 0, refused: 0)
    minute.requests += 1
    if result.isRefused { minute.refused += 1 }
    minutes[start] = minute
  }

  /// The rules' answer to a line. It does not depend on the client unless a rule reads the address, so it is kept per distinct line.
  private func inspect(_ logged: LoggedRequest) -> CachedResult {
    let request = logged.request
    let isCacheable = configuration.cachedRequests > 0
    var key: [UInt8] = []
    if isCacheable {
      key = request.head.line
      for field in request.head.fields {
        key.append(0)
        key += field.value
      }
      key.append(UInt8(truncatingIfNeeded: logged.status / 100))
      // What nobody declared is told apart by the very status.
      if inspector.configuration.schema != nil { key.append(UInt8(truncatingIfNeeded: logged.status)) }
      // The CRS asks whether a request comes from the machine itself: then the answer is kept for each address.
      if inspector.rules.readsClientAddress { key += Array(request.client.address.utf8) }
      if let known = cache[key] { return known }
    }
    let inspection = inspector.begin(request, scratch: scratch)
    if inspection.inspectHead().kind != .block { _ = inspection.inspectBody([]) }
    let outcome = inspection.finish(status: logged.status)
    report.rulesAsked = max(report.rulesAsked, outcome.rulesAsked)
    report.rulesUnasked = max(report.rulesUnasked, outcome.rulesUnasked)
    for match in outcome.evidence.rules where match.isLogged && rules[match.id] == nil { rules[match.id] = (match.message, 0) }
    var result = CachedResult(
      anomaly: outcome.evidence.anomaly.inbound, isRefused: outcome.evidence.intervention != nil, ruleIDs: outcome.evidence.loggedRuleIDs,
      isScanner: outcome.evidence.speaksOfScanner)
    for violation in outcome.evidence.schema {
      let key = ViolationKey(endpoint: violation.endpoint, kind: violation.kind, field: violation.place + violation.pointer)
      if !result.violations.contains(key) { result.violations.append(key) }
      if violation.weighs { result.violatesSchema = true }
    }
    if isCacheable {
      // Attack lines are all different: a full cache starts afresh, so that memory is bounded.
      if cache.count >= configuration.cachedRequests { cache.removeAll(keepingCapacity: true) }
      cache[key] = result
    }
    return result
  }

  func isPartner(_ key: [UInt8]?) -> Bool {
    guard let key else { return false }
    return configuration.partnerKeys?.contains(key) ?? true
  }

  private func fold(_ event: ClientEvent, _ logged: LoggedRequest) {
    let key = ClientKey(logged)
    guard var client = clients.removeValue(forKey: key) ?? newClient(key, event) else {
      report.overflowClients += 1
      var others =
        overflow ?? Client(identity: ClientIdentity(client: 0, address: 0, agent: 0, network: 0), first: event.time, last: event.time)
      count(event, in: &others)
      overflow = others
      return
    }
    count(event, in: &client)
    client.country = event.standing.country ?? client.country
    client.system = event.standing.system ?? client.system
    if let session = logged.issuedSession {
      behavior.issue(ClientIdentity(address: key.ip, userAgent: key.userAgent, session: session, key: key.key))
    }
    let state = behavior.observe(event, of: client.identity)
    let kind = behavior.judgement(state, declared: client.declared, hasKey: isPartner(key.key)).kind
    let bits = behavior.bits(state)
    if logged.sessionID != nil, state.requests == BehaviorEngine.unproven + 1, kind == .allow {
      // What was held against a new session was its address's; from now on it stands for itself.
      client.worst = .allow
      client.bits = -.infinity
      client.atRequest = nil
      client.reachedAt = nil
    }
    if bits > client.bits {
      client.state = state
      client.bits = bits
    }
    if kind > client.worst {
      if client.worst == .allow {
        client.atRequest = client.requests
        client.reachedAt = event.time.seconds
      }
      client.worst = kind
    }
    clients[key] = client
  }

  private func newClient(_ key: ClientKey, _ event: ClientEvent) -> Client? {
    guard clients.count < configuration.maximumClients else { return nil }
    var client = Client(
      identity: ClientIdentity(address: key.ip, userAgent: key.userAgent, session: key.session, key: key.key), first: event.time,
      last: event.time)
    client.declared = DeclaredClient.label(key.userAgent)
    return client
  }

  private func count(_ event: ClientEvent, in client: inout Client) {
    client.requests += 1
    client.ruleMatches += event.ruleIDs.count
    client.first = min(client.first, event.time)
    client.last = max(client.last, event.time)
  }

  private func countEndpoint(_ event: ClientEvent) {
    let key = EndpointKey(method: Array(event.method.prefix(32)), path: Array(event.path.prefix(Self.keptPathBytes)))
    guard
      var count = endpoints[key]
        ?? (endpoints.count < Self.keptEndpoints
          ? Report.EndpointCount(
            method: String(decoding: key.method, as: UTF8.self), path: String(decoding: key.path, as: UTF8.self), requests: 0,
            clientErrors: 0,
            serverErrors: 0, refused: 0) : nil)
    else { return }
    count.requests += 1
    if (400..<500).contains(event.status) { count.clientErrors += 1 }
    if event.status >= 500 { count.serverErrors += 1 }
    if event.isRefusedByRules { count.refused += 1 }
    endpoints[key] = count
  }

  /// What the client of a line that was read comes to so far; nil if it was not read.
  public func standing(of logged: LoggedRequest) -> ClientStanding? {
    let key = ClientKey(logged)
    guard let client = clients[key], let state = behavior.state(of: client.identity, at: logged.request.received) else { return nil }
    return ClientStanding(
      verdict: behavior.judgement(state, declared: client.declared, hasKey: isPartner(key.key)), evidence: behavior.evidence(state),
      isShared: key.session == nil && key.key == nil && behavior.isShared(state, client.identity), requests: client.requests,
      collateral: behavior.collateral(client.identity, hasSession: key.session != nil || key.key != nil))
  }
}
