import Glibc

/// The operators that compare texts byte by byte, case included.
enum TextComparison: Sendable, BitwiseCopyable {
  case beginsWith, endsWith, equals, within

  func holds(_ value: ByteView, _ operand: ByteView) -> Bool {
    switch self {
    case .beginsWith: value.count >= operand.count && Self.isEqual(value, from: 0, operand)
    case .endsWith: value.count >= operand.count && Self.isEqual(value, from: value.count - operand.count, operand)
    case .equals: value.count == operand.count && Self.isEqual(value, from: 0, operand)
    case .within: SubstringSearch.occurs(value, in: operand)
    }
  }

  /// The caller knows that `text` has as many bytes as `other` from `start` on.
  private static func isEqual(_ text: UnsafeBufferPointer<UInt8>, from start: Int, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let left = text.baseAddress, let right = other.baseAddress, !other.isEmpty else { return true }
    return memcmp(left + start, right, other.count) == 0
  }
}
