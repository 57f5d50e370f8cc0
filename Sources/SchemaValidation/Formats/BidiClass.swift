/// The classes that the Bidi rule for labels asks for (RFC 5893 section 2). Only characters that a label can have are told apart.
enum BidiClass {
  case left, right, arabicLetter, arabicNumber, europeanNumber, separator, mark, other

  static func isRightToLeft(_ value: UInt32) -> Bool {
    switch of(value) {
    case .right, .arabicLetter, .arabicNumber: true
    default: false
    }
  }

  static func isLabelValid(_ label: [UInt32]) -> Bool {
    let classes = label.map(of)
    let ending = classes.last { $0 != .mark }
    switch classes.first {
    case .right, .arabicLetter:
      guard !classes.contains(.left), !(classes.contains(.europeanNumber) && classes.contains(.arabicNumber)) else { return false }
      switch ending {
      case .right, .arabicLetter, .europeanNumber, .arabicNumber: return true
      default: return false
      }
    case .left:
      let hasRightToLeft = classes.contains { $0 == .right || $0 == .arabicLetter || $0 == .arabicNumber }
      return !hasRightToLeft && (ending == .left || ending == .europeanNumber)
    default: return false
    }
  }

  private static func of(_ value: UInt32) -> BidiClass {
    switch value {
    case 0x30...0x39, 0x6F0...0x6F9: return .europeanNumber
    case 0x2D, 0x2B: return .separator
    case 0x600...0x605, 0x660...0x669, 0x66B, 0x66C, 0x6DD, 0x8E2, 0x890, 0x891, 0x10D30...0x10D39, 0x10E60...0x10E7E:
      return .arabicNumber
    default: break
    }
    guard let scalar = Unicode.Scalar(value) else { return .other }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return .mark
    default: break
    }
    switch value {
    case 0x590...0x5FF, 0x7C0...0x85F, 0xFB1D...0xFB4F, 0x10800...0x10CFF, 0x10D40...0x10EBF, 0x10F00...0x10F2F, 0x10F70...0x10FFF,
      0x1E800...0x1EC6F, 0x1ECC0...0x1ECFF, 0x1ED50...0x1EDFF, 0x1EF00...0x1EFFF, 0x200F:
      return .right
    case 0x608, 0x60B, 0x60D, 0x61B...0x6FF, 0x700...0x7BF, 0x860...0x8FF, 0xFB50...0xFDFF, 0xFE70...0xFEFF, 0x10D00...0x10D3F,
      0x10EC0...0x10EFF, 0x10F30...0x10F6F, 0x1EC70...0x1ECBF, 0x1ED00...0x1ED4F, 0x1EE00...0x1EEFF:
      return .arabicLetter
    case 0xB7, 0x375, 0x30FB, 0x200C, 0x200D: return .other
    default: return .left
    }
  }
}
