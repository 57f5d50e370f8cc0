/// An address as a number: IPv4 in the low 32 bits.
enum IPAddress: Sendable, Equatable {
  case v4(UInt32)
  case v6(UInt128)

  /// The bits that a prefix length counts.
  var bitCount: Int {
    switch self {
    case .v4: 32
    case .v6: 128
    }
  }

  /// The longest text: eight groups of which the last two are dotted.
  private static let longestText = 45

  /// Nil if the text is no address: dotted IPv4 of four decimal parts, or IPv6 (RFC 4291 section 2.2) without a zone.
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    guard !text.isEmpty, text.count <= Self.longestText else { return nil }
    if text.contains(UInt8(ascii: ":")) {
      guard let value = Self.groups(text) else { return nil }
      self = .v6(value)
    } else {
      guard let value = Self.dotted(text[...]) else { return nil }
      self = .v4(value)
    }
  }

  /// The IPv4 address inside of `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2), as which a dual-stack socket shows an IPv4 peer.
  var mapped: UInt32? {
    guard case .v6(let value) = self, value >> 32 == 0xFFFF else { return nil }
    return UInt32(truncatingIfNeeded: value)
  }

  private static func dotted(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> UInt32? {
    var value: UInt32 = 0
    var part: UInt32 = 0
    var parts = 0
    var digits = 0
    for byte in text {
      if byte == UInt8(ascii: ".") {
        guard digits > 0, parts < 3 else { return nil }
        value = value << 8 | part
        parts += 1
        digits = 0
        part = 0
      } else {
        guard byte &- 0x30 < 10, digits < 3 else { return nil }
        part = part * 10 + UInt32(byte &- 0x30)
        guard part <= 255 else { return nil }
        digits += 1
      }
    }
    return parts == 3 && digits > 0 ? value << 8 | part : nil
  }

  private static func groups(_ text: UnsafeBufferPointer<UInt8>) -> UInt128? {
    let colon = UInt8(ascii: ":")
    var value: UInt128 = 0
    var count = 0
    // How many groups stood before `::`.
    var gap: Int?
    var index = 0
    if text[0] == colon {
      guard text.count >= 2, text[1] == colon else { return nil }
      gap = 0
      index = 2
    }
    while index < text.count {
      let end = text[index...].firstIndex(of: colon) ?? text.count
      if end == text.count, text[index..<end].contains(UInt8(ascii: ".")) {
        guard count <= 6, let tail = dotted(text[index..<end]) else { return nil }
        value = value << 32 | UInt128(tail)
        count += 2
        break
      }
      guard count < 8, end > index, end - index <= 4 else { return nil }
      var group: UInt128 = 0
      for byte in text[index..<end] {
        guard Bytes.isHex(byte) else { return nil }
        group = group << 4 | UInt128(Bytes.hexValue(byte))
      }
      value = value << 16 | group
      count += 1
      index = end
      guard index < text.count else { break }
      index += 1
      guard index < text.count else { return nil }
      if text[index] == colon {
        guard gap == nil else { return nil }
        gap = count
        index += 1
      }
    }
    guard let gap else { return count == 8 ? value : nil }
    // `::` stands for at least one group.
    guard count < 8 else { return nil }
    let tailBits = UInt128(16 * (count - gap))
    let tail = tailBits == 0 ? 0 : value & (UInt128.max >> (128 - tailBits))
    let head = value >> tailBits
    return gap == 0 ? tail : head << UInt128(16 * (8 - gap)) | tail
  }
}

extension IPAddress {
  /// As names of DNS have it: the parts from the last to the first, decimal for IPv4, nibbles for IPv6.
  var reversedLabels: String {
    switch mapped.map(IPAddress.v4) ?? self {
    case .v4(let value): (0..<4).map { String(value >> (8 * UInt32($0)) & 0xFF) }.joined(separator: ".")
    case .v6(let value): (0..<32).map { String(value >> (4 * UInt128($0)) & 0xF, radix: 16) }.joined(separator: ".")
    }
  }
}
