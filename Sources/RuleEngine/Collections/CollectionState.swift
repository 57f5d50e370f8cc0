/// The bytes of a state file: a name with a version, a checksum, then the records.
///
/// ```
/// "ROPELINE-COLLECTIONS-1\n"  checksum: 8 bytes  count: 8  { collection: 1, key, created: 8, updated: 8, timeout: 8, updates: 8,
///                                                            count: 8 { name, value, expiry: 8 (-1 none) } }
/// ```
/// Numbers are little-endian; names, keys and values are a length of 4 bytes and the bytes.
public enum CollectionState {
  /// The file is none of ours, of another version, cut off or changed. Trying again cannot help; a fresh start can.
  public struct Damaged: Error, Sendable, CustomStringConvertible {
    public let description: String
  }

  private static let name = Array("ROPELINE-COLLECTIONS-1\n".utf8)

  static func encode(_ records: [(CollectionKey, PersistentRecord)]) -> [UInt8] {
    var body: [UInt8] = []
    func number(_ value: Int64) { withUnsafeBytes(of: value.littleEndian) { body.append(contentsOf: $0) } }
    func bytes(_ value: [UInt8]) {
      withUnsafeBytes(of: UInt32(value.count).littleEndian) { body.append(contentsOf: $0) }
      body.append(contentsOf: value)
    }
    number(Int64(records.count))
    for (key, record) in records {
      body.append(key.collection)
      bytes(key.name)
      for value in [record.created, record.updated, record.timeout, Int64(record.updateCount), Int64(record.variables.count)] {
        number(value)
      }
      for (name, variable) in record.variables {
        bytes(name)
        bytes(variable.value)
        number(variable.expiry ?? -1)
      }
    }
    return name + withUnsafeBytes(of: checksum(body[...]).littleEndian) { Array($0) } + body
  }

  static func decode(_ bytes: [UInt8]) throws(Damaged) -> [(CollectionKey, PersistentRecord)] {
    guard bytes.starts(with: name) else { throw Damaged(description: "this is no state file of this version") }
    var reader = Reader(rest: bytes[name.count...])
    let expected = UInt64(bitPattern: try reader.number())
    guard checksum(reader.rest) == expected else { throw Damaged(description: "the state file is damaged: its checksum is wrong") }
    var records: [(CollectionKey, PersistentRecord)] = []
    for _ in 0..<(try reader.count()) {
      let key = CollectionKey(collection: try reader.byte(), name: try reader.bytes())
      var record = PersistentRecord(now: try reader.number(), timeout: 0)
      record.updated = try reader.number()
      record.timeout = try reader.number()
      record.updateCount = Int(try reader.number())
      for _ in 0..<(try reader.count()) {
        let name = try reader.bytes()
        let value = try reader.bytes()
        let expiry = try reader.number()
        record.variables[name] = PersistentRecord.Variable(value: value, expiry: expiry < 0 ? nil : expiry)
      }
      records.append((key, record))
    }
    guard reader.rest.isEmpty else { throw Damaged(description: "the state file is damaged: something follows its end") }
    return records
  }

  /// FNV-1a, 64 bits: against accidents; who can write the file can do worse.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func take(_ count: Int) throws(Damaged) -> ArraySlice<UInt8> {
      guard count >= 0, count <= rest.count else { throw Damaged(description: "the state file is cut off") }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }

    mutating func byte() throws(Damaged) -> UInt8 { try take(1).first ?? 0 }

    mutating func number() throws(Damaged) -> Int64 {
      Int64(bitPattern: try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// A count cannot exceed the bytes that are left.
    mutating func count() throws(Damaged) -> Int {
      let value = try number()
      guard value >= 0, value <= Int64(rest.count) else { throw Damaged(description: "the state file is damaged") }
      return Int(value)
    }

    mutating func bytes() throws(Damaged) -> [UInt8] {
      let count = try take(4).reversed().reduce(0) { $0 << 8 | Int($1) }
      return Array(try take(count))
    }
  }
}
