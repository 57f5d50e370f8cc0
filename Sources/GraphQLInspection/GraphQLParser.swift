/// Reads an executable document (section 2.2) in one pass over its tokens, without a tree: each definition becomes counts, and a list of
/// the fragments that it spreads. Levels are kept on a stack of our own, so that depth costs no machine stack.
struct GraphQLParser {
  /// An operation or a fragment, fragments in it not yet expanded.
  struct Definition {
    /// Of a fragment.
    var name: [UInt8] = []
    var isFragment = false
    var isMutation = false
    var depth = 0
    var aliases = 0
    var rootFields = 0
    var cost = 0
    var hasIntrospection = false
    var spreads: [Spread] = []
  }

  struct Spread {
    var name: [UInt8]
    /// Depth of the selection set in which it stands.
    var depth: Int
    /// List sizes around it.
    var factor: Int
  }

  private struct Level {
    var factor: Int
    /// An inline fragment adds no depth of its own.
    var depth: Int
    /// Length of `path` outside of it.
    var pathLength: Int
  }

  private let text: UnsafeBufferPointer<UInt8>
  private var lexer: GraphQLLexer
  private var token: GraphQLToken
  private let maximumTokens: Int
  private(set) var tokens = 0
  private(set) var directives = 0
  private(set) var definitions: [Definition] = []
  /// Values of arguments with the way to them, such as `user.posts.first`.
  private(set) var arguments: [(name: [UInt8], value: [UInt8])] = []
  private var path: [UInt8] = []
  private(set) var exceedsTokens = false

  private static let sizeArguments: [[UInt8]] = ["first", "last", "limit", "count", "size", "take", "pageSize"].map { Array($0.utf8) }
  private static let maximumNameBytes = 200

  init(_ text: UnsafeBufferPointer<UInt8>, maximumTokens: Int) throws(GraphQLError) {
    self.text = text
    self.maximumTokens = maximumTokens
    lexer = GraphQLLexer(text)
    token = GraphQLToken(kind: .end, start: 0, end: 0)
    try advance()
    guard token.kind != .end else { throw GraphQLError("the document is empty", at: 0) }
    while token.kind != .end { try definition() }
  }

  // MARK: Definitions

  private mutating func definition() throws(GraphQLError) {
    var definition = Definition()
    path.removeAll(keepingCapacity: true)
    if token.kind != .openBrace {
      let word = try name()
      if word == Array("fragment".utf8) {
        definition.isFragment = true
        definition.name = try name()
        guard definition.name != Array("on".utf8), try name() == Array("on".utf8) else { throw unexpected() }
        _ = try name()
      } else {
        guard ["query", "mutation", "subscription"].contains(where: { word.elementsEqual($0.utf8) }) else {
          throw GraphQLError("neither an operation nor a fragment", at: token.start)
        }
        definition.isMutation = word == Array("mutation".utf8)
        if token.kind == .name { _ = try name() }
        if token.kind == .openParenthesis { try variableDefinitions() }
      }
      try directiveList()
    }
    guard token.kind == .openBrace else { throw unexpected() }
    try selections(&definition)
    definitions.append(definition)
  }

  /// `($name: Type = value @directive, …)`
  private mutating func variableDefinitions() throws(GraphQLError) {
    try expect(.openParenthesis)
    repeat {
      try expect(.dollar)
      let variable = try name()
      try expect(.colon)
      var brackets = 0
      while token.kind == .openBracket {
        try advance()
        brackets += 1
      }
      _ = try name()
      if token.kind == .bang { try advance() }
      while brackets > 0 {
        try expect(.closeBracket)
        if token.kind == .bang { try advance() }
        brackets -= 1
      }
      if token.kind == .equals {
        try advance()
        _ = try value(named: Array("$".utf8) + variable)
      }
      try directiveList()
    } while token.kind != .closeParenthesis
    try advance()
  }

  // MARK: Selections

  private mutating func selections(_ definition: inout Definition) throws(GraphQLError) {
    var levels: [Level] = []
    try expect(.openBrace)
    levels.append(Level(factor: 1, depth: 1, pathLength: 0))
    guard token.kind != .closeBrace else { throw unexpected() }
    definition.depth = 1
    while let level = levels.last {
      switch token.kind {
      case .closeBrace:
        try advance()
        levels.removeLast()
        if let outer = levels.last { path.removeLast(max(path.count - outer.pathLength, 0)) }
      case .spread:
        try advance()
        if token.kind == .name, !text[token.start..<token.end].elementsEqual("on".utf8) {
          definition.spreads.append(Spread(name: try name(), depth: level.depth, factor: level.factor))
          try directiveList()
        } else {
          if token.kind == .name {
            try advance()
            _ = try name()
          }
          try directiveList()
          try expect(.openBrace)
          guard token.kind != .closeBrace else { throw unexpected() }
          levels.append(Level(factor: level.factor, depth: level.depth, pathLength: level.pathLength))
        }
      case .name: try field(&definition, &levels, level)
      default: throw unexpected()
      }
    }
  }

  private mutating func field(_ definition: inout Definition, _ levels: inout [Level], _ level: Level) throws(GraphQLError) {
    path.removeLast(max(path.count - level.pathLength, 0))
    var word = try name()
    if token.kind == .colon {
      try advance()
      definition.aliases += 1
      word = try name()
    }
    if word.elementsEqual("__schema".utf8) || word.elementsEqual("__type".utf8) { definition.hasIntrospection = true }
    if level.depth == 1 { definition.rootFields += 1 }
    if path.count < Self.maximumNameBytes { path += (path.isEmpty ? [] : [UInt8(ascii: ".")]) + word }
    definition.cost = GraphQLMeasure.sum(definition.cost, level.factor)
    var factor = level.factor
    if token.kind == .openParenthesis {
      try advance()
      repeat {
        let argument = try name()
        try expect(.colon)
        let number = try value(named: path + [UInt8(ascii: ".")] + argument)
        if Self.sizeArguments.contains(argument), let number { factor = GraphQLMeasure.product(factor, max(number, 1)) }
      } while token.kind != .closeParenthesis
      try advance()
    }
    try directiveList()
    guard token.kind == .openBrace else { return }
    try advance()
    guard token.kind != .closeBrace else { throw unexpected() }
    levels.append(Level(factor: factor, depth: level.depth + 1, pathLength: path.count))
    definition.depth = max(definition.depth, level.depth + 1)
  }

  private mutating func directiveList() throws(GraphQLError) {
    while token.kind == .at {
      try advance()
      directives += 1
      let word = try name()
      guard token.kind == .openParenthesis else { continue }
      try advance()
      repeat {
        let argument = try name()
        try expect(.colon)
        _ = try value(named: [UInt8(ascii: "@")] + word + [UInt8(ascii: ".")] + argument)
      } while token.kind != .closeParenthesis
      try advance()
    }
  }

  // MARK: Values

  /// One value, lists and objects included (section 2.9).
  /// - Returns: the number, if it is a whole one.
  private mutating func value(named name: [UInt8]) throws(GraphQLError) -> Int? {
    // Closing brackets that are still to come.
    var open: [GraphQLToken.Kind] = []
    var number: Int?
    repeat {
      if open.last == .closeBrace, token.kind != .closeBrace {
        _ = try self.name()
        try expect(.colon)
      }
      switch token.kind {
      case .dollar:
        try advance()
        _ = try self.name()
      case .int:
        let digits = text[token.start..<token.end]
        if open.isEmpty { number = Int(String(decoding: digits, as: UTF8.self)) ?? GraphQLMeasure.ceiling }
        try keep(name)
      case .float, .string, .blockString, .name: try keep(name)
      case .openBracket:
        open.append(.closeBracket)
        try advance()
      case .openBrace:
        open.append(.closeBrace)
        try advance()
      case let kind where kind == open.last:
        open.removeLast()
        try advance()
      default: throw unexpected()
      }
    } while !open.isEmpty
    return number
  }

  private mutating func keep(_ name: [UInt8]) throws(GraphQLError) {
    let bytes = text[token.start..<token.end]
    arguments.append((name, token.kind == .string ? GraphQLString.decoded(bytes) : Array(bytes)))
    try advance()
  }

  // MARK: Tokens

  private mutating func advance() throws(GraphQLError) {
    token = try lexer.next()
    tokens += 1
    if tokens > maximumTokens, token.kind != .end {
      exceedsTokens = true
      throw GraphQLError("more than \(maximumTokens) tokens", at: token.start)
    }
  }

  private mutating func expect(_ kind: GraphQLToken.Kind) throws(GraphQLError) {
    guard token.kind == kind else { throw unexpected() }
    try advance()
  }

  private mutating func name() throws(GraphQLError) -> [UInt8] {
    guard token.kind == .name else { throw unexpected() }
    let word = Array(text[token.start..<token.end])
    try advance()
    return word
  }

  private func unexpected() -> GraphQLError {
    GraphQLError(token.kind == .end ? "the document ends too early" : "something else is expected here", at: token.start)
  }
}
