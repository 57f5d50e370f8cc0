import HTTPModel
import HTTPWire
import Testing

@testable import ReverseProxy

@Suite("Where a request came from")
struct ForwardedChainTests {
  @Test("Forwarded (RFC 7239): each element's for, quotes, brackets and ports")
  func forwarded() {
    let rows: [(String, [String])] = [
      ("for=192.0.2.60;proto=http;by=203.0.113.43", ["192.0.2.60"]),
      ("for=192.0.2.43, for=198.51.100.17", ["192.0.2.43", "198.51.100.17"]),
      ("For=\"[2001:db8:cafe::17]:4711\"", ["2001:db8:cafe::17"]), ("for=\"192.0.2.1:80\"", ["192.0.2.1"]), ("proto=https", [""]),
      ("for=unknown, for=192.0.2.9", ["unknown", "192.0.2.9"]), ("for=_hidden", ["_hidden"]),
      ("by=\"a,b;for=198.51.100.1\";for=192.0.2.3", ["192.0.2.3"]), ("by=\"a\\\",for=1.1.1.1\", for=192.0.2.4", ["", "192.0.2.4"]),
    ]
    for (text, addresses) in rows { #expect(ForwardedChain.forwarded(Array(text.utf8)) == addresses, "\(text)") }
    #expect(rows.count == 9)
  }

  @Test("the walk goes from the right past trusted peers only")
  func walk() {
    var peers = AddressRanges()
    _ = peers.insert("10.0.0.0/8")
    let rows: [([String], String?)] = [
      ([], nil), (["192.0.2.1"], "192.0.2.1"), (["192.0.2.1", "10.0.0.1"], "192.0.2.1"),
      (["192.0.2.1", "198.51.100.1", "10.0.0.1"], "198.51.100.1"),
      (["192.0.2.1", "unknown", "10.0.0.1"], "10.0.0.1"), (["unknown"], nil), (["::ffff:192.0.2.7"], "192.0.2.7"),
    ]
    for (chain, origin) in rows { #expect(ForwardedChain.origin(chain, trusting: peers) == origin, "\(chain)") }
    #expect(rows.count == 7)
  }

  static let fields: [(fields: String, named: String?, isTrusted: Bool, address: String)] = [
    ("X-Forwarded-For: 192.0.2.1\r\nForwarded: for=192.0.2.2\r\nCF-Connecting-IP: 192.0.2.3", nil, true, "192.0.2.1"),
    ("Forwarded: for=192.0.2.2\r\nCF-Connecting-IP: 192.0.2.3", nil, true, "192.0.2.2"),
    ("CF-Connecting-IP: 192.0.2.3", nil, true, "192.0.2.3"), ("True-Client-IP: 2001:db8::9", nil, true, "2001:db8::9"),
    ("Fastly-Client-IP: 192.0.2.4", nil, true, "192.0.2.4"),
    ("X-Forwarded-For: 192.0.2.1\r\nCF-Connecting-IP: 192.0.2.3", "cf-connecting-ip", true, "192.0.2.3"),
    ("X-Forwarded-For: 192.0.2.1", "cf-connecting-ip", true, "127.0.0.1"), ("Forwarded: for=192.0.2.2", nil, false, "127.0.0.1"),
    ("CF-Connecting-IP: 192.0.2.3", nil, false, "127.0.0.1"), ("X-Forwarded-For: 192.0.2.1", nil, false, "127.0.0.1"),
  ]

  @Test("a trusted peer's word counts, in the field that was named; nobody else's does", arguments: fields)
  func overASocket(row: (fields: String, named: String?, isTrusted: Bool, address: String)) async throws {
    let origin = ScriptedOrigin { connection, _ in
      while Harness.readRequest(connection) != nil { connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") }
    }
    try await Harness.withProxy(
      origins: [origin],
      configure: {
        $0.clientField = row.named
        if row.isTrusted { _ = $0.trustedPeers.insert("127.0.0.1") }
      }
    ) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\(row.fields)\r\n\r\n")
      #expect(client.receive(until: "\r\n\r\nok").hasSuffix("ok"))
      client.close()
      #expect(log.records.withLock { $0.last?.request.client.address } == row.address, "\(row.fields)")
    }
    #expect(Self.fields.count == 10)
  }
}
