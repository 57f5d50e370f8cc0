/// What is known of a part of a message: seen, known to be missing, or never looked at.
///
/// A log line has no body and no cookies: that is `unobserved`, not `absent`. Rules that need such a part cannot be asked.
public enum Observation<Value: Sendable>: Sendable {
  case observed(Value)
  case absent
  case unobserved

  /// The value if it was observed.
  public var value: Value? {
    if case .observed(let value) = self { return value }
    return nil
  }
}

extension Observation: Equatable where Value: Equatable {}
