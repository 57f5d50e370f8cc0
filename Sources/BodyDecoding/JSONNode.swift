/// What a node of a `JSONTape` is. Both words of a boolean and both spellings of a number have a kind of their own, so that a
/// schema's `type` is one test of a bit.
@frozen public enum JSONKind: UInt8, Sendable {
  case null, `false`, `true`
  /// A number without fraction and exponent.
  case integer
  /// A number with a fraction or an exponent; `1.0` and `1e2` are here too.
  case decimal
  case string, array, object
  /// The name of an object's member; its value is the next node.
  case key
}

/// One value of a JSON text, 16 bytes. Read it through `JSONView`.
///
/// ```
/// head     kind, flags, for small numbers: length of the text, power of ten   (8 bits each)
/// start    where the text begins, in bytes, in the input or among the decoded strings
/// payload  string, key, large number: length in bytes | hash << 32
///          small number:              its digits as an integer
///          array, object:             members | index after the last of them << 32
/// ```
@frozen public struct JSONNode: Sendable {
  @usableFromInline var head: UInt32
  @usableFromInline var start: UInt32
  @usableFromInline var payload: UInt64

  @inlinable @inline(__always)
  init(head: UInt32, start: UInt32, payload: UInt64) {
    self.head = head
    self.start = start
    self.payload = payload
  }

  /// The text had escapes: what they stand for lies among the decoded strings.
  @usableFromInline static let isDecoded: UInt32 = 0x100
  /// The text has bytes above 0x7F.
  @usableFromInline static let isNotASCII: UInt32 = 0x200
  /// The number has up to 18 digits and a power of ten within ±100.
  @usableFromInline static let isSmall: UInt32 = 0x400
  /// A name occurs twice in the object.
  @usableFromInline static let hasDuplicates: UInt32 = 0x800
  /// Two names of the object may be equal; of use while reading only.
  static let isSuspicious: UInt32 = 0x1000
}

/// A number of up to 18 digits, exactly: `digits` × 10^`exponent`. Not normalized: 1.0 is 10 × 10^-1.
@frozen public struct SmallDecimal: Sendable, Equatable {
  public var digits: Int64
  /// Within ±100.
  public var exponent: Int

  @inlinable @inline(__always)
  public init(digits: Int64, exponent: Int) {
    self.digits = digits
    self.exponent = exponent
  }
}
