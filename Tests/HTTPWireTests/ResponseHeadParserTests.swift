import HTTPWire
import Testing

@Suite("Response heads")
struct ResponseHeadParserTests {
  private static func parse(_ text: String, toHEAD: Bool = false) -> ParsedResponseHead? {
    guard case .head(let head, _) = Array(text.utf8).withUnsafeBytes({ ResponseHeadParser().parse($0, toHEAD: toHEAD) }) else { return nil }
    return head
  }

  static let good: [(text: String, toHEAD: Bool, framing: BodyFraming, isPersistent: Bool)] = [
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false, .length(5), true),
    ("HTTP/1.1 200\r\nContent-Length: 5\r\n\r\n", false, .length(5), true),
    ("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", false, .length(0), true),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true, .none, true),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", false, .chunked, true),
    ("HTTP/1.1 200 OK\r\n\r\n", false, .untilClose, false),
    ("HTTP/1.1 204 No Content\r\n\r\n", false, .none, true),
    ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", false, .none, true),
    ("HTTP/1.1 100 Continue\r\n\r\n", false, .none, true),
    ("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", false, .length(5), false),
    ("HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n", false, .length(5), true),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n", false, .length(5), false),
  ]

  @Test("say how the body ends", arguments: good)
  func framing(text: String, toHEAD: Bool, framing: BodyFraming, isPersistent: Bool) throws {
    let head = try #require(Self.parse(text, toHEAD: toHEAD))
    #expect(head.framing == framing && head.isPersistent == isPersistent)
  }

  static let bad = [
    "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.x 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
    "HTTP/1.1  200 OK\r\n\r\n", "200 OK\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\nX: y\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nX : y\r\n\r\n", "HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n",
    "HTTP/1.1 200 O\u{7}K\r\n\r\n",
  ]

  @Test("that are broken are not believed", arguments: bad)
  func broken(text: String) {
    guard case .broken = Array(text.utf8).withUnsafeBytes({ ResponseHeadParser().parse($0, toHEAD: false) }) else {
      Issue.record("accepted")
      return
    }
  }
}
