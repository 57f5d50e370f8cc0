/// `lowercase` and `uppercase`: ASCII only.
enum CaseFolding {
  static func fold(_ input: UnsafeBufferPointer<UInt8>, from: UInt8, to: UInt8, into output: inout [UInt8]) -> Bool {
    guard let first = Bytes.first(input, where: { $0 &- from < 26 }) else { return false }
    Bytes.begin(&output, with: input, upTo: first)
    for byte in input[first...] { output.append(byte &- from < 26 ? byte &- from &+ to : byte) }
    return true
  }
}

/// `removeNulls`, `replaceNulls`, `compressWhitespace`, `removeWhitespace`, `trim…`.
enum Removal {
  static func removeNulls(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
    guard let first = Bytes.first(input, where: { $0 == 0 }) else { return false }
    Bytes.begin(&output, with: input, upTo: first)
    for byte in input[first...] where byte != 0 { output.append(byte) }
    return true
  }

  static func replaceNulls(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
    guard let first = Bytes.first(input, where: { $0 == 0 }) else { return false }
    Bytes.begin(&output, with: input, upTo: first)
    for byte in input[first...] { output.append(byte == 0 ? 0x20 : byte) }
    return true
  }

  static func compressWhitespace(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
    guard Bytes.first(input, where: { Bytes.isSpace($0) || $0 == 0xA0 }) != nil else { return false }
    Bytes.begin(&output, with: input, upTo: 0)
    var isChanged = false
    var wasSpace = false
    for byte in input {
      if Bytes.isSpace(byte) || byte == 0xA0 {
        if wasSpace {
          isChanged = true
        } else {
          output.append(0x20)
          if byte != 0x20 { isChanged = true }
        }
        wasSpace = true
      } else {
        output.append(byte)
        wasSpace = false
      }
    }
    return isChanged
  }

  /// Blanks and the bytes A0 and C2 (a no-break space as Latin-1 and as UTF-8).
  static func removeWhitespace(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
    guard let first = Bytes.first(input, where: { isRemoved($0) }) else { return false }
    Bytes.begin(&output, with: input, upTo: first)
    for byte in input[first...] where !isRemoved(byte) { output.append(byte) }
    return true
  }

  private static func isRemoved(_ byte: UInt8) -> Bool { Bytes.isSpace(byte) || byte == 0xA0 || byte == 0xC2 }

  static func trim(_ input: UnsafeBufferPointer<UInt8>, left: Bool, right: Bool, into output: inout [UInt8]) -> Bool {
    var start = 0
    var end = input.count
    if left { while start < end, Bytes.isSpace(input[start]) { start += 1 } }
    if right { while end > start, Bytes.isSpace(input[end - 1]) { end -= 1 } }
    guard start > 0 || end < input.count else { return false }
    output.removeAll(keepingCapacity: true)
    output.append(contentsOf: UnsafeBufferPointer(rebasing: input[start..<end]))
    return true
  }
}

/// `utf8toUnicode`.
enum UnicodeEscaping {
  /// Each well-formed multi-byte sequence becomes `%uhhhh`; other bytes are copied.
  static func encode(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
    guard var index = Bytes.first(input, where: { $0 >= 0x80 }) else { return false }
    Bytes.begin(&output, with: input, upTo: index)
    var isChanged = false
    while index < input.count {
      let (scalar, length) = sequence(input, at: index)
      if let scalar {
        output += [0x25, 0x75]
        let digits = String(scalar, radix: 16).utf8
        for _ in 0..<max(0, 4 - digits.count) { output.append(0x30) }
        output.append(contentsOf: digits)
        isChanged = true
      } else {
        output.append(input[index])
      }
      index += length
    }
    return isChanged
  }

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

/// `parity…7bit`.
enum Parity {
  enum Kind { case even, odd, zero }

  static func apply(_ input: UnsafeBufferPointer<UInt8>, _ kind: Kind, into output: inout [UInt8]) -> Bool {
    output.removeAll(keepingCapacity: true)
    var isChanged = false
    for byte in input {
      let low = byte & 0x7F
      let isOdd = low.nonzeroBitCount & 1 == 1
      let result: UInt8 =
        switch kind {
        case .even: isOdd ? low | 0x80 : low
        case .odd: isOdd ? low : low | 0x80
        case .zero: low
        }
      if result != byte { isChanged = true }
      output.append(result)
    }
    return isChanged
  }
}
