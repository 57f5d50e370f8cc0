import Glibc
import Synchronization

/// Appends whole lines to a file, a pipe or standard output, from any thread. What cannot be written is counted, never waited for.
///
/// A line for a regular file is in it when the call returns: one `write` on a descriptor opened with `O_APPEND`, so that lines of
/// several processes do not mix either. Everything else (pipes, terminals, sockets) may have a reader that stops reading, and then
/// a `write` blocks: there a thread of its own takes lines from a bounded queue.
public final class LineWriter: Sendable {
  /// Bytes that wait for a reader; lines beyond them are dropped. 4 MiB: about 5,000 audit records.
  public static let maximumQueuedBytes = 4 * 1024 * 1024

  private enum Output {
    case file(LineFile)
    case queue(LineQueue)
  }
  private let path: String
  private let output: Mutex<Output>
  private let dropped: DropCounter

  /// - Parameter path: a file, a named pipe, or `-` for standard output.
  /// - Throws: `LineWriterError` if it cannot be opened; the operator's configuration is at fault.
  public init(path: String) throws(LineWriterError) {
    self.path = path
    dropped = DropCounter()
    output = Mutex(try Self.open(path, dropped: dropped))
  }

  deinit { output.withLock { Self.retire($0) } }

  private static func open(_ path: String, dropped: DropCounter) throws(LineWriterError) -> Output {
    var status = stat()
    if path == "-" {
      fstat(STDOUT_FILENO, &status)
      let isFile = status.st_mode & S_IFMT == S_IFREG
      return isFile
        ? .file(LineFile(descriptor: STDOUT_FILENO, isOwned: false))
        : .queue(try LineQueue(descriptor: STDOUT_FILENO, isOwned: false, dropped: dropped))
    }
    // To open a named pipe for writing only waits for a reader. To read it as well does not, and it outlives its readers.
    let isPipe = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    let flags = isPipe ? O_RDWR | O_NONBLOCK : O_WRONLY | O_APPEND | O_CREAT
    let descriptor = Glibc.open(path, flags | O_CLOEXEC | O_NOCTTY, 0o640)
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
      throw LineWriterError(description: "\(path): \(String(cString: strerror(errno)))")
    }
    return status.st_mode & S_IFMT == S_IFREG
      ? .file(LineFile(descriptor: descriptor, isOwned: true))
      : .queue(try LineQueue(descriptor: descriptor, isOwned: true, dropped: dropped))
  }

  private static func retire(_ output: Output) {
    switch output {
    case .file(let file): file.close()
    case .queue(let queue): queue.close()
    }
  }

  /// Lines lost because they could not be written, or because nobody read those before them.
  public var droppedCount: Int { dropped.count }

  /// Writes one line; the newline is added.
  public func write(_ line: [UInt8]) {
    let queue: LineQueue? = output.withLock { output in
      switch output {
      case .queue(let queue): return queue
      case .file(var file):
        if !file.write(line) { dropped.add(1) }
        output = .file(file)
        return nil
      }
    }
    queue?.append(line)
  }

  /// Opens the file anew after it was rotated (SIGUSR1). The old one stays in use if the new one cannot be opened.
  public func reopen() throws(LineWriterError) {
    guard path != "-" else { return }
    let fresh = try Self.open(path, dropped: dropped)
    output.withLock {
      Self.retire($0)
      $0 = fresh
    }
  }

  /// Returns when every line has been written, or this much time has passed: before the process ends.
  public func finish(within limit: Duration) async {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
      let isEmpty = output.withLock { output in
        if case .queue(let queue) = output { queue.isEmpty } else { true }
      }
      if isEmpty { return }
      try? await Task.sleep(for: .milliseconds(5))
    }
  }
}

/// Why a log cannot be opened; the operator's configuration is at fault.
public struct LineWriterError: Error, CustomStringConvertible, Sendable {
  public var description: String
}

/// Counts lost lines, for the writer and its thread alike.
final class DropCounter: Sendable {
  private let value = Atomic<Int>(0)

  var count: Int { value.load(ordering: .relaxed) }
  func add(_ count: Int) { value.add(count, ordering: .relaxed) }
}
