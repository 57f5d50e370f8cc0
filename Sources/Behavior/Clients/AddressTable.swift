import Glibc

/// What is remembered of an address, or of an address and user agent together: how many clients, and what they turned out to be.
///
/// Counts stop at 65,535.
struct AddressState: Sendable {
  /// The lower half of the address's hash; 0 marks an empty place.
  var tag: UInt32 = 0
  var clients: UInt16 = 0
  /// Clients whose evidence came to half a verdict.
  var suspicious: UInt16 = 0
  /// Clients with evidence worth mentioning.
  var odd: UInt16 = 0
  /// Clients with a session that was used three times, and those of them that are suspicious.
  var sessions: UInt16 = 0
  var suspiciousSessions: UInt16 = 0

  /// What the others behind it say about one more client, in bits: the odds of the suspicious ones.
  ///
  /// - Parameter isSuspicious: whether the client is one of those counted.
  func guilt(besides isSuspicious: Bool) -> Float { guilt(of: suspicious, besides: isSuspicious) }

  /// The same by those that are odd at all.
  func oddity(besides isOdd: Bool) -> Float { guilt(of: odd, besides: isOdd) }

  /// Sessions of people.
  var honestSessions: Int { Int(sessions) - min(Int(suspiciousSessions), Int(sessions)) }

  private static let maximumGuilt: Float = 5

  private func guilt(of count: UInt16, besides isCounted: Bool) -> Float {
    let others = Float(count) - (isCounted ? 1 : 0)
    guard others >= 2 else { return 0 }
    return min(Self.maximumGuilt, max(0, 1.3 * log2(others / (Float(clients - min(count, clients)) + 1))))
  }
}

/// Addresses in a table of fixed size: sets of four places, chosen by hash; the one with the fewest clients gives way.
final class AddressTable {
  private static let ways = 4
  private let memory: ZeroedMemory
  private let places: UnsafeMutablePointer<AddressState>
  private let mask: Int
  let capacity: Int

  /// - Parameter capacity: rounded up to a power of two, at least 1,024; 16 bytes each, used only when touched.
  init(capacity: Int) {
    var size = 1024
    while size < capacity { size *= 2 }
    self.capacity = size
    mask = size / Self.ways - 1
    memory = ZeroedMemory(bytes: size * MemoryLayout<AddressState>.stride)
    places = memory.start.bindMemory(to: AddressState.self, capacity: size)
  }

  subscript(_ address: UInt64) -> AddressState {
    get {
      let (start, tag) = place(of: address)
      for index in start..<(start + Self.ways) where places[index].tag == tag { return places[index] }
      return AddressState(tag: tag)
    }
    set {
      let (start, tag) = place(of: address)
      var victim = start
      for index in start..<(start + Self.ways) {
        if places[index].tag == tag || places[index].tag == 0 {
          victim = index
          break
        }
        if places[index].clients < places[victim].clients { victim = index }
      }
      places[victim] = newValue
    }
  }

  private func place(of address: UInt64) -> (start: Int, tag: UInt32) {
    let hash = mixed(address)
    return ((Int(truncatingIfNeeded: hash >> 32) & mask) * Self.ways, UInt32(truncatingIfNeeded: hash) | 1)
  }
}

extension UInt16 {
  /// One more, or the most there is.
  mutating func countUp() { if self < .max { self += 1 } }

  /// One less, or none; from the most there is nothing is taken, as nobody knows how many there were.
  mutating func countDown() { if self > 0, self < .max { self -= 1 } }
}

extension AddressTable {
  func write(to writer: inout SnapshotWriter) { writer.put(UnsafeBufferPointer(start: places, count: capacity)) }

  func read(from reader: inout SnapshotReader) throws(SnapshotError) {
    try reader.take(into: capacity) { (index: Int, state: AddressState) in places[index] = state }
  }
}
