import Glibc
import Synchronization

/// Appends whole lines to a file or to standard output, from any thread.
///
/// A line is written with one `write` on a descriptor opened with `O_APPEND`, so that it is in the file when the call returns and
/// lines of several threads do not mix. What cannot be written is counted, never waited for.
public final class LineWriter: Sendable {
  private let path: String
  private let descriptor: Mutex<Int32>
  private let dropped = Atomic<Int>(0)

  /// - Parameter path: a file, or `-` for standard output.
  /// - Throws: `LineWriterError` if the file cannot be opened.
  public init(path: String) throws(LineWriterError) {
    self.path = path
    descriptor = Mutex(try Self.open(path))
  }

  deinit {
    descriptor.withLock { if path != "-" { close($0) } }
  }

  private static func open(_ path: String) throws(LineWriterError) -> Int32 {
    if path == "-" { return STDOUT_FILENO }
    let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw LineWriterError(description: "\(path): \(String(cString: strerror(errno)))") }
    return descriptor
  }

  /// Lines lost because the file could not be written.
  public var droppedCount: Int { dropped.load(ordering: .relaxed) }

  /// Writes one line; the newline is added.
  public func write(_ line: [UInt8]) {
    var bytes = line
    bytes.append(0x0A)
    let isWritten = descriptor.withLock { descriptor in
      bytes.withUnsafeBytes { buffer in
        var start = 0
        while start < buffer.count {
          let count = Glibc.write(descriptor, buffer.baseAddress.map { $0 + start }, buffer.count - start)
          if count < 0 && errno == EINTR { continue }
          if count <= 0 { return false }
          start += count
        }
        return true
      }
    }
    if !isWritten { dropped.add(1, ordering: .relaxed) }
  }

  /// Opens the file anew after it was rotated (SIGUSR1). The old one stays in use if the new one cannot be opened.
  public func reopen() throws(LineWriterError) {
    guard path != "-" else { return }
    let fresh = try Self.open(path)
    descriptor.withLock {
      close($0)
      $0 = fresh
    }
  }
}

/// Why a log cannot be opened; the operator's configuration is at fault.
public struct LineWriterError: Error, CustomStringConvertible, Sendable {
  public var description: String
}
