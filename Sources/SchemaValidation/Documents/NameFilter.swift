import BodyDecoding

/// Says of most names at once that they are not among some: a bit for length and first byte.
struct NameFilter {
  private var bits: UInt64 = 0

  init() {}

  init(_ names: [StaticString]) {
    for name in names { insert(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)) }
  }

  mutating func insert(_ name: UnsafeBufferPointer<UInt8>) { bits |= Self.bit(name.count, name.first) }

  func mayContain(_ name: UnsafeBufferPointer<UInt8>) -> Bool { bits & Self.bit(name.count, name.first) != 0 }
  func mayContain(_ name: String) -> Bool { bits & Self.bit(name.utf8.count, name.utf8.first) != 0 }

  private static func bit(_ count: Int, _ first: UInt8?) -> UInt64 { 1 << UInt64((count &* 5 &+ Int(first ?? 0)) & 63) }
}

/// A set of names that the hash of a JSON name finds without another one.
struct NameTable: Sendable {
  private var slots: [(hash: UInt32, name: StaticString)?] = Array(repeating: nil, count: 256)

  init(_ names: [StaticString]) {
    precondition(names.count <= 128)
    for name in names {
      let hash = JSONHash.hash(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
      var slot = Int(hash & 255)
      while slots[slot] != nil { slot = (slot + 1) & 255 }
      slots[slot] = (hash, name)
    }
  }

  /// - Parameter hash: `JSONView.keyHash`.
  func contains(_ text: UnsafeBufferPointer<UInt8>, hash: UInt32) -> Bool {
    var slot = Int(hash & 255)
    while let known = slots[slot] {
      if known.hash == hash,
        JSONHash.isEqual(text, UnsafeBufferPointer(start: known.name.utf8Start, count: known.name.utf8CodeUnitCount))
      {
        return true
      }
      slot = (slot + 1) & 255
    }
    return false
  }
}
