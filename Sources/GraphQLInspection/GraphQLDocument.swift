/// What one document says: its measure with all fragments expanded, and the values in it.
public struct GraphQLDocument: Sendable {
  public enum Outcome: Sendable {
    case read(GraphQLDocument)
    /// Not GraphQL. A server that is more lenient would run what nobody measured.
    case broken(GraphQLError)
    /// Longer than the limits; not read to its end.
    case tooLarge(String)
    /// A fragment that spreads itself (section 5.5.2.2).
    case cycle(fragment: String)
  }

  public var measure: GraphQLMeasure
  /// Values of arguments, decoded, each under the way to it: `user.posts.first`.
  public var arguments: [(name: [UInt8], value: [UInt8])]

  /// Linear in the document and in the spreads.
  public static func read(_ text: [UInt8], limits: GraphQLLimits = GraphQLLimits()) -> Outcome {
    guard text.count <= limits.maximumBytes else { return .tooLarge("\(text.count) bytes, allowed are \(limits.maximumBytes)") }
    return text.withUnsafeBufferPointer { text in
      do throws(GraphQLError) {
        return expand(try GraphQLParser(text, maximumTokens: limits.maximumTokens))
      } catch {
        return error.message.hasPrefix("more than") ? .tooLarge(error.message) : .broken(error)
      }
    }
  }

  private static func expand(_ parser: GraphQLParser) -> Outcome {
    var fragments: [[UInt8]: Int] = [:]
    for (index, definition) in parser.definitions.enumerated() where definition.isFragment {
      guard fragments.updateValue(index, forKey: definition.name) == nil else {
        return .broken(GraphQLError("a fragment is defined twice", at: 0))
      }
    }
    var expansion = FragmentExpansion(definitions: parser.definitions, fragments: fragments)
    var measure = GraphQLMeasure()
    measure.tokens = parser.tokens
    measure.directives = parser.directives
    var hasOperation = false
    for index in parser.definitions.indices {
      // A fragment that nobody spreads must still be free of cycles: a server may walk it.
      guard let whole = expansion.measure(of: index) else { return expansion.failure }
      if parser.definitions[index].isFragment { continue }
      hasOperation = true
      measure.depth = max(measure.depth, whole.depth)
      measure.rootFields = max(measure.rootFields, whole.rootFields)
      // The server runs one of the operations; which one, the caller says.
      measure.aliases = max(measure.aliases, whole.aliases)
      measure.cost = max(measure.cost, whole.cost)
      measure.hasIntrospection = measure.hasIntrospection || whole.hasIntrospection
      measure.hasMutation = measure.hasMutation || parser.definitions[index].isMutation
    }
    guard hasOperation else { return .broken(GraphQLError("the document has no operation", at: 0)) }
    return .read(GraphQLDocument(measure: measure, arguments: parser.arguments))
  }
}

/// Adds what fragments bring, each measured once.
private struct FragmentExpansion {
  let definitions: [GraphQLParser.Definition]
  let fragments: [[UInt8]: Int]
  private var known: [Int: GraphQLMeasure] = [:]
  private(set) var failure = GraphQLDocument.Outcome.broken(GraphQLError("", at: 0))

  init(definitions: [GraphQLParser.Definition], fragments: [[UInt8]: Int]) {
    self.definitions = definitions
    self.fragments = fragments
  }

  /// Nil after a cycle or an unknown fragment. Walks with a stack of its own: a chain of fragments may be long.
  mutating func measure(of root: Int) -> GraphQLMeasure? {
    var stack = [root]
    var isOpen: Set<Int> = []
    while let index = stack.last {
      if known[index] != nil {
        stack.removeLast()
        continue
      }
      isOpen.insert(index)
      var waits = false
      for spread in definitions[index].spreads {
        guard let target = fragments[spread.name] else {
          failure = .broken(GraphQLError("a fragment is spread that is not defined", at: 0))
          return nil
        }
        if known[target] != nil { continue }
        guard !isOpen.contains(target) else {
          failure = .cycle(fragment: String(decoding: spread.name.prefix(100), as: UTF8.self))
          return nil
        }
        stack.append(target)
        waits = true
        break
      }
      if waits { continue }
      known[index] = sum(definitions[index])
      isOpen.remove(index)
      stack.removeLast()
    }
    return known[root]
  }

  private func sum(_ definition: GraphQLParser.Definition) -> GraphQLMeasure {
    var result = GraphQLMeasure()
    result.depth = definition.depth
    result.aliases = definition.aliases
    result.rootFields = definition.rootFields
    result.cost = definition.cost
    result.hasIntrospection = definition.hasIntrospection
    for spread in definition.spreads {
      guard let target = fragments[spread.name], let inner = known[target] else { continue }
      result.depth = max(result.depth, spread.depth - 1 + inner.depth)
      result.aliases = GraphQLMeasure.sum(result.aliases, inner.aliases)
      if spread.depth == 1 { result.rootFields = GraphQLMeasure.sum(result.rootFields, inner.rootFields) }
      result.cost = GraphQLMeasure.sum(result.cost, GraphQLMeasure.product(spread.factor, inner.cost))
      result.hasIntrospection = result.hasIntrospection || inner.hasIntrospection
    }
    return result
  }
}
