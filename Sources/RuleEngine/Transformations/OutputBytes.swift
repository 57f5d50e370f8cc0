/// What a transformation writes: bytes in memory that is kept from one to the next. Confined to its owner's thread.
struct OutputBytes: ~Copyable {
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0

  /// Memory above this many bytes is given back when something short is written next.
  private static let keptBytes = 1 << 20

  init() {
    capacity = 4096
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  /// What was written; valid until the next change.
  var view: ByteView { ByteView(start: base, count: count) }

  /// The last byte, or nil.
  var last: UInt8? { count > 0 ? base[count - 1] : nil }

  subscript(index: Int) -> UInt8 {
    get { base[index] }
    set { base[index] = newValue }
  }

  mutating func removeAll() { count = 0 }
  mutating func removeLast() { count -= 1 }

  /// Empties it and makes room for `bytes`.
  mutating func begin(reserving bytes: Int) {
    count = 0
    if capacity > Self.keptBytes, bytes <= Self.keptBytes {
      base.deallocate()
      capacity = 4096
      base = .allocate(capacity: capacity)
    }
    if bytes > capacity { grow(to: bytes) }
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    if count == capacity { grow(to: count + 1) }
    base[count] = byte
    count += 1
  }

  mutating func append(contentsOf bytes: ByteView) {
    guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
    if count + bytes.count > capacity { grow(to: count + bytes.count) }
    (base + count).update(from: source, count: bytes.count)
    count += bytes.count
  }

  /// Appends what `body` writes. The caller has made room (`begin(reserving:)`).
  /// - Parameter body: writes where it is told to, and says where it stopped.
  @inline(__always)
  mutating func write(_ body: (UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8>) { count = body(base + count) - base }

  mutating func append(contentsOf bytes: some Sequence<UInt8>) { for byte in bytes { append(byte) } }

  mutating func popLast() -> UInt8? {
    guard count > 0 else { return nil }
    count -= 1
    return base[count]
  }

  private mutating func grow(to needed: Int) {
    let larger = max(needed, 2 * capacity)
    let new = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    new.update(from: base, count: count)
    base.deallocate()
    base = new
    capacity = larger
  }
}
