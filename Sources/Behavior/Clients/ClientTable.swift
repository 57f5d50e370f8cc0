import Glibc

/// All clients' states in memory of a fixed size, allocated at start; untouched parts of it cost nothing.
///
/// Sets of eight places, chosen by the keyed hash of the identity. When a set is full, the least worthy place gives way: a flagged
/// client is worth most, then one with evidence or a long standing; among equals the one that was silent longest.
final class ClientTable {
  private static let ways = 8
  private let mask: Int
  let capacity: Int
  private(set) var count = 0
  private(set) var evictions = 0
  private let places: UnsafeMutablePointer<ClientState>

  /// - Parameter capacity: clients; rounded up to a power of two, at least 1,024.
  init(capacity: Int) {
    var size = 1024
    while size < capacity { size *= 2 }
    self.capacity = size
    mask = size / Self.ways - 1
    // calloc: pages of zeros come from the system when they are first touched, and all zeros is an empty place.
    guard let memory = calloc(size, MemoryLayout<ClientState>.stride) else { fatalError("no memory for \(size) clients") }
    places = memory.bindMemory(to: ClientState.self, capacity: size)
  }

  deinit { free(places) }

  subscript(_ index: Int) -> ClientState {
    _read { yield places[index] }
    _modify { yield &places[index] }
  }

  func find(_ tag: UInt64) -> Int? {
    let start = (Int(truncatingIfNeeded: tag >> 16) & mask) * Self.ways
    for index in start..<(start + Self.ways) where places[index].tag == tag { return index }
    return nil
  }

  /// The place of a client, made if it has none.
  func place(_ tag: UInt64) -> (index: Int, isNew: Bool) {
    let start = (Int(truncatingIfNeeded: tag >> 16) & mask) * Self.ways
    var victim = start
    var worst = Float.infinity
    for index in start..<(start + Self.ways) {
      if places[index].tag == tag { return (index, false) }
      if places[index].tag == 0 {
        if worst > -.infinity {
          worst = -.infinity
          victim = index
        }
        continue
      }
      let worth = Self.worth(places[index])
      if worth < worst {
        worst = worth
        victim = index
      }
    }
    if places[victim].tag == 0 { count += 1 } else { evictions += 1 }
    places[victim] = ClientState()
    places[victim].tag = tag
    return (victim, true)
  }

  private static func worth(_ state: ClientState) -> Float {
    (state.flags.contains(.flagged) ? 1e6 : 0) + abs(state.order + state.rules) * 1000 + Float(min(state.requests, 200)) * 100
      + Float(state.lastSeen / 1_000_000 % 100_000_000) / 1e6
  }
}
