/// One header field exactly as it stood on the wire.
///
/// Shape: name and value bytes in their original case and order; the value has the optional white space around it removed
/// (RFC 9110 section 5.5) and nothing else. Repeated fields are separate `Field`s. A value; safe from any task.
public struct Field: Sendable, Hashable {
  public var name: [UInt8]
  public var value: [UInt8]

  public init(name: [UInt8], value: [UInt8]) {
    self.name = name
    self.value = value
  }

  public init(_ name: String, _ value: String) {
    self.init(name: Array(name.utf8), value: Array(value.utf8))
  }

  /// Whether the field's name equals `other` without regard to ASCII case. `other` must be given in lower case.
  @inlinable
  public func isNamed(_ lowercasedName: StaticString) -> Bool {
    guard name.count == lowercasedName.utf8CodeUnitCount else { return false }
    let other = lowercasedName.utf8Start
    for index in name.indices where asciiLowercased(name[index]) != other[index] { return false }
    return true
  }
}

/// The byte in lower case if it is an ASCII capital letter, else unchanged.
@inlinable @inline(__always)
public func asciiLowercased(_ byte: UInt8) -> UInt8 {
  byte &- 0x41 < 26 ? byte | 0x20 : byte
}

extension Sequence where Element == Field {
  /// The value of the first field of that name (given in lower case), or nil.
  public func firstValue(of lowercasedName: StaticString) -> [UInt8]? {
    for field in self where field.isNamed(lowercasedName) { return field.value }
    return nil
  }
}
