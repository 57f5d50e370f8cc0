/// Which parts an audit record in ModSecurity's format has (`SecAuditLogParts`, `ctl:auditLogParts`).
///
/// A header, B request headers, C request body, E response body, F response headers, H messages, I request body without files,
/// J files, K matched rules, Z end. A and Z are always there.
public struct AuditParts: Sendable, Equatable {
  private var bits: UInt32

  /// Letters, such as `ABIJDEFHZ`; others are passed over, since the parser has refused them.
  public init(_ letters: String) {
    bits = 0
    insert(letters)
    insert("AZ")
  }

  public func contains(_ part: Character) -> Bool { bits & Self.bit(part) != 0 }

  /// `+E` adds, `-C` takes away, anything else is the whole list.
  mutating func change(_ text: String) {
    switch text.first {
    case "+": insert(text.dropFirst())
    case "-": for part in text.dropFirst() { bits &= ~Self.bit(part) }
    default: self = AuditParts(text)
    }
    insert("AZ")
  }

  private mutating func insert(_ letters: some StringProtocol) { for part in letters { bits |= Self.bit(part) } }

  private static func bit(_ part: Character) -> UInt32 {
    guard let value = part.asciiValue.map({ $0 & ~0x20 }), (65...90).contains(value) else { return 0 }
    return 1 << UInt32(value - 65)
  }
}
