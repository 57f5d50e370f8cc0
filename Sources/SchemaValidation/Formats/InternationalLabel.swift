@_spi(_Unicode) import Swift

/// Whether a label is a U-label: RFC 5891 section 4.2 with the code points and context rules of RFC 5892.
enum InternationalLabel {
  static func isValid(_ label: [UInt32]) -> Bool {
    var text = String.UnicodeScalarView()
    for value in label {
      guard let scalar = Unicode.Scalar(value) else { return false }
      text.append(scalar)
    }
    guard let first = text.first, isNormalized(String(text)) else { return false }
    // Section 4.2.3.1: hyphens; section 4.2.3.2: leading combining marks.
    if label.first == 0x2D || label.last == 0x2D { return false }
    if label.count >= 4, label[2] == 0x2D, label[3] == 0x2D { return false }
    switch first.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return false
    default: break
    }
    for (index, scalar) in text.enumerated() {
      switch derivedProperty(scalar) {
      case .valid: continue
      case .disallowed: return false
      case .context: guard isAllowed(label, at: index) else { return false }
      }
    }
    return true
  }

  /// Section 4.2.1: the label is in Normalization Form C.
  private static func isNormalized(_ text: String) -> Bool { text.unicodeScalars.elementsEqual(text._nfc) }

  // MARK: RFC 5892 section 3

  private enum Property { case valid, disallowed, context }

  private static func derivedProperty(_ scalar: Unicode.Scalar) -> Property {
    switch scalar.value {
    // Exceptions (section 2.6)
    case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: return .valid
    case 0xB7, 0x375, 0x5F3, 0x5F4, 0x30FB, 0x660...0x669, 0x6F0...0x6F9: return .context
    case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return .disallowed
    // LDH (section 2.5), JoinControl (section 2.8)
    case 0x2D, 0x30...0x39, 0x61...0x7A: return .valid
    case 0x200C, 0x200D: return .context
    // OldHangulJamo (section 2.9), IgnorableBlocks (section 2.4)
    case 0x1100...0x11FF, 0xA960...0xA97F, 0xD7B0...0xD7FF, 0x20D0...0x20FF, 0x1D100...0x1D24F: return .disallowed
    default: break
    }
    let properties = scalar.properties
    // Unstable (section 2.2), IgnorableProperties (section 2.3)
    if properties.changesWhenNFKCCaseFolded || properties.isDefaultIgnorableCodePoint || properties.isWhitespace
      || properties.isNoncharacterCodePoint
    {
      return .disallowed
    }
    // LetterDigits (section 2.1); what is unassigned falls through
    switch properties.generalCategory {
    case .lowercaseLetter, .uppercaseLetter, .otherLetter, .decimalNumber, .modifierLetter, .nonspacingMark, .spacingMark: return .valid
    default: return .disallowed
    }
  }

  // MARK: RFC 5892 appendix A

  private static func isAllowed(_ label: [UInt32], at index: Int) -> Bool {
    let before = index > 0 ? label[index - 1] : nil
    let after = index + 1 < label.count ? label[index + 1] : nil
    switch label[index] {
    case 0x200C: return isVirama(before) || isBetweenJoiningLetters(label, index)
    case 0x200D: return isVirama(before)
    case 0xB7: return before == 0x6C && after == 0x6C
    case 0x375: return after.map(isGreek) ?? false
    case 0x5F3, 0x5F4: return before.map(isHebrew) ?? false
    case 0x30FB: return label.contains(where: isJapanese)
    case 0x660...0x669: return !label.contains { 0x6F0...0x6F9 ~= $0 }
    case 0x6F0...0x6F9: return !label.contains { 0x660...0x669 ~= $0 }
    default: return false
    }
  }

  private static func isVirama(_ value: UInt32?) -> Bool {
    guard let value, let scalar = Unicode.Scalar(value) else { return false }
    return scalar.properties.canonicalCombiningClass == .virama
  }

  /// `(Joining_Type:{L,D}) (Joining_Type:T)* ZWNJ (Joining_Type:T)* (Joining_Type:{R,D})`
  private static func isBetweenJoiningLetters(_ label: [UInt32], _ index: Int) -> Bool {
    guard let left = label[..<index].last(where: { !JoiningType.isTransparent($0) }), JoiningType.joinsLeft(left),
      let right = label[(index + 1)...].first(where: { !JoiningType.isTransparent($0) })
    else { return false }
    return JoiningType.joinsRight(right)
  }

  // Scripts (Unicode, Scripts.txt), as far as letters go.

  private static func isGreek(_ value: UInt32) -> Bool {
    switch value {
    case 0x370...0x373, 0x375...0x377, 0x37A...0x37D, 0x37F, 0x384, 0x386, 0x388...0x3E1, 0x3F0...0x3FF, 0x1D26...0x1D2A,
      0x1F00...0x1FFE, 0x2126, 0xAB65, 0x10140...0x1018E:
      true
    default: false
    }
  }

  private static func isHebrew(_ value: UInt32) -> Bool { 0x591...0x5F4 ~= value || 0xFB1D...0xFB4F ~= value }

  /// Hiragana, Katakana or Han.
  private static func isJapanese(_ value: UInt32) -> Bool {
    switch value {
    case 0x3041...0x3096, 0x309D...0x309F, 0x1B001...0x1B11F, 0x1B150...0x1B152: true
    case 0x30A1...0x30FA, 0x30FD...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF6F, 0xFF71...0xFF9D, 0x1B000, 0x1B164...0x1B167: true
    case 0x2E80...0x2FD5, 0x3005, 0x3007, 0x3021...0x3029, 0x3038...0x303B, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAD9,
      0x20000...0x323AF:
      true
    default: false
    }
  }
}
