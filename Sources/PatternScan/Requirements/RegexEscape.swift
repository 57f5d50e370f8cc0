/// What a backslash and the bytes behind it stand for (pcre2pattern, "Backslash"), without UTF mode.
enum RegexEscape {
  case byte(UInt8)
  case set(ByteSet)
  case assertion
  case reference

  /// - Parameter index: behind the backslash; moved behind the escape.
  /// - Returns: nil for an escape that is not known here.
  static func read(_ pattern: [UInt8], _ index: inout Int, inClass: Bool) -> RegexEscape? {
    guard index < pattern.count else { return nil }
    let byte = pattern[index]
    index += 1
    switch byte {
    case UInt8(ascii: "d"): return .set(digits)
    case UInt8(ascii: "D"): return .set(inverted(digits))
    case UInt8(ascii: "s"): return .set(spaces)
    case UInt8(ascii: "S"): return .set(inverted(spaces))
    case UInt8(ascii: "w"): return .set(words)
    case UInt8(ascii: "W"): return .set(inverted(words))
    case UInt8(ascii: "h"): return .set(set([0x09, 0x20, 0xA0]))
    case UInt8(ascii: "v"): return .set(set([0x0A, 0x0B, 0x0C, 0x0D, 0x85]))
    case UInt8(ascii: "n"): return .byte(0x0A)
    case UInt8(ascii: "r"): return .byte(0x0D)
    case UInt8(ascii: "t"): return .byte(0x09)
    case UInt8(ascii: "f"): return .byte(0x0C)
    case UInt8(ascii: "e"): return .byte(0x1B)
    case UInt8(ascii: "a"): return .byte(0x07)
    case UInt8(ascii: "x"): return hexadecimal(pattern, &index)
    case UInt8(ascii: "b"): return inClass ? .byte(0x08) : .assertion
    case UInt8(ascii: "B"), UInt8(ascii: "A"), UInt8(ascii: "z"), UInt8(ascii: "Z"), UInt8(ascii: "G"): return inClass ? nil : .assertion
    case UInt8(ascii: "0"):
      var value = 0
      var count = 0
      while count < 2, index < pattern.count, pattern[index] &- 0x30 < 8 {
        value = value * 8 + Int(pattern[index] &- 0x30)
        index += 1
        count += 1
      }
      return .byte(UInt8(value))
    case UInt8(ascii: "1")...UInt8(ascii: "9"):
      // A reference, or in octal; only one digit is surely a reference.
      guard !inClass, index >= pattern.count || pattern[index] &- 0x30 >= 10 else { return nil }
      return .reference
    default:
      // A backslash before anything but a letter or digit makes a literal of it; other letters mean what is not known here.
      let isAlphanumeric = byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
      return isAlphanumeric ? nil : .byte(byte)
    }
  }

  /// `\xHH` (none, one or two digits) and `\x{HH}`.
  private static func hexadecimal(_ pattern: [UInt8], _ index: inout Int) -> RegexEscape? {
    let isBraced = index < pattern.count && pattern[index] == UInt8(ascii: "{")
    if isBraced { index += 1 }
    var value = 0
    var count = 0
    while index < pattern.count, isBraced || count < 2, let digit = hexDigit(pattern[index]) {
      value = value * 16 + digit
      guard value < 256 else { return nil }
      index += 1
      count += 1
    }
    if isBraced {
      guard count > 0, index < pattern.count, pattern[index] == UInt8(ascii: "}") else { return nil }
      index += 1
    }
    return .byte(UInt8(value))
  }

  private static func hexDigit(_ byte: UInt8) -> Int? {
    if byte &- 0x30 < 10 { return Int(byte) - 0x30 }
    let lower = byte | 0x20
    return lower &- 0x61 < 6 ? Int(lower) - 0x61 + 10 : nil
  }

  static let digits: ByteSet = {
    var set = ByteSet()
    set.insert(0x30...0x39)
    return set
  }()
  static let spaces = set([0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D])
  static let words: ByteSet = {
    var set = digits
    set.insert(0x61...0x7A)
    set.insert(0x5F)
    return set
  }()

  static func set(_ bytes: [UInt8]) -> ByteSet { bytes.reduce(into: ByteSet()) { $0.insert($1) } }

  /// Letters stay in if one of their cases is in: folding joins them.
  static func inverted(_ set: ByteSet) -> ByteSet {
    var result = ByteSet()
    for byte in 0...255 where !set.contains(UInt8(byte)) { result.insert(UInt8(byte)) }
    return result
  }
}
