import HTTPModel

/// A `Content-Type` field (RFC 9110 section 8.3): the type in lower case and its parameters. A value; safe from any task.
public struct ContentType: Sendable, Equatable {
  /// Such as `application/json`; everything before the first `;` or blank. Not checked to have a `/`.
  public var type: [UInt8]
  /// Names in lower case, values without their quotes, in order of arrival; names may repeat.
  public var parameters: [NamedValue]

  /// Never fails: a field without a type has an empty one.
  public init(parsing field: [UInt8]) {
    (type, parameters) = field.withUnsafeBufferPointer { bytes in
      let end = bytes.firstIndex { $0 == UInt8(ascii: ";") || isBlank($0) } ?? bytes.count
      let parameters = HeaderParameters.parse(bytes, from: end).map { NamedValue(name: $0.name, value: $0.value) }
      return (bytes[..<end].map(asciiLowercased), parameters)
    }
  }

  /// The value of the first parameter of that name (given in lower case), or nil.
  public func parameter(_ lowercasedName: String) -> [UInt8]? {
    let name = Array(lowercasedName.utf8)
    return parameters.first { $0.name == name }?.value
  }
}
