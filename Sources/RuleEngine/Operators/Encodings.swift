/// `@validateUrlEncoding` and `@validateUtf8Encoding`; both match what is NOT valid.
enum Encoding {
  static func hasBadEscape(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = 0
    while index < value.count {
      if value[index] == 0x25 {
        guard index + 2 < value.count, Bytes.isHex(value[index + 1]), Bytes.isHex(value[index + 2]) else { return true }
        index += 2
      }
      index += 1
    }
    return false
  }

  /// Overlong forms, surrogates, values above 10FFFF, stray and missing continuation bytes (RFC 3629 section 3).
  static func isInvalidUTF8(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = 0
    while index < value.count {
      let lead = value[index]
      if lead < 0x80 {
        index += 1
        continue
      }
      let length: Int
      let second: ClosedRange<UInt8>
      switch lead {
      case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
      case 0xE0: (length, second) = (3, 0xA0...0xBF)
      case 0xED: (length, second) = (3, 0x80...0x9F)
      case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
      case 0xF0: (length, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
      case 0xF4: (length, second) = (4, 0x80...0x8F)
      default: return true
      }
      guard index + length <= value.count, second.contains(value[index + 1]) else { return true }
      for offset in 2..<max(2, length) where value[index + offset] & 0xC0 != 0x80 { return true }
      index += length
    }
    return false
  }
}

/// The ranges of `@validateByteRange`: `1-255,9,10`.
///
/// An item that is no range permits nothing, so that a mistake fails closed; the linter reports it.
struct ByteRangeSet: Sendable {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  init(_ operand: [UInt8]) {
    for item in String(decoding: operand, as: UTF8.self).split(separator: ",") {
      let parts = item.split(separator: "-", omittingEmptySubsequences: false).map { Int($0.filter { !$0.isWhitespace }) }
      guard parts.count <= 2, let first = parts[0], let last = parts.count == 2 ? parts[1] : first, 0 <= first, first <= last, last <= 255 else {
        continue
      }
      for byte in first...last { insert(UInt8(byte)) }
    }
  }

  private mutating func insert(_ byte: UInt8) {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: words.0 |= bit
    case 1: words.1 |= bit
    case 2: words.2 |= bit
    default: words.3 |= bit
    }
  }

  private func contains(_ byte: UInt8) -> Bool {
    let word =
      switch byte >> 6 {
      case 0: words.0
      case 1: words.1
      case 2: words.2
      default: words.3
      }
    return word & (1 << UInt64(byte & 63)) != 0
  }

  func hasByteOutside(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    for byte in value where !contains(byte) { return true }
    return false
  }
}

/// The checksums of the `verify…` operators.
enum Checksum: Sendable {
  case creditCard, brazilianCPF, socialSecurity, austrianSVNR

  func holds(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let digits = text.filter { $0 &- 0x30 < 10 }.prefix(64).map { Int($0 &- 0x30) }
    switch self {
    case .creditCard:
      guard digits.count >= 2 else { return false }
      var sum = 0
      for (index, digit) in digits.reversed().enumerated() {
        let value = index % 2 == 1 ? digit * 2 : digit
        sum += value > 9 ? value - 9 : value
      }
      return sum % 10 == 0
    case .brazilianCPF:
      guard digits.count == 11, Set(digits).count > 1 else { return false }
      func check(_ count: Int) -> Int {
        let sum = (0..<count).reduce(0) { $0 + digits[$1] * (count + 1 - $1) }
        return sum % 11 < 2 ? 0 : 11 - sum % 11
      }
      return digits[9] == check(9) && digits[10] == check(10)
    case .socialSecurity:
      guard digits.count == 9 else { return false }
      let area = digits[0] * 100 + digits[1] * 10 + digits[2]
      let group = digits[3] * 10 + digits[4]
      let serial = digits[5...].reduce(0) { $0 * 10 + $1 }
      let isSequence = zip(digits, digits.dropFirst()).allSatisfy { $1 == $0 + 1 }
      let isUniform = Set(digits).count == 1
      return area > 0 && area < 740 && area != 666 && group > 0 && serial > 0 && !isSequence && !isUniform
    case .austrianSVNR:
      guard digits.count == 10, Set(digits).count > 1 else { return false }
      let weights = [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]
      let sum = zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 }
      return sum % 11 == digits[3]
    }
  }
}
