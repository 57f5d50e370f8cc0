import NIOCore

/// Stops a listener when nobody stands in its queue.
///
/// The kernel has shaken hands with the clients in the queue: they believe that they are connected, and would get a reset if the
/// listener closed over their heads. So it closes right after an accept has found the queue empty. What arrives in the microseconds
/// between is lost; there is no way to refuse handshakes first and to empty the queue then.
final class ListenerHandler: ChannelInboundHandler {
  typealias InboundIn = Any
  typealias InboundOut = Any

  /// Fired through the listener's pipeline to have it close.
  struct Stop: Sendable {}

  /// Connections that are accepted in a row; fewer mean that the queue is empty.
  static let maximumAccepts = 256
  /// When no connection comes to end the wait.
  private static let patience = TimeAmount.milliseconds(10)

  private var count = 0
  private var isStopping = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    count += 1
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    let isEmpty = count < Self.maximumAccepts
    count = 0
    if isStopping, isEmpty { context.close(promise: nil) }
    context.fireChannelReadComplete()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event is Stop else { return context.fireUserInboundEventTriggered(event) }
    isStopping = true
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: Self.patience) { bound.value.close(promise: nil) }
  }
}
