/// Who asked for an object last: a fan's objects are those of other fans, a harvester's are nobody's.
///
/// One fingerprint of an actor for each of 2^20 places, chosen by the object's hash: 2 MiB, whatever is asked for.
struct ObjectMemory: Sendable {
  private static let places = 1 << 20
  private var actors = [UInt16](repeating: 0, count: places)

  enum Encounter: Sendable {
    /// Nobody asked for it so far.
    case new
    /// The same actor did.
    case own
    case shared
  }

  mutating func visit(object: UInt64, actor: UInt64) -> Encounter {
    let place = Int(object & UInt64(Self.places - 1))
    let fingerprint = UInt16(truncatingIfNeeded: actor >> 40) | 1
    let before = actors[place]
    actors[place] = fingerprint
    return before == 0 ? .new : before == fingerprint ? .own : .shared
  }
}

extension ObjectMemory {
  func write(to writer: inout SnapshotWriter) { writer.put(actors) }

  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) { try reader.take(&actors) }
}
