/// IPv4 and IPv6 networks for `@ipMatch`.
struct AddressSet: Sendable {
  private struct Network: Sendable {
    var address: IPAddressBytes
    var prefix: Int
  }
  private var networks: [Network] = []

  /// - Throws: `OperatorError` for an item that is neither an address nor a network.
  init(items: [[UInt8]]) throws(OperatorError) {
    for item in items {
      let text = String(decoding: item, as: UTF8.self).filter { !$0.isWhitespace }
      if text.isEmpty { continue }
      let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      guard let address = Array(parts[0].utf8).withUnsafeBufferPointer({ IPAddressBytes($0) }) else {
        throw OperatorError(message: "\(text) is no IP address or network")
      }
      let bits = address.isIPv4 ? 32 : 128
      let prefix = parts.count == 2 ? Int(parts[1]) ?? -1 : bits
      guard (0...bits).contains(prefix) else { throw OperatorError(message: "\(text): the prefix is 0 to \(bits)") }
      networks.append(Network(address: address, prefix: prefix))
    }
  }

  func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let address = IPAddressBytes(text) else { return false }
    return networks.contains { $0.address.isIPv4 == address.isIPv4 && $0.address.shares(prefix: $0.prefix, with: address) }
  }
}

/// An address as bytes: the first four for IPv4.
struct IPAddressBytes: Sendable {
  private(set) var high: UInt64 = 0
  private(set) var low: UInt64 = 0
  private(set) var isIPv4 = false

  /// Nil if the text is no address. Dotted IPv4, IPv6 with `::` and with a dotted tail.
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    guard !text.isEmpty, text.count <= 45 else { return nil }
    if !text.contains(0x3A) {
      guard let value = Self.dotted(text[...]) else { return nil }
      isIPv4 = true
      high = UInt64(value) << 32
      return
    }
    var groups: [UInt16] = []
    var gap: Int?
    var index = 0
    if text.count >= 2, text[0] == 0x3A {
      guard text[1] == 0x3A else { return nil }
      gap = 0
      index = 2
    }
    while index < text.count {
      let rest = text[index...]
      let end = rest.firstIndex(of: 0x3A) ?? text.endIndex
      if end == text.endIndex, rest.contains(0x2E) {
        guard let value = Self.dotted(rest) else { return nil }
        groups += [UInt16(value >> 16), UInt16(truncatingIfNeeded: value)]
        index = end
        break
      }
      guard end - index >= 1, end - index <= 4 else { return nil }
      var value: UInt16 = 0
      for byte in text[index..<end] {
        let digit = Bytes.hexValue(byte)
        guard digit < 16 else { return nil }
        value = value << 4 | UInt16(digit)
      }
      groups.append(value)
      index = end
      if index < text.count {
        index += 1
        if index == text.count { return nil }
        if text[index] == 0x3A {
          guard gap == nil else { return nil }
          gap = groups.count
          index += 1
        }
      }
    }
    if let gap {
      guard groups.count < 8 else { return nil }
      groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
    }
    guard groups.count == 8 else { return nil }
    for group in groups[..<4] { high = high << 16 | UInt64(group) }
    for group in groups[4...] { low = low << 16 | UInt64(group) }
  }

  private static func dotted(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> UInt32? {
    var value: UInt32 = 0
    var parts = 0
    var digits = 0
    var part: UInt32 = 0
    for byte in text {
      if byte == 0x2E {
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

  func shares(prefix: Int, with other: IPAddressBytes) -> Bool {
    if prefix == 0 { return true }
    if prefix <= 64 { return (high ^ other.high) >> UInt64(64 - prefix) == 0 }
    return high == other.high && (low ^ other.low) >> UInt64(128 - prefix) == 0
  }
}
