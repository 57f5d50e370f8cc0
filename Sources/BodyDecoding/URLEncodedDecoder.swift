/// The arguments of a query or of a URL-encoded body. A value; safe from any task.
public struct DecodedArguments: Sendable, Equatable {
  /// In their order of arrival; names and values percent-decoded once.
  public var values: [NamedValue]
  /// `URLENCODED_ERROR`: some `%` was not followed by two hexadecimal digits. It also counts in arguments that were dropped.
  public var hasInvalidEncoding: Bool
  /// How many arguments came after the limit (`SecArgumentsLimit`) and are not in `values`.
  public var droppedCount: Int

  public init(values: [NamedValue] = [], hasInvalidEncoding: Bool = false, droppedCount: Int = 0) {
    self.values = values
    self.hasInvalidEncoding = hasInvalidEncoding
    self.droppedCount = droppedCount
  }
}

/// Splits `a=1&b=2` into arguments as ModSecurity 3 does: at the separator, then at the first `=`.
///
/// A pair without a name is kept with an empty name, since some servers take it; only a pair without any byte is skipped.
/// Never fails; linear in the input.
public enum URLEncodedDecoder {
  /// - Parameters:
  ///   - separator: `SecArgumentSeparator`.
  ///   - maximumCount: `SecArgumentsLimit`; arguments after so many are counted but not kept.
  public static func decode(
    _ bytes: UnsafeBufferPointer<UInt8>, separator: UInt8 = UInt8(ascii: "&"), maximumCount: Int = 1000
  ) -> DecodedArguments {
    var result = DecodedArguments()
    split(bytes, separator: separator) { name, value in add(name: name, value: value, to: &result, maximumCount: maximumCount) }
    return result
  }

  /// The pairs as they were sent, not decoded: views into `bytes`.
  @inlinable
  public static func split(
    _ bytes: UnsafeBufferPointer<UInt8>, separator: UInt8 = UInt8(ascii: "&"),
    _ body: (_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) -> Void
  ) {
    var start = 0
    while start < bytes.count {
      var equals = -1
      var end = start
      while end < bytes.count, bytes[end] != separator {
        if equals < 0, bytes[end] == UInt8(ascii: "=") { equals = end }
        end += 1
      }
      if end > start {
        let nameEnd = equals < 0 ? end : equals
        let valueStart = equals < 0 ? end : equals + 1
        body(UnsafeBufferPointer(rebasing: bytes[start..<nameEnd]), UnsafeBufferPointer(rebasing: bytes[valueStart..<end]))
      }
      start = end + 1
    }
  }

  /// The same for an array.
  public static func decode(_ bytes: [UInt8], separator: UInt8 = UInt8(ascii: "&"), maximumCount: Int = 1000) -> DecodedArguments {
    bytes.withUnsafeBufferPointer { decode($0, separator: separator, maximumCount: maximumCount) }
  }

  private static func add(
    name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>, to result: inout DecodedArguments, maximumCount: Int
  ) {
    var argument = NamedValue(name: [], value: [])
    let isNameValid = URLCoding.decode(name, plusIsSpace: true, into: &argument.name)
    let isValueValid = URLCoding.decode(value, plusIsSpace: true, into: &argument.value)
    if !isNameValid || !isValueValid { result.hasInvalidEncoding = true }
    if result.values.count < maximumCount {
      result.values.append(argument)
    } else {
      result.droppedCount += 1
    }
  }
}
