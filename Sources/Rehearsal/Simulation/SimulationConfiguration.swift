import EvidenceModel
import HTTPModel

/// What traffic is to be invented.
public struct SimulationConfiguration: Sendable, Equatable {
  /// Lines of the log, exactly. 100,000 by default; at least 1.
  public var requests = 100_000
  /// How far the crowd's rate rises above its base at the drop: 4.5, the default, makes it 5.5 times as high. 0 is no surge.
  public var surge = 4.5
  /// The same seed gives the same bytes.
  public var seed: UInt64 = 1
  /// Whether abusers act as fans before they begin, with a fan's user agent and session.
  public var isHard = false
  /// Whether machines stay away: fans only.
  public var isClean = false
  /// When the log begins: 2026-11-20T17:00:00Z by default.
  public var start = Timestamp(microseconds: 1_795_194_000_000_000)
  /// From the beginning to the drop: 3 hours, in seconds.
  public var secondsToDrop = 10_800.0
  /// From the beginning to the end: 6 hours, in seconds. If the requests are not used up by then, the evening goes on.
  public var span = 21_600.0

  public init() {}
}
