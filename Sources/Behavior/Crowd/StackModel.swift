import Glibc

/// Which order of header fields and which TLS fingerprint (JA4) programs of a name come with: a script can borrow a browser's name, and
/// seldom borrows its hands too.
///
/// Learned from the crowd: for each family of user agents (its text without digits) and kind of request, how many clients came with
/// which order. Evidence is how rare the client's is among them, once there are enough; by itself it never reaches a verdict. A new
/// version of a browser is rare at first, therefore it is little.
struct StackModel: Sendable {
  private static let contexts = 4096
  private static let most = 16_384
  /// Clients of a family from which on a rare order says something.
  private static let enough: Float = 30
  /// Of a hundred clients of a family one may come with any order.
  private static let tolerated: Float = 0.01
  private static let maximumBits: Float = 4

  private var totals = [Float](repeating: 0, count: contexts)
  private var places = IndexMap(maximum: most)
  private var counts = [Float](repeating: 0, count: most)
  private var used = 0

  /// - Parameters:
  ///   - family: a hash of what the user agent says without its digits.
  ///   - weight: what the client teaches; each once for each kind of request.
  mutating func record(_ event: ClientEvent, family: UInt64, isAsset: Bool, weight: Float, in state: inout ClientState) {
    guard event.headerOrder != 0 || event.fingerprint != 0 else { return }
    var bits: Float = 0
    if event.headerOrder != 0 {
      // A browser asks for a page, an image, and what a script wants, each with other fields.
      let kind: UInt64 = isAsset ? 1 : event.isWrite ? 2 : 3
      bits = max(bits, look(mixed(family ^ kind), event.headerOrder, weight))
    }
    if event.fingerprint != 0 { bits = max(bits, look(mixed(family ^ 4), event.fingerprint, weight)) }
    // The mean over the first requests: one odd request is a proxy's or an extension's.
    let share = 1 / Float(min(state.requests + 1, 8))
    state.stack += (bits - state.stack) * share
  }

  private mutating func look(_ family: UInt64, _ value: UInt64, _ weight: Float) -> Float {
    let context = Int(family & UInt64(Self.contexts - 1))
    let key = mixed(family ^ value &* 0x9E37_79B9_7F4A_7C15)
    let place = places[key]
    if weight > 0 {
      totals[context] += weight
      if let place {
        counts[place] += weight
      } else if places.insert(key, used) {
        counts[used] = weight
        used += 1
      }
    }
    let total = totals[context]
    guard total >= Self.enough else { return 0 }
    let share = ((place.map { counts[$0] } ?? 0) + 0.1) / total
    return min(Self.maximumBits, max(0, log2(Self.tolerated / share)))
  }
}

extension StackModel {
  func write(to writer: inout SnapshotWriter) {
    writer.put(totals)
    writer.put(counts)
    writer.put(UInt64(used))
    places.write(to: &writer)
  }

  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) {
    try reader.take(&totals)
    try reader.take(&counts)
    used = try reader.takeCount(atMost: Self.most)
    try places.read(from: &reader, limit: max(1, used))
  }
}
