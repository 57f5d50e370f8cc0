import HTTPModel
import HTTPWire
import Testing

@Suite("Request heads")
struct RequestHeadParserTests {
  @Test("keeps bytes, order and case")
  func keepsWhatWasSent() throws {
    let head = try #require(parse("GET /a?b=%41 HTTP/1.1\r\nhOsT: a.example\r\nX:  y z \t\r\nX: 2\r\n\r\n"))
    #expect(head.fault == nil && head.ambiguity == nil && head.framing == .none && head.isPersistent)
    #expect(head.head.line == Array("GET /a?b=%41 HTTP/1.1".utf8))
    #expect(head.head.fields == [Field("hOsT", "a.example"), Field("X", "y z"), Field("X", "2")])
  }

  @Test("refuses what two parsers could read differently", arguments: MalformedRequest.heads + MalformedRequest.bodies)
  func refuses(_ request: MalformedRequest) {
    #expect(refusal(of: Array(request.text.utf8)) == request.status)
  }

  @Test("there are as many malformed requests as were written")
  func tableIsWhole() {
    #expect(MalformedRequest.heads.count == 101)
    #expect(MalformedRequest.bodies.count == 28)
  }

  static let accepted: [(text: String, framing: BodyFraming, isPersistent: Bool)] = [
    ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", .none, true),
    ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .none, true),
    ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", .none, false),
    ("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n", .none, false),
    ("GET / HTTP/1.0\r\n\r\n", .none, false),
    ("GET / HTTP/1.0\r\nHost:\r\n\r\n", .none, false),
    ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", .none, true),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", .length(0), true),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 010\r\n\r\n", .length(10), true),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n", .chunked, true),
    ("PROPFIND / HTTP/1.1\r\nHost: a:8080\r\n\r\n", .none, true),
    ("X-OWN / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n", .none, true),
    ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", .none, true),
    ("GET http://a/b HTTP/1.1\r\nHost: A\r\n\r\n", .none, true),
    ("GET http://a:8080/b HTTP/1.0\r\n\r\n", .none, false),
    ("GET //a/b HTTP/1.1\r\nHost: a\r\n\r\n", .none, true),
    ("GET /?q=a\\b HTTP/1.1\r\nHost: a\r\nX_Filename: a\r\nX.Filename: b\r\n\r\n", .none, true),
    ("GET /%C3%A4 HTTP/1.1\r\nHost: a\r\nUser-Agent: \u{E4}\r\n\r\n", .none, true),
  ]

  @Test("accepts what HTTP allows", arguments: accepted)
  func accepts(text: String, framing: BodyFraming, isPersistent: Bool) throws {
    let head = try #require(parse(text))
    #expect(head.fault == nil && head.ambiguity == nil)
    #expect(head.framing == framing && head.isPersistent == isPersistent)
  }

  @Test("gives the rules what could be read of a broken head")
  func readsBrokenHeads() throws {
    let folded = try #require(parse("POST /a b HTTP/1.1\r\nHost: a\r\n folded\r\nX: y\r\nContent-Length: z\r\n\r\n"))
    #expect(folded.fault?.status == 400)
    #expect(folded.head.method == Array("POST".utf8) && folded.head.target == Array("/a b".utf8))
    #expect(folded.head.version == Array("HTTP/1.1".utf8))
    #expect(folded.head.fields == [Field("Host", "a"), Field("X", "y"), Field("Content-Length", "z")])
  }

  @Test("finds the same head however it is cut into pieces")
  func isIncremental() throws {
    let text = Array("\r\nPOST /a HTTP/1.1\r\nHost: a\r\nX: y\r\nContent-Length: 3\r\n\r\nabc".utf8)
    let parser = RequestHeadParser()
    var scan = HeadScan()
    for count in 0...text.count {
      let result = text[..<count].withUnsafeBytes { parser.parse($0, scan: &scan) }
      if count < text.count - 3 {
        guard case .needsMore = result else {
          Issue.record("a head after \(count) bytes")
          return
        }
      } else {
        guard case .head(let head, let consumed) = result else {
          Issue.record("no head after \(count) bytes")
          return
        }
        #expect(consumed == text.count - 3 && head.framing == .length(3) && head.fault == nil)
        return
      }
    }
  }

  @Test("a malformed head is refused the same in pieces of any size", arguments: [1, 2, 3, 7])
  func malformedInPieces(size: Int) {
    let parser = RequestHeadParser()
    for request in MalformedRequest.heads {
      let bytes = Array(request.text.utf8)
      var scan = HeadScan()
      var status: Int?
      for count in stride(from: size, to: bytes.count + size, by: size) {
        let result = bytes[..<min(count, bytes.count)].withUnsafeBytes { parser.parse($0, scan: &scan) }
        guard case .head(let head, _) = result else { continue }
        status = (head.fault ?? head.ambiguity)?.status
        break
      }
      #expect(status != nil, "\(request.name)")
    }
  }

  @Test("never takes longer than the limits to say no", arguments: [UInt8(ascii: "a"), 0x0D, 0x00, 0x20, 0x3A])
  func endsAtLimits(_ byte: UInt8) {
    let parser = RequestHeadParser()
    let bytes = [UInt8](repeating: byte, count: parser.limits.maximumHeadBytes + 1)
    guard case .head(let head, _) = bytes.withUnsafeBytes({ parser.parse($0) }) else {
      Issue.record("wants more than the limits allow")
      return
    }
    #expect(head.fault != nil)
  }

  @Test("a head that is cut off is read as far as it came")
  func cutOff() throws {
    let bytes = Array("GET /a HTTP/1.1\r\nHost: a\r\nX: hal".utf8)
    guard case .head(let head, _) = bytes.withUnsafeBytes({ RequestHeadParser().parse($0, atEnd: true) }) else {
      Issue.record("nothing was read")
      return
    }
    #expect(head.fault?.status == 400 && head.head.target == Array("/a".utf8) && head.head.fields.count == 2)
  }
}
