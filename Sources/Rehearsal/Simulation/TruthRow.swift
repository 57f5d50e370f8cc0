import EvidenceModel

/// What is true of the requests that one entity made under one identity.
public struct TruthRow: Sendable, Equatable {
  public var entity: Int
  public var ip: String
  public var userAgent: String
  /// `-` for none, as in the log; the same for the key.
  public var session: String
  public var key: String
  public var label: ClientClass
  public var group: EntityGroup
  /// The kind's name, such as `slow-scraper`.
  public var kind: String
  public var requests: Int

  public static let header = "entity,ip,ua,sid,key,label,group,kind,requests"
}

/// `truth.csv` (RFC 4180 with bare line feeds): the header, then a row for each entity and identity.
struct TruthText {
  private(set) var bytes: [UInt8] = Array((TruthRow.header + "\n").utf8)

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  mutating func append(_ row: TruthRow) {
    number(row.entity)
    for text in [row.ip, row.userAgent, row.session, row.key, row.label.rawValue, row.group.rawValue, row.kind] {
      bytes.append(0x2C)
      field(text)
    }
    bytes.append(0x2C)
    number(row.requests)
    bytes.append(0x0A)
  }

  private mutating func number(_ value: Int) { bytes.append(contentsOf: String(value).utf8) }

  private mutating func field(_ text: String) {
    guard text.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 < 0x20 }) else {
      bytes.append(contentsOf: text.utf8)
      return
    }
    bytes.append(0x22)
    for byte in text.utf8 {
      if byte == 0x22 { bytes.append(0x22) }
      bytes.append(byte)
    }
    bytes.append(0x22)
  }
}
