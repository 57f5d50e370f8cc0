extension JSONTapeReader {
  // MARK: Strings

  /// Eight bytes at once: the highest bit of a byte is set where a quote, a backslash, a control character or a byte above 0x7F
  /// stands. Only the lowest such bit is exact, and only it is used.
  @inline(__always)
  private static func stops(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quote = word ^ ones &* 0x22
    let backslash = word ^ ones &* 0x5C
    let low = (quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word
    return (low | word) & (ones &* 0x80)
  }

  /// Reads a string from the byte after its opening quote. Returns where it goes on, or nil after an error.
  @inline(__always)
  mutating func string(_ start: UnsafePointer<UInt8>, kind: JSONKind) -> UnsafePointer<UInt8>? {
    var at = start
    var head = UInt32(kind.rawValue)
    if kind == .key, end - at >= 8 {
      // Most names end within eight bytes.
      let word = UInt64(littleEndian: UnsafeRawPointer(at).loadUnaligned(as: UInt64.self))
      let stops = Self.stops(word)
      let bits = UInt64(truncatingIfNeeded: stops.trailingZeroBitCount) & ~7
      if stops != 0, word >> bits & 0xFF == 0x22 {
        let count = Int(bits >> 3)
        let hash = JSONHash.hash(short: word & ((1 << bits) &- 1), count, seed: seed)
        let payload = UInt64(truncatingIfNeeded: count) | UInt64(hash) << 32
        guard push(head: head, start: UInt32(truncatingIfNeeded: start - base), payload: payload, at: start) else { return nil }
        return at + (count + 1)
      }
    }
    while true {
      var isFound = false
      while end - at >= 8 {
        let stops = Self.stops(UInt64(littleEndian: UnsafeRawPointer(at).loadUnaligned(as: UInt64.self)))
        if stops != 0 {
          at += stops.trailingZeroBitCount >> 3
          isFound = true
          break
        }
        at += 8
      }
      if !isFound {
        while at < end, at[0] >= 0x20, at[0] < 0x80, at[0] != UInt8(ascii: "\""), at[0] != UInt8(ascii: "\\") { at += 1 }
        guard at < end else { return stop(.stringNotClosed, at) }
      }
      if at[0] == UInt8(ascii: "\"") { break }
      if at[0] >= 0x80 {
        head |= JSONNode.isNotASCII
        // Where one such character stands, more follow.
        repeat {
          let length = Self.sequenceLength(at, end)
          guard length > 0 else { return stop(.invalidUTF8, at) }
          at += length
        } while at < end && at[0] >= 0x80
      } else if at[0] == UInt8(ascii: "\\") {
        return decodedString(start, at, head: head, kind: kind)
      } else {
        return stop(.controlCharacter, at)
      }
    }
    let count = at - start
    var payload = UInt64(truncatingIfNeeded: count)
    if kind == .key { payload |= UInt64(JSONHash.hash(start, count, seed: seed)) << 32 }
    guard push(head: head, start: UInt32(truncatingIfNeeded: start - base), payload: payload, at: start) else { return nil }
    return at + 1
  }

  /// Goes on with a string at its first escape, decoding.
  @inline(never)
  private mutating func decodedString(
    _ start: UnsafePointer<UInt8>, _ firstEscape: UnsafePointer<UInt8>, head: UInt32, kind: JSONKind
  ) -> UnsafePointer<UInt8>? {
    // What an escape stands for is never longer than the escape: the rest of the input bounds it.
    tape.makeRoomForDecoded(end - start)
    let output = tape.decoded + tape.decodedCount
    var written = firstEscape - start
    output.update(from: start, count: written)
    var head = head | JSONNode.isDecoded
    var at = firstEscape
    while true {
      guard at < end else { return stop(.stringNotClosed, at) }
      let byte = at[0]
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        guard let scalar = escape(&at) else { return stop(at < end ? .unknownEscape : .stringNotClosed, at) }
        if scalar >= 0x80 { head |= JSONNode.isNotASCII }
        written += Self.writeUTF8(scalar, to: output + written)
      } else if byte >= 0x80 {
        head |= JSONNode.isNotASCII
        let length = Self.sequenceLength(at, end)
        guard length > 0 else { return stop(.invalidUTF8, at) }
        for _ in 0..<length {
          output[written] = at[0]
          written += 1
          at += 1
        }
      } else {
        guard byte >= 0x20 else { return stop(.controlCharacter, at) }
        output[written] = byte
        written += 1
        at += 1
      }
    }
    var payload = UInt64(truncatingIfNeeded: written)
    if kind == .key { payload |= UInt64(JSONHash.hash(output, written, seed: seed)) << 32 }
    let offset = tape.decodedCount
    tape.decodedCount += written
    guard push(head: head, start: UInt32(truncatingIfNeeded: offset), payload: payload, at: start) else { return nil }
    return at + 1
  }

  /// The scalar of the escape at a backslash (RFC 8259 section 7), which is then behind `at`; nil if there is none such.
  private func escape(_ at: inout UnsafePointer<UInt8>) -> UInt32? {
    guard end - at >= 2 else {
      at = end
      return nil
    }
    let plain: UInt8
    switch at[1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain = at[1]
    case UInt8(ascii: "b"): plain = 0x08
    case UInt8(ascii: "f"): plain = 0x0C
    case UInt8(ascii: "n"): plain = 0x0A
    case UInt8(ascii: "r"): plain = 0x0D
    case UInt8(ascii: "t"): plain = 0x09
    case UInt8(ascii: "u"):
      guard let unit = codeUnit(at + 2) else { return nil }
      at += 6
      guard unit & 0xF800 == 0xD800 else { return unit }
      guard unit < 0xDC00, end - at >= 6, at[0] == UInt8(ascii: "\\"), at[1] == UInt8(ascii: "u"), let low = codeUnit(at + 2),
        low & 0xFC00 == 0xDC00
      else { return 0xFFFD }
      at += 6
      return 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF
    default: return nil
    }
    at += 2
    return UInt32(plain)
  }

  private func codeUnit(_ at: UnsafePointer<UInt8>) -> UInt32? {
    guard end - at >= 4 else { return nil }
    var unit: UInt32 = 0
    for index in 0..<4 {
      let byte = at[index]
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x37
      case 0x61...0x66: digit = byte - 0x57
      default: return nil
      }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }

  private static func writeUTF8(_ scalar: UInt32, to output: UnsafeMutablePointer<UInt8>) -> Int {
    guard let scalar = Unicode.Scalar(scalar), let bytes = UTF8.encode(scalar) else { return 0 }
    var count = 0
    for byte in bytes {
      output[count] = byte
      count += 1
    }
    return count
  }

  /// The length of the well-formed UTF-8 sequence at `at` (Unicode 3.9, table 3-7), or 0.
  @inline(__always)
  private static func sequenceLength(_ at: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
    let first = at[0]
    let length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
    guard length > 0, end - at >= length, at[1] & 0xC0 == 0x80 else { return 0 }
    if length == 2 { return 2 }
    guard at[2] & 0xC0 == 0x80 else { return 0 }
    let second = at[1]
    if length == 3 {
      // No overlong form, no surrogate.
      return (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ? 0 : 3
    }
    guard at[3] & 0xC0 == 0x80 else { return 0 }
    // No overlong form, nothing above U+10FFFF.
    return (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F) ? 0 : 4
  }

  // MARK: Numbers

  /// RFC 8259 section 6: `[ "-" ] int [ frac ] [ exp ]`. Returns where reading goes on, or nil after an error.
  @inline(__always)
  mutating func number(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
    var at = start
    let isNegative = at[0] == UInt8(ascii: "-")
    if isNegative { at += 1 }
    var digits: UInt64 = 0
    var exponent = 0
    var kind = JSONKind.integer
    let firstDigit = at
    // Wraps around with more than 19 digits; such a number is kept as text.
    digitRun(&at, &digits)
    let integerDigits = at - firstDigit
    guard integerDigits > 0 else { return stop(.numberWithoutDigit, at) }
    guard integerDigits == 1 || firstDigit[0] != UInt8(ascii: "0") else { return stop(.leadingZero, firstDigit) }
    var digitCount = integerDigits
    if at < end, at[0] == UInt8(ascii: ".") {
      kind = .decimal
      at += 1
      let firstFraction = at
      digitRun(&at, &digits)
      let fractionDigits = at - firstFraction
      guard fractionDigits > 0 else { return stop(.fractionWithoutDigit, at) }
      digitCount += fractionDigits
      exponent = -fractionDigits
    }
    if at < end, at[0] | 0x20 == UInt8(ascii: "e") {
      kind = .decimal
      at += 1
      var isNegativeExponent = false
      if at < end, at[0] == UInt8(ascii: "+") || at[0] == UInt8(ascii: "-") {
        isNegativeExponent = at[0] == UInt8(ascii: "-")
        at += 1
      }
      let firstExponentDigit = at
      var power: UInt64 = 0
      digitRun(&at, &power)
      let length = at - firstExponentDigit
      guard length > 0 else { return stop(.exponentWithoutDigit, at) }
      // Too large for the small form in any case; the text is looked at where it matters.
      if length > 4 { power = 9999 }
      exponent += isNegativeExponent ? -Int(power) : Int(power)
    }
    let count = at - start
    guard count <= tape.limits.maximumNumberBytes else { return stop(.numberTooLong, start) }
    var head = UInt32(kind.rawValue)
    var payload = UInt64(truncatingIfNeeded: count)
    if digitCount <= 18, exponent >= -100, exponent <= 100, count < 256 {
      let value = isNegative ? -Int64(digits) : Int64(digits)
      payload = UInt64(bitPattern: value)
      head |=
        JSONNode.isSmall | UInt32(truncatingIfNeeded: count) << 16 | UInt32(UInt8(bitPattern: Int8(truncatingIfNeeded: exponent))) << 24
    }
    guard push(head: head, start: UInt32(truncatingIfNeeded: start - base), payload: payload, at: start) else { return nil }
    return at
  }

  @inline(__always)
  private func digitRun(_ at: inout UnsafePointer<UInt8>, _ value: inout UInt64) {
    while at < end {
      let digit = at[0] &- 0x30
      guard digit < 10 else { return }
      value = value &* 10 &+ UInt64(digit)
      at += 1
    }
  }

  @inline(never)
  private mutating func stop(_ reason: JSONReadError.Reason, _ at: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
    _ = fail(reason, at)
    return nil
  }
}

extension JSONTape {
  /// Grows so that `more` bytes can be written behind the decoded strings.
  func makeRoomForDecoded(_ more: Int) {
    guard decodedCapacity - decodedCount < more else { return }
    let larger = max(decodedCapacity * 2, decodedCount + more)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.update(from: decoded, count: decodedCount)
    decoded.deallocate()
    decoded = moved
    decodedCapacity = larger
  }
}
