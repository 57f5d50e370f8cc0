/// `uri-template`: RFC 6570 section 2.
enum URITemplateFormat {
  static func isTemplate(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == UInt8(ascii: "{") {
        guard let close = text[index...].firstIndex(of: UInt8(ascii: "}")), isExpression(text, index + 1, close) else { return false }
        index = close + 1
      } else if byte == UInt8(ascii: "%") {
        guard isTriplet(text, index, text.count) else { return false }
        index += 3
      } else if byte >= 0x80 {
        let (scalar, length) = UTF8Scalars.scalar(text, at: index)
        guard URIFormat.isInternational(scalar) || URIFormat.isPrivate(scalar) else { return false }
        index += length
      } else {
        guard isLiteral(byte) else { return false }
        index += 1
      }
    }
    return true
  }

  /// Section 2.1, and erratum 6937, which lets the apostrophe pass.
  private static func isLiteral(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"), UInt8(ascii: "^"),
      UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
      false
    default: true
    }
  }

  private static func isTriplet(_ text: UnsafeBufferPointer<UInt8>, _ index: Int, _ end: Int) -> Bool {
    index + 2 < end && text[index + 1].isHexadecimal && text[index + 2].isHexadecimal
  }

  /// `[ operator ] variable-list`
  private static func isExpression(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var index = start
    if index < end {
      switch text[index] {
      case UInt8(ascii: "+"), UInt8(ascii: "#"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ";"), UInt8(ascii: "?"),
        UInt8(ascii: "&"), UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "!"), UInt8(ascii: "@"), UInt8(ascii: "|"):
        index += 1
      default: break
      }
    }
    while true {
      guard let next = variable(text, index, end) else { return false }
      if next == end { return true }
      guard text[next] == UInt8(ascii: ",") else { return false }
      index = next + 1
    }
  }

  /// `varname [ ":" max-length / "*" ]`: where it ends.
  private static func variable(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
    var index = start
    var isAfterCharacter = false
    while index < end {
      let byte = text[index]
      if byte == UInt8(ascii: "%") {
        guard isTriplet(text, index, end) else { return nil }
        index += 3
        isAfterCharacter = true
      } else if byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_") {
        index += 1
        isAfterCharacter = true
      } else if byte == UInt8(ascii: "."), isAfterCharacter {
        index += 1
        isAfterCharacter = false
      } else {
        break
      }
    }
    guard isAfterCharacter else { return nil }
    guard index < end else { return index }
    if text[index] == UInt8(ascii: "*") { return index + 1 }
    guard text[index] == UInt8(ascii: ":") else { return index }
    let digits = text[(index + 1)..<end].prefix { $0.isDigit }
    // 1 to 9999, without zeros in front.
    guard (1...4).contains(digits.count), digits.first != 0x30 else { return nil }
    return digits.endIndex
  }
}
