import Glibc
import Testing

@testable import ReverseProxy

@Suite("Addresses", .serialized)
struct AddressTests {
  /// (network, address, whether it is inside)
  static let rows: [(network: String, address: String, isInside: Bool)] = [
    ("192.0.2.0/24", "192.0.2.7", true), ("192.0.2.0/24", "192.0.3.7", false), ("192.0.2.0/24", "::ffff:192.0.2.7", true),
    ("192.0.2.0/24", "::ffff:c000:207", true), ("192.0.2.0/24", "::192.0.2.7", false), ("::ffff:192.0.2.0/120", "192.0.2.7", true),
    ("::ffff:192.0.2.0/120", "192.0.3.7", false), ("::/0", "2001:db8::1", true), ("2001:db8::/32", "2001:db8:1::1", true),
    ("2001:db8::/32", "2001:db9::1", false), ("0.0.0.0/0", "::ffff:1.2.3.4", true), ("0.0.0.0/0", "::1", false),
  ]

  @Test("an IPv4 address is the same in either notation")
  func ranges() {
    for row in Self.rows {
      var ranges = AddressRanges()
      let isNetwork = ranges.insert(row.network)
      #expect(isNetwork && ranges.contains(row.address) == row.isInside, "\(row)")
    }
    #expect(Self.rows.count == 12)
    #expect(AddressRanges.canonical("::ffff:127.0.0.1") == "127.0.0.1")
    for text in ["127.0.0.1", "::1", "2001:db8::1", "::127.0.0.1", "nonsense", "a:b"] { #expect(AddressRanges.canonical(text) == text) }
  }

  @Test("a listener for both families trusts and names IPv4 peers as what they are", .enabled(if: hasIPv6))
  func dualStack() async throws {
    let log = Log()
    try await Harness.withProxy(
      origins: [Harness.polite(log)], log: log,
      configure: {
        $0.listenHost = "::"
        _ = $0.trustedPeers.insert("127.0.0.0/8")
      }
    ) { server, log in
      for fields in ["", "X-Forwarded-For: 203.0.113.9\r\n", "X-Forwarded-For: ::ffff:203.0.113.9\r\n"] {
        let client = LoopbackSocket.connect(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\(fields)\r\n")
        #expect(client.receiveToEnd().hasSuffix("ok"))
        client.close()
      }
      #expect(log.records.withLock { $0.map(\.request.client.address) } == ["127.0.0.1", "203.0.113.9", "203.0.113.9"])
    }
    #expect(log.seen.withLock { $0.first?.contains("\r\nX-Forwarded-For: 127.0.0.1\r\n") == true })
  }

  private static let hasIPv6: Bool = {
    let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
    if descriptor >= 0 { close(descriptor) }
    return descriptor >= 0
  }()
}
