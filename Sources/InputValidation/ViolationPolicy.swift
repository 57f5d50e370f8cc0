import EvidenceModel

/// What is done about each kind of violation: by operation, else by default. A value.
public struct ViolationPolicy: Sendable {
  private var reactions: [ViolationKind: SchemaReaction?] = [:]
  private var overrides: [Override] = []

  private struct Override: Sendable {
    /// Nil: every method.
    var method: String?
    /// A path as declared, or an operationId.
    var name: String
    var reactions: [ViolationKind: SchemaReaction?]
  }

  public init() {}

  public mutating func set(_ kind: ViolationKind, to reaction: SchemaReaction?) { reactions[kind] = .some(reaction) }

  /// Takes in an exception.
  ///
  /// `POST /v1/login: invalid block, unknown-query score 2`; `* /v1/login: …` for every method; `createUser: …` by operationId. Paths
  /// are those of the document, without a base path.
  /// - Throws: `PolicyError` with what is wrong.
  public mutating func addOverride(_ text: String) throws(PolicyError) {
    guard let colon = text.endOfOperation else { throw PolicyError("\"\(text)\" has no \": \" between operation and reactions") }
    let words = text[..<colon].split(separator: " ")
    guard words.count == 1 || words.count == 2 else { throw PolicyError("\"\(text[..<colon])\" is no METHOD /path and no operationId") }
    var override = Override(
      method: words.count == 2 && words[0] != "*" ? words[0].uppercased() : nil, name: String(words[words.count - 1]), reactions: [:])
    for part in text[text.index(after: colon)...].split(separator: ",") {
      let words = part.split(separator: " ").map(String.init)
      guard let first = words.first else { continue }
      guard let kind = ViolationKind(rawValue: first) else { throw PolicyError("there is no kind of violation \"\(first)\"") }
      guard let reaction = Self.reaction(words.dropFirst().joined(separator: " ")) else {
        throw PolicyError("\"\(part)\" says neither off, count, score N nor block")
      }
      override.reactions[kind] = .some(reaction)
    }
    guard !override.reactions.isEmpty else { throw PolicyError("\"\(text)\" names no kind of violation") }
    overrides.append(override)
  }

  /// - Returns: the outer optional is nil for a text that is no reaction, the inner for `off`.
  public static func reaction(_ text: String) -> SchemaReaction?? {
    let words = text.split(separator: " ")
    switch words.first {
    case "off" where words.count == 1: return .some(nil)
    case "count" where words.count == 1: return .some(.count)
    case "block" where words.count == 1: return .some(.block)
    case "score" where words.count == 2:
      guard let points = Int(words[1]), (1...1000).contains(points) else { return nil }
      return .some(.score(points))
    default: return nil
    }
  }

  /// Nil: it is not even written down.
  func reaction(to kind: ViolationKind, method: String, path: String, operationID: String?) -> SchemaReaction? {
    for override in overrides.reversed() where override.name == path || override.name == operationID {
      guard override.method == nil || override.method == method, let reaction = override.reactions[kind] else { continue }
      return reaction
    }
    if let reaction = reactions[kind] { return reaction }
    return kind.standard
  }

  /// Whether any operation wants this kind.
  func wants(_ kind: ViolationKind) -> Bool {
    if overrides.contains(where: { ($0.reactions[kind] ?? nil) != nil }) { return true }
    if let reaction = reactions[kind] { return reaction != nil }
    return kind.standard != nil
  }

  /// Names of operations that exceptions speak of, for a check against the documents.
  var overrideNames: [String] { overrides.map(\.name) }
}

/// What is wrong with a policy: the operator's to mend.
public struct PolicyError: Error, Sendable, Equatable, CustomStringConvertible {
  public var description: String
  public init(_ description: String) { self.description = description }
}

extension String {
  /// The first colon before a blank: paths may hold colons.
  fileprivate var endOfOperation: String.Index? {
    indices.first { self[$0] == ":" && index(after: $0) < endIndex && self[index(after: $0)] == " " }
  }
}
