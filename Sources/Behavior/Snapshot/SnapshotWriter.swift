/// What an engine has learned, as bytes: values in the machine's own order one after the other.
///
/// Arrays are written without their zeros, of which most consist.
struct SnapshotWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put<Value: BitwiseCopyable>(_ value: Value) {
    withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
  }

  mutating func put<Value: BitwiseCopyable>(_ values: [Value]) {
    values.withUnsafeBufferPointer { put($0) }
  }

  /// The count, then each value that is not all zeros with its place.
  mutating func put<Value: BitwiseCopyable>(_ values: UnsafeBufferPointer<Value>) {
    put(UInt64(values.count))
    let start = bytes.count
    put(UInt64(0))
    var kept: UInt64 = 0
    for index in values.indices {
      let isZero = withUnsafeBytes(of: values[index]) { $0.allSatisfy { $0 == 0 } }
      guard !isZero else { continue }
      kept += 1
      put(UInt32(index))
      put(values[index])
    }
    withUnsafeBytes(of: kept) { bytes.replaceSubrange(start..<(start + 8), with: $0) }
  }

  mutating func put(_ text: String) {
    put(UInt32(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }
}

/// Why a snapshot is not used.
public struct SnapshotError: Error, Sendable, Equatable, CustomStringConvertible {
  public let description: String
}

/// Reads what a `SnapshotWriter` wrote. Whatever the bytes are, it ends with a value or an error.
struct SnapshotReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  var isAtEnd: Bool { position == bytes.endIndex }

  mutating func take<Value: BitwiseCopyable>(_ value: inout Value) throws(SnapshotError) {
    let size = MemoryLayout<Value>.size
    guard bytes.endIndex - position >= size else { throw SnapshotError(description: "the snapshot ends too early") }
    let range = position..<(position + size)
    withUnsafeMutableBytes(of: &value) { target in
      bytes[range].withUnsafeBytes { target.copyMemory(from: $0) }
    }
    position += size
  }

  /// Into an array of the same size; one of another size is of another version.
  mutating func take<Value: BitwiseCopyable>(_ values: inout [Value]) throws(SnapshotError) {
    // Zeros are not written, and not every array begins with zeros.
    values.withUnsafeMutableBytes { for index in $0.indices { $0[index] = 0 } }
    try take(into: values.count) { index, value in values[index] = value }
  }

  mutating func take<Value: BitwiseCopyable>(into count: Int, _ store: (Int, Value) -> Void) throws(SnapshotError) {
    var total: UInt64 = 0
    var kept: UInt64 = 0
    try take(&total)
    try take(&kept)
    guard total == UInt64(count), kept <= total else { throw SnapshotError(description: "the snapshot is of another size") }
    for _ in 0..<kept {
      var index: UInt32 = 0
      try take(&index)
      guard index < total else { throw SnapshotError(description: "the snapshot names a place that does not exist") }
      store(Int(index), try value())
    }
  }

  /// One value, all of whose bytes are read.
  private mutating func value<Value: BitwiseCopyable>() throws(SnapshotError) -> Value {
    let size = MemoryLayout<Value>.size
    guard bytes.endIndex - position >= size else { throw SnapshotError(description: "the snapshot ends too early") }
    let range = position..<(position + size)
    position += size
    return bytes[range].withUnsafeBytes { $0.loadUnaligned(as: Value.self) }
  }

  mutating func takeText() throws(SnapshotError) -> String {
    var count: UInt32 = 0
    try take(&count)
    guard Int(count) <= bytes.endIndex - position else { throw SnapshotError(description: "the snapshot ends too early") }
    defer { position += Int(count) }
    return String(decoding: bytes[position..<(position + Int(count))], as: UTF8.self)
  }

  /// A number of things that follow.
  mutating func takeCount(atMost most: Int) throws(SnapshotError) -> Int {
    var count: UInt64 = 0
    try take(&count)
    guard count <= UInt64(most) else { throw SnapshotError(description: "the snapshot holds more than there is room for") }
    return Int(count)
  }
}
