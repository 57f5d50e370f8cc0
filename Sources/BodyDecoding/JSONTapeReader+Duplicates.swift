extension JSONTapeReader {
  /// Marks the object if a name occurs twice in it. Asked only where a filter of 64 bits found two names that may be equal; they
  /// are compared in pairs, or by a table if there are many.
  @inline(never)
  func noteDuplicates(in object: Int, members: Int) {
    if members <= 16 ? hasDuplicatePair(object) : hasDuplicateInTable(object, members: members) {
      nodes[object].head |= JSONNode.hasDuplicates
    }
  }

  @inline(__always)
  private func after(_ index: Int) -> Int {
    let kind = UInt8(truncatingIfNeeded: nodes[index].head) &- JSONKind.array.rawValue
    return kind < 2 ? Int(truncatingIfNeeded: nodes[index].payload >> 32) : index &+ 1
  }

  private func hasDuplicatePair(_ object: Int) -> Bool {
    var key = object + 1
    while key < nodeCount {
      var other = object + 1
      while other < key {
        if isSameName(key, other) { return true }
        other = after(other + 1)
      }
      key = after(key + 1)
    }
    return false
  }

  @inline(never)
  private func hasDuplicateInTable(_ object: Int, members: Int) -> Bool {
    var slots = 64
    while slots < members * 2 { slots *= 2 }
    if tape.keyTable.count < slots {
      tape.keyTable = [UInt32](repeating: 0, count: slots)
    } else {
      for index in 0..<slots { tape.keyTable[index] = 0 }
    }
    var key = object + 1
    while key < nodeCount {
      var slot = Int(nodes[key].payload >> 32) & (slots - 1)
      while tape.keyTable[slot] != 0 {
        if isSameName(key, Int(tape.keyTable[slot])) { return true }
        slot = (slot + 1) & (slots - 1)
      }
      tape.keyTable[slot] = UInt32(truncatingIfNeeded: key)
      key = after(key + 1)
    }
    return false
  }

  /// Length and hash are both in the payload, so different names mostly differ there.
  @inline(__always)
  private func isSameName(_ left: Int, _ right: Int) -> Bool {
    guard nodes[left].payload == nodes[right].payload else { return false }
    return JSONHash.isEqual(name(left), name(right), Int(UInt32(truncatingIfNeeded: nodes[left].payload)))
  }

  private func name(_ key: Int) -> UnsafePointer<UInt8> {
    (nodes[key].head & JSONNode.isDecoded == 0 ? base : UnsafePointer(tape.decoded)) + Int(nodes[key].start)
  }
}
