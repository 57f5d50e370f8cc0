import RuleEngine

/// How likely a row is among harmless values: a chain in which each symbol depends on the one before it.
///
/// Counting alone says the same of all rows that were never seen; this tells those that were nearly seen from those that are far off.
struct HarmlessModel {
  private var pairs: [[Double]]
  private var singles = [Double](repeating: 1, count: 128)
  private var readings = 1.0

  /// Position of the beginning in `pairs`.
  private static let start = 0

  init(_ values: [[UInt8]]) {
    pairs = [[Double]](repeating: [Double](repeating: 0.02, count: 128), count: 128)
    for value in values {
      value.withUnsafeBufferPointer { bytes in
        _ = SQLInjectionDetector.forEachShape(of: bytes) { shape in
          let last = Int(shape.ending(1))
          if shape.count == 1 { readings += 1 }
          singles[last] += 1
          pairs[shape.count == 1 ? Self.start : Int(shape.ending(2) >> 8)][last] += 1
          return true
        }
      }
    }
    for before in pairs.indices {
      let sum = pairs[before].reduce(0, +)
      pairs[before] = pairs[before].map { $0 / sum }
    }
    singles = singles.map { $0 / readings }
  }

  /// - Returns: occurrences of the row that are to be expected in one reading of a harmless value.
  func share(_ row: UInt64) -> Double {
    var letters = (0..<8).reversed().map { Int(truncatingIfNeeded: row >> UInt64(8 * $0)) & 0xFF }.filter { $0 != 0 }
    var share = 1.0
    if letters[0] == Int(SQLFingerprints.pieceMark) {
      letters.removeFirst()
      share = singles[letters[0]]
    } else {
      share = pairs[Self.start][letters[0]]
    }
    for index in letters.indices.dropFirst() { share *= pairs[letters[index - 1]][letters[index]] }
    return share
  }
}
