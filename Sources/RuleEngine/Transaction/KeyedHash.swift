extension UnsafeBufferPointer where Element == UInt8 {
  /// A hash of the bytes, eight at a time. For tables in memory whose keys clients choose: `start` must hold a secret of the table's.
  @inline(__always)
  func hashed(from start: UInt64) -> UInt64 {
    var hash = start
    guard let base = baseAddress.map(UnsafeRawPointer.init) else { return hash }
    var index = 0
    while index + 8 <= count {
      hash = (hash ^ base.loadUnaligned(fromByteOffset: index, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
      index += 8
    }
    var rest: UInt64 = 0
    while index < count {
      rest = rest << 8 | UInt64(base.load(fromByteOffset: index, as: UInt8.self))
      index += 1
    }
    hash = (hash ^ rest) &* 0x9E37_79B9_7F4A_7C15
    return hash ^ hash >> 32 ^ hash << 17
  }
}
