/// Reads the wire format of protocol buffers: tags, varints and lengths within a range of bytes.
struct ProtobufReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private(set) var index: Int
  let end: Int

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    self.bytes = bytes
    index = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { index >= end }

  /// At most ten bytes; nil if it does not end, or does not fit into 64 bits.
  mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while index < end, shift < 70 {
      let byte = bytes[index]
      index += 1
      if shift == 63, byte > 1 { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
    return nil
  }

  /// A field's number, from 1 to 2^29 - 1, and its wire type.
  mutating func tag() -> (number: Int, wireType: Int)? {
    guard let value = varint(), value <= UInt64(UInt32.max), value >> 3 > 0 else { return nil }
    return (Int(value >> 3), Int(value & 7))
  }

  /// A length and as many bytes.
  mutating func delimited() -> Range<Int>? {
    guard let length = varint(), length <= UInt64(end - index) else { return nil }
    let start = index
    index += Int(length)
    return start..<index
  }

  mutating func skip(_ count: Int) -> Bool {
    guard count <= end - index else { return false }
    index += count
    return true
  }

  /// Passes over a value; groups with all that is in them. False if it is cut off or of no known wire type.
  mutating func skip(wireType: Int, number: Int) -> Bool {
    switch wireType {
    case 0: return varint() != nil
    case 1: return skip(8)
    case 2: return delimited() != nil
    case 5: return skip(4)
    case 3:
      var open = [number]
      while let innermost = open.last {
        guard let (number, wireType) = tag() else { return false }
        switch wireType {
        case 3:
          guard open.count < 100 else { return false }
          open.append(number)
        case 4:
          guard number == innermost else { return false }
          open.removeLast()
        default: guard skip(wireType: wireType, number: number) else { return false }
        }
      }
      return true
    default: return false
    }
  }
}
