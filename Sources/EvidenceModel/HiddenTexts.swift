/// What `sanitise…` actions of rules keep out of records.
public struct HiddenTexts: Sendable, Equatable {
  /// Names of arguments, in lower case.
  public var names: [[UInt8]] = []
  /// Names of request and response fields, in lower case.
  public var fields: [[UInt8]] = []
  /// The values themselves, wherever they stand.
  public var values: [[UInt8]] = []

  public init() {}

  /// Whether a field's value is hidden as a whole.
  public func isField(_ name: [UInt8]) -> Bool {
    !fields.isEmpty && fields.contains(name.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 })
  }
}
