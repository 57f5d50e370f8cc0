import Foundation
import NIOCore
import NIOPosix

/// An origin that answers 200 to any request whose framing it understands. Test fixture.
///
/// `POST /reflect` answers as the JSON of its body says (`status`, `headers`, `body`, `encodedBody` in base64), which tests of the
/// response phases need.
final class SampleOrigin: Sendable {
  private let channel: any Channel

  init(group: MultiThreadedEventLoopGroup) async throws {
    channel = try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler()) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }

  var port: Int { channel.localAddress?.port ?? 0 }

  func stop() async throws { try await channel.close().get() }

  /// The proxy frames every request with a length or in chunks; chunks end with an empty one.
  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private var text = ""

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      text += String(buffer: unwrapInboundIn(data))
      while let end = text.range(of: "\r\n\r\n") {
        let head = text[..<end.lowerBound].lowercased()
        var rest = text[end.upperBound...]
        var body = ""
        if let match = head.firstMatch(of: /\r\ncontent-length: (\d+)/), let length = Int(match.1) {
          guard rest.utf8.count >= length else { return }
          body = String(decoding: Array(rest.utf8.prefix(length)), as: UTF8.self)
          rest = Substring(String(decoding: Array(rest.utf8.dropFirst(length)), as: UTF8.self))
        } else if head.contains("transfer-encoding: chunked") {
          guard let last = rest.range(of: "0\r\n\r\n") else { return }
          rest = rest[last.upperBound...]
        }
        text = String(rest)
        let answer =
          if head.hasPrefix("post /reflect "), let reflected = Self.reflect(body) { reflected } else {
            Array("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n\(head.hasPrefix("head ") ? "" : "ok\n")".utf8)
          }
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: answer)), promise: nil)
      }
    }

    private static func reflect(_ json: String) -> [UInt8]? {
      guard let wish = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] else { return nil }
      var body = Array((wish["body"] as? String ?? "").utf8)
      if let encoded = wish["encodedBody"] as? String, let data = Data(base64Encoded: encoded) { body = Array(data) }
      var head = "HTTP/1.1 \(wish["status"] as? Int ?? 200) Reflected\r\nContent-Length: \(body.count)\r\n"
      for (name, value) in wish["headers"] as? [String: String] ?? [:] { head += "\(name): \(value)\r\n" }
      return Array((head + "\r\n").utf8) + body
    }
  }
}
