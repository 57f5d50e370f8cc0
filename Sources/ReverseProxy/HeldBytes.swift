import Synchronization

/// Bytes of bodies that are held for the rules, of all connections together, and their bound.
///
/// Each body has its own limit (`SecRequestBodyLimit`), but 20 unfinished bodies of 12 MiB are a quarter of a gigabyte, and clients
/// can open thousands. Safe from any thread.
final class HeldBytes: Sendable {
  private let count = Atomic<Int>(0)
  private let maximum: Int

  init(maximum: Int) { self.maximum = maximum }

  var total: Int { count.load(ordering: .relaxed) }

  /// Takes room; false, and nothing taken, if there is not so much left.
  func take(_ bytes: Int) -> Bool {
    let (_, total) = count.add(bytes, ordering: .relaxed)
    if total <= maximum { return true }
    count.subtract(bytes, ordering: .relaxed)
    return false
  }

  func giveBack(_ bytes: Int) { count.subtract(bytes, ordering: .relaxed) }
}
