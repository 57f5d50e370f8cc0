/// What user agents claim, kept for the 1,024 seen last: reading one through for all the words takes longer than all else.
struct AgentMemory: Sendable {
  private static let places = 1024
  private var entries = [(hash: UInt64, flags: ClientFlags)](repeating: (0, []), count: places)

  mutating func flags(_ userAgent: [UInt8]) -> ClientFlags {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in userAgent.prefix(512) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = mixed(hash) | 1
    let place = Int(hash >> 1) & (Self.places - 1)
    if entries[place].hash == hash { return entries[place].flags }
    let flags = DeclaredClient.flags(userAgent)
    entries[place] = (hash, flags)
    return flags
  }
}
