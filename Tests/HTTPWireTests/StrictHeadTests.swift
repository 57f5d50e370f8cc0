import HTTPWire
import Testing

@Suite("Strict heads")
struct StrictHeadTests {
  /// Requests that are taken, or left to the rules, unless the front end is strict.
  static let odd: [(name: String, text: String, status: Int)] = [
    ("unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
    ("CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 405),
    ("body of a GET", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", 400),
    ("chunked HEAD", "HEAD / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 400),
    ("HTTP/1.0 with an empty Host", "GET / HTTP/1.0\r\nHost:\r\n\r\n", 400),
    ("no Host", "GET / HTTP/1.1\r\n\r\n", 400),
    ("unknown version", "GET / HTTP/4.0\r\nHost: a\r\n\r\n", 505),
    ("no path", "GET ?x=1 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("broken escape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("cut escape", "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("NUL", "GET /a%00.png HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("encoded slash", "GET /a%2Fb HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("encoded backslash", "GET /a%5cb HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("encoded percent sign", "GET /a%252e HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("dot segment", "GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("single dot", "GET /a/. HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("encoded dot segment", "GET /a/.%2e/b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("empty segment", "GET //a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("dot segment in an absolute target", "GET http://a/../b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("underscore", "GET / HTTP/1.1\r\nHost: a\r\nX_Filename: b\r\n\r\n", 400),
    ("Latin-1", "GET / HTTP/1.1\r\nHost: a\r\nX-Name: \u{E9}\r\n\r\n", 400),
    ("two types", "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-type: c/d\r\nContent-Length: 0\r\n\r\n", 400),
    ("two agents", "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: b\r\nUser-Agent: b\r\n\r\n", 400),
    ("other expectation", "GET / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n", 417),
  ]

  private static func parse(_ text: String, isStrict: Bool) -> ParsedRequestHead? {
    let bytes = Array(text.utf8)
    let parser = RequestHeadParser(isStrict: isStrict)
    guard case .head(let head, _) = bytes.withUnsafeBytes({ parser.parse($0) }) else { return nil }
    return head
  }

  @Test("what is odd is refused by a strict front end, and is not broken to another", arguments: odd)
  func oddRequests(row: (name: String, text: String, status: Int)) throws {
    #expect(try #require(Self.parse(row.text, isStrict: false)).fault == nil)
    let strict = try #require(Self.parse(row.text, isStrict: true))
    #expect(strict.fault?.status == row.status)
    #expect(!strict.isPersistent)
    #expect(Self.odd.count == 25)
  }

  static let plain = [
    "GET /a/b.c/..d/e...?x=../%2F%00&y=//&z=%zz HTTP/1.1\r\nHost: a\r\nX.Name: b\r\nAccept: a/b\r\nAccept: c/d\r\n\r\n",
    "POST /v1/%C3%A9 HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 1\r\n\r\nx",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD http://a/b HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
    "DELETE /a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
  ]

  @Test("what everybody reads alike passes a strict front end", arguments: plain)
  func plainRequests(text: String) throws {
    let head = try #require(Self.parse(text, isStrict: true))
    #expect(head.fault == nil && head.ambiguity == nil && head.isPersistent == !text.contains("HTTP/1.0"))
    #expect(Self.plain.count == 7)
  }

  @Test(
    "a strict decoder takes no chunk extensions", arguments: [("5;a=b\r\nhello\r\n0\r\n\r\n", false), ("5\r\nhello\r\n0\r\n\r\n", true)])
  func chunkExtensions(row: (text: String, isTaken: Bool)) {
    for isStrict in [false, true] {
      var decoder = ChunkedDecoder(isStrict: isStrict)
      var output: [UInt8] = []
      let step = Array(row.text.utf8).withUnsafeBytes { decoder.decode($0, into: &output) }
      #expect((step == .consumed(row.text.utf8.count)) == (row.isTaken || !isStrict))
    }
  }
}
