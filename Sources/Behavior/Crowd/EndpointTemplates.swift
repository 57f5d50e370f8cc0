import HTTPModel

/// Learns which endpoints an application has: paths whose variable parts (numbers, ids, free text) are folded into one template.
///
/// A tree over path segments. A segment that looks like an id is folded at once; a place with more than `maximumSiblings` different
/// words under it is a variable too. Words that were only ever refused make no template: whoever guesses names must not fill the
/// tree. Memory is bounded by `maximumNodes` and `maximumTemplates`; what comes later is counted as rare.
public struct EndpointTemplates: Sendable {
  /// 0 stands for every endpoint that has no template.
  public static let none = 0
  static let maximumTemplates = 1024
  private static let maximumNodes = 16_384
  private static let maximumSiblings = 40
  private static let maximumDepth = 10

  private struct Node: Sendable {
    var template = 0
    var words = 0
    var parent = 0
    /// A document says that any word may stand under it.
    var declaresVariable = false
    /// The segment as it is shown.
    var label = ""
  }

  /// What an endpoint is, as far as its shape says.
  public struct Match: Sendable, Equatable {
    public var template: Int
    /// Whether a part of the path is a variable, so that the endpoint has objects.
    public var hasVariable: Bool
    public var isAsset: Bool
  }

  private var nodes = [Node()]
  private var children = IndexMap(maximum: maximumNodes)
  private var names: [String] = ["(rare)"]
  /// What the words of each template say of it.
  private var purposes: [PathPurpose] = [[]]

  public init() {}

  public var count: Int { names.count }

  /// A template as people write it, such as `GET /v1/tracks/{}`.
  public func name(_ template: Int) -> String { names[template < names.count ? template : 0] }

  /// What a path is there for: known for a template, else asked of the path itself.
  func purpose(_ match: Match, _ path: [UInt8]) -> PathPurpose {
    match.template == Self.none ? PathPurpose(path) : purposes[match.template]
  }

  /// - Parameter isFound: whether the origin knew the path; an unknown one gets no place of its own.
  public mutating func match(method: [UInt8], path: [UInt8], isFound: Bool) -> Match {
    var match = Match(template: 0, hasVariable: false, isAsset: false)
    guard
      var node = step(
        0, Self.hash(method[...], 0x11), isFound: isFound, folds: false, label: { String(decoding: method.prefix(20), as: UTF8.self) })
    else { return match }
    if let asset = AssetKind.of(path) {
      // What a page loads along is the page's doing, wherever it lies.
      match.isAsset = true
      match.hasVariable = true
      guard let next = step(node, 0x22 + UInt64(asset.rawValue) << 8, isFound: isFound, folds: false, label: { asset.label }) else {
        return match
      }
      name(next, path, isFound: isFound)
      match.template = nodes[next].template
      return match
    }
    var index = 0
    var depth = 0
    while index < path.count {
      if path[index] == 0x2F {
        index += 1
        continue
      }
      var end = index
      while end < path.count, path[end] != 0x2F { end += 1 }
      let segment = path[index..<end]
      index = end
      depth += 1
      let kind = depth > Self.maximumDepth ? SegmentKind.identifier : SegmentKind.of(segment)
      let isVariable =
        kind == .identifier
        || (nodes[node].words >= Self.maximumSiblings || nodes[node].declaresVariable)
          && children[Self.key(node, Self.hash(segment, 0x33))] == nil
      if isVariable { match.hasVariable = true }
      guard
        let next = isVariable
          ? step(node, 0x44, isFound: isFound, folds: false, label: { "{}" })
          : step(
            node, Self.hash(segment, 0x33), isFound: isFound, folds: true, label: { String(decoding: segment.prefix(60), as: UTF8.self) })
      else { return match }
      node = next
    }
    name(node, path, isFound: isFound)
    match.template = nodes[node].template
    return match
  }

  /// Takes in an endpoint of a document, such as `/v1/tracks/{id}`: it is known before anybody asks for it, and what stands in braces is
  /// a variable whatever it looks like.
  mutating func declare(method: [UInt8], path: [UInt8]) {
    guard
      var node = step(
        0, Self.hash(method[...], 0x11), isFound: true, folds: false, label: { String(decoding: method.prefix(20), as: UTF8.self) })
    else { return }
    for segment in path.split(separator: 0x2F).prefix(Self.maximumDepth) {
      let isVariable = segment.contains(0x7B)
      if isVariable { nodes[node].declaresVariable = true }
      let label = isVariable ? "{}" : String(decoding: segment.prefix(60), as: UTF8.self)
      guard
        let next = isVariable
          ? step(node, 0x44, isFound: true, folds: false, label: { label })
          : step(node, Self.hash(segment, 0x33), isFound: true, folds: true, label: { label })
      else { return }
      node = next
    }
    name(node, path, isFound: true)
  }

  private mutating func name(_ node: Int, _ path: [UInt8], isFound: Bool) {
    guard nodes[node].template == 0, isFound, names.count < Self.maximumTemplates else { return }
    nodes[node].template = names.count
    var segments: [String] = []
    var up = node
    while nodes[up].parent != 0 {
      segments.append(nodes[up].label)
      up = nodes[up].parent
    }
    names.append(nodes[up].label + " /" + segments.reversed().joined(separator: "/"))
    purposes.append(PathPurpose(path))
  }

  private mutating func step(_ node: Int, _ hash: UInt64, isFound: Bool, folds: Bool, label: () -> String) -> Int? {
    let key = Self.key(node, hash)
    if let known = children[key] { return known }
    guard isFound, nodes.count < Self.maximumNodes, children.insert(key, nodes.count) else { return nil }
    nodes.append(Node(parent: node, label: label()))
    if folds { nodes[node].words += 1 }
    return nodes.count - 1
  }

  private static func key(_ node: Int, _ hash: UInt64) -> UInt64 { mixed(hash &+ UInt64(node) &* 0x9E37_79B9_7F4A_7C15) }

  private static func hash(_ bytes: ArraySlice<UInt8>, _ seed: UInt64) -> UInt64 {
    var hash = 0xCBF2_9CE4_8422_2325 ^ seed
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }
}

/// What one segment of a path is by its looks.
enum SegmentKind: Equatable {
  case word
  /// A number, a hash, a UUID, or free text.
  case identifier

  static func of(_ segment: ArraySlice<UInt8>) -> SegmentKind {
    var digits = 0
    var isPlain = true
    for byte in segment {
      if byte &- 0x30 < 10 { digits += 1 } else if byte == 0x25 || byte >= 0x80 || byte == 0x2C { isPlain = false }
    }
    if digits == segment.count { return .identifier }
    if !isPlain || segment.count > 40 { return .identifier }
    // `v1`, `2.0`, `top40` are words; `a81bc81b`, `trk_00912`, `item-4711` and UUIDs are not.
    if digits >= 4 || digits >= 3 && segment.count >= 8 { return .identifier }
    return .word
  }
}

/// A finalizer with full avalanche (the constants are those of SplitMix64).
@inline(__always)
func mixed(_ value: UInt64) -> UInt64 {
  var x = value
  x = (x ^ x >> 30) &* 0xBF58_476D_1CE4_E5B9
  x = (x ^ x >> 27) &* 0x94D0_49BB_1331_11EB
  return x ^ x >> 31
}

extension EndpointTemplates {
  func write(to writer: inout SnapshotWriter) {
    writer.put(UInt64(nodes.count))
    for node in nodes {
      for number in [node.template, node.words, node.parent, node.declaresVariable ? 1 : 0] { writer.put(UInt32(number)) }
      writer.put(node.label)
    }
    children.write(to: &writer)
    writer.put(UInt64(names.count))
    for index in names.indices {
      writer.put(names[index])
      writer.put(purposes[index].rawValue)
    }
  }

  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) {
    nodes = []
    for _ in 0..<(try reader.takeCount(atMost: Self.maximumNodes)) {
      var template: UInt32 = 0
      var words: UInt32 = 0
      var parent: UInt32 = 0
      var declares: UInt32 = 0
      try reader.take(&template)
      try reader.take(&words)
      try reader.take(&parent)
      try reader.take(&declares)
      let label = try reader.takeText()
      guard parent < max(1, nodes.count) else { throw SnapshotError(description: "the snapshot's endpoints do not fit together") }
      nodes.append(Node(template: Int(template), words: Int(words), parent: Int(parent), declaresVariable: declares != 0, label: label))
    }
    try children.read(from: &reader, limit: nodes.count)
    names = []
    purposes = []
    for _ in 0..<(try reader.takeCount(atMost: Self.maximumTemplates)) {
      names.append(try reader.takeText())
      var purpose: UInt8 = 0
      try reader.take(&purpose)
      purposes.append(PathPurpose(rawValue: purpose))
    }
    guard !nodes.isEmpty, !names.isEmpty, nodes.allSatisfy({ $0.template < names.count }) else {
      throw SnapshotError(description: "the snapshot's endpoints do not fit together")
    }
  }
}
