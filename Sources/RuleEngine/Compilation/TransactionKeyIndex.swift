/// The transaction variables that the rules name: their names by slot, and their slots by name. Immutable; read without counting
/// references.
final class TransactionKeyIndex: @unchecked Sendable {
  // Unchecked: written by `init` alone.
  /// By slot, in lower case.
  let names: UnsafeMutablePointer<ByteView>
  let count: Int
  /// Slots by the hash of their names, or -1; open addressing.
  private let table: UnsafeMutablePointer<Int32>
  private let mask: Int

  init(_ keys: TransactionKeyTable, bytes: RuleBytes) {
    count = keys.keys.count
    names = .allocate(capacity: max(count, 1))
    var size = 64
    while size < 4 * count { size *= 2 }
    mask = size - 1
    table = .allocate(capacity: size)
    table.initialize(repeating: -1, count: size)
    for (slot, key) in keys.keys.enumerated() {
      (names + slot).initialize(to: bytes.keep(key))
      var place = Self.hash(names[slot]) & mask
      while table[place] >= 0 { place = (place + 1) & mask }
      table[place] = Int32(slot)
    }
  }

  deinit {
    names.deallocate()
    table.deallocate()
  }

  /// The slot of a name in lower case, or nil if no rule names it.
  func slot(of name: ByteView) -> Int? {
    var place = Self.hash(name) & mask
    while table[place] >= 0 {
      let slot = Int(table[place])
      if names[slot].equals(name) { return slot }
      place = (place + 1) & mask
    }
    return nil
  }

  /// FNV-1a. A request chooses names, not the table that they are looked up in, so that it cannot make lookups slow.
  private static func hash(_ name: ByteView) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash >> 20)
  }
}
