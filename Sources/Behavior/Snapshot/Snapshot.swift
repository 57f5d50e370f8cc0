/// The frame around what an engine has learned: a name, a version, the length, and a checksum (FNV-1a, 64 bits).
enum Snapshot {
  private static let name = Array("ropeline-behavior\n".utf8)
  /// Goes up with every change of what is written.
  private static let version: UInt32 = 3

  static func framed(_ content: [UInt8]) -> [UInt8] {
    var head = SnapshotWriter()
    head.put(version)
    head.put(UInt64(content.count))
    head.put(checksum(content[...]))
    return name + head.bytes + content
  }

  /// The content of a whole, undamaged snapshot of this version.
  static func content(of bytes: [UInt8]) throws(SnapshotError) -> ArraySlice<UInt8> {
    guard bytes.starts(with: name) else { throw SnapshotError(description: "this is no snapshot of behavior") }
    var reader = SnapshotReader(bytes[name.count...])
    var version: UInt32 = 0
    var length: UInt64 = 0
    var sum: UInt64 = 0
    try reader.take(&version)
    guard version == Self.version else {
      throw SnapshotError(description: "the snapshot is of version \(version), and this program writes \(Self.version)")
    }
    try reader.take(&length)
    try reader.take(&sum)
    let content = bytes[(name.count + 20)...]
    guard UInt64(content.count) == length else { throw SnapshotError(description: "the snapshot is cut off") }
    guard checksum(content) == sum else { throw SnapshotError(description: "the snapshot is damaged: its checksum does not fit") }
    return content
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    bytes.withUnsafeBufferPointer { buffer in
      for byte in buffer { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    return hash
  }
}

extension BehaviorEngine {
  /// All that was learned, to be restored after a restart; the secret of the identities' hashes with it.
  public func snapshot() -> [UInt8] {
    var writer = SnapshotWriter()
    writer.put(secret)
    crowd.write(to: &writer)
    campaigns.write(to: &writer)
    addresses.write(to: &writer)
    issued.write(to: &writer)
    clients.write(to: &writer)
    return Snapshot.framed(writer.bytes)
  }

  /// An engine with what a snapshot holds.
  ///
  /// - Throws: `SnapshotError` for bytes that are damaged, of another version, or of another size of tables.
  public convenience init(_ configuration: BehaviorConfiguration, restoring bytes: [UInt8]) throws(SnapshotError) {
    self.init(configuration)
    var reader = SnapshotReader(try Snapshot.content(of: bytes))
    try reader.take(&secret)
    try crowd.read(from: &reader)
    try campaigns.read(from: &reader)
    try addresses.read(from: &reader)
    try issued.read(from: &reader)
    try clients.read(from: &reader)
    guard reader.isAtEnd else { throw SnapshotError(description: "the snapshot holds more than is known of") }
  }
}
