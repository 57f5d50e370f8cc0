/// One value of a collection.
struct Entry: BitwiseCopyable {
  var key: ByteView
  var value: ByteView
  /// Numbers of the key and the value within the transaction, for the table of texts; -1 where nothing is kept.
  var keyID: Int32
  var valueID: Int32
}

/// The values of one collection in order of arrival. A handle: copies see the same values until one of them grows.
struct EntryList: RandomAccessCollection {
  private var buffer = GrowingBuffer<Entry>(capacity: 16)
  private(set) var count = 0

  var startIndex: Int { 0 }
  var endIndex: Int { count }

  subscript(index: Int) -> Entry {
    @inline(__always) get { buffer.base[index] }
    @inline(__always) nonmutating set { buffer.base[index] = newValue }
  }

  mutating func append(_ entry: Entry) {
    buffer.reserve(count + 1)
    buffer.base[count] = entry
    count += 1
  }

  mutating func remove(at index: Int) {
    for next in index + 1..<Swift.max(count, index + 1) { buffer.base[next - 1] = buffer.base[next] }
    count -= 1
  }

  /// Memory stays, but for what one large request took.
  mutating func removeAll() {
    count = 0
    buffer.shrink(to: 4096)
  }

  func deallocate() { buffer.deallocate() }
}
