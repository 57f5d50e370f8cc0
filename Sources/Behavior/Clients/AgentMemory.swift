/// What user agents claim, kept for the 1,024 seen last: reading one through for all the words takes longer than all else.
struct AgentMemory: Sendable {
  private static let places = 1024
  private var entries = [(hash: UInt64, flags: ClientFlags, family: UInt64)](repeating: (0, [], 0), count: places)

  mutating func flags(_ userAgent: [UInt8]) -> ClientFlags { entries[place(userAgent)].flags }

  /// A hash of what it says without its digits: the same for all versions of a program.
  mutating func family(_ userAgent: [UInt8]) -> UInt64 { entries[place(userAgent)].family }

  private mutating func place(_ userAgent: [UInt8]) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in userAgent.prefix(512) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash = mixed(hash) | 1
    let place = Int(hash >> 1) & (Self.places - 1)
    guard entries[place].hash != hash else { return place }
    var family: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in userAgent.prefix(512) where byte &- 0x30 >= 10 { family = (family ^ UInt64(byte)) &* 0x100_0000_01B3 }
    entries[place] = (hash, DeclaredClient.flags(userAgent), mixed(family))
    return place
  }
}
