/// How often identities without a place of their own have asked: a count-min sketch of two rows, a byte each, 2 MB in all.
///
/// Counts are over ten to twenty minutes: the older of two halves of the clock is forgotten. A count is never too low within that time;
/// an identity that shares both its places with others is let in early, which costs the least worthy client of a set its place.
struct NewcomerSketch {
  private static let places = 1 << 20
  private static let span: Int64 = 600_000_000

  private var memory = ZeroedMemory(bytes: 2 * places)
  private var epoch: Int64 = 0
  private var used = 0

  /// Counts a request, and says how many there were with it; 255 for more.
  mutating func count(_ tag: UInt64, at now: Int64) -> UInt8 {
    forget(at: now)
    used += 1
    let bytes = memory.start.assumingMemoryBound(to: UInt8.self)
    let first = Int(tag >> 20 & UInt64(Self.places - 1))
    let second = Self.places + Int(tag >> 40 & UInt64(Self.places - 1))
    bytes[first] = min(bytes[first], 254) + 1
    bytes[second] = min(bytes[second], 254) + 1
    return min(bytes[first], bytes[second])
  }

  /// Starts afresh after ten minutes, or once so many have come that most places are taken: in a flood counts would mean nothing.
  private mutating func forget(at now: Int64) {
    let number = now / Self.span
    guard number != epoch || used > Self.places / 2 else { return }
    epoch = number
    if used > 0 { memory = ZeroedMemory(bytes: 2 * Self.places) }
    used = 0
  }
}

/// How many newcomers a network may bring: making identities is what is limited, not asking.
///
/// A clock for each of 16,384 networks by hash (GCRA: the time at which the next would be due). Whoever comes beyond is counted in the
/// sketch, and has a place at its third request.
struct NewcomerQuota {
  private static let places = 1 << 14
  /// Microseconds for each newcomer of a /24 or /48, and how many may come at once: what a crowd behind one carrier does at a drop.
  private static let interval: Int64 = 5000
  private static let burst: Int64 = 4000

  private let memory = ZeroedMemory(bytes: places * MemoryLayout<Int64>.stride)

  mutating func takes(_ network: UInt64, at now: Int64) -> Bool {
    let clocks = memory.start.assumingMemoryBound(to: Int64.self)
    let place = Int(mixed(network) & UInt64(Self.places - 1))
    let due = max(clocks[place], now)
    guard due - now <= Self.interval * Self.burst else { return false }
    clocks[place] = due + Self.interval
    return true
  }
}
