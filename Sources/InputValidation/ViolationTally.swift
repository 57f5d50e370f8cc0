import EvidenceModel
import HTTPModel
import Synchronization

/// How many violating requests each client sent lately. Bounded; safe from any task.
///
/// One malformed request is a mistake of somebody's program. Many different ones from one client are what a fuzzer does, even if each
/// alone is harmless.
final class ViolationTally: Sendable {
  private struct Count {
    var violating = 0
    var requests = 0
    var last: Timestamp
  }

  private let counts = Mutex<[String: Count]>([:])

  private static let maximumClients = 65_536
  /// After so long without a violation a client starts afresh: five minutes.
  private static let memory: Int64 = 300_000_000
  private static let minimumCount = 4

  /// Counts a request.
  /// - Returns: what is to be said about the client; nil while there is nothing.
  func add(_ client: String, isViolating: Bool, at time: Timestamp) -> BehaviorSignal? {
    counts.withLock { counts in
      guard var count = counts[client] ?? (isViolating ? Count(last: time) : nil) else { return nil }
      if time.microseconds - count.last.microseconds > Self.memory { count = Count(last: time) }
      count.requests += 1
      if isViolating {
        count.violating += 1
        count.last = time
      }
      if counts.count >= Self.maximumClients, counts[client] == nil {
        let oldest = time.microseconds - Self.memory
        counts = counts.filter { $0.value.last.microseconds > oldest }
        // Under a flood from everywhere the table starts afresh.
        if counts.count >= Self.maximumClients { counts.removeAll(keepingCapacity: true) }
      }
      counts[client] = count
      return Self.signal(violating: count.violating, of: count.requests)
    }
  }

  static func signal(violating: Int, of requests: Int) -> BehaviorSignal? {
    guard violating >= minimumCount, violating * 4 >= requests else { return nil }
    // Half a bit each: a dozen is beyond doubt.
    return BehaviorSignal(
      signal: "schema-violations", bits: min(10, Double(violating) / 2),
      detail: "\(violating) of \(requests) requests do not keep to the schema")
  }
}
