/// What is to happen, the earliest first; things of one moment in the order in which they were planned.
///
/// A binary heap: `push` and `pop` are O(log n) and allocate only as the heap grows.
struct EventHeap<Payload> {
  private struct Entry {
    var time: Int64
    /// Breaks ties, so that the order never depends on the heap's shape.
    var sequence: UInt64
    var payload: Payload

    func isBefore(_ other: Entry) -> Bool { time != other.time ? time < other.time : sequence < other.sequence }
  }

  private var entries: [Entry] = []
  private var planned: UInt64 = 0

  var count: Int { entries.count }

  /// - Parameter time: microseconds; the unit only has to be the same for all.
  mutating func push(_ payload: Payload, at time: Int64) {
    entries.append(Entry(time: time, sequence: planned, payload: payload))
    planned += 1
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child].isBefore(entries[parent]) else { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  mutating func pop() -> (time: Int64, payload: Payload)? {
    guard let first = entries.first else { return nil }
    let last = entries.removeLast()
    if !entries.isEmpty {
      entries[0] = last
      sink()
    }
    return (first.time, first.payload)
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < entries.count else { return }
      if child + 1 < entries.count, entries[child + 1].isBefore(entries[child]) { child += 1 }
      guard entries[child].isBefore(entries[parent]) else { return }
      entries.swapAt(child, parent)
      parent = child
    }
  }
}
