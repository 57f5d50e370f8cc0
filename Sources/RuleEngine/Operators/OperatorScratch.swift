import PatternScan

/// What an operator answers. `limitReached`: it could not decide within its limits.
public enum OperatorResult: Sendable, Equatable { case match, noMatch, limitReached }

/// What one thread needs to run operators. Not `Sendable`.
public final class OperatorScratch {
  public let regex: RegexScratch

  /// - Parameter matchLimit: backtracking steps of one regular expression match.
  public init(matchLimit: UInt32 = 100_000) { regex = RegexScratch(matchLimit: matchLimit) }
}

/// `TX.0` and so on of one match: group 0 is the whole match, nil a group that took no part.
public struct CaptureList: Sendable {
  public private(set) var groups: [[UInt8]?] = []

  public init() {}

  public mutating func removeAll() { groups.removeAll(keepingCapacity: true) }
  mutating func append(_ group: [UInt8]?) { groups.append(group) }
}
