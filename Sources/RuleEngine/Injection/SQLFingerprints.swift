/// The shapes that are attacks, from the generated table.
///
/// A row is the beginning of a shape, or, behind `~`, a piece from anywhere in it. `$` is the end of the value.
///
/// Never freed, immutable after it was built: it may be read from any thread, and reading counts no references.
package struct SQLFingerprints: @unchecked Sendable {
  package static let shared = SQLFingerprints(table)

  /// The longest piece that may stand anywhere, in symbols.
  package static let longestPiece = 6
  package static let pieceMark: UInt64 = 0x7E

  /// Open addressing; 0 is an empty slot.
  private let slots: UnsafeMutablePointer<UInt64>
  private let mask: Int
  /// Lengths in symbols, as bits, of the pieces that end with a symbol: most symbols end none.
  private let pieceLengths: UnsafeMutablePointer<UInt8>
  package let count: Int

  /// - Parameter text: rows separated by blanks or newlines, each of at most eight letters.
  package init(_ text: String) {
    let rows = text.utf8.split { $0 <= 0x20 }.map { row in row.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    var size = 64
    while size < rows.count * 4 { size *= 2 }
    slots = .allocate(capacity: size)
    slots.initialize(repeating: 0, count: size)
    pieceLengths = .allocate(capacity: 256)
    pieceLengths.initialize(repeating: 0, count: 256)
    for row in rows {
      var slot = Self.hash(row) & (size - 1)
      while slots[slot] != 0, slots[slot] != row { slot = (slot + 1) & (size - 1) }
      slots[slot] = row
      for length in 1...Self.longestPiece where row >> UInt64(8 * length) == Self.pieceMark {
        pieceLengths[Int(row & 0xFF)] |= 1 << UInt8(length)
      }
    }
    mask = size - 1
    count = rows.count
  }

  @inline(__always)
  private static func hash(_ row: UInt64) -> Int { Int(truncatingIfNeeded: (row &* 0x9E37_79B9_7F4A_7C15) >> 32) }

  @inline(__always)
  private func contains(_ row: UInt64) -> Bool {
    var slot = Self.hash(row) & mask
    while slots[slot] != 0 {
      if slots[slot] == row { return true }
      slot = (slot + 1) & mask
    }
    return false
  }

  /// What a row would have to be to name the last `length` symbols of `shape`.
  @inline(__always)
  package static func piece(_ shape: SQLShape, _ length: Int) -> UInt64 { pieceMark << UInt64(8 * length) | shape.ending(length) }

  /// Asked each time that `shape` has grown.
  /// - Returns: the row that names all of it, or what it now ends with; or nil.
  @inline(__always)
  package func match(_ shape: SQLShape) -> UInt64? {
    if shape.count <= SQLShape.capacity, contains(shape.window) { return shape.window }
    var lengths = pieceLengths[Int(shape.window & 0xFF)]
    while lengths != 0 {
      let length = lengths.trailingZeroBitCount
      if length <= shape.count, contains(Self.piece(shape, length)) { return Self.piece(shape, length) }
      lengths &= lengths - 1
    }
    return nil
  }
}
