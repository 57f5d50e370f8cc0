/// `hostname` (RFC 1123 section 2.1, with the A-labels of RFC 5891 section 4.4) and `idn-hostname` (RFC 5890 section 2.3.2.3).
enum HostnameFormat {
  /// RFC 1034 section 3.1, counted as text.
  private static let maximumNameBytes = 253
  private static let maximumLabelBytes = 63

  static func isHostname(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count <= maximumNameBytes else { return false }
    var labelStart = 0
    var hasReservedLabel = false
    for index in 0...text.count where index == text.count || text[index] == UInt8(ascii: ".") {
      let label = text[labelStart..<index]
      guard isLetterDigitHyphen(label) else { return false }
      if isReserved(label) { hasReservedLabel = true }
      labelStart = index + 1
    }
    if !hasReservedLabel { return true }
    return isEachLabelValid(text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { $0.map(UInt32.init) })
  }

  static func isInternationalHostname(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    // No scalar takes less than one byte in its A-label; four times the limit is more than any name can need.
    guard text.count <= maximumNameBytes * 4 else { return false }
    var labels: [[UInt32]] = [[]]
    var index = 0
    while index < text.count {
      let (scalar, length) = UTF8Scalars.scalar(text, at: index)
      switch scalar {
      // RFC 3490 section 3.1.
      case 0x2E, 0x3002, 0xFF0E, 0xFF61: labels.append([])
      default: labels[labels.count - 1].append(scalar)
      }
      index += length
    }
    return isEachLabelValid(labels)
  }

  // MARK: Labels

  private static func isLetterDigitHyphen(_ label: some BidirectionalCollection<UInt8>) -> Bool {
    guard let first = label.first, let last = label.last, label.count <= maximumLabelBytes else { return false }
    return first != UInt8(ascii: "-") && last != UInt8(ascii: "-")
      && label.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
  }

  /// Hyphens in third and fourth place: kept for encodings, of which `xn--` is the only one (RFC 5890 section 2.3.1).
  private static func isReserved(_ label: some Collection<UInt8>) -> Bool {
    label.count >= 4 && label.dropFirst(2).prefix(2).allSatisfy { $0 == UInt8(ascii: "-") }
  }

  private static func isEncoded(_ label: some Collection<UInt8>) -> Bool {
    label.count >= 4 && zip(label, "xn--".utf8).allSatisfy { $0 == $1 || $0 | 0x20 == $1 }
  }

  /// Each label on its own, the length of the whole, and, where one label runs from right to left, the Bidi rule for all.
  private static func isEachLabelValid(_ labels: [[UInt32]]) -> Bool {
    var unicodeLabels: [[UInt32]] = []
    var bytes = labels.count - 1
    for label in labels {
      guard let (scalars, encodedBytes) = unicodeLabel(label) else { return false }
      unicodeLabels.append(scalars)
      bytes += encodedBytes
    }
    guard bytes <= maximumNameBytes else { return false }
    let isBidi = unicodeLabels.contains { $0.contains(where: BidiClass.isRightToLeft) }
    return !isBidi || unicodeLabels.allSatisfy(BidiClass.isLabelValid)
  }

  /// The label as Unicode, and its length as ASCII; nil if it is invalid.
  private static func unicodeLabel(_ label: [UInt32]) -> ([UInt32], Int)? {
    guard !label.isEmpty, label.first != 0x2D, label.last != 0x2D else { return nil }
    guard label.allSatisfy({ $0 < 0x80 }) else {
      guard InternationalLabel.isValid(label), let code = Punycode.encode(label), code.count + 4 <= maximumLabelBytes else { return nil }
      return (label, code.count + 4)
    }
    let bytes = label.map { UInt8($0) }
    guard isLetterDigitHyphen(bytes) else { return nil }
    guard isReserved(bytes) else { return (label, bytes.count) }
    guard isEncoded(bytes) else { return nil }
    // RFC 5891 section 5.4: what it stands for must be a U-label, and must give the same code again.
    guard let scalars = Punycode.decode(bytes.dropFirst(4)), scalars.contains(where: { $0 >= 0x80 }), InternationalLabel.isValid(scalars),
      let code = Punycode.encode(scalars), code.elementsEqual(bytes.dropFirst(4).map { $0.isLetter ? $0 | 0x20 : $0 })
    else { return nil }
    return (scalars, bytes.count)
  }
}
