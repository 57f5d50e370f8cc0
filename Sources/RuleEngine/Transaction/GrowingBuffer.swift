/// An array of plain values without counts of references and without checks, for what is looked at many times a request.
///
/// Confined to the thread of its owner; the owner frees it.
struct GrowingBuffer<Element: BitwiseCopyable> {
  private(set) var base: UnsafeMutablePointer<Element>
  private var capacity: Int

  init(capacity: Int) {
    self.capacity = max(capacity, 1)
    base = .allocate(capacity: self.capacity)
  }

  func deallocate() { base.deallocate() }

  /// Makes room for `count` elements; new ones hold anything.
  @inline(__always)
  mutating func reserve(_ count: Int) {
    if count > capacity { grow(to: count) }
  }

  private mutating func grow(to count: Int) {
    let larger = max(count, 2 * capacity)
    let new = UnsafeMutablePointer<Element>.allocate(capacity: larger)
    new.update(from: base, count: capacity)
    base.deallocate()
    base = new
    capacity = larger
  }

  /// Gives memory back that one large request took.
  mutating func shrink(to limit: Int) {
    guard capacity > limit else { return }
    base.deallocate()
    capacity = limit
    base = .allocate(capacity: limit)
  }
}
