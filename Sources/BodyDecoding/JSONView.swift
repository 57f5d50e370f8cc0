/// The nodes of a JSON text that a `JSONTape` has read. Valid until the tape reads again or goes away, and only as long as the
/// input bytes stay where they are; copying it is free. Indices are not checked: only those that it hands out are good.
@frozen public struct JSONView {
  public let input: UnsafePointer<UInt8>
  @usableFromInline let decoded: UnsafePointer<UInt8>
  @usableFromInline let nodes: UnsafePointer<JSONNode>
  /// Values and names together; the value at the top is node 0.
  public let count: Int

  @inlinable
  init(input: UnsafePointer<UInt8>, decoded: UnsafePointer<UInt8>, nodes: UnsafePointer<JSONNode>, count: Int) {
    self.input = input
    self.decoded = decoded
    self.nodes = nodes
    self.count = count
  }

  @inlinable @inline(__always)
  public func kind(_ index: Int) -> JSONKind {
    // The reader writes no other value.
    unsafeBitCast(UInt8(truncatingIfNeeded: nodes[index].head), to: JSONKind.self)
  }

  /// The node after this one and all that it holds.
  @inlinable @inline(__always)
  public func next(_ index: Int) -> Int {
    let kind = UInt8(truncatingIfNeeded: nodes[index].head) &- JSONKind.array.rawValue
    return kind < 2 ? Int(truncatingIfNeeded: nodes[index].payload >> 32) : index &+ 1
  }

  /// Elements of an array, or members of an object. The first one is the node after it.
  @inlinable @inline(__always)
  public func memberCount(_ index: Int) -> Int { Int(UInt32(truncatingIfNeeded: nodes[index].payload)) }

  /// True if a name occurs more than once in this object, after decoding. Servers disagree which one counts.
  @inlinable @inline(__always)
  public func hasDuplicateKeys(_ index: Int) -> Bool { nodes[index].head & JSONNode.hasDuplicates != 0 }

  /// The decoded text of a string or name: valid UTF-8. For other nodes see `source`.
  @inlinable @inline(__always)
  public func text(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    let node = nodes[index]
    let base = node.head & JSONNode.isDecoded == 0 ? input : decoded
    return UnsafeBufferPointer(start: base + Int(node.start), count: Int(UInt32(truncatingIfNeeded: node.payload)))
  }

  @inlinable @inline(__always)
  public func isASCII(_ index: Int) -> Bool { nodes[index].head & JSONNode.isNotASCII == 0 }

  /// The hash of a name, as `JSONHash.hash` makes it. Strings that are values carry none.
  @inlinable @inline(__always)
  public func keyHash(_ index: Int) -> UInt32 { UInt32(truncatingIfNeeded: nodes[index].payload >> 32) }

  /// A number's value, or nil if it needs more than 18 digits or a large exponent.
  @inlinable @inline(__always)
  public func smallDecimal(_ index: Int) -> SmallDecimal? {
    let node = nodes[index]
    guard node.head & JSONNode.isSmall != 0 else { return nil }
    return SmallDecimal(
      digits: Int64(bitPattern: node.payload), exponent: Int(Int8(truncatingIfNeeded: node.head >> 24)))
  }

  /// A number as it stands in the input.
  @inlinable
  public func numberText(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    let node = nodes[index]
    let isSmall = node.head & JSONNode.isSmall != 0
    let length = isSmall ? Int(node.head >> 16 & 0xFF) : Int(UInt32(truncatingIfNeeded: node.payload))
    return UnsafeBufferPointer(start: input + Int(node.start), count: length)
  }

  /// Where in the input a value begins, in bytes. For a string with escapes this is not known and is 0.
  @inlinable
  public func offset(_ index: Int) -> Int { nodes[index].head & JSONNode.isDecoded == 0 ? Int(nodes[index].start) : 0 }

  /// Unicode scalars of a string or name.
  @inlinable
  public func scalarCount(_ index: Int) -> Int {
    let text = text(index)
    guard !isASCII(index) else { return text.count }
    var count = 0
    for byte in text where byte & 0xC0 != 0x80 { count &+= 1 }
    return count
  }

  /// The value of the member with this name, or nil; the last one, if the name occurs twice.
  public func member(_ name: UnsafeBufferPointer<UInt8>, hash: UInt32, of object: Int) -> Int? {
    var found: Int?
    let end = next(object)
    var key = object + 1
    while key < end {
      if keyHash(key) == hash, JSONHash.isEqual(text(key), name) { found = key + 1 }
      key = next(key + 1)
    }
    return found
  }
}
