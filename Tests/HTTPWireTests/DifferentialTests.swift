import HTTPModel
import HTTPWire
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

/// The other parser's opinion: llhttp, in NIOHTTP1.
private enum Oracle {
  struct Message: Equatable {
    var method: String
    var target: String
    var fields: [String]
    var body: [UInt8]
  }
  enum Answer: Equatable { case refused, incomplete, message(Message) }

  static func read(_ bytes: [UInt8]) -> Answer {
    let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
    defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
    do {
      try channel.writeInbound(channel.allocator.buffer(bytes: bytes))
      try channel.throwIfErrorCaught()
      guard case .head(let head)? = try channel.readInbound(as: HTTPServerRequestPart.self) else { return .incomplete }
      var message = Message(
        method: head.method.rawValue, target: head.uri, fields: head.headers.map { "\($0.name): \(trimmed($0.value))" }, body: [])
      while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
        switch part {
        case .body(let buffer): message.body += Array(buffer.readableBytesView)
        case .end: return .message(message)
        case .head: return .refused
        }
      }
      return .incomplete
    } catch {
      return .refused
    }
  }

  /// llhttp leaves blanks at the end of a value; they are no part of it (RFC 9110 section 5.5).
  private static func trimmed(_ value: String) -> String {
    let bytes = Array(value.utf8)
    return text(Array(bytes[..<((bytes.lastIndex { $0 != 0x20 && $0 != 0x09 } ?? -1) + 1)]))
  }

  static func ours(_ bytes: [UInt8]) -> Answer { oursWithLength(bytes).answer }

  /// Ours, and how many bytes the message took: what follows is another message.
  static func oursWithLength(_ bytes: [UInt8]) -> (answer: Answer, length: Int) {
    guard case .head(let parsed, let consumed) = bytes.withUnsafeBytes({ RequestHeadParser().parse($0) }) else { return (.incomplete, 0) }
    if parsed.fault != nil || parsed.ambiguity != nil { return (.refused, consumed) }
    var length = consumed
    var message = Message(
      method: text(parsed.head.method), target: text(parsed.head.target),
      fields: parsed.head.fields.map { "\(text($0.name)): \(text($0.value))" },
      body: [])
    switch parsed.framing {
    case .none, .untilClose: break
    case .length(let count):
      guard bytes.count - consumed >= count else { return (.incomplete, consumed) }
      length += count
      message.body = Array(bytes[consumed..<(consumed + count)])
    case .chunked:
      var decoder = ChunkedDecoder()
      let step = bytes[consumed...].withUnsafeBytes { decoder.decode($0, into: &message.body) }
      guard case .consumed(let count) = step else { return (.refused, consumed) }
      guard decoder.isDone else { return (.incomplete, consumed) }
      length += count
    }
    return (.message(message), length)
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

@Suite("Against NIOHTTP1")
struct DifferentialTests {
  /// Builds requests from parts that all parsers agree on.
  private static func validRequest(_ random: inout SplitMix) -> String {
    let method = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"].randomElement(using: &random) ?? "GET"
    let target =
      ["/", "/a/b?c=d&e", "/%20%7e", "/a;b=c/../d", "//x", "/?q='\"<>`", "http://a.example/x"].randomElement(using: &random) ?? "/"
    var text = "\(method) \(target) HTTP/1.1\r\nHost: a.example\r\n"
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let name = ["Accept", "x-lower", "X_Under", "X.Dot", "Cookie", "User-Agent", "!#$%&'*+-.^`|~"].randomElement(using: &random) ?? "A"
      let value = ["", "a", "a b\tc", "a=b; c=d", "\"q\"", "\u{E4}\u{20AC}", "*/*;q=0.1,  x"].randomElement(using: &random) ?? ""
      text += "\(name):\([" ", "", "\t ", "  "].randomElement(using: &random) ?? " ")\(value)\r\n"
    }
    let body = String(repeating: "xyz", count: Int.random(in: 0...9, using: &random))
    switch Int.random(in: 0...2, using: &random) {
    case 0: return text + "\r\n"
    case 1: return text + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    default:
      text += "Transfer-Encoding: chunked\r\n\r\n"
      if !body.isEmpty { text += "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n" }
      return text + "0\r\n\r\n"
    }
  }

  @Test("valid requests are read the same")
  func agreesOnValid() {
    var random = SplitMix(state: 7)
    for _ in 0..<3000 {
      let text = Self.validRequest(&random)
      let ours = Oracle.ours(Array(text.utf8))
      guard case .message = ours else {
        Issue.record("not accepted: \(text.debugDescription)")
        continue
      }
      #expect(ours == Oracle.read(Array(text.utf8)), "\(text.debugDescription)")
    }
  }

  @Test("what NIOHTTP1 refuses is never accepted, whichever bytes are changed", arguments: [11, 12, 13, 14] as [UInt64])
  func neverMoreLenient(seed: UInt64) {
    var random = SplitMix(state: seed)
    let bytesOfInterest: [UInt8] = [0, 1, 9, 10, 11, 13, 32, 35, 43, 44, 45, 48, 58, 59, 64, 92, 95, 127, 128, 160, 255]
    var refused = 0
    for _ in 0..<40_000 {
      var bytes = Array(Self.validRequest(&random).utf8)
      for _ in 0...Int.random(in: 0...1, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0: bytes.remove(at: index)
        case 1: bytes.insert(bytesOfInterest.randomElement(using: &random) ?? 0, at: index)
        case 2: bytes[index] = bytesOfInterest.randomElement(using: &random) ?? 0
        default: bytes.insert(bytes[index], at: index)
        }
      }
      let (answer, length) = Oracle.oursWithLength(bytes)
      guard case .message(let message) = answer else {
        refused += 1
        continue
      }
      switch Oracle.read(Array(bytes[..<length])) {
      case .message(let other): #expect(message == other, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
      case .incomplete: Issue.record("the other one waits: \(String(decoding: bytes, as: UTF8.self).debugDescription)")
      case .refused:
        // llhttp knows a list of methods; any token is one (RFC 9110 section 9.1).
        if ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"].contains(message.method) {
          Issue.record("accepted: \(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
      }
    }
    #expect(refused > 1000)
  }

  @Test("of the malformed table the other one accepts none that we do", arguments: MalformedRequest.heads + MalformedRequest.bodies)
  func table(_ request: MalformedRequest) {
    guard case .message = Oracle.ours(Array(request.text.utf8)) else { return }
    Issue.record("accepted")
  }
}
