/// `email`: `Mailbox` of RFC 5321 section 4.1.2; `idn-email`: the same with the additions of RFC 6531 section 3.3.
enum EmailFormat {
  /// RFC 5321 section 4.5.3.1.
  private static let maximumLocalBytes = 64
  private static let maximumDomainBytes = 255

  static func isEmail(_ text: ByteScanner, isInternational: Bool) -> Bool {
    var text = text
    guard text.current == UInt8(ascii: "\"") ? quotedString(&text, isInternational) : dotString(&text, isInternational) else {
      return false
    }
    guard text.position <= maximumLocalBytes, text.take(UInt8(ascii: "@")), !text.isAtEnd, text.left <= maximumDomainBytes else {
      return false
    }
    let domain = UnsafeBufferPointer(rebasing: text.text[text.position...])
    if domain[0] == UInt8(ascii: "[") { return isAddressLiteral(domain) }
    return isInternational ? HostnameFormat.isInternationalHostname(domain) : HostnameFormat.isHostname(domain)
  }

  private static func isAtomText(_ byte: UInt8, _ isInternational: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"),
      UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "?"),
      UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"),
      UInt8(ascii: "~"):
      true
    default: byte.isLetter || byte.isDigit || (isInternational && byte >= 0x80)
    }
  }

  /// `Atom *("." Atom)`
  private static func dotString(_ text: inout ByteScanner, _ isInternational: Bool) -> Bool {
    while true {
      let start = text.position
      while let byte = text.current, isAtomText(byte, isInternational) { text.position += 1 }
      guard text.position > start else { return false }
      guard text.take(UInt8(ascii: ".")) else { return true }
    }
  }

  /// `DQUOTE *QcontentSMTP DQUOTE`
  private static func quotedString(_ text: inout ByteScanner, _ isInternational: Bool) -> Bool {
    text.position += 1
    while let byte = text.current {
      text.position += 1
      switch byte {
      case UInt8(ascii: "\""): return true
      case UInt8(ascii: "\\"):
        guard let escaped = text.current, (0x20...0x7E).contains(escaped) else { return false }
        text.position += 1
      case 0x20...0x7E: break
      case 0x80...: guard isInternational else { return false }
      default: return false
      }
    }
    return false
  }

  /// RFC 5321 section 4.1.3.
  private static func isAddressLiteral(_ domain: UnsafeBufferPointer<UInt8>) -> Bool {
    guard domain.count > 2, domain[domain.count - 1] == UInt8(ascii: "]") else { return false }
    let content = domain[1..<(domain.count - 1)]
    guard let colon = content.firstIndex(of: UInt8(ascii: ":")) else { return IPAddressFormat.isIPv4(content) }
    let tag = content[..<colon]
    let value = content[(colon + 1)...]
    if tag.count == 4, zip(tag, "ipv6".utf8).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) { return IPAddressFormat.isIPv6(value) }
    // `General-address-literal`: a tag that is registered. None is, but for IPv6.
    return false
  }
}
