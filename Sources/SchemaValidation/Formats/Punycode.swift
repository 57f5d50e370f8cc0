/// RFC 3492, with the parameters of section 5.
enum Punycode {
  private static let base: UInt32 = 36
  private static let minimumThreshold: UInt32 = 1
  private static let maximumThreshold: UInt32 = 26

  private static func threshold(_ k: UInt32, _ bias: UInt32) -> UInt32 {
    k <= bias + minimumThreshold ? minimumThreshold : k >= bias + maximumThreshold ? maximumThreshold : k - bias
  }

  /// Section 6.1.
  private static func adapted(_ delta: UInt32, _ count: UInt32, isFirst: Bool) -> UInt32 {
    var delta = isFirst ? delta / 700 : delta / 2
    delta += delta / count
    var k: UInt32 = 0
    while delta > ((base - minimumThreshold) * maximumThreshold) / 2 {
      delta /= base - minimumThreshold
      k += base
    }
    return k + (base - minimumThreshold + 1) * delta / (delta + 38)
  }

  /// Section 6.2. `text` is what follows `xn--`; nil if it is no Punycode.
  static func decode(_ text: some Collection<UInt8>) -> [UInt32]? {
    let bytes = Array(text)
    // A label has at most 63 bytes: a longer one would only cost time.
    guard bytes.count <= 63 else { return nil }
    var output: [UInt32] = []
    var index = 0
    if let hyphen = bytes.lastIndex(of: UInt8(ascii: "-")) {
      output = bytes[..<hyphen].map(UInt32.init)
      index = hyphen + 1
    }
    var scalar: UInt32 = 128
    var position: UInt32 = 0
    var bias: UInt32 = 72
    while index < bytes.count {
      let before = position
      var weight: UInt32 = 1
      var k = base
      while true {
        guard index < bytes.count, let digit = digit(bytes[index]) else { return nil }
        index += 1
        let (product, isTooLarge) = digit.multipliedReportingOverflow(by: weight)
        let (sum, isTooLargeSum) = position.addingReportingOverflow(product)
        guard !isTooLarge, !isTooLargeSum else { return nil }
        position = sum
        let threshold = threshold(k, bias)
        if digit < threshold { break }
        let (next, isTooLargeWeight) = weight.multipliedReportingOverflow(by: base - threshold)
        guard !isTooLargeWeight else { return nil }
        weight = next
        k += base
      }
      let count = UInt32(output.count + 1)
      bias = adapted(position - before, count, isFirst: before == 0)
      let (sum, isTooLarge) = scalar.addingReportingOverflow(position / count)
      guard !isTooLarge, Unicode.Scalar(sum) != nil else { return nil }
      scalar = sum
      position %= count
      output.insert(scalar, at: Int(position))
      position += 1
    }
    return output
  }

  /// Section 6.3. Without `xn--`; nil if a number gets too large.
  static func encode(_ scalars: [UInt32]) -> [UInt8]? {
    // Its code would not fit into a label; without this the work grows with the square.
    guard scalars.count <= 63 else { return nil }
    var output = scalars.filter { $0 < 128 }.map { UInt8($0) }
    let basicCount = output.count
    var handled = UInt32(basicCount)
    if basicCount > 0 { output.append(UInt8(ascii: "-")) }
    var scalar: UInt32 = 128
    var delta: UInt32 = 0
    var bias: UInt32 = 72
    while Int(handled) < scalars.count {
      guard let next = scalars.filter({ $0 >= scalar }).min() else { return nil }
      let (step, isTooLarge) = (next - scalar).multipliedReportingOverflow(by: handled + 1)
      let (sum, isTooLargeSum) = delta.addingReportingOverflow(step)
      guard !isTooLarge, !isTooLargeSum else { return nil }
      delta = sum
      scalar = next
      for other in scalars {
        if other < scalar { delta += 1 }
        guard other == scalar else { continue }
        var rest = delta
        var k = base
        while true {
          let threshold = threshold(k, bias)
          if rest < threshold { break }
          output.append(digitByte(threshold + (rest - threshold) % (base - threshold)))
          rest = (rest - threshold) / (base - threshold)
          k += base
        }
        output.append(digitByte(rest))
        bias = adapted(delta, handled + 1, isFirst: Int(handled) == basicCount)
        delta = 0
        handled += 1
      }
      delta += 1
      scalar += 1
    }
    return output
  }

  private static func digit(_ byte: UInt8) -> UInt32? {
    if byte.isDigit { return UInt32(byte) - 22 }
    return byte.isLetter ? UInt32(byte | 0x20) - 97 : nil
  }

  private static func digitByte(_ digit: UInt32) -> UInt8 { UInt8(digit < 26 ? digit + 97 : digit + 22) }
}
