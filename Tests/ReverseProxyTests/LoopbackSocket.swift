import Glibc
import Synchronization

/// One end of a loopback connection with blocking calls that give up after twenty seconds.
final class LoopbackSocket: Sendable {
  let descriptor: Int32
  private let isClosed = Atomic<Bool>(false)

  init(descriptor: Int32) {
    self.descriptor = descriptor
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  /// - Parameter receiveBuffer: bytes that the kernel takes for a slow reader; its own choice if nil.
  static func connect(port: Int, receiveBuffer: Int32? = nil) -> LoopbackSocket {
    let result = LoopbackSocket(descriptor: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    if var size = receiveBuffer { setsockopt(result.descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size)) }
    _ = withAddress(port: port) { Glibc.connect(result.descriptor, $0, $1) }
    return result
  }

  /// Nil if nobody listens.
  static func connectIfPossible(port: Int) -> LoopbackSocket? {
    let result = LoopbackSocket(descriptor: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    if withAddress(port: port, { Glibc.connect(result.descriptor, $0, $1) }) == 0 { return result }
    result.close()
    return nil
  }

  static func withAddress<Result>(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }

  /// False if the peer is gone.
  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count <= 0 { return false }
      start += count
    }
    return true
  }

  /// What comes next; empty at the end.
  func receive(atMost limit: Int = 65_536) -> [UInt8] {
    var chunk = [UInt8](repeating: 0, count: limit)
    let count = recv(descriptor, &chunk, limit, 0)
    return count > 0 ? Array(chunk[..<count]) : []
  }

  /// Reads until `text` was seen, or the peer closes.
  func receive(until text: String) -> String {
    var bytes: [UInt8] = []
    while !String(decoding: bytes, as: UTF8.self).contains(text) {
      let more = receive()
      if more.isEmpty { break }
      bytes += more
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// - Parameter end: with these bytes enough was read.
  func receiveToEnd(orUntil end: String? = nil) -> String {
    var bytes: [UInt8] = []
    while case let more = receive(), !more.isEmpty {
      bytes += more
      if let end, bytes.suffix(end.utf8.count).elementsEqual(end.utf8) { break }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }
  /// A second call does nothing: the number may be another socket's by then, of a test that runs beside this one.
  func close() { if !isClosed.exchange(true, ordering: .sequentiallyConsistent) { Glibc.close(descriptor) } }

  /// Closes so that the peer sees a reset.
  func abort() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close()
  }
}

/// An origin that does on each connection what the test says: one thread for each, so that it can be as slow or rude as it likes.
final class ScriptedOrigin: Sendable {
  private let listener: Int32
  let port: Int
  private let accepted = Atomic<Int>(0)
  private let isStopped = Atomic<Bool>(false)

  /// How many connections there were.
  var connectionCount: Int { accepted.load(ordering: .sequentiallyConsistent) }

  /// - Parameter script: called with the connection and its number, from 0; the connection is closed when it returns.
  init(_ script: @escaping @Sendable (LoopbackSocket, Int) -> Void) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    listener = descriptor
    _ = LoopbackSocket.withAddress(port: 0) { bind(descriptor, $0, $1) }
    listen(descriptor, 16)
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    port = Int(in_port_t(bigEndian: address.sin_port))
    Thread.start { [self] in
      while true {
        let client = accept(descriptor, nil, nil)
        if isStopped.load(ordering: .sequentiallyConsistent) {
          if client >= 0 { Glibc.close(client) }
          break
        }
        guard client >= 0 else { continue }
        let number = accepted.add(1, ordering: .sequentiallyConsistent).oldValue
        Thread.start {
          let connection = LoopbackSocket(descriptor: client)
          script(connection, number)
          connection.close()
        }
      }
    }
  }

  /// When neither the thread nor a test knows its number any more.
  deinit { Glibc.close(listener) }

  /// A second call does nothing. To shut down by a number that was closed would end a connection of a test that runs beside this one.
  func stop() { if !isStopped.exchange(true, ordering: .sequentiallyConsistent) { shutdown(listener, Int32(SHUT_RDWR)) } }
}

/// A thread of a test's own, for calls that block: the tasks' threads are few.
final class Thread: Sendable {
  private let body: @Sendable () -> Void
  private let isDone = Atomic<Bool>(false)

  private init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  @discardableResult
  static func start(_ body: @escaping @Sendable () -> Void) -> Thread {
    let thread = Thread(body)
    var handle = pthread_t()
    pthread_create(
      &handle, nil,
      { argument in
        if let argument {
          let thread = Unmanaged<Thread>.fromOpaque(argument).takeRetainedValue()
          thread.body()
          thread.isDone.store(true, ordering: .releasing)
        }
        return nil
      }, Unmanaged.passRetained(thread).toOpaque())
    pthread_detach(handle)
    return thread
  }

  /// Runs `body` on a thread of its own, so that what it waits for finds a thread to run on: a drain is a task like the test.
  static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in start { continuation.resume(returning: body()) } }
  }

  /// Returns when the thread has ended.
  func wait() {
    while !isDone.load(ordering: .acquiring) { usleep(2000) }
  }
}
