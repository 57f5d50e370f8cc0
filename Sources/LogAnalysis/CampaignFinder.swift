import EvidenceModel
import HTTPModel

/// Finds the many hands of one actor among clients that were judged one by one.
///
/// Hands mostly do one and the same thing, each of them little, from many networks, and close to each other in time. The core of a
/// campaign are flagged clients of that kind; to them are added those against which there is less, but which share what they do, the
/// time, and a user agent of the core. These are named and not flagged.
struct CampaignFinder {
  /// A client that could be one of many.
  struct Hand {
    /// Its place in the report's list.
    var client: Int
    /// What it mostly does.
    var step: Int
    var network: UInt64
    var first: Timestamp
    var last: Timestamp
    var userAgent: [UInt8]
    var bits: Float
    var isFlagged: Bool
  }

  struct Campaign {
    var step: Int
    /// The core first, in order of time.
    var hands: [Hand]
    var core: Int
    var networks: Int
  }

  /// Whoever does more is an actor of its own.
  static let mostRequests = 64
  /// Bits from which on a client that is not flagged can be one of them.
  static let leastBits: Float = 2
  private static let leastCore = 12
  private static let leastNetworks = 8
  /// Microseconds without a new hand after which another campaign begins.
  private static let pause: Int64 = 1_800_000_000

  /// The largest first.
  static func campaigns(_ hands: [Hand]) -> [Campaign] {
    var result: [Campaign] = []
    for (step, group) in Dictionary(grouping: hands, by: \.step) {
      let core = group.filter(\.isFlagged).sorted { ($0.first, $0.client) < ($1.first, $1.client) }
      let others = group.filter { !$0.isFlagged }
      for part in parts(core) {
        let networks = Set(part.map(\.network)).count
        guard part.count >= leastCore, networks >= leastNetworks, let first = part.first?.first, let last = part.map(\.last).max() else {
          continue
        }
        let agents = Set(part.map(\.userAgent))
        let joined = others.filter { !($0.last < first) && !(last < $0.first) && agents.contains($0.userAgent) }
        result.append(
          Campaign(
            step: step, hands: part + joined.sorted { ($0.first, $0.client) < ($1.first, $1.client) }, core: part.count,
            networks: Set((part + joined).map(\.network)).count))
      }
    }
    return result.sorted { ($1.hands.count, $0.hands[0].client) < ($0.hands.count, $1.hands[0].client) }
  }

  private static func parts(_ hands: [Hand]) -> [[Hand]] {
    var parts: [[Hand]] = []
    var until: Int64 = .min
    for hand in hands {
      if parts.isEmpty || hand.first.microseconds - until > pause { parts.append([]) }
      parts[parts.count - 1].append(hand)
      until = max(until, hand.first.microseconds)
    }
    return parts
  }
}
