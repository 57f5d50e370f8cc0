import NIOCore
import NIOPosix

/// Stops a listener when nobody stands in its queue.
///
/// The kernel has shaken hands with the clients in the queue: they believe that they are connected, and would get a reset if the
/// listener closed over their heads. So new handshakes are dropped first (`HandshakeFilter`), those under way get the time of a
/// round trip, and the queue is emptied. Where the kernel takes no filter, the listener closes right after an accept has found the
/// queue empty, and what arrives in the microseconds between is lost.
final class ListenerHandler: ChannelInboundHandler {
  typealias InboundIn = Any
  typealias InboundOut = Any

  /// Fired through the listener's pipeline to have it close.
  struct Stop: Sendable {
    /// For handshakes under way.
    var settling: TimeAmount
  }

  /// Connections that are accepted in a row; fewer mean that the queue is empty.
  static let maximumAccepts = 256
  /// For a turn of the event loop, in which the queue is emptied.
  private static let patience = TimeAmount.milliseconds(10)

  private var count = 0
  private var closesWhenEmpty = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    count += 1
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    let isEmpty = count < Self.maximumAccepts
    count = 0
    if closesWhenEmpty, isEmpty { context.close(promise: nil) }
    context.fireChannelReadComplete()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let stop = event as? Stop else { return context.fireUserInboundEventTriggered(event) }
    let loop = context.eventLoop
    let bound = NIOLoopBound(context, eventLoop: loop)
    let isFiltered = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
      HandshakeFilter.attach(to: $0)
    }
    if isFiltered == true {
      loop.scheduleTask(in: stop.settling) {
        loop.scheduleTask(in: Self.patience) { bound.value.close(promise: nil) }
      }
    } else {
      closesWhenEmpty = true
      loop.scheduleTask(in: Self.patience) { bound.value.close(promise: nil) }
    }
  }
}
