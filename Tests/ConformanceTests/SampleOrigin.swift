import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// An origin that answers 200 to any request whose framing it understands. Test fixture.
///
/// `POST /reflect` answers as the JSON of its body says (`status`, `headers`, `body`, `encodedBody` in base64), which tests of the
/// response phases need. `PUT /configure_reflection` sets such an answer for the methods and paths of its `endpoints`, `PUT /reset`
/// forgets them: the suites' own backend knows the same.
final class SampleOrigin: Sendable {
  private let channel: any Channel

  init(group: MultiThreadedEventLoopGroup) async throws {
    let reflections = Reflections()
    channel = try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Handler(reflections)) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }

  var port: Int { channel.localAddress?.port ?? 0 }

  func stop() async throws { try await channel.close().get() }

  /// What was configured, by method and path.
  private final class Reflections: Sendable {
    let byEndpoint = Mutex<[String: [UInt8]]>([:])
  }

  /// The proxy frames every request with a length or in chunks.
  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private var bytes: [UInt8] = []
    private let reflections: Reflections

    init(_ reflections: Reflections) { self.reflections = reflections }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      bytes += unwrapInboundIn(data).readableBytesView
      while let request = OriginRequest(&bytes) {
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: answer(request))), promise: nil)
      }
    }

    private func answer(_ request: OriginRequest) -> [UInt8] {
      let isHead = request.method == "HEAD"
      switch (request.method, request.path) {
      case ("POST", "/reflect"): if let answer = Self.reflect(request.body, isHead: isHead) { return answer }
      case ("PUT", "/configure_reflection"):
        let wish = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
        for endpoint in wish?["endpoints"] as? [[String: String]] ?? [] {
          reflections.byEndpoint.withLock { $0["\(endpoint["method"] ?? "GET") \(endpoint["url"] ?? "/")"] = request.body }
        }
      case ("PUT", "/reset"): reflections.byEndpoint.withLock { $0 = [:] }
      default:
        let body = reflections.byEndpoint.withLock { $0["\(request.method) \(request.path)"] }
        if let body, let answer = Self.reflect(body, isHead: isHead) { return answer }
      }
      return Array("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n\(isHead ? "" : "ok\n")".utf8)
    }

    private static func reflect(_ json: [UInt8], isHead: Bool) -> [UInt8]? {
      guard let wish = try? JSONSerialization.jsonObject(with: Data(json)) as? [String: Any] else { return nil }
      var body = Array((wish["body"] as? String ?? "").utf8)
      if let encoded = wish["encodedBody"] as? String, !encoded.isEmpty, let data = Data(base64Encoded: encoded) { body = Array(data) }
      var head = "HTTP/1.1 \(wish["status"] as? Int ?? 200) Reflected\r\nContent-Length: \(body.count)\r\n"
      let headers = (wish["headers"] as? [String: Any] ?? [:]).filter {
        !["content-length", "transfer-encoding"].contains($0.key.lowercased())
      }
      for (name, value) in headers { head += "\(name): \(value)\r\n" }
      // Text unless told otherwise.
      if !headers.keys.contains(where: { $0.lowercased() == "content-type" }) { head += "Content-Type: text/plain; charset=utf-8\r\n" }
      return Array((head + "\r\n").utf8) + (isHead ? [] : body)
    }
  }
}

/// One request as the origin reads it: a head, and a body by length or in chunks.
struct OriginRequest {
  var method = ""
  var path = ""
  var body: [UInt8] = []

  /// Takes a whole request off the front of `bytes`; nil while there is none.
  init?(_ bytes: inout [UInt8]) {
    let end = Array("\r\n\r\n".utf8)
    guard let headEnd = Self.find(end, in: bytes, from: 0) else { return nil }
    let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    method = words.first.map(String.init) ?? ""
    path = words.dropFirst().first.map { String($0.prefix { $0 != "?" }) } ?? ""
    func value(of name: String) -> String? {
      lines.dropFirst().first { $0.lowercased().hasPrefix(name + ":") }.map {
        $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
      }
    }
    var position = headEnd + 4
    if value(of: "transfer-encoding")?.lowercased() == "chunked" {
      while true {
        guard let lineEnd = Self.find([13, 10], in: bytes, from: position) else { return nil }
        let size = Int(String(decoding: bytes[position..<lineEnd], as: UTF8.self).prefix { $0.isHexDigit }, radix: 16) ?? 0
        position = lineEnd + 2
        if size == 0 {
          // No trailers: the proxy sends none.
          guard bytes.count >= position + 2 else { return nil }
          position += 2
          break
        }
        guard bytes.count >= position + size + 2 else { return nil }
        body += bytes[position..<(position + size)]
        position += size + 2
      }
    } else if let length = value(of: "content-length").flatMap({ Int($0) }) {
      guard bytes.count >= position + length else { return nil }
      body = Array(bytes[position..<(position + length)])
      position += length
    }
    bytes.removeFirst(position)
  }

  private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    var index = start
    while index + pattern.count <= bytes.count {
      if bytes[index] == pattern[0], bytes[index..<(index + pattern.count)].elementsEqual(pattern) { return index }
      index += 1
    }
    return nil
  }
}
