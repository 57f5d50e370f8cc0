import Glibc

/// For each endpoint, how many clients read one thing after the other up to it and never did anything with what they read, against
/// those that did.
///
/// Of people who look at five things some go away, but others act: play, buy, write. Where hundreds of clients from as many networks
/// look at five things of one kind and none of them ever acts, they are one reader with many hands, though each of them read little.
struct IdleBook: Sendable {
  private struct Count: Sendable {
    var idle: Float = 0
    var resolved: Float = 0
    /// Networks of the idle, by hash.
    var networks: UInt64 = 0
    var hour: Int64 = 0
  }

  /// Objects read one after the other from which on a client is counted.
  static let length = 5
  /// Of people who read so much, for each that acts so many go away.
  private static let leaving: Float = 0.8
  private static let fewest: Float = 8
  private static let leastNetworks = 8
  private static let maximumBits: Float = 5

  private var counts = [Count](repeating: Count(), count: CrowdModel.maximumSteps)

  mutating func enter(_ step: Int, network: UInt64, at time: Int64) {
    let hour = time / 3_600_000_000
    if counts[step].hour != hour {
      counts[step].hour = hour
      counts[step].idle /= 2
      counts[step].resolved /= 2
    }
    counts[step].idle += 1
    counts[step].networks |= 1 << (mixed(network) & 63)
  }

  mutating func resolve(_ step: Int) {
    counts[step].idle = max(0, counts[step].idle - 1)
    counts[step].resolved += 1
  }

  func bits(_ step: Int) -> Float {
    let count = counts[step]
    guard count.networks.nonzeroBitCount >= Self.leastNetworks else { return 0 }
    return min(Self.maximumBits, max(0, log2(count.idle / (Self.leaving * count.resolved + Self.fewest))))
  }
}

extension IdleBook {
  func write(to writer: inout SnapshotWriter) { writer.put(counts) }

  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) { try reader.take(&counts) }
}
