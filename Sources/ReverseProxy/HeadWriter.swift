import Glibc
import NIOCore

/// Writes a head into room that is known to be large enough: no check, no copy and no reference count for each of its parts.
struct HeadWriter {
  private let start: UnsafeMutableRawPointer
  private let capacity: Int
  private(set) var count = 0

  init(_ room: UnsafeMutableRawBufferPointer) {
    guard let base = room.baseAddress else { preconditionFailure("no room for a head") }
    start = base
    capacity = room.count
  }

  @inline(__always)
  mutating func bytes(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    precondition(count + bytes.count <= capacity, "more of a head than was reckoned with")
    memcpy(start + count, source, bytes.count)
    count += bytes.count
  }

  mutating func bytes(_ array: [UInt8]) { array.withUnsafeBytes { bytes($0) } }

  @inline(__always)
  mutating func text(_ text: StaticString) { bytes(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) }

  mutating func number(_ number: Int) {
    var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
    withUnsafeMutableBytes(of: &digits) { room in
      var index = room.count
      var rest = number
      repeat {
        index -= 1
        room[index] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
      bytes(UnsafeRawBufferPointer(rebasing: room[index...]))
    }
  }

  mutating func name(_ name: RequestName) {
    if let given = name.given { return bytes(given) }
    withUnsafeTemporaryAllocation(byteCount: RequestName.count, alignment: 1) { room in
      name.write(to: room)
      bytes(UnsafeRawBufferPointer(room))
    }
  }
}

extension ByteBuffer {
  /// Whether nobody else has its bytes: those that were written to a channel have left this process then.
  var isOurs: Bool { mutating get { modifyIfUniquelyOwned { _ in true } ?? false } }

  /// - Parameter maximum: bytes that are written at most.
  mutating func writeHead(atMost maximum: Int, _ body: (inout HeadWriter) -> Void) {
    writeWithUnsafeMutableBytes(minimumWritableBytes: maximum) { room in
      var writer = HeadWriter(room)
      body(&writer)
      return writer.count
    }
  }
}
