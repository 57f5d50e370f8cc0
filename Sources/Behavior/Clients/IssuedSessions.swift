/// Sessions that the origin was seen to hand out, so that they count for somebody from their first request on: 65,536 of them by hash,
/// the newest in each place.
struct IssuedSessions: Sendable {
  private static let places = 1 << 16
  private var tags = [UInt32](repeating: 0, count: places)

  mutating func note(_ tag: UInt64) { tags[Self.place(tag)] = Self.mark(tag) }

  func contains(_ tag: UInt64) -> Bool { tags[Self.place(tag)] == Self.mark(tag) }

  private static func place(_ tag: UInt64) -> Int { Int(tag >> 1 & UInt64(places - 1)) }

  private static func mark(_ tag: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: tag >> 32) | 1 }
}

extension IssuedSessions {
  func write(to writer: inout SnapshotWriter) { writer.put(tags) }

  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) { try reader.take(&tags) }
}
