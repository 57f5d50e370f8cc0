/// How many requests may be sent twice.
///
/// An upstream that closes every connection it gets is ill, and sending it each request again doubles its load just then. So
/// retries are paid from a purse that requests fill: one in ten, after the first ten. A value; one for each event loop.
struct RetryBudget {
  /// In tenths of a retry.
  private var tenths = capacity
  private static let capacity = 100

  mutating func requestWasSent() { tenths = min(tenths + 1, Self.capacity) }

  /// Takes one retry; false if there is none left.
  mutating func take() -> Bool {
    guard tenths >= 10 else { return false }
    tenths -= 10
    return true
  }
}
