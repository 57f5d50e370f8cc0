import Synchronization

/// What the proxy counts, in Prometheus' text format. Safe from any thread; what every exchange counts is in shards without a lock.
public final class Metrics: Sendable {
  private struct State {
    var requests: [RequestKey: Int] = [:]
    var rules: [Int: Int] = [:]
    var uninspected: [String: Int] = [:]
    var oversized: [String: Int] = [:]
    var limitsReached = 0
    var budgetsSpent = 0
    var shards: [MetricsShard] = []
  }
  private struct RequestKey: Hashable {
    var verdict: String
    var reason: String
  }
  private let state = Mutex(State())
  /// Connections to clients.
  public let connections = Atomic<Int>(0)
  /// Connections that were closed at once since there were too many.
  public let refusedConnections = Atomic<Int>(0)
  private let version: String

  public init(version: String) { self.version = version }

  /// For one event loop; it counts for as long as this lives.
  public func makeShard() -> MetricsShard {
    let shard = MetricsShard()
    state.withLock { $0.shards.append(shard) }
    return shard
  }

  /// Takes note of one exchange, on the thread of its shard.
  public func record(_ record: ExchangeRecord, in shard: MetricsShard) {
    shard.observe(record)
    let evidence = record.outcome.evidence
    let reason = Self.reason(record)
    if reason == "none", record.outcome.verdict.kind == .allow, record.outcome.inspected == .full, evidence.rules.isEmpty,
      record.outcome.oversizedBody == nil
    {
      return shard.countPassed()
    }
    state.withLock { state in
      state.requests[RequestKey(verdict: record.verdict.rawValue, reason: reason), default: 0] += 1
      for match in evidence.rules where match.isLogged { state.rules[match.id, default: 0] += 1 }
      if record.outcome.inspected != .full { state.uninspected[record.outcome.inspected.rawValue, default: 0] += 1 }
      state.limitsReached += record.outcome.matchLimitCount
      if record.outcome.isBudgetSpent { state.budgetsSpent += 1 }
      if let decision = record.outcome.oversizedBody { state.oversized[decision.rawValue, default: 0] += 1 }
    }
  }

  /// Why an exchange ended as it did: a closed set, so that the label stays small.
  private static func reason(_ record: ExchangeRecord) -> String {
    if let fault = record.outcome.evidence.framing { return fault.status == 413 ? "limit" : "framing" }
    if record.outcome.verdict.kind == .block, let fault = record.outcome.evidence.body { return fault.status == 413 ? "limit" : "body" }
    if record.outcome.verdict.kind == .block || record.outcome.would != nil { return "rules" }
    if record.isRefusedForBehavior || record.would != nil { return "behavior" }
    if let party = record.brokenOffBy { return party.rawValue }
    switch record.status {
    case 499: return "client"
    case 408 where record.isOwnAnswer: return "timeout"
    case 503 where record.isOwnAnswer: return "limit"
    case 500... where record.isOwnAnswer: return "upstream"
    default: return "none"
    }
  }

  /// - Parameters:
  ///   - droppedLines: log lines that could not be written.
  ///   - heldBytes: bytes of bodies that are held for the rules.
  public func text(droppedLines: Int, heldBytes: Int = 0) -> String {
    var state = state.withLock { $0 }
    var total = Histogram()
    var upstream = Histogram()
    var inspection = Array(repeating: Histogram(), count: 5)
    for shard in state.shards {
      shard.add(to: &total, upstream: &upstream, inspection: &inspection)
      if shard.passedCount > 0 { state.requests[RequestKey(verdict: "allow", reason: "none"), default: 0] += shard.passedCount }
    }
    var lines: [String] = []
    func metric(_ name: String, _ kind: String, _ help: String) {
      lines.append("# HELP \(name) \(help)")
      lines.append("# TYPE \(name) \(kind)")
    }
    metric("ropeline_requests_total", "counter", "Requests by verdict and reason.")
    for (key, count) in state.requests.sorted(by: { ($0.key.verdict, $0.key.reason) < ($1.key.verdict, $1.key.reason) }) {
      lines.append("ropeline_requests_total{verdict=\"\(key.verdict)\",reason=\"\(key.reason)\"} \(count)")
    }
    metric("ropeline_request_duration_seconds", "histogram", "From the first byte of a request to the last of its answer.")
    lines += total.lines("ropeline_request_duration_seconds")
    metric("ropeline_inspection_duration_seconds", "histogram", "Time spent in the rules.")
    for (index, histogram) in inspection.enumerated() {
      lines += histogram.lines("ropeline_inspection_duration_seconds", label: "phase=\"\(index + 1)\"")
    }
    metric("ropeline_upstream_duration_seconds", "histogram", "From the forwarded request to the head of the upstream's answer.")
    lines += upstream.lines("ropeline_upstream_duration_seconds")
    metric("ropeline_inflight_requests", "gauge", "Requests that are being handled.")
    lines.append("ropeline_inflight_requests \(state.shards.reduce(0) { $0 + $1.inFlight })")
    metric("ropeline_connections", "gauge", "Connections to clients.")
    lines.append("ropeline_connections \(connections.load(ordering: .relaxed))")
    metric("ropeline_connections_refused_total", "counter", "Connections that were closed at once since there were too many.")
    lines.append("ropeline_connections_refused_total \(refusedConnections.load(ordering: .relaxed))")
    metric("ropeline_rule_matches_total", "counter", "Matches by rule.")
    for (id, count) in state.rules.sorted(by: { $0.key < $1.key }) {
      lines.append("ropeline_rule_matches_total{rule_id=\"\(id)\"} \(count)")
    }
    metric("ropeline_uninspected_total", "counter", "Requests that the rules could not look at in full.")
    for (reason, count) in state.uninspected.sorted(by: { $0.key < $1.key }) {
      lines.append("ropeline_uninspected_total{reason=\"\(reason)\"} \(count)")
    }
    metric("ropeline_oversized_bodies_total", "counter", "Request bodies over the inspection limit, by what was done about them.")
    for decision in ["partial", "rejected", "windows"] {
      lines.append("ropeline_oversized_bodies_total{decision=\"\(decision)\"} \(state.oversized[decision, default: 0])")
    }
    metric("ropeline_match_limits_total", "counter", "Values on which a rule could not be decided within SecPcreMatchLimit.")
    lines.append("ropeline_match_limits_total \(state.limitsReached)")
    metric("ropeline_inspection_budgets_total", "counter", "Requests that needed more steps of inspection than limits.inspection-steps.")
    lines.append("ropeline_inspection_budgets_total \(state.budgetsSpent)")
    metric("ropeline_held_body_bytes", "gauge", "Bytes of bodies that are held for the rules.")
    lines.append("ropeline_held_body_bytes \(heldBytes)")
    metric("ropeline_log_dropped_total", "counter", "Log lines that could not be written.")
    lines.append("ropeline_log_dropped_total \(droppedLines)")
    metric("ropeline_build_info", "gauge", "The version that runs.")
    lines.append("ropeline_build_info{version=\"\(version)\"} 1")
    return lines.joined(separator: "\n") + "\n"
  }
}
