import HTTPModel

/// A request's name: a UUIDv7 of ours, or one that a trusted peer gave. Text is made of it where it is written.
struct RequestName {
  /// 48 bits of milliseconds, the version, 12 random bits; then the variant and 62 random bits.
  private let high: UInt64
  private let low: UInt64
  let given: [UInt8]?

  /// Bytes of one of ours.
  static let count = 36

  init(at time: Timestamp, random: (UInt64, UInt64)) {
    high = UInt64(bitPattern: time.microseconds / 1000) << 16 | 0x7000 | random.0 & 0xFFF
    low = random.1 & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    given = nil
  }

  /// - Parameter given: acceptable, as `isAcceptable` says.
  init(given: [UInt8]) {
    high = 0
    low = 0
    self.given = given
  }

  var text: String {
    if let given { return String(decoding: given, as: UTF8.self) }
    return String(unsafeUninitializedCapacity: Self.count) { room in
      write(to: UnsafeMutableRawBufferPointer(room))
      return Self.count
    }
  }

  /// Writes one of ours; `room` has `count` bytes.
  func write(to room: UnsafeMutableRawBufferPointer) {
    let parts = (Self.hex(UInt32(high >> 32)), Self.hex(UInt32(truncatingIfNeeded: high)))
    let rest = (Self.hex(UInt32(low >> 32)), Self.hex(UInt32(truncatingIfNeeded: low)))
    room.storeBytes(of: parts.0, toByteOffset: 0, as: UInt64.self)
    room[8] = 0x2D
    room.storeBytes(of: UInt32(truncatingIfNeeded: parts.1), toByteOffset: 9, as: UInt32.self)
    room[13] = 0x2D
    room.storeBytes(of: UInt32(parts.1 >> 32), toByteOffset: 14, as: UInt32.self)
    room[18] = 0x2D
    room.storeBytes(of: UInt32(truncatingIfNeeded: rest.0), toByteOffset: 19, as: UInt32.self)
    room[23] = 0x2D
    room.storeBytes(of: UInt32(rest.0 >> 32), toByteOffset: 24, as: UInt32.self)
    room.storeBytes(of: rest.1, toByteOffset: 28, as: UInt64.self)
  }

  /// Eight digits, the first in the lowest byte.
  private static func hex(_ number: UInt32) -> UInt64 {
    var digits = UInt64(number.byteSwapped)
    digits = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF
    digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
    digits = (digits >> 4 | digits << 8) & 0x0F0F_0F0F_0F0F_0F0F
    // 0x27 more for those that are 10 or more.
    let letters = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return digits &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
  }

  /// Whether a name from outside is fit to be passed on: 8 to 128 of `[A-Za-z0-9._-]`.
  static func isAcceptable(_ bytes: UnsafeRawBufferPointer) -> Bool {
    (8...128).contains(bytes.count)
      && bytes.allSatisfy { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
  }
}

/// Makes names that are unlikely to meet again. They are no secrets: who sees some may foretell others, and gains nothing by it.
struct RequestNames {
  /// xoshiro256** (Blackman and Vigna), begun anew by the system's generator for each event loop.
  private var state: (UInt64, UInt64, UInt64, UInt64)

  init() {
    var generator = SystemRandomNumberGenerator()
    state = (generator.next() | 1, generator.next(), generator.next(), generator.next())
  }

  mutating func next(at time: Timestamp) -> RequestName { RequestName(at: time, random: (next(), next())) }

  private mutating func next() -> UInt64 {
    let product = state.1 &* 5
    let result = (product << 7 | product >> 57) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = state.3 << 45 | state.3 >> 19
    return result
  }
}
