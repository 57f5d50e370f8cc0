import Glibc
import NIOCore

/// Whether what was written to a peer arrives there, however slowly.
///
/// That a write returned says little: megabytes fit into the kernel's buffer, and it reports room only when a third of it is free.
/// A reader of 5 kB/s would seem to stand still for minutes. So bytes count when the peer has acknowledged them.
struct WriteProgress {
  private var written = 0
  private var arrivedBefore = 0

  /// Takes note of bytes given to the channel.
  mutating func wrote(_ count: Int) { written += count }

  /// Whether bytes have arrived since the last call.
  ///
  /// - Parameter underWay: bytes that were written and have not arrived.
  mutating func hasMoved(underWay: Int) -> Bool {
    defer { arrivedBefore = written - underWay }
    return written - underWay > arrivedBefore
  }
}

extension Channel {
  /// Bytes that were written and have not left this process. On the channel's event loop only.
  var unsentBytes: Int { (try? syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 }

  /// Bytes that were written and that the peer has not acknowledged. On the channel's event loop only.
  var bytesUnderWay: Int {
    let inKernel = try? pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { socket in
      var count: Int32 = 0
      return ioctl(socket, UInt(TIOCOUTQ), &count) == 0 ? Int(count) : 0
    }
    return unsentBytes + (inKernel ?? 0)
  }
}
