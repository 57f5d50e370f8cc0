/// The hashes under which a request is accounted, the narrowest first. No text is kept.
public struct ClientIdentity: Sendable, Hashable {
  /// Address, user agent, session and key together.
  public var client: UInt64
  /// The IPv4 address; the /64 of an IPv6 address, in which one line can take as many as it likes.
  public var address: UInt64
  /// `address` and user agent.
  public var agent: UInt64
  /// The IPv6 /56 around the address, which is what a line is often given; `address` for IPv4.
  public var site: UInt64
  /// The IPv4 /24 or the IPv6 /48 around the address.
  public var network: UInt64

  public init(client: UInt64, address: UInt64, agent: UInt64, network: UInt64, site: UInt64? = nil) {
    self.site = site ?? address
    self.client = client
    self.address = address
    self.agent = agent
    self.network = network
  }

  /// - Parameters:
  ///   - address: as text; what is no address stands for itself.
  ///   - userAgent: `-` if there is none; its first 512 bytes count.
  ///   - session: as it is written in logs, so that a log's replay comes to the same identities; nil for none.
  ///   - key: likewise.
  ///   - subject: of a token that was verified: whoever shows it is that client wherever it comes from, and with whatever else it shows.
  public init(address: String, userAgent: [UInt8], session: [UInt8]?, key: [UInt8]?, subject: [UInt8]? = nil) {
    let bytes = Array(address.utf8)
    var hash = PartHash()
    hash.add(bytes)
    let prefixes = AddressPrefixes(bytes)
    var line = PartHash()
    line.add(prefixes.line)
    self.address = line.value
    if prefixes.line.count == 8, prefixes.line != bytes {
      var site = PartHash()
      site.add(prefixes.line.prefix(7))
      self.site = site.value
    } else {
      site = line.value
    }
    line.add(userAgent.prefix(512))
    agent = line.value
    hash.add(userAgent.prefix(512))
    hash.add(session ?? [0x2D])
    hash.add(key ?? [0x2D])
    if let subject {
      hash = PartHash()
      hash.add(Array("subject".utf8))
      hash.add(subject)
    }
    client = hash.value
    var network = PartHash()
    network.add(prefixes.network)
    self.network = network.value
  }
}

/// The prefixes of an address under which others are expected to be the same line, or the same network.
struct AddressPrefixes: Equatable {
  var line: [UInt8]
  var network: [UInt8]

  init(_ text: [UInt8]) {
    if let groups = Self.groups(text) {
      line = groups[..<4].flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
      network = Array(line[..<6])
    } else {
      line = text
      network = text.lastIndex(of: 0x2E).map { Array(text[..<$0]) } ?? text
    }
  }

  /// The eight groups of an IPv6 address (RFC 4291 section 2.2, without a dotted tail, whose prefix does not need it).
  private static func groups(_ text: [UInt8]) -> [UInt16]? {
    guard text.contains(0x3A) else { return nil }
    var head: [UInt16] = []
    var tail: [UInt16] = []
    var isAfterGap = false
    var index = 0
    while index < text.count {
      if text[index] == 0x3A {
        if index + 1 < text.count, text[index + 1] == 0x3A {
          if isAfterGap { return nil }
          isAfterGap = true
          index += 1
        }
        index += 1
        continue
      }
      var value: UInt32 = 0
      while index < text.count, text[index] != 0x3A {
        guard let digit = hexadecimalDigit(text[index]) else { return nil }
        value = value << 4 | UInt32(digit)
        guard value <= 0xFFFF else { return nil }
        index += 1
      }
      if isAfterGap { tail.append(UInt16(value)) } else { head.append(UInt16(value)) }
    }
    let missing = 8 - head.count - tail.count
    guard isAfterGap ? missing >= 0 : missing == 0 else { return nil }
    return head + Array(repeating: 0, count: missing) + tail
  }
}

/// FNV-1a over parts with an end mark after each, so that moving a byte from one part to the next gives another value.
private struct PartHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ part: some Sequence<UInt8>) {
    for byte in part { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    value = (value ^ 0x100) &* 0x100_0000_01B3
  }
}

func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
  if byte &- 0x30 < 10 { return byte &- 0x30 }
  let folded = byte | 0x20
  return folded &- 0x61 < 6 ? folded &- 0x61 &+ 10 : nil
}
