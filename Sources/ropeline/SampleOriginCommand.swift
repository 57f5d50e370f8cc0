import ArgumentParser
import Foundation
import NIOCore
import NIOPosix

/// `ropeline sample-origin`: a small origin for demonstrations and for trying a rule set; hidden from the help.
struct SampleOriginCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample-origin",
    abstract: "Answer every request with a little JSON (404 below /missing), for demonstrations on loopback.",
    shouldDisplay: false)

  @Option(help: ArgumentHelp("Where to listen.", valueName: "host:port"))
  var listen = "127.0.0.1:8081"

  func run() async throws {
    guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]), (0...65_535).contains(port) else {
      throw ValidationError("--listen is HOST:PORT, not \(listen).")
    }
    let host = String(listen[..<colon])
    let group = MultiThreadedEventLoopGroup.singleton
    do {
      let channel = try await ServerBootstrap(group: group)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(SampleOriginHandler()) }
        }
        .bind(host: host, port: port).get()
      Terminal.error("sample origin on \(host):\(channel.localAddress?.port ?? port)")
      try await channel.closeFuture.get()
    } catch {
      Terminal.error("ropeline: cannot listen on \(listen): \(error)")
      throw ExitCode(2)
    }
  }
}

/// Understands requests as the proxy frames them: a Content-Length, or chunks.
private final class SampleOriginHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  private var received: [UInt8] = []

  /// A sample needs no more; a longer request ends the connection.
  private static let maximumBytes = 1 << 20

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received += Array(buffer: unwrapInboundIn(data))
    guard received.count <= Self.maximumBytes else { return context.close(promise: nil) }
    while let end = received.firstRange(of: Array("\r\n\r\n".utf8)) {
      let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
      let body = received[end.upperBound...]
      func value(_ name: String) -> String? {
        lines.dropFirst().first { $0.lowercased().hasPrefix(name + ":") }.map {
          $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
        }
      }
      var next = end.upperBound
      if let length = value("content-length").flatMap(Int.init) {
        guard body.count >= length else { return }
        next += length
      } else if value("transfer-encoding") != nil {
        guard let last = body.firstRange(of: Array("0\r\n\r\n".utf8)) else { return }
        next = last.upperBound
      }
      received.removeFirst(next)
      let words = (lines.first ?? "").split(separator: " ")
      answer(method: String(words.first ?? ""), target: words.count > 1 ? String(words[1]) : "/", context: context)
    }
  }

  private func answer(method: String, target: String, context: ChannelHandlerContext) {
    let isMissing = target.hasPrefix("/missing")
    let body = isMissing ? "{\"error\":\"not found\"}\n" : "{\"ok\":true}\n"
    var text =
      "HTTP/1.1 \(isMissing ? "404 Not Found" : "200 OK")\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
    if method != "HEAD" { text += body }
    context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(string: text)), promise: nil)
  }
}
