/// `utf8toUnicode`.
enum UnicodeEscaping {
  /// Each well-formed multi-byte sequence becomes `%uhhhh` (more digits above FFFF); other bytes are copied.
  static func encode(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    guard var index = Bytes.first(input, where: { $0 >= 0x80 }) else { return false }
    Bytes.begin(&output, with: input, upTo: index)
    var isChanged = false
    while index < input.count {
      let (scalar, length) = sequence(input, at: index)
      if let scalar {
        output.append(0x25)
        output.append(0x75)
        var shift: UInt32 = scalar > 0xFFFFF ? 20 : scalar > 0xFFFF ? 16 : 12
        while true {
          output.append(Bytes.hexDigits[Int(scalar >> shift & 15)])
          if shift == 0 { break }
          shift -= 4
        }
        isChanged = true
      } else {
        output.append(input[index])
      }
      index += length
    }
    return isChanged
  }

  /// The scalar of a well-formed sequence of two to four bytes (RFC 3629 section 4), or nil and one byte to copy.
  private static func sequence(_ input: UnsafeBufferPointer<UInt8>, at index: Int) -> (UInt32?, length: Int) {
    let lead = input[index]
    func tail(_ offset: Int) -> UInt32? {
      guard index + offset < input.count, input[index + offset] & 0xC0 == 0x80 else { return nil }
      return UInt32(input[index + offset] & 0x3F)
    }
    if lead & 0xE0 == 0xC0, let a = tail(1) {
      let scalar = UInt32(lead & 0x1F) << 6 | a
      if scalar >= 0x80 { return (scalar, 2) }
    } else if lead & 0xF0 == 0xE0, let a = tail(1), let b = tail(2) {
      let scalar = UInt32(lead & 0x0F) << 12 | a << 6 | b
      if scalar >= 0x800, !(0xD800...0xDFFF).contains(scalar) { return (scalar, 3) }
    } else if lead & 0xF8 == 0xF0, let a = tail(1), let b = tail(2), let c = tail(3) {
      let scalar = UInt32(lead & 0x07) << 18 | a << 12 | b << 6 | c
      if scalar >= 0x10000, scalar <= 0x10FFFF { return (scalar, 4) }
    }
    return (nil, 1)
  }
}
