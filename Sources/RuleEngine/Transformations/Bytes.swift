/// Small helpers that transformations share.
enum Bytes {
  /// Index of the first byte for which `test` holds, or nil: the identity check that spares most values a copy.
  @inline(__always)
  static func first(_ input: UnsafeBufferPointer<UInt8>, where test: (UInt8) -> Bool) -> Int? {
    var index = 0
    while index < input.count {
      if test(input[index]) { return index }
      index += 1
    }
    return nil
  }

  @inline(__always)
  static func begin(_ output: inout OutputBytes, with input: UnsafeBufferPointer<UInt8>, upTo index: Int) {
    output.begin(reserving: input.count)
    output.append(contentsOf: UnsafeBufferPointer(rebasing: input[0..<index]))
  }

  /// The value of a hex digit, or 255.
  @inline(__always)
  static func hexValue(_ byte: UInt8) -> UInt8 {
    if byte &- 0x30 < 10 { return byte &- 0x30 }
    let folded = byte | 0x20
    return folded &- 0x61 < 6 ? folded &- 0x61 &+ 10 : 255
  }

  @inline(__always)
  static func isHex(_ byte: UInt8) -> Bool { hexValue(byte) != 255 }

  /// Space, tab, newline, vertical tab, form feed, carriage return.
  @inline(__always)
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 9 < 5 }

  static let hexDigits: [UInt8] = Array("0123456789abcdef".utf8)
}
