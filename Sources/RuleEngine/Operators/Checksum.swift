/// The checksums of the `verify…` operators.
enum Checksum: Sendable, BitwiseCopyable {
  /// Longer than any number that is checked; a match with more digits is none of them.
  private static let maximumDigits = 32

  case creditCard, brazilianCPF, socialSecurity, austrianSVNR, chileanRUT

  func holds(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    if self == .chileanRUT { return Self.isRUT(text) }
    var digits: [Int] = []
    for byte in text where byte &- 0x30 < 10 {
      if digits.count == Self.maximumDigits { return false }
      digits.append(Int(byte &- 0x30))
    }
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
    case .chileanRUT: return Self.isRUT(text)
    case .austrianSVNR:
      guard digits.count == 10, Set(digits).count > 1 else { return false }
      let weights = [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]
      let sum = zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 }
      return sum % 11 == digits[3]
    }
  }

  /// Up to eight digits with the weights 2 to 7 over and over from the right, and a check digit that may be K, for 10.
  private static func isRUT(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var digits: [Int] = []
    for byte in text {
      if byte &- 0x30 < 10 { digits.append(Int(byte &- 0x30)) } else if byte | 0x20 == UInt8(ascii: "k") { digits.append(10) }
      if digits.count > 9 { return false }
    }
    guard digits.count >= 2, let check = digits.popLast(), !digits.contains(10) else { return false }
    let sum = digits.reversed().enumerated().reduce(0) { $0 + $1.element * (2 + $1.offset % 6) }
    return (11 - sum % 11) % 11 == check
  }
}
