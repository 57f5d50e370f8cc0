import Detection
import NIOCore
import NIOEmbedded
import SecLang
import Testing

@testable import ReverseProxy

@Suite("Receive buffers")
struct ReceiveBufferTests {
  @Test("bytes that were read give their room back, whatever is left over", arguments: [1, 2, 100])
  func boundedGrowth(left: Int) {
    var buffer = ByteBuffer()
    let incoming = ByteBuffer(repeating: 0x61, count: 1000)
    for round in 1...10_000 {
      buffer.receive(incoming)
      buffer.moveReaderIndex(forwardBy: round == 1 ? 1000 - left : 1000)
      #expect(buffer.readableBytes == left)
    }
    #expect(buffer.capacity <= 8192)
  }

  @Test("nothing is lost or reordered")
  func order() {
    var buffer = ByteBuffer()
    var expected: [UInt8] = []
    var taken: [UInt8] = []
    var next: UInt8 = 0
    for round in 1...500 {
      let piece = (0..<(round % 7 * 5)).map { _ -> UInt8 in
        next &+= 1
        return next
      }
      expected += piece
      buffer.receive(ByteBuffer(bytes: piece))
      taken += buffer.readBytes(length: min(buffer.readableBytes, round % 5 * 6)) ?? []
    }
    taken += buffer.readBytes(length: buffer.readableBytes) ?? []
    #expect(taken == expected && expected.count > 5000)
  }

  @Test("a client that sends each request with a bit of the next one costs no more than one that does not")
  func overlappingRequests() throws {
    let eventLoop = EmbeddedEventLoop()
    let inspector = try Harness.inspector("SecAction \"id:1,phase:1,deny,status:404,nolog\"", .block)
    let shared = ProxyShared(configuration: ProxyConfiguration(upstreams: [Upstream(host: "127.0.0.1", port: 1)]), inspector: inspector)
    let handler = ClientHandler(loop: LoopState(eventLoop: eventLoop, shared: shared))
    let channel = EmbeddedChannel(handler: handler, loop: eventLoop)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    let request = "GET / HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "x", count: 900))\r\n\r\n"
    var answers = 0
    try channel.writeInbound(ByteBuffer(string: "GE"))
    for _ in 1...2000 {
      try channel.writeInbound(ByteBuffer(string: request.dropFirst(2) + "GE"))
      eventLoop.run()
      while let answer = try channel.readOutbound(as: ByteBuffer.self) {
        #expect(String(buffer: answer).hasPrefix("HTTP/1.1 404 "))
        answers += 1
      }
    }
    #expect(answers == 2000)
    #expect(handler.buffer.capacity <= 8192)
    _ = try channel.finish(acceptAlreadyClosed: true)
  }
}
