/// What one GraphQL request may ask for.
public struct GraphQLLimits: Sendable, Equatable {
  /// Bytes of a document. Default 65,536; a longer one is not read.
  public var maximumBytes = 65_536
  /// Tokens of a document, punctuation counted in. Default 1,000.
  public var maximumTokens = 1000
  /// Selection sets within one another, fragments expanded; a query of scalars at the top has depth 1. Default 10.
  public var maximumDepth = 10
  /// Aliases, fragments expanded. Default 15.
  public var maximumAliases = 15
  /// Directives as written. Default 50.
  public var maximumDirectives = 50
  /// Fields at the top of an operation, fragments expanded. Default 20.
  public var maximumRootFields = 20
  /// Each field costs 1, times the list sizes (`first`, `last`, `limit`, `count`, `size`) asked for around it. Default 5,000.
  public var maximumCost = 5000
  /// Operations in one request. Default 10.
  public var maximumBatch = 10

  public init() {}
}

/// What a document comes to, all fragments expanded and `@skip` and `@include` ignored: whoever sends the variables decides those.
public struct GraphQLMeasure: Sendable, Equatable {
  public var tokens = 0
  public var depth = 0
  public var aliases = 0
  public var directives = 0
  public var rootFields = 0
  public var cost = 0
  /// `__schema` or `__type`; `__typename` is harmless.
  public var hasIntrospection = false
  public var hasMutation = false

  public init() {}

  /// The limits that are exceeded, in words.
  public func excess(over limits: GraphQLLimits) -> [String] {
    var list: [String] = []
    func check(_ name: String, _ value: Int, _ limit: Int) {
      if value > limit { list.append("\(name) \(value == Self.ceiling ? "beyond counting" : String(value)), allowed are \(limit)") }
    }
    check("depth", depth, limits.maximumDepth)
    check("aliases", aliases, limits.maximumAliases)
    check("directives", directives, limits.maximumDirectives)
    check("root fields", rootFields, limits.maximumRootFields)
    check("cost", cost, limits.maximumCost)
    return list
  }

  /// Where counting stops: fragments that use fragments grow without bound.
  static let ceiling = 1_000_000_000
  static func sum(_ left: Int, _ right: Int) -> Int { min(left + right, ceiling) }
  static func product(_ left: Int, _ right: Int) -> Int {
    let (value, overflows) = left.multipliedReportingOverflow(by: right)
    return overflows ? ceiling : min(value, ceiling)
  }
}
