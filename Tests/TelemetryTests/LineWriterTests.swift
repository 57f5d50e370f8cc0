import Glibc
import Synchronization
import Testing

@testable import Telemetry

@Suite("Line writers")
struct LineWriterTests {
  /// A directory of this test's own, removed at the end.
  private func withDirectory<Result>(_ body: (String) async throws -> Result) async rethrows -> Result {
    var template = Array("/tmp/ropeline-lines-XXXXXX".utf8CString)
    let path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    defer {
      unlink("\(path)/log")
      rmdir(path)
    }
    return try await body(path)
  }

  private func read(_ descriptor: Int32, atLeast count: Int = .max) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while bytes.count < count {
      let size = Glibc.read(descriptor, &chunk, chunk.count)
      if size <= 0 { break }
      bytes += chunk[..<size]
    }
    return bytes
  }

  @Test("a line is in a regular file when the call returns, and in the new one after a rotation")
  func regularFile() async throws {
    try await withDirectory { directory in
      let path = "\(directory)/log"
      func content() -> String {
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        return String(decoding: read(descriptor), as: UTF8.self)
      }
      let writer = try LineWriter(path: path)
      writer.write(Array("one".utf8))
      #expect(content() == "one\n")
      writer.write(Array("two".utf8))
      #expect(content() == "one\ntwo\n")
      unlink(path)
      try writer.reopen()
      writer.write(Array("three".utf8))
      #expect(content() == "three\n")
      #expect(writer.droppedCount == 0)
    }
  }

  @Test("a pipe that nobody reads costs lines, counted, and no time")
  func unreadPipe() async throws {
    try await withDirectory { directory in
      let path = "\(directory)/log"
      #expect(mkfifo(path, 0o600) == 0)
      let start = ContinuousClock.now
      let writer = try LineWriter(path: path)
      let line = Array(repeating: UInt8(ascii: "a"), count: 999)
      for _ in 0..<10_000 { writer.write(line) }
      #expect(ContinuousClock.now - start < .seconds(2))
      let dropped = writer.droppedCount
      #expect((5000..<10_000).contains(dropped), "\(dropped)")

      // What was kept is there, whole, when a reader comes.
      let reader = open(path, O_RDONLY | O_NONBLOCK)
      defer { close(reader) }
      #expect(fcntl(reader, F_SETFL, 0) == 0)
      let bytes = read(reader, atLeast: (10_000 - dropped) * 1000)
      #expect(bytes.count == (10_000 - dropped) * 1000)
      #expect(bytes.split(separator: 0x0A).allSatisfy { $0.elementsEqual(line) })
      await writer.finish(within: .seconds(2))
      writer.write(line)
      #expect(read(reader, atLeast: 1000).count == 1000)
      #expect(writer.droppedCount == dropped)
    }
  }

  @Test("a line longer than a pipe takes at once arrives in one piece")
  func longLines() async throws {
    try await withDirectory { directory in
      let path = "\(directory)/log"
      #expect(mkfifo(path, 0o600) == 0)
      let writer = try LineWriter(path: path)
      for index in 0..<10 { writer.write(Array(repeating: UInt8(ascii: "0") + UInt8(index), count: 100_000)) }
      let reader = open(path, O_RDONLY)
      defer { close(reader) }
      let lines = read(reader, atLeast: 1_000_010).split(separator: 0x0A)
      #expect(lines.map(\.count) == Array(repeating: 100_000, count: 10))
      #expect(lines.allSatisfy { line in line.allSatisfy { $0 == line.first } })
    }
  }

  @Test("after half a line, as on a full disk, the next one stands alone")
  func fullDisk() {
    final class Disk: Sendable {
      let bytes = Mutex<[UInt8]>([])
      let room = Mutex(10)
    }
    let disk = Disk()
    var file = LineFile(descriptor: -1, isOwned: false) { _, buffer in
      disk.room.withLock { room in
        guard room > 0 else {
          errno = ENOSPC
          return -1
        }
        let count = min(room, buffer.count)
        room -= count
        disk.bytes.withLock { $0 += buffer[..<count] }
        return count
      }
    }
    let results = ["first", "second", "third"].map { line in file.write(Array(line.utf8)) }
    #expect(results == [true, false, false])
    disk.room.withLock { $0 = 100 }
    let later = ["fourth", "fifth"].map { line in file.write(Array(line.utf8)) }
    #expect(later == [true, true])
    #expect(String(decoding: disk.bytes.withLock { $0 }, as: UTF8.self) == "first\nseco\nfourth\nfifth\n")
  }

  @Test("a file that cannot be opened is the operator's mistake, and named")
  func noSuchDirectory() {
    #expect(throws: LineWriterError.self) { try LineWriter(path: "/nonexistent-directory/log") }
  }
}
