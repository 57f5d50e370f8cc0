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

  /// What `ctl:auditLogParts` does: `+E` adds, `-C` takes away, anything else is the whole list. A plain value.
  struct Change: BitwiseCopyable, Sendable {
    private(set) var isWhole = false
    private(set) var added: UInt32 = 0
    private(set) var removed: UInt32 = 0

    init(_ text: String) {
      switch text.first {
      case "+": added = AuditParts(String(text.dropFirst())).bits
      case "-": for part in text.dropFirst() { removed |= AuditParts.bit(part) }
      default:
        isWhole = true
        added = AuditParts(text).bits
      }
    }
  }

  mutating func apply(_ change: Change) {
    bits = (change.isWhole ? 0 : bits) & ~change.removed | change.added | Self.always
  }

  private static let always = bit("A") | bit("Z")

  private mutating func insert(_ letters: some StringProtocol) { for part in letters { bits |= Self.bit(part) } }

  private static func bit(_ part: Character) -> UInt32 {
    guard let value = part.asciiValue.map({ $0 & ~0x20 }), (65...90).contains(value) else { return 0 }
    return 1 << UInt32(value - 65)
  }
}
