/// The text between the quotes of a JSON string (RFC 8259 section 7).
enum JSONString {
  /// What was wrong inside a string. The string goes on all the same, so that the rules see all of it.
  struct Problem {
    var text: StaticString
    var offset: Int
  }

  /// Appends the decoded text to `output`, from the byte after the opening quote on.
  ///
  /// Escapes become UTF-8. Half a surrogate pair becomes U+FFFD without an error: the grammar allows it, and browsers send it
  /// when a script cut a text inside an emoji. Control characters, unknown escapes and bytes that are not UTF-8 are problems and
  /// are taken over as they stand.
  ///
  /// - Returns: the offset after the closing quote, or nil if the input ended before it; what was read is in `output`.
  static func decode(
    _ input: UnsafeBufferPointer<UInt8>, from start: Int, into output: inout [UInt8], problem: inout Problem?
  ) -> Int? {
    var index = start
    // Bytes from here to `index` are copied in one go.
    var plainStart = start
    while index < input.count {
      let byte = input[index]
      if byte == UInt8(ascii: "\"") {
        output.append(contentsOf: UnsafeBufferPointer(rebasing: input[plainStart..<index]))
        return index + 1
      }
      if byte == UInt8(ascii: "\\") {
        output.append(contentsOf: UnsafeBufferPointer(rebasing: input[plainStart..<index]))
        index = decodeEscape(input, at: index, into: &output, problem: &problem)
        plainStart = index
      } else if byte >= 0x80 {
        let length = utf8SequenceLength(input, at: index)
        if length == 0, problem == nil { problem = Problem(text: "the string is not valid UTF-8", offset: index) }
        index += length == 0 ? 1 : length
      } else {
        if byte < 0x20, problem == nil { problem = Problem(text: "the string contains a control character", offset: index) }
        index += 1
      }
    }
    output.append(contentsOf: UnsafeBufferPointer(rebasing: input[plainStart..<input.count]))
    return nil
  }

  /// Appends what the escape at `start`, a backslash, stands for and returns the offset after it. At most `input.count`.
  private static func decodeEscape(
    _ input: UnsafeBufferPointer<UInt8>, at start: Int, into output: inout [UInt8], problem: inout Problem?
  ) -> Int {
    guard start + 1 < input.count else { return input.count }
    let plain: UInt8
    switch input[start + 1] {
    case UInt8(ascii: "\""): plain = UInt8(ascii: "\"")
    case UInt8(ascii: "\\"): plain = UInt8(ascii: "\\")
    case UInt8(ascii: "/"): plain = UInt8(ascii: "/")
    case UInt8(ascii: "b"): plain = 0x08
    case UInt8(ascii: "f"): plain = 0x0C
    case UInt8(ascii: "n"): plain = 0x0A
    case UInt8(ascii: "r"): plain = 0x0D
    case UInt8(ascii: "t"): plain = 0x09
    case UInt8(ascii: "u"):
      guard let unit = codeUnit(input, at: start + 2) else { fallthrough }
      guard unit & 0xF800 == 0xD800 else {
        appendUTF8(unit, to: &output)
        return start + 6
      }
      let isHighHalf = unit < 0xDC00
      if isHighHalf, start + 7 < input.count, input[start + 6] == UInt8(ascii: "\\"), input[start + 7] == UInt8(ascii: "u"),
        let low = codeUnit(input, at: start + 8), low & 0xFC00 == 0xDC00
      {
        appendUTF8(0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF, to: &output)
        return start + 12
      }
      appendUTF8(0xFFFD, to: &output)
      return start + 6
    default:
      if problem == nil { problem = Problem(text: "the string contains an unknown escape", offset: start) }
      output.append(UInt8(ascii: "\\"))
      return start + 1
    }
    output.append(plain)
    return start + 2
  }

  private static func codeUnit(_ input: UnsafeBufferPointer<UInt8>, at start: Int) -> UInt32? {
    guard start + 3 < input.count else { return nil }
    var unit: UInt32 = 0
    for index in start..<(start + 4) {
      guard let digit = hexadecimalDigit(input[index]) else { return nil }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }

  private static func appendUTF8(_ scalar: UInt32, to output: inout [UInt8]) {
    switch scalar {
    case ..<0x80:
      output.append(UInt8(truncatingIfNeeded: scalar))
    case ..<0x800:
      output.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
      output.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
    case ..<0x10000:
      output.append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
      output.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
      output.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
    default:
      output.append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
      output.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F))
      output.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
      output.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
    }
  }

  /// The length of the well-formed UTF-8 sequence at `index` (Unicode 3.9, table 3-7: no overlong form, no surrogate, nothing
  /// above U+10FFFF), or 0.
  private static func utf8SequenceLength(_ input: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
    let first = input[index]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0..<0x80: return 1
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard index + length <= input.count, second.contains(input[index + 1]) else { return 0 }
    for offset in 2..<max(length, 2) where input[index + offset] & 0xC0 != 0x80 { return 0 }
    return length
  }
}
