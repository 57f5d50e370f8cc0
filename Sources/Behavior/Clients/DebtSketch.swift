/// What remains of clients that had to give way with evidence against them: two bytes each in a table of fixed size.
///
/// 14 bits tell identities apart; another one with the same place and the same 14 bits, one in 16,384 of those that meet a place in
/// use, is taken for it.
final class DebtSketch {
  enum Level: UInt16 {
    case suspicious = 1
    case flagged = 2
  }

  private let memory: ZeroedMemory
  private let places: UnsafeMutableBufferPointer<UInt16>
  private let mask: UInt64

  /// - Parameter capacity: a power of two.
  init(capacity: Int) {
    let count = max(1024, capacity)
    memory = ZeroedMemory(bytes: count * 2)
    places = UnsafeMutableBufferPointer(start: memory.start.bindMemory(to: UInt16.self, capacity: count), count: count)
    mask = UInt64(places.count - 1)
  }

  func note(_ tag: UInt64, level: Level) {
    let index = Int(tag & mask)
    // What is known of a flagged client is not given up for a suspicious one.
    guard level == .flagged || places[index] & 3 != Level.flagged.rawValue else { return }
    places[index] = UInt16(truncatingIfNeeded: tag >> 48) & 0xFFFC | level.rawValue
  }

  func level(of tag: UInt64) -> Level? {
    let place = places[Int(tag & mask)]
    guard place != 0, place & 0xFFFC == UInt16(truncatingIfNeeded: tag >> 48) & 0xFFFC else { return nil }
    return Level(rawValue: place & 3)
  }
}

extension DebtSketch {
  func write(to writer: inout SnapshotWriter) { writer.put(UnsafeBufferPointer(places)) }

  func read(from reader: inout SnapshotReader) throws(SnapshotError) {
    try reader.take(into: places.count) { (index: Int, level: UInt16) in places[index] = level }
  }
}
