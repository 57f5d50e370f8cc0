/// `json-pointer` (RFC 6901 section 3) and `relative-json-pointer` (draft-bhutton-relative-json-pointer-00 section 3).
enum JSONPointerFormat {
  static func isPointer(_ text: ByteScanner) -> Bool {
    var text = text
    while !text.isAtEnd {
      guard text.take(UInt8(ascii: "/")) else { return false }
      while let byte = text.current, byte != UInt8(ascii: "/") {
        text.position += 1
        if byte == UInt8(ascii: "~"), !text.take(UInt8(ascii: "0")), !text.take(UInt8(ascii: "1")) { return false }
      }
    }
    return true
  }

  static func isRelativePointer(_ text: ByteScanner) -> Bool {
    var text = text
    guard number(&text) else { return false }
    if text.take(UInt8(ascii: "+")) || text.take(UInt8(ascii: "-")) {
      guard number(&text) else { return false }
    }
    if text.take(UInt8(ascii: "#")) { return text.isAtEnd }
    return isPointer(text)
  }

  /// Without zeros in front.
  private static func number(_ text: inout ByteScanner) -> Bool {
    let isZero = text.current == UInt8(ascii: "0")
    let count = text.skipDigits()
    return count == 1 || (count > 1 && !isZero)
  }
}
