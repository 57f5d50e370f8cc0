import Glibc
import Synchronization

/// Lines for a reader that may stop reading: kept up to a bound, and written by a thread that may wait for it.
final class LineQueue: Sendable {
  private struct State {
    var lines: [[UInt8]] = []
    /// Of lines that are not written yet, those in the thread's hands included.
    var byteCount = 0
    var isClosed = false
  }
  private let descriptor: Int32
  private let isOwned: Bool
  private let state = Mutex(State())
  private let dropped: DropCounter
  private let wakeUp: Semaphore

  /// For how long the thread waits, after `close`, for a reader that does not read.
  private static let patience: Int32 = 1000
  /// POSIX lets a write of so many bytes to a pipe happen whole or not at all; and with room for them it does not block.
  private static let atomicBytes = 4096

  /// - Throws: `LineWriterError` if there can be no more threads.
  init(descriptor: Int32, isOwned: Bool, dropped: DropCounter) throws(LineWriterError) {
    self.descriptor = descriptor
    self.isOwned = isOwned
    self.dropped = dropped
    wakeUp = Semaphore()
    try startThread()
  }

  var isEmpty: Bool { state.withLock { $0.byteCount == 0 } }

  /// Takes a line in, or drops it if too many bytes wait already. Never blocks.
  func append(_ line: [UInt8]) {
    let isTaken = state.withLock { state in
      guard !state.isClosed, state.byteCount + line.count + 1 <= LineWriter.maximumQueuedBytes else { return false }
      state.lines.append(line + [0x0A])
      state.byteCount += line.count + 1
      return true
    }
    if isTaken { wakeUp.signal() } else { dropped.add(1) }
  }

  /// What waits is still written if somebody reads it; then the thread ends.
  func close() {
    state.withLock { $0.isClosed = true }
    wakeUp.signal()
  }

  private func startThread() throws(LineWriterError) {
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<LineQueue>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    guard failure == 0 else {
      Unmanaged.passUnretained(self).release()
      throw LineWriterError(description: "no thread for a log: \(String(cString: strerror(failure)))")
    }
    pthread_detach(thread)
  }

  private func run() {
    var endsInFragment = false
    while true {
      wakeUp.wait()
      let (lines, isClosed) = state.withLock { state in
        defer { state.lines = [] }
        return (state.lines, state.isClosed)
      }
      for line in lines {
        // After a line that was written in part, the next one begins with a newline, so that it stands alone.
        let written = endsInFragment ? write([0x0A] + line) - 1 : write(line)
        if written < line.count { dropped.add(1) }
        if written >= 0 { endsInFragment = written > 0 && written < line.count }
        state.withLock { $0.byteCount -= line.count }
      }
      if isClosed && state.withLock({ $0.lines.isEmpty }) { break }
    }
    if isOwned { Glibc.close(descriptor) }
  }

  /// Writes what the reader takes, and gives its count: less than all if the reader is gone, or does not read and the queue is closed.
  private func write(_ line: [UInt8]) -> Int {
    line.withUnsafeBytes { buffer in
      var start = 0
      var waited: Int32 = 0
      while start < buffer.count {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        let ready = poll(&entry, 1, 100)
        if ready < 0 && errno != EINTR { return start }
        if ready <= 0 {
          waited += 100
          if waited >= Self.patience, state.withLock({ $0.isClosed }) { return start }
          continue
        }
        waited = 0
        let count = Glibc.write(descriptor, buffer.baseAddress.map { $0 + start }, min(buffer.count - start, Self.atomicBytes))
        if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
        if count <= 0 { return start }
        start += count
      }
      return start
    }
  }
}

/// A POSIX semaphore at an address of its own.
private final class Semaphore: @unchecked Sendable {
  private let handle = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() {
    handle.initialize(to: sem_t())
    sem_init(handle, 0, 0)
  }

  deinit {
    sem_destroy(handle)
    handle.deallocate()
  }

  func signal() { sem_post(handle) }
  func wait() { while sem_wait(handle) != 0 && errno == EINTR {} }
}
