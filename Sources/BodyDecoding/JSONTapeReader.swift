/// The pass over a text. What it changes on each byte is in here, so that it stays in registers.
struct JSONTapeReader {
  let base: UnsafePointer<UInt8>
  let end: UnsafePointer<UInt8>
  let tape: JSONTape
  let seed = JSONHash.seed
  let maximumDepth: Int
  let maximumNodes: Int
  /// By depth: the filters of the objects around the one that is being read.
  let filters: UnsafeMutablePointer<UInt64>
  var nodes: UnsafeMutablePointer<JSONNode>
  var capacity: Int
  var nodeCount = 0
  var error: JSONReadError?

  init(base: UnsafePointer<UInt8>, count: Int, tape: JSONTape) {
    self.base = base
    end = base + count
    self.tape = tape
    maximumDepth = tape.limits.maximumDepth
    maximumNodes = min(tape.limits.maximumNodes, Int(Int32.max))
    filters = tape.filters
    nodes = tape.nodes
    capacity = tape.capacity
  }

  /// The container that is being read is `parent`; while it is open, its node holds its own parent where later the next node
  /// stands. So there is no stack, and depth costs nothing.
  mutating func run() -> JSONReadError? {
    var at = base
    var parent = -1
    var isObject = false
    var members: UInt32 = 0
    // A bit for each name of the object that is being read.
    var names: UInt64 = 0
    var depth = 0
    if end - base >= 3, base[0] == 0xEF, base[1] == 0xBB, base[2] == 0xBF { return fail(.byteOrderMark, base) }
    skipWhitespace(&at)
    guard at < end else { return fail(.empty, at) }

    value: while true {
      guard at < end else { return fail(.endsEarly, at) }
      switch at[0] {
      case UInt8(ascii: "\""):
        guard let next = string(at + 1, kind: .string) else { return error }
        at = next
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        let opensObject = at[0] == UInt8(ascii: "{")
        guard depth < maximumDepth else { return fail(.tooDeep, at) }
        guard push(opensObject ? .object : .array, at, payload: UInt64(UInt32(truncatingIfNeeded: parent)) << 32) else { return error }
        if parent >= 0 { setMembers(parent, members) }
        filters[depth] = names
        names = 0
        parent = nodeCount &- 1
        isObject = opensObject
        members = 0
        depth &+= 1
        at += 1
        skipWhitespace(&at)
        guard at < end else { return fail(.endsEarly, at) }
        if at[0] != (opensObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          members = 1
          if opensObject { guard key(&at, parent, &names) else { return error } }
          continue value
        }
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        guard let next = number(at) else { return error }
        at = next
      case UInt8(ascii: "t"):
        guard word(&at, 0x6575_7274, 4, .true) else { return error }
      case UInt8(ascii: "n"):
        guard word(&at, 0x6C6C_756E, 4, .null) else { return error }
      case UInt8(ascii: "f"):
        guard end - at >= 5, at[4] == UInt8(ascii: "e"), word(&at, 0x736C_6166, 5, .false) else {
          return error ?? fail(.expectsValue, at)
        }
      default: return fail(.expectsValue, at)
      }

      // After a value: go on in its container, or close it, as often as it takes.
      while true {
        skipWhitespace(&at)
        guard parent >= 0 else { return at == end ? nil : fail(.bytesAfterValue, at) }
        guard at < end else { return fail(.endsEarly, at) }
        let byte = at[0]
        if byte == UInt8(ascii: ",") {
          at += 1
          members &+= 1
          skipWhitespace(&at)
          if isObject { guard key(&at, parent, &names) else { return error } }
          continue value
        }
        guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          return fail(isObject ? .expectsCommaOrBrace : .expectsCommaOrBracket, at)
        }
        at += 1
        depth &-= 1
        let closed = parent
        parent = Int(Int32(truncatingIfNeeded: nodes[closed].payload >> 32))
        nodes[closed].payload = UInt64(members) | UInt64(truncatingIfNeeded: nodeCount) << 32
        names = filters[depth]
        if nodes[closed].head & JSONNode.isSuspicious != 0 { noteDuplicates(in: closed, members: Int(members)) }
        if parent >= 0 {
          isObject = UInt8(truncatingIfNeeded: nodes[parent].head) == JSONKind.object.rawValue
          members = UInt32(truncatingIfNeeded: nodes[parent].payload)
        }
      }
    }
  }

  @inline(__always)
  private func setMembers(_ container: Int, _ members: UInt32) {
    nodes[container].payload = nodes[container].payload & 0xFFFF_FFFF_0000_0000 | UInt64(members)
  }

  @inline(__always)
  func skipWhitespace(_ at: inout UnsafePointer<UInt8>) {
    while at < end, at[0] <= 0x20 {
      guard at[0] == 0x20 || at[0] == 0x0A || at[0] == 0x0D || at[0] == 0x09 else { return }
      at += 1
    }
  }

  /// A name with its colon, up to where its value must begin.
  @inline(__always)
  private mutating func key(_ at: inout UnsafePointer<UInt8>, _ object: Int, _ names: inout UInt64) -> Bool {
    guard at < end, at[0] == UInt8(ascii: "\"") else {
      _ = fail(at < end ? .expectsKey : .endsEarly, at)
      return false
    }
    guard let next = string(at + 1, kind: .key) else { return false }
    at = next
    let bit: UInt64 = 1 << (nodes[nodeCount &- 1].payload >> 32 & 63)
    if names & bit != 0 { nodes[object].head |= JSONNode.isSuspicious }
    names |= bit
    skipWhitespace(&at)
    guard at < end, at[0] == UInt8(ascii: ":") else {
      _ = fail(at < end ? .expectsColon : .endsEarly, at)
      return false
    }
    at += 1
    skipWhitespace(&at)
    return true
  }

  /// `pattern` is the first four bytes, little endian.
  @inline(__always)
  private mutating func word(_ at: inout UnsafePointer<UInt8>, _ pattern: UInt32, _ length: Int, _ kind: JSONKind) -> Bool {
    guard end - at >= length, UInt32(littleEndian: UnsafeRawPointer(at).loadUnaligned(as: UInt32.self)) == pattern else {
      _ = fail(.expectsValue, at)
      return false
    }
    guard push(kind, at, payload: 0) else { return false }
    at += length
    return true
  }

  // MARK: Nodes

  @inline(__always)
  mutating func push(_ kind: JSONKind, _ at: UnsafePointer<UInt8>, payload: UInt64) -> Bool {
    push(head: UInt32(kind.rawValue), start: UInt32(truncatingIfNeeded: at - base), payload: payload, at: at)
  }

  @inline(__always)
  mutating func push(head: UInt32, start: UInt32, payload: UInt64, at: UnsafePointer<UInt8>) -> Bool {
    if nodeCount == capacity { guard grow(at) else { return false } }
    nodes[nodeCount] = JSONNode(head: head, start: start, payload: payload)
    nodeCount &+= 1
    return true
  }

  @inline(never)
  private mutating func grow(_ at: UnsafePointer<UInt8>) -> Bool {
    guard nodeCount < maximumNodes else {
      _ = fail(.tooManyNodes, at)
      return false
    }
    let larger = min(max(capacity * 2, 64), maximumNodes)
    let moved = UnsafeMutablePointer<JSONNode>.allocate(capacity: larger)
    moved.moveInitialize(from: nodes, count: nodeCount)
    nodes.deallocate()
    nodes = moved
    capacity = larger
    // The tape frees what it holds, even if reading stops here.
    tape.nodes = moved
    tape.capacity = larger
    return true
  }

  /// Keeps the error, which is the first, since reading stops with it.
  @inline(never)
  mutating func fail(_ reason: JSONReadError.Reason, _ at: UnsafePointer<UInt8>) -> JSONReadError? {
    error = JSONReadError(reason: reason, offset: at - base)
    return error
  }
}
