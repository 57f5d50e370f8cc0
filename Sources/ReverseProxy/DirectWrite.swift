import Glibc
import NIOCore
import NIOPosix

/// The short way of bytes into a socket whose channel has nothing queued: one system call, and none of the queue's accounting, which
/// costs as much as reading a head.
///
/// What the socket does not take goes the usual way. Nothing may be queued in the channel when it is tried, or bytes would overtake
/// others; and the descriptor must be the channel's still: `close` is called before the channel can be closed, and as the first
/// thing when it was.
struct DirectWriter {
  private var descriptor: Int32 = -1

  /// The channel's socket; none in tests without one, and then all goes the usual way.
  mutating func open(_ context: ChannelHandlerContext) {
    let handle = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
    descriptor = (handle ?? nil) ?? -1
  }

  mutating func close() { descriptor = -1 }

  /// Sends what the socket takes at once, and drops it from the buffer; true if nothing is left. An error leaves all of it, for the
  /// channel to meet it again and to close.
  func send(_ buffer: inout ByteBuffer) -> Bool {
    guard descriptor >= 0 else { return false }
    let count = buffer.withUnsafeReadableBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    if count > 0 { buffer.moveReaderIndex(forwardBy: count) }
    return buffer.readableBytes == 0
  }
}
