/// Reads JSON texts (RFC 8259, strictly), one after the other, each to a flat array of nodes over the input bytes.
///
/// One pass, without recursion and without a copy of the text: strings and numbers stay where they are in the input; only strings
/// with escapes are decoded, into a buffer of the tape. Nothing is allocated once the buffers have grown to the largest text seen.
/// Half a surrogate pair becomes U+FFFD without an error: the grammar allows it. An empty text is an error.
///
/// Not `Sendable`: each thread has its own.
public final class JSONTape {
  public let limits: JSONTapeLimits
  var nodes: UnsafeMutablePointer<JSONNode>
  var capacity: Int
  var count = 0
  /// What strings with escapes stand for.
  var decoded: UnsafeMutablePointer<UInt8>
  var decodedCapacity: Int
  var decodedCount = 0
  /// For the reader, by depth.
  let filters: UnsafeMutablePointer<UInt64>
  /// For objects with many members: the names seen, by hash.
  var keyTable: [UInt32] = []
  private var input: UnsafePointer<UInt8>

  public init(limits: JSONTapeLimits = JSONTapeLimits()) {
    self.limits = limits
    filters = .allocate(capacity: max(limits.maximumDepth, 0) + 1)
    capacity = 256
    nodes = .allocate(capacity: capacity)
    decodedCapacity = 256
    decoded = .allocate(capacity: decodedCapacity)
    input = UnsafePointer(decoded)
  }

  deinit {
    filters.deallocate()
    nodes.deallocate()
    decoded.deallocate()
  }

  /// Reads `text`, which must stay in place as long as `view` is used.
  ///
  /// Cost: linear in the text.
  /// - Returns: the first error, or nil. After an error the view is empty.
  public func read(_ text: UnsafeBufferPointer<UInt8>) -> JSONReadError? {
    count = 0
    decodedCount = 0
    guard text.count <= min(limits.maximumBytes, Int(Int32.max)) else { return JSONReadError(reason: .tooLong, offset: 0) }
    guard let base = text.baseAddress, !text.isEmpty else { return JSONReadError(reason: .empty, offset: 0) }
    input = base
    var reader = JSONTapeReader(base: base, count: text.count, tape: self)
    let error = reader.run()
    nodes = reader.nodes
    capacity = reader.capacity
    count = error == nil ? reader.nodeCount : 0
    return error
  }

  /// What the last `read` found; empty after an error.
  public var view: JSONView {
    JSONView(input: input, decoded: UnsafePointer(decoded), nodes: UnsafePointer(nodes), count: count)
  }
}
