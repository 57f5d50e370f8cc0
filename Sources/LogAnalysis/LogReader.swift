import CZlib
import Glibc

/// Reads a log in pieces, inflates it if it is gzip (by its first bytes, never by its name), and hands out its lines.
///
/// Memory: one piece, and the longest line. Lines longer than `maximumLineBytes` are handed out cut, and marked.
public struct LogReader {
  /// 1 MiB.
  public static let maximumLineBytes = 1 << 20
  private static let pieceBytes = 1 << 20

  public init() {}

  /// Calls `body` with the number and the bytes of each line, without its line end.
  ///
  /// - Parameter path: a file, or `-` for standard input.
  /// - Throws: `LogReadError` if the file cannot be read, or a compressed one is damaged; lines before that have been handed out.
  public func forEachLine(of path: String, _ body: (_ number: Int, _ line: UnsafeBufferPointer<UInt8>, _ isCut: Bool) throws -> Void) throws
  {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LogReadError(description: "\(path): \(String(cString: strerror(errno)))") }
    defer { if path != "-" { close(descriptor) } }
    var splitter = LineSplitter()
    var input = [UInt8](repeating: 0, count: Self.pieceBytes)
    var inflater: Inflater?
    var isFirst = true
    while true {
      let count = read(descriptor, &input, input.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw LogReadError(description: "\(path): \(String(cString: strerror(errno)))")
      }
      if count == 0 { break }
      if isFirst, count >= 2, input[0] == 0x1F, input[1] == 0x8B { inflater = try Inflater(path: path) }
      isFirst = false
      if let inflater {
        try input[..<count].withUnsafeBufferPointer { try inflater.inflate($0) { try splitter.add($0, body) } }
      } else {
        try input[..<count].withUnsafeBufferPointer { try splitter.add($0, body) }
      }
    }
    try splitter.finish(body)
    if let inflater, !inflater.isAtEnd { throw LogReadError(description: "\(path): the compressed data ends in the middle") }
  }
}

/// Why a log cannot be read.
public struct LogReadError: Error, Sendable, CustomStringConvertible {
  public var description: String
}

/// Cuts pieces into lines.
private struct LineSplitter {
  private var rest: [UInt8] = []
  private var isSkipping = false
  private var number = 0

  typealias Body = (Int, UnsafeBufferPointer<UInt8>, Bool) throws -> Void

  mutating func add(_ piece: UnsafeBufferPointer<UInt8>, _ body: Body) throws {
    var start = 0
    while start < piece.count, let base = piece.baseAddress {
      guard let found = memchr(base + start, 0x0A, piece.count - start) else { break }
      let end = base.distance(to: found.assumingMemoryBound(to: UInt8.self))
      let part = UnsafeBufferPointer(rebasing: piece[start..<end])
      if rest.isEmpty && !isSkipping {
        try emit(part, body)
      } else {
        append(part)
        try emitRest(body)
      }
      start = end + 1
    }
    append(UnsafeBufferPointer(rebasing: piece[start...]))
  }

  mutating func finish(_ body: Body) throws {
    if !rest.isEmpty { try emitRest(body) }
  }

  private mutating func append(_ part: UnsafeBufferPointer<UInt8>) {
    let room = LogReader.maximumLineBytes - rest.count
    if part.count > room { isSkipping = true }
    rest.append(contentsOf: part.prefix(room))
  }

  private mutating func emitRest(_ body: Body) throws {
    number += 1
    let isCut = isSkipping
    try rest.withUnsafeBufferPointer { try body(number, trimmed($0), isCut) }
    rest.removeAll(keepingCapacity: true)
    isSkipping = false
  }

  private mutating func emit(_ line: UnsafeBufferPointer<UInt8>, _ body: Body) throws {
    number += 1
    let isLong = line.count > LogReader.maximumLineBytes
    try body(number, trimmed(isLong ? UnsafeBufferPointer(rebasing: line[..<LogReader.maximumLineBytes]) : line), isLong)
  }

  private func trimmed(_ line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    line.last == 0x0D ? UnsafeBufferPointer(rebasing: line.dropLast()) : line
  }
}

/// Inflates gzip, several members in a row too.
private final class Inflater {
  private var stream = z_stream()
  private var output = [UInt8](repeating: 0, count: 1 << 18)
  private let path: String
  private(set) var isAtEnd = false

  init(path: String) throws {
    self.path = path
    // 15 + 32: the largest window, gzip or zlib by the header.
    guard inflateInit2_(&stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw LogReadError(description: "\(path): zlib cannot be started")
    }
  }

  deinit { inflateEnd(&stream) }

  func inflate(_ input: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
    guard let base = input.baseAddress else { return }
    stream.next_in = UnsafeMutablePointer(mutating: base)
    stream.avail_in = UInt32(input.count)
    while stream.avail_in > 0 {
      if isAtEnd {
        // Padding of zeros after the last member is no member.
        if stream.next_in.pointee == 0 { return }
        inflateReset(&stream)
        isAtEnd = false
      }
      var produced = 0
      var result: Int32 = Z_OK
      output.withUnsafeMutableBufferPointer { buffer in
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(buffer.count)
        result = CZlib.inflate(&stream, Z_NO_FLUSH)
        produced = buffer.count - Int(stream.avail_out)
      }
      if produced > 0 { try output[..<produced].withUnsafeBufferPointer { try body($0) } }
      if result == Z_STREAM_END {
        isAtEnd = true
      } else if result != Z_OK && result != Z_BUF_ERROR {
        throw LogReadError(description: "\(path): the compressed data is damaged")
      }
    }
  }
}
