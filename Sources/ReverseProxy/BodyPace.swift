import NIOCore

/// How long a body may take as a whole: a time of grace, and then more for each byte that comes.
///
/// Without it, a client that sends a byte now and then holds a connection, and what it has sent so far, for as long as it likes.
/// Time that passes while the proxy itself does not read, since the upstream takes no more, is not the client's. A value.
struct BodyPace {
  private let grace: TimeAmount
  /// Bytes a second; 0 for any.
  private let minimumRate: Int
  private var started: NIODeadline
  private var pausedSince: NIODeadline?
  private var byteCount = 0

  init(started: NIODeadline, grace: Duration, minimumRate: Int) {
    self.started = started
    self.grace = TimeAmount(grace)
    self.minimumRate = minimumRate
  }

  mutating func received(_ count: Int) { byteCount += count }

  mutating func pause(at now: NIODeadline) { pausedSince = pausedSince ?? now }

  mutating func resume(at now: NIODeadline) {
    guard let since = pausedSince else { return }
    started = started + (now - since)
    pausedSince = nil
  }

  /// When the body must be whole, if no more bytes come before.
  var deadline: NIODeadline {
    guard minimumRate > 0 else { return .distantFuture }
    return started + grace + .milliseconds(Int64(byteCount) * 1000 / Int64(minimumRate))
  }
}
