import Glibc

/// Networks of both families, asked for whether an address lies in one: a hash look-up for each length of prefix that occurs.
public struct NetworkSet: Sendable {
  private var prefixes: Set<Network> = []
  /// Lengths that occur, for IPv4 and IPv6.
  private var lengths: [Set<Int>] = [[], []]

  private struct Network: Hashable, Sendable {
    var high: UInt64
    var low: UInt64
    var length: Int
    var isIPv6: Bool
  }

  public init() {}

  public var count: Int { prefixes.count }
  public var isEmpty: Bool { prefixes.isEmpty }

  /// Adds `192.0.2.0/24`, `2001:db8::/32` or one address; false for what is none of these.
  @discardableResult
  public mutating func insert(_ text: String) -> Bool {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(String(parts[0])) else { return false }
    let most = address.isIPv6 ? 128 : 32
    guard let length = parts.count == 2 ? Int(parts[1]) : most, (0...most).contains(length) else { return false }
    let masked = address.masked(to: length)
    prefixes.insert(Network(high: masked.high, low: masked.low, length: length, isIPv6: address.isIPv6))
    lengths[address.isIPv6 ? 1 : 0].insert(length)
    return true
  }

  public func contains(_ address: IPAddress) -> Bool {
    for length in lengths[address.isIPv6 ? 1 : 0] {
      let masked = address.masked(to: length)
      if prefixes.contains(Network(high: masked.high, low: masked.low, length: length, isIPv6: address.isIPv6)) { return true }
    }
    return false
  }

  public func contains(_ address: String) -> Bool { IPAddress(address).map { contains($0) } ?? false }
}

/// An IPv4 or IPv6 address as numbers; an IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`) is an IPv4 address.
public struct IPAddress: Hashable, Sendable {
  /// The upper 64 bits of IPv6; the 32 bits of IPv4 at the upper end.
  public private(set) var high: UInt64
  public private(set) var low: UInt64
  public private(set) var isIPv6: Bool

  public init?(_ text: String) {
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      high = UInt64(UInt32(bigEndian: four.s_addr)) << 32
      low = 0
      isIPv6 = false
    } else if inet_pton(AF_INET6, text, &six) == 1 {
      let words = withUnsafeBytes(of: six) { ($0.load(as: UInt64.self), $0.load(fromByteOffset: 8, as: UInt64.self)) }
      high = UInt64(bigEndian: words.0)
      low = UInt64(bigEndian: words.1)
      isIPv6 = true
      if high == 0, low >> 32 == 0xFFFF {
        high = low << 32
        low = 0
        isIPv6 = false
      }
    } else {
      return nil
    }
  }

  func masked(to length: Int) -> IPAddress {
    var result = self
    result.high = length == 0 ? 0 : length >= 64 ? high : high & ~(UInt64.max >> UInt64(length))
    result.low = length <= 64 ? 0 : length >= 128 ? low : low & ~(UInt64.max >> UInt64(length - 64))
    return result
  }
}
