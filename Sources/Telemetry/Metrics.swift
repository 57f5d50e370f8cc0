import Synchronization

/// What the proxy counts, in Prometheus' text format. Safe from any thread; one short lock an exchange.
public final class Metrics: Sendable {
  private struct State {
    var requests: [RequestKey: Int] = [:]
    var rules: [Int: Int] = [:]
    var uninspected: [String: Int] = [:]
    var total = Histogram()
    var inspection = Array(repeating: Histogram(), count: 5)
    var upstream = Histogram()
  }
  private struct RequestKey: Hashable {
    var verdict: String
    var reason: String
  }
  private let state = Mutex(State())
  public let inFlight = Atomic<Int>(0)
  /// Connections to clients.
  public let connections = Atomic<Int>(0)
  /// Connections that were closed at once since there were too many.
  public let refusedConnections = Atomic<Int>(0)
  private let version: String

  public init(version: String) { self.version = version }

  /// Takes note of one exchange.
  public func record(_ record: ExchangeRecord) {
    let evidence = record.outcome.evidence
    let reason = Self.reason(record)
    state.withLock { state in
      state.requests[RequestKey(verdict: record.outcome.verdict.kind.rawValue, reason: reason), default: 0] += 1
      for match in evidence.rules where match.isLogged { state.rules[match.id, default: 0] += 1 }
      if record.outcome.inspected != .full { state.uninspected[record.outcome.inspected.rawValue, default: 0] += 1 }
      state.total.observe(record.totalTime)
      for phase in 1...5 where record.phaseTimes[phase] >= 0 { state.inspection[phase - 1].observe(Int(record.phaseTimes[phase])) }
      if let time = record.upstreamTime { state.upstream.observe(time) }
    }
  }

  /// Why an exchange ended as it did: a closed set, so that the label stays small.
  private static func reason(_ record: ExchangeRecord) -> String {
    if let fault = record.outcome.evidence.framing { return fault.status == 413 ? "limit" : "framing" }
    if record.outcome.verdict.kind == .block, let fault = record.outcome.evidence.body { return fault.status == 413 ? "limit" : "body" }
    if record.outcome.verdict.kind == .block || record.outcome.would != nil { return "rules" }
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
    let state = state.withLock { $0 }
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
    lines += state.total.lines("ropeline_request_duration_seconds")
    metric("ropeline_inspection_duration_seconds", "histogram", "Time spent in the rules.")
    for (index, histogram) in state.inspection.enumerated() {
      lines += histogram.lines("ropeline_inspection_duration_seconds", label: "phase=\"\(index + 1)\"")
    }
    metric("ropeline_upstream_duration_seconds", "histogram", "From the forwarded request to the head of the upstream's answer.")
    lines += state.upstream.lines("ropeline_upstream_duration_seconds")
    metric("ropeline_inflight_requests", "gauge", "Requests that are being handled.")
    lines.append("ropeline_inflight_requests \(inFlight.load(ordering: .relaxed))")
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
    metric("ropeline_held_body_bytes", "gauge", "Bytes of bodies that are held for the rules.")
    lines.append("ropeline_held_body_bytes \(heldBytes)")
    metric("ropeline_log_dropped_total", "counter", "Log lines that could not be written.")
    lines.append("ropeline_log_dropped_total \(droppedLines)")
    metric("ropeline_build_info", "gauge", "The version that runs.")
    lines.append("ropeline_build_info{version=\"\(version)\"} 1")
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Durations in buckets from 50 microseconds to 10 seconds.
struct Histogram: Sendable {
  private static let bounds: [(microseconds: Int, label: String)] = [
    (50, "0.00005"), (100, "0.0001"), (250, "0.00025"), (500, "0.0005"), (1000, "0.001"), (2500, "0.0025"), (5000, "0.005"),
    (10_000, "0.01"), (25_000, "0.025"), (50_000, "0.05"), (100_000, "0.1"), (250_000, "0.25"), (500_000, "0.5"), (1_000_000, "1"),
    (2_500_000, "2.5"), (10_000_000, "10"),
  ]
  private var counts = Array(repeating: 0, count: Histogram.bounds.count + 1)
  private var sum = 0

  mutating func observe(_ microseconds: Int) {
    let index = Self.bounds.firstIndex { microseconds <= $0.microseconds } ?? Self.bounds.count
    counts[index] += 1
    sum += microseconds
  }

  /// - Parameter label: `name="value"`, or empty for none.
  func lines(_ name: String, label: String = "") -> [String] {
    let prefix = label.isEmpty ? "" : "\(label),"
    let braces = label.isEmpty ? "" : "{\(label)}"
    var lines: [String] = []
    var total = 0
    for (index, bound) in Self.bounds.enumerated() {
      total += counts[index]
      lines.append("\(name)_bucket{\(prefix)le=\"\(bound.label)\"} \(total)")
    }
    total += counts[Self.bounds.count]
    lines.append("\(name)_bucket{\(prefix)le=\"+Inf\"} \(total)")
    lines.append("\(name)_sum\(braces) \(Double(sum) / 1_000_000)")
    lines.append("\(name)_count\(braces) \(total)")
    return lines
  }
}
