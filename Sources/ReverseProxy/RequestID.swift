import HTTPModel

/// Names for requests.
enum RequestID {
  /// A UUIDv7-like name: 48 bits of milliseconds, then random bits, in hex.
  static func make(at time: Timestamp) -> String {
    var generator = SystemRandomNumberGenerator()
    let high = UInt64(bitPattern: time.microseconds / 1000) << 16 | 0x7000 | generator.next() & 0xFFF
    let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    let text = hex(high) + hex(low)
    return [text.prefix(8), text.dropFirst(8).prefix(4), text.dropFirst(12).prefix(4), text.dropFirst(16).prefix(4), text.dropFirst(20)]
      .joined(separator: "-")
  }

  /// Whether a name from outside is fit to be passed on: 8 to 128 of `[A-Za-z0-9._-]`.
  static func isAcceptable(_ bytes: [UInt8]) -> Bool {
    (8...128).contains(bytes.count)
      && bytes.allSatisfy { $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
