import HTTPWire
import NIOCore
import NIOPosix

/// The admin port: `/livez`, `/readyz`, `/metrics`, `/version`. Never on the data port.
final class AdminHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let shared: ProxyShared
  private let parser = RequestHeadParser()
  private var buffer = ByteBuffer()
  private var isAnswered = false
  private var timer: Scheduled<Void>?

  init(shared: ProxyShared) { self.shared = shared }

  static func bind(host: String, port: Int, group: any EventLoopGroup, shared: ProxyShared) async throws -> any Channel {
    try await ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(AdminHandler(shared: shared)) }
      }
      .bindOrExplain(host: host, port: port)
  }

  func channelActive(context: ChannelHandlerContext) {
    close(context, in: shared.configuration.headTimeout)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    context.fireChannelInactive()
  }

  /// A connection carries one request, and neither that nor its answer may take for ever.
  private func close(_ context: ChannelHandlerContext, in limit: Duration) {
    timer?.cancel()
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: TimeAmount(limit)) { bound.value.close(promise: nil) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isAnswered { return }
    buffer.receive(unwrapInboundIn(data))
    guard case .head(let parsed, _) = buffer.withUnsafeReadableBytes({ parser.parse($0) }) else { return }
    buffer = ByteBuffer()
    isAnswered = true
    close(context, in: shared.configuration.writeTimeout)
    let (status, type, body) =
      parsed.fault == nil
      ? answer(to: String(decoding: parsed.head.target, as: UTF8.self)) : ("400 Bad Request", "text/plain", "bad request\n")
    let text =
      "HTTP/1.1 \(status)\r\nContent-Type: \(type); charset=utf-8\r\nContent-Length: \(body.utf8.count)\r\n"
      + "Cache-Control: no-store\r\nConnection: close\r\n\r\n\(body)"
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(string: text))).whenComplete { _ in
      bound.value.close(promise: nil)
    }
  }

  private func answer(to target: String) -> (status: String, type: String, body: String) {
    let dropped = (shared.configuration.audit?.droppedCount ?? 0) + (shared.configuration.access?.droppedCount ?? 0)
    switch target.prefix(while: { $0 != "?" }) {
    case "/livez", "/healthz": return ("200 OK", "text/plain", "alive\n")
    case "/readyz":
      if shared.isDraining.load(ordering: .relaxed) { return ("503 Service Unavailable", "text/plain", "draining\n") }
      return ("200 OK", "text/plain", "ready\n")
    case "/metrics":
      return ("200 OK", "text/plain; version=0.0.4", shared.metrics.text(droppedLines: dropped, heldBytes: shared.held.total))
    case "/version": return ("200 OK", "application/json", "{\"version\":\"\(shared.configuration.version)\"}\n")
    default: return ("404 Not Found", "text/plain", "not found: /livez, /readyz, /metrics, /version\n")
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
