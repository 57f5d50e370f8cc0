import Glibc

/// The hash of names: two multiplications at most for names of up to 16 bytes.
public enum JSONHash {
  /// Drawn once in a process, so that nobody can prepare names that collide. No result depends on it.
  public static let seed: (UInt64, UInt64) = {
    var generator = SystemRandomNumberGenerator()
    return (generator.next() | 1, generator.next() | 1)
  }()

  @inlinable @inline(__always)
  public static func hash(_ text: UnsafePointer<UInt8>, _ count: Int, seed: (UInt64, UInt64)) -> UInt32 {
    let raw = UnsafeRawPointer(text)
    var low: UInt64
    var high: UInt64 = 0
    if count >= 8 {
      low = raw.loadUnaligned(as: UInt64.self)
      high = raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
      var offset = 8
      while offset &+ 8 < count {
        low = mix(low ^ seed.0, raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ seed.1)
        offset &+= 8
      }
    } else if count >= 4 {
      // The bytes as one number; those in the middle come from both loads.
      low =
        UInt64(raw.loadUnaligned(as: UInt32.self))
        | UInt64(raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)) << UInt64(truncatingIfNeeded: (count &- 4) &* 8)
    } else if count > 0 {
      let middle = count >> 1
      let last = count &- 1
      low =
        UInt64(text[0]) | UInt64(text[middle]) << UInt64(truncatingIfNeeded: middle &* 8)
        | UInt64(text[last]) << UInt64(truncatingIfNeeded: last &* 8)
    } else {
      low = 0
    }
    return finish(low, high, count, seed: seed)
  }

  /// The hash of a name of up to 7 bytes, which are given as one little-endian number.
  @inlinable @inline(__always)
  static func hash(short bytes: UInt64, _ count: Int, seed: (UInt64, UInt64)) -> UInt32 { finish(bytes, 0, count, seed: seed) }

  @inlinable @inline(__always)
  static func finish(_ low: UInt64, _ high: UInt64, _ count: Int, seed: (UInt64, UInt64)) -> UInt32 {
    let mixed = mix(low ^ seed.0, high ^ seed.1 ^ UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15)
    return UInt32(truncatingIfNeeded: mixed ^ mixed >> 32)
  }

  public static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    guard let base = text.baseAddress else { return [0].withUnsafeBufferPointer { hash($0.baseAddress!, 0, seed: seed) } }
    return hash(base, text.count, seed: seed)
  }

  @inlinable @inline(__always)
  public static func isEqual(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
    guard left.count == right.count, let a = left.baseAddress, let b = right.baseAddress else { return left.count == right.count }
    return isEqual(a, b, left.count)
  }

  /// Short texts, which names are, are compared in place.
  @inlinable @inline(__always)
  public static func isEqual(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let a = UnsafeRawPointer(left)
    let b = UnsafeRawPointer(right)
    if count > 16 { return memcmp(left, right, count) == 0 }
    if count >= 8 {
      return a.loadUnaligned(as: UInt64.self) == b.loadUnaligned(as: UInt64.self)
        && a.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self) == b.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    }
    if count >= 4 {
      return a.loadUnaligned(as: UInt32.self) == b.loadUnaligned(as: UInt32.self)
        && a.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self) == b.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
    }
    var index = 0
    while index < count {
      if left[index] != right[index] { return false }
      index &+= 1
    }
    return true
  }

  @inlinable @inline(__always)
  static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
