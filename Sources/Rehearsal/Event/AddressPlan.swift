/// Who lives at which address.
///
/// All addresses are of ranges that nobody has: 240.0.0.0/4 (reserved, RFC 1112 section 4) and 2001:db8::/32 (documentation, RFC
/// 3849). A plan is a function of the seed and of how many fans there are: no table.
struct AddressPlan: Sendable {
  /// Subscribers of a carrier behind one /24.
  private static let subscribersPerBlock = 2_500
  /// Addresses of a /24 that a carrier translates to.
  private static let carrierAddresses = 48

  private let seed: UInt64
  /// Lines in people's homes.
  let homes: Int
  let carrierBlocks: Int
  let offices: Int
  let campuses: Int

  /// - Parameter fans: how many people the log will hold.
  init(seed: UInt64, fans: Int) {
    self.seed = RandomSource.mix(seed &+ 0xADD)
    homes = max(fans / 2, 8)
    carrierBlocks = max(1, fans / 4 / Self.subscribersPerBlock)
    offices = max(1, fans / 500)
    campuses = max(1, fans / 4_000)
  }

  // MARK: People

  /// A line in a home: the family shares its IPv4 address, or its IPv6 network with an address for each device.
  func home(_ line: Int, device: Int) -> String {
    let scattered = RandomSource.mix(seed &+ UInt64(line))
    guard scattered % 100 < 30 else { return v4(240, bits: scattered, width: 27) }
    let host = RandomSource.mix(scattered &+ UInt64(device) &+ 1)
    return "2001:db8:\(hex16(scattered >> 16)):\(hex16(scattered >> 32))::\(hex16(host)):\(hex16(host >> 16))"
  }

  func carrier(_ random: inout RandomSource) -> String {
    let block = random.index(carrierBlocks)
    return "248.\(block / 256 % 256).\(block % 256).\(1 + random.index(Self.carrierAddresses) * 5)"
  }

  func office(_ office: Int) -> String { v4(250, bits: RandomSource.mix(seed &+ UInt64(office) << 24), width: 24) }

  /// A university's way out: a dozen addresses for thousands of people.
  func campus(_ campus: Int, _ random: inout RandomSource) -> String {
    let block = RandomSource.mix(seed &+ UInt64(campus) << 32)
    return "251.\(block & 0xFF).\(block >> 8 & 0xFF).\(2 + random.index(12))"
  }

  // MARK: Machines

  func hosting(_ random: inout RandomSource) -> String { v4(252, bits: random.bits(), width: 24) }

  /// So many addresses of one hosting network.
  func hostingBlock(_ count: Int, _ random: inout RandomSource) -> [String] {
    let block = random.bits()
    return (0..<count).map { "252.\(block & 0xFF).\(((block >> 8) &+ UInt64($0 / 250)) & 0xFF).\(2 + $0 % 250)" }
  }

  /// A way out through somebody's line, as sold to those who do not want to be seen: mostly homes, sometimes a carrier or a campus.
  /// Fans live there too.
  func residential(_ random: inout RandomSource) -> String {
    switch random.weighted([70, 22, 5, 3]) {
    case 0: home(random.index(homes), device: random.index(4))
    case 1: carrier(&random)
    case 2: campus(random.index(campuses), &random)
    default: office(random.index(offices))
    }
  }

  // MARK: Text

  /// An address of up to `width` bits below a first byte; the bits above 24 count that byte up.
  private func v4(_ first: UInt64, bits: UInt64, width: Int) -> String {
    let value = bits & ((1 << UInt64(width)) - 1)
    return "\(first + value >> 24).\(value >> 16 & 0xFF).\(value >> 8 & 0xFF).\(value & 0xFF)"
  }

  /// Never 0, so that the text is the canonical one (RFC 5952).
  private func hex16(_ bits: UInt64) -> String { String(bits & 0xFFFF | 1, radix: 16) }
}
