import Glibc

/// An open file to which lines are appended.
struct LineFile {
  let descriptor: Int32
  /// Whether it is ours to close.
  let isOwned: Bool
  /// Whether the last line could be written in part only, as when the disk became full.
  private var endsInFragment = false
  /// `write(2)`, or what a test puts in its place.
  private let writeBytes: @Sendable (Int32, UnsafeRawBufferPointer) -> Int

  init(
    descriptor: Int32, isOwned: Bool,
    writeBytes: @escaping @Sendable (Int32, UnsafeRawBufferPointer) -> Int = { Glibc.write($0, $1.baseAddress, $1.count) }
  ) {
    self.descriptor = descriptor
    self.isOwned = isOwned
    self.writeBytes = writeBytes
  }

  /// Writes a line and its newline; false if not all of it could be. The next line then begins with a newline, so that it stands
  /// alone.
  mutating func write(_ line: [UInt8]) -> Bool {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(line.count + 2)
    if endsInFragment { bytes.append(0x0A) }
    bytes += line
    bytes.append(0x0A)
    return bytes.withUnsafeBytes { buffer in
      var start = 0
      while start < buffer.count {
        let count = writeBytes(descriptor, UnsafeRawBufferPointer(rebasing: buffer[start...]))
        if count < 0 && errno == EINTR { continue }
        if count <= 0 {
          if start > 0 { endsInFragment = true }
          return false
        }
        start += count
      }
      endsInFragment = false
      return true
    }
  }

  func close() {
    if isOwned { Glibc.close(descriptor) }
  }
}
