import NIOCore

extension ByteBuffer {
  /// Takes in what was received, behind what has not been read yet.
  ///
  /// A peer that always sends a bit of its next message with this one never lets the buffer run empty. Bytes that were read are
  /// dropped here, or it would grow as long as the connection lasts; they are dropped when the rest, which moves, is the smaller
  /// half, so that every byte moves once on average.
  mutating func receive(_ incoming: ByteBuffer) {
    guard readableBytes > 0 else {
      self = incoming
      return
    }
    if readerIndex >= readableBytes { discardReadBytes() }
    writeImmutableBuffer(incoming)
  }
}
