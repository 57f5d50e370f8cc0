import Behavior

extension ClientIdentity {
  /// The identity of a log line's client; no text is kept.
  init(address: String, userAgent: [UInt8], session: [UInt8]?, key: [UInt8]?) {
    var hash = IdentityHash()
    hash.add(address.utf8)
    let ofAddress = hash.value
    hash.add(userAgent)
    let ofAgent = hash.value
    hash.add(session ?? [0x2D])
    hash.add(key ?? [0x2D])
    var network = IdentityHash()
    network.add(Self.network(address))
    self.init(client: hash.value, address: ofAddress, agent: ofAgent, network: network.value)
  }

  /// The text of an address up to its /24 or /64.
  private static func network(_ address: String) -> Substring.UTF8View {
    let bytes = address.utf8
    if let dot = bytes.lastIndex(of: 0x2E) { return bytes[..<dot] }
    var colons = 0
    for index in bytes.indices where bytes[index] == 0x3A {
      colons += 1
      if colons == 4 { return bytes[..<index] }
    }
    return bytes[...]
  }
}

/// FNV-1a over parts with an end mark after each, so that moving a byte from one part to the next gives another value.
private struct IdentityHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ part: some Sequence<UInt8>) {
    for byte in part { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    value = (value ^ 0x100) &* 0x100_0000_01B3
  }
}
