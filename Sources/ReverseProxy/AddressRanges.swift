import NIOCore

/// Networks in CIDR notation, for peers that are trusted.
public struct AddressRanges: Sendable {
  private var networks: [(address: [UInt8], prefix: Int)] = []

  public init() {}

  /// Adds `192.0.2.0/24`, `2001:db8::/32` or a single address; false if it is none of these.
  public mutating func insert(_ text: String) -> Bool {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let bytes = Self.bytes(String(parts[0])) else { return false }
    let bits = bytes.count * 8
    guard let prefix = parts.count == 2 ? Int(parts[1]) : bits, (0...bits).contains(prefix) else { return false }
    if prefix >= 96, let mapped = Self.mapped(bytes) { networks.append((mapped, prefix - 96)) } else { networks.append((bytes, prefix)) }
    return true
  }

  /// What stands for a client in limits: an IPv4 address, or the first 64 bits of an IPv6 address, of which one client has all.
  static func clientKey(_ address: String) -> [UInt8]? {
    guard let bytes = bytes(address) else { return nil }
    return mapped(bytes) ?? (bytes.count == 16 ? Array(bytes.prefix(8)) : bytes)
  }

  public func contains(_ address: String) -> Bool {
    guard !networks.isEmpty, var bytes = Self.bytes(address) else { return false }
    bytes = Self.mapped(bytes) ?? bytes
    return networks.contains { network in
      guard network.address.count == bytes.count else { return false }
      let whole = network.prefix / 8
      guard network.address[..<whole] == bytes[..<whole] else { return false }
      let rest = network.prefix % 8
      return rest == 0 || (network.address[whole] ^ bytes[whole]) >> UInt8(8 - rest) == 0
    }
  }

  /// Whether the text is an IP address.
  static func isAddress(_ text: String) -> Bool { bytes(text) != nil }

  /// The address as it is written down and compared: an IPv4 peer of a listener for both families is told as `::ffff:192.0.2.1`
  /// (RFC 4291 section 2.5.5.2), and would else be a stranger to every list of IPv4 networks.
  static func canonical(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: ":")), let bytes = bytes(text), let mapped = mapped(bytes) else { return text }
    return mapped.map { String($0) }.joined(separator: ".")
  }

  /// The four bytes of an IPv4-mapped IPv6 address, or nil.
  private static func mapped(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count == 16, bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF else { return nil }
    return Array(bytes[12...])
  }

  private static func bytes(_ text: String) -> [UInt8]? {
    guard text.utf8.count <= 45, let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
    switch address {
    case .v4(let v4): return withUnsafeBytes(of: v4.address.sin_addr) { Array($0) }
    case .v6(let v6): return withUnsafeBytes(of: v6.address.sin6_addr) { Array($0) }
    case .unixDomainSocket: return nil
    }
  }
}
