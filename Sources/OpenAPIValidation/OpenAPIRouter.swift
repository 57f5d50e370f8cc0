import SchemaValidation

/// What a request line means to a document.
public enum OpenAPIRoute: Sendable, Equatable {
  /// Index of the operation, and where in the path its path parameters lie, still percent-coded, in the order of the template.
  case operation(Int, parameters: [OpenAPIPathValue])
  /// No path of the document matches.
  case unknownPath
  /// The path is known, the method is not. Sorted.
  case unknownMethod(allowed: [String])
}

public struct OpenAPIPathValue: Sendable, Equatable {
  public var name: String
  /// Bytes of the path that was asked for.
  public var range: Range<Int>
}

/// Finds the operation of a method and a path. Immutable after building.
///
/// A tree with a level for each segment. "When matching URLs, concrete (non-templated) paths would be matched before their templated
/// counterparts" (3.0.3, "Paths Object"); a templated path is still tried where the concrete one lacks the method. Each node of the
/// tree is visited at most once, so a search costs no more than the document has paths.
public struct OpenAPIRouter: Sendable {
  private struct Node {
    var literals: [(text: [UInt8], child: Int)] = []
    var templates: [(template: PathTemplate, child: Int)] = []
    /// Index in `routes`, -1 for none.
    var route = -1
  }

  private struct Route {
    var template: String
    var operations: [(method: [UInt8], index: Int)]
    var names: [String]
  }

  private var nodes = [Node()]
  private var routes: [Route] = []

  init() {}

  /// Takes in one operation under each of its base paths.
  mutating func add(_ draft: DraftRoute) throws(SchemaError) {
    for base in draft.basePaths {
      // Braces of a path that `checkTemplate` refused are reported there.
      guard let segments = PathTemplate.segments(base + draft.template) else { continue }
      var node = 0
      for segment in segments { node = child(of: node, segment) }
      if nodes[node].route < 0 {
        nodes[node].route = routes.count
        routes.append(Route(template: draft.template, operations: [], names: segments.flatMap(\.names)))
      }
      let route = nodes[node].route
      guard routes[route].names == segments.flatMap(\.names) else {
        var error = draft.place
        error.message = "the path \(draft.template) differs from \(routes[route].template) only in the names of its parameters"
        throw error
      }
      let method = Array(draft.method.utf8)
      if !routes[route].operations.contains(where: { $0.method == method }) { routes[route].operations.append((method, draft.index)) }
    }
  }

  /// Texts in front, long ones first, then segments that are all variable.
  mutating func finish() {
    for index in nodes.indices { nodes[index].templates.sort { $0.template.pieces.count > $1.template.pieces.count } }
  }

  private mutating func child(of node: Int, _ segment: PathTemplate) -> Int {
    if let text = segment.literal {
      if let known = nodes[node].literals.first(where: { $0.text == text }) { return known.child }
      nodes[node].literals.append((text, nodes.count))
    } else {
      if let known = nodes[node].templates.first(where: { $0.template.shape == segment.shape }) { return known.child }
      nodes[node].templates.append((segment, nodes.count))
    }
    nodes.append(Node())
    return nodes.count - 1
  }

  /// - Parameter path: as sent, up to the question mark. Segments that are dots, plain or percent-coded, match nothing: servers
  ///   disagree about what they mean.
  public func route(method: [UInt8], path: UnsafeBufferPointer<UInt8>) -> OpenAPIRoute {
    guard path.first == UInt8(ascii: "/") else { return .unknownPath }
    var allowed: Set<String> = []
    var segments: [Slice<UnsafeBufferPointer<UInt8>>] = []
    var start = 1
    for index in start...path.count where index == path.count || path[index] == UInt8(ascii: "/") {
      segments.append(path[start..<index])
      start = index + 1
    }
    guard !segments.contains(where: Self.isDots) else { return .unknownPath }
    var ranges: [Range<Int>] = []
    if let found = find(0, segments[...], method, &ranges, &allowed) { return found }
    return allowed.isEmpty ? .unknownPath : .unknownMethod(allowed: allowed.sorted())
  }

  private func find(
    _ node: Int, _ segments: ArraySlice<Slice<UnsafeBufferPointer<UInt8>>>, _ method: [UInt8], _ ranges: inout [Range<Int>],
    _ allowed: inout Set<String>
  ) -> OpenAPIRoute? {
    guard let segment = segments.first else {
      guard nodes[node].route >= 0 else { return nil }
      let route = routes[nodes[node].route]
      if let operation = route.operations.first(where: { $0.method == method }) {
        return .operation(operation.index, parameters: zip(route.names, ranges).map { OpenAPIPathValue(name: $0, range: $1) })
      }
      for operation in route.operations { allowed.insert(String(decoding: operation.method, as: UTF8.self)) }
      return nil
    }
    let rest = segments.dropFirst()
    for (text, child) in nodes[node].literals where Self.isEqual(segment, text) {
      if let found = find(child, rest, method, &ranges, &allowed) { return found }
    }
    for (template, child) in nodes[node].templates {
      guard let matched = template.match(segment) else { continue }
      ranges += matched
      if let found = find(child, rest, method, &ranges, &allowed) { return found }
      ranges.removeLast(matched.count)
    }
    return nil
  }

  /// Percent-coded bytes are equal to plain ones (RFC 3986 section 6.2.2.2).
  private static func isEqual(_ segment: Slice<UnsafeBufferPointer<UInt8>>, _ text: [UInt8]) -> Bool {
    if segment.elementsEqual(text) { return true }
    return segment.contains(UInt8(ascii: "%")) && decoded(segment) == text
  }

  private static func isDots(_ segment: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    guard segment.count <= 6 else { return false }
    let plain = decoded(segment)
    return plain == [UInt8(ascii: ".")] || plain == Array("..".utf8)
  }

  private static func decoded(_ segment: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
    Array(URIReference.percentDecoded(String(decoding: segment, as: UTF8.self)).utf8)
  }
}
