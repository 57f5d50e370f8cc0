import Glibc
import HTTPModel

/// Where a field stands in a head.
public struct FieldSpan: Sendable {
  private var nameStart: UInt32
  private var nameEnd: UInt32
  private var valueStart: UInt32
  private var valueEnd: UInt32
  /// What the name says, with `_` read as `-`.
  public var known: KnownField
  /// Whether the name has an underscore: then it is not the field that `known` says, but may be taken for it.
  public var hasUnderscore: Bool
  /// Whether the line is `name: value` with nothing else around them, so that it can be sent on as it stands.
  public var isCanonical: Bool

  init(name: Range<Int>, value: Range<Int>, known: KnownField, hasUnderscore: Bool, isCanonical: Bool) {
    nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
    nameEnd = UInt32(truncatingIfNeeded: name.upperBound)
    valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
    valueEnd = UInt32(truncatingIfNeeded: value.upperBound)
    self.known = known
    self.hasUnderscore = hasUnderscore
    self.isCanonical = isCanonical
  }

  public var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
  /// Without the blanks around it.
  public var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }

  /// Whether it is that field, spelled as it should be.
  @inline(__always)
  public func isExactly(_ field: KnownField) -> Bool { known == field && !hasUnderscore }
}

/// The bytes of one head at a time, and where its fields stand in them: room that is used again for the next head.
///
/// What most requests need of their head is to be checked and written on; values of their own for each field cost more than all the
/// rest. Confined to the thread of its connection; spans hold until the next head is parsed into it.
public final class HeadBytes {
  private var storage: UnsafeMutableRawPointer?
  private var capacity = 0
  private var count = 0
  public internal(set) var spans: [FieldSpan] = []

  /// Room beyond which a connection does not keep it for its next head.
  private static let keptBytes = 16 * 1024

  public init() {}

  deinit { free(storage) }

  /// The head as it was received.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: storage, count: count) }

  /// Takes a copy, so that the buffer it came in is free for what comes next.
  func keep(_ head: UnsafeRawBufferPointer) {
    if head.count > capacity || (capacity > Self.keptBytes && head.count <= Self.keptBytes) {
      free(storage)
      capacity = max(1024, head.count)
      storage = malloc(capacity)
    }
    count = head.count
    if let storage, let start = head.baseAddress { memcpy(storage, start, count) }
  }

  public func array(_ range: Range<Int>) -> [UInt8] { Array(bytes[range]) }

  /// The value of the first field of that name, in lower case.
  public func firstValue(of name: StaticString) -> Range<Int>? {
    let bytes = bytes
    return spans.first { $0.isNamed(name, in: bytes) }?.value
  }

  /// Values of their own for all fields.
  public func fields() -> [Field] {
    let bytes = bytes
    return spans.map { Field(name: Array(bytes[$0.name]), value: Array(bytes[$0.value])) }
  }
}

extension FieldSpan {
  func isNamed(_ lowercasedName: StaticString, in bytes: UnsafeRawBufferPointer) -> Bool {
    let name = name
    guard name.count == lowercasedName.utf8CodeUnitCount else { return false }
    for index in 0..<name.count where asciiLowercased(bytes[name.lowerBound + index]) != lowercasedName.utf8Start[index] { return false }
    return true
  }
}
