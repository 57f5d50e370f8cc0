import EvidenceModel

/// What is wrong with a file, and where.
public struct ScoringError: Error, Sendable, Equatable, CustomStringConvertible {
  public var file: String
  /// From 1; nil if it is about the whole.
  public var line: Int?
  public var reason: String

  public init(file: String, line: Int?, reason: String) {
    self.file = file
    self.line = line
    self.reason = reason
  }

  public var description: String { line.map { "\(file):\($0): \(reason)" } ?? "\(file): \(reason)" }
}

/// Reads `truth.csv` line by line. Columns are found by their names; `entity`, `ip`, `ua`, `sid`, `key` and `label` must be there.
///
/// Without `group` it follows from the label, and without `requests` each row counts once.
public struct TruthTable {
  public private(set) var rows: [TruthRow] = []
  private let file: String
  private var columns: [String: Int] = [:]
  private var width = 0
  private var hasHeader = false

  public init(file: String) { self.file = file }

  /// Takes one line without its end; numbers count from 1.
  public mutating func add(_ line: UnsafeBufferPointer<UInt8>, number: Int) throws(ScoringError) {
    guard let fields = Self.fields(line) else {
      throw ScoringError(file: file, line: number, reason: "a quote is not closed or stands amid a field")
    }
    guard hasHeader else { return try readHeader(fields, number) }
    if fields == [""] { return }
    guard fields.count == width else {
      throw ScoringError(file: file, line: number, reason: "\(fields.count) fields, but the header names \(width)")
    }
    func field(_ name: String) -> String? { columns[name].map { fields[$0] } }
    func count(_ name: String) throws(ScoringError) -> Int? {
      guard let text = field(name) else { return nil }
      guard let value = Int(text), value >= 0 else { throw ScoringError(file: file, line: number, reason: "\(name) is no number") }
      return value
    }
    let name = field("label") ?? ""
    guard let label = ClientClass(rawValue: name) else {
      throw ScoringError(file: file, line: number, reason: "\(name.debugDescription) is no class of clients")
    }
    var group = Self.group(of: label)
    if let text = field("group") {
      guard let known = EntityGroup(rawValue: text) else {
        throw ScoringError(file: file, line: number, reason: "\(text.debugDescription) is no group")
      }
      group = known
    }
    rows.append(
      TruthRow(
        entity: try count("entity") ?? 0, ip: field("ip") ?? "-", userAgent: field("ua") ?? "-", session: field("sid") ?? "-",
        key: field("key") ?? "-", label: label, group: group, kind: field("kind") ?? label.rawValue, requests: try count("requests") ?? 1))
  }

  /// - Throws: if the file held no header, or no row.
  public func check() throws(ScoringError) {
    if rows.isEmpty { throw ScoringError(file: file, line: nil, reason: "there is no row of truth in this file") }
  }

  private mutating func readHeader(_ fields: [String], _ number: Int) throws(ScoringError) {
    for (index, name) in fields.enumerated() { columns[name] = index }
    for name in ["entity", "ip", "ua", "sid", "key", "label"] where columns[name] == nil {
      throw ScoringError(file: file, line: number, reason: "the header has no column \(name)")
    }
    width = fields.count
    hasHeader = true
  }

  private static func group(of label: ClientClass) -> EntityGroup {
    switch label {
    case .fan, .undecided: .alone
    case .partner, .crawler, .monitor: .benignBot
    case .scraper, .enumerator, .fuzzer, .scanner, .attacker, .credentialStuffer, .streamFraud, .ticketBot, .flooder: .abuse
    }
  }

  /// The fields of a line (RFC 4180); nil if its quotes do not fit. A carriage return at the end is no part of it.
  private static func fields(_ line: UnsafeBufferPointer<UInt8>) -> [String]? {
    let end = line.last == 0x0D ? line.count - 1 : line.count
    var fields: [String] = []
    var index = 0
    while true {
      var field: [UInt8] = []
      if index < end, line[index] == 0x22 {
        index += 1
        while true {
          guard index < end else { return nil }
          if line[index] == 0x22 {
            guard index + 1 < end, line[index + 1] == 0x22 else { break }
            index += 1
          }
          field.append(line[index])
          index += 1
        }
        index += 1
        guard index == end || line[index] == 0x2C else { return nil }
      } else {
        while index < end, line[index] != 0x2C {
          field.append(line[index])
          index += 1
        }
      }
      fields.append(String(decoding: field, as: UTF8.self))
      guard index < end else { return fields }
      // A comma; a field follows, even if it is empty.
      index += 1
    }
  }
}
