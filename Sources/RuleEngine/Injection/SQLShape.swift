/// The order of a value's pieces: the last eight symbols, packed into one number.
package struct SQLShape {
  package static let capacity = 8

  /// ASCII letters of `SQLSymbol`, the last in the lowest byte.
  package private(set) var window: UInt64 = 0
  /// Symbols so far, those that left the window included. Up to eight, the window is the beginning of the value.
  package private(set) var count = 0

  /// - Returns: the last `length` symbols.
  @inline(__always)
  package func ending(_ length: Int) -> UInt64 { length >= Self.capacity ? window : window & (1 << UInt64(8 * length) - 1) }

  /// The symbol `back` places before the last, or `end` where there is none.
  @inline(__always)
  func symbol(_ back: UInt64) -> SQLSymbol { SQLSymbol(rawValue: UInt8(truncatingIfNeeded: window >> (8 * back))) ?? .end }

  @inline(__always)
  mutating func push(_ symbol: SQLSymbol) {
    window = window << 8 | UInt64(symbol.rawValue)
    count += 1
  }

  @inline(__always)
  mutating func pop() {
    window >>= 8
    count -= 1
  }
}
