/// Numbers by keys that are hashes already: open addressing in two arrays of fixed size, without an allocation a look-up.
struct IndexMap: Sendable {
  private var keys: [UInt64]
  private var values: [Int32]
  private let mask: Int
  private(set) var count = 0
  let maximum: Int

  /// - Parameter maximum: entries; more are not taken.
  init(maximum: Int) {
    var size = 16
    while size < maximum * 2 { size *= 2 }
    keys = Array(repeating: 0, count: size)
    values = Array(repeating: 0, count: size)
    mask = size - 1
    self.maximum = maximum
  }

  subscript(_ hash: UInt64) -> Int? {
    let key = hash | 1
    var place = Int(truncatingIfNeeded: hash >> 1) & mask
    while keys[place] != 0 {
      if keys[place] == key { return Int(values[place]) }
      place = (place + 1) & mask
    }
    return nil
  }

  /// Takes in a key that is not there yet; false if the map is full.
  @discardableResult
  mutating func insert(_ hash: UInt64, _ value: Int) -> Bool {
    guard count < maximum else { return false }
    var place = Int(truncatingIfNeeded: hash >> 1) & mask
    while keys[place] != 0 { place = (place + 1) & mask }
    keys[place] = hash | 1
    values[place] = Int32(value)
    count += 1
    return true
  }
}

extension IndexMap {
  func write(to writer: inout SnapshotWriter) {
    writer.put(keys)
    writer.put(values)
  }

  /// - Parameter limit: values are below it.
  mutating func read(from reader: inout SnapshotReader, limit: Int) throws(SnapshotError) {
    try reader.take(&keys)
    try reader.take(&values)
    count = keys.count { $0 != 0 }
    // A map without an empty place would be searched for ever.
    guard count <= maximum, values.allSatisfy({ $0 >= 0 && $0 < limit }) else {
      throw SnapshotError(description: "the snapshot's endpoints do not fit together")
    }
  }
}
