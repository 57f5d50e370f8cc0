/// A point in time: microseconds since 1970-01-01T00:00:00Z. A value inside the data; the core never reads a clock.
public struct Timestamp: Sendable, Hashable, Comparable {
  public var microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }
  public init(seconds: Double) { self.microseconds = Int64((seconds * 1_000_000).rounded()) }

  public var seconds: Double { Double(microseconds) / 1_000_000 }

  public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }
}
