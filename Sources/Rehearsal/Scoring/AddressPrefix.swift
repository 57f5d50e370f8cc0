import Glibc

/// An address or a network, as bytes in network order with the host's bits cleared.
struct AddressPrefix: Hashable, Sendable {
  let bytes: [UInt8]
  /// Bits that count.
  let length: Int

  var isWhole: Bool { length == bytes.count * 8 }

  /// `203.0.113.7`, `198.51.100.0/24`, `2001:db8::/48`; nil for anything else.
  init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    var buffer = [UInt8](repeating: 0, count: 16)
    let isV6 = parts[0].utf8.contains(0x3A)
    guard parts[0].utf8.count <= 45, inet_pton(isV6 ? AF_INET6 : AF_INET, String(parts[0]), &buffer) == 1 else { return nil }
    let width = isV6 ? 16 : 4
    guard let length = parts.count == 2 ? Int(parts[1]) : width * 8, (0...width * 8).contains(length) else { return nil }
    self.init(bytes: Array(buffer[..<width]), length: length)
  }

  private init(bytes: [UInt8], length: Int) {
    var bytes = bytes
    for index in bytes.indices {
      let kept = min(max(length - index * 8, 0), 8)
      bytes[index] &= kept == 0 ? 0 : 0xFF << UInt8(8 - kept)
    }
    self.bytes = bytes
    self.length = length
  }

  /// The network of the first `length` bits around this.
  func network(_ length: Int) -> AddressPrefix { AddressPrefix(bytes: bytes, length: min(length, self.length)) }
}
