import Synchronization

/// How many connections each client has, if there is a bound to them. Safe from any thread; asked at the beginning and the end of a
/// connection only.
final class ConnectionCounts: Sendable {
  private let maximum: Int
  private let counts = Mutex<[[UInt8]: Int]>([:])

  /// - Parameter maximum: 0 for any number: then nothing is counted.
  init(maximum: Int) { self.maximum = maximum }

  /// The client's key, to be given back at the end; nil if it is not counted.
  func key(of address: String) -> [UInt8]? { maximum > 0 ? AddressRanges.clientKey(address) : nil }

  /// Takes a place; false if the client has all of its own. It is to be given back either way.
  func take(_ key: [UInt8]) -> Bool {
    counts.withLock { counts in
      counts[key, default: 0] += 1
      return counts[key, default: 0] <= maximum
    }
  }

  func giveBack(_ key: [UInt8]) {
    counts.withLock { counts in
      guard let count = counts[key] else { return }
      counts[key] = count > 1 ? count - 1 : nil
    }
  }
}
