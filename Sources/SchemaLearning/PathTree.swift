/// The paths that were seen, a level for each segment. What looks like an identifier, and what comes in too many forms, becomes a
/// parameter.
final class PathTree {
  private(set) var literals: [[UInt8]: PathTree] = [:]
  private(set) var parameter: PathTree?
  /// Values of the parameter.
  private(set) var values = ValueProfile()
  private(set) var operations: [[UInt8]: OperationProfile] = [:]

  /// A level with more names than these, each of which leads to the same kinds of places, holds values.
  private static let manyLiterals = 20
  /// While reading, a level never holds more than these.
  private static let maximumLiterals = 200
  private static let maximumDepth = 24

  /// - Returns: false if the path is too deep to be one of an API.
  func add(_ segments: ArraySlice<[UInt8]>, _ request: ObservedRequest, depth: Int = 0) -> Bool {
    guard depth < Self.maximumDepth else { return false }
    guard let segment = segments.first else {
      operations[request.method, default: OperationProfile()].add(request)
      return true
    }
    if let known = literals[segment] { return known.add(segments.dropFirst(), request, depth: depth + 1) }
    if ValueShape.integer(segment) != nil || ValueShape.isUUID(segment) || ValueShape.isOpaque(segment)
      || literals.count >= Self.maximumLiterals
    {
      return addValue(segment, segments.dropFirst(), request, depth)
    }
    let child = PathTree()
    literals[segment] = child
    return child.add(segments.dropFirst(), request, depth: depth + 1)
  }

  private func addValue(_ value: [UInt8], _ rest: ArraySlice<[UInt8]>, _ request: ObservedRequest, _ depth: Int) -> Bool {
    values.add(value)
    let child = parameter ?? PathTree()
    parameter = child
    return child.add(rest, request, depth: depth + 1)
  }

  /// Turns levels of many names into parameters. Once, after reading.
  func collapse() {
    if literals.count > Self.manyLiterals || (parameter != nil && !literals.isEmpty && literals.count > 5 && isUniform) {
      let child = parameter ?? PathTree()
      for (name, other) in literals.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        for _ in 0..<max(other.total, 1) { values.add(name) }
        child.merge(other)
      }
      parameter = child
      literals = [:]
    }
    for child in literals.values { child.collapse() }
    parameter?.collapse()
  }

  /// Whether all names lead to leaves.
  private var isUniform: Bool { literals.values.allSatisfy { $0.literals.isEmpty && $0.parameter == nil } }

  private var total: Int { min(operations.values.reduce(0) { $0 + $1.requests }, 1000) }

  private func merge(_ other: PathTree) {
    for (method, profile) in other.operations { operations[method, default: OperationProfile()].merge(profile) }
    for (name, child) in other.literals {
      if let known = literals[name] { known.merge(child) } else { literals[name] = child }
    }
    if let child = other.parameter {
      values.merge(other.values)
      if let known = parameter { known.merge(child) } else { parameter = child }
    }
  }
}
