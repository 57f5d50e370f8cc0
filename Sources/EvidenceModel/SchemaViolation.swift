/// What is to be done about one kind of violation.
public enum SchemaReaction: Sendable, Hashable {
  /// Written down; does not raise the score.
  case count
  /// Adds to the anomaly score of the rules.
  case score(Int)
  /// Refuses the request.
  case block
}

/// Something in which a request or its answer does not keep to what the API's owner declared.
public struct SchemaViolation: Sendable, Equatable {
  /// The stable name, such as `unknown-query`.
  public var kind: String
  /// The operation as declared, such as `GET /albums/{id}`; empty if there is none.
  public var endpoint: String
  /// `query:limit`, `header:X-Key`, `body`, `response`; names may be as the client sent them, so writers must escape them.
  public var place: String
  /// JSON Pointer into the value; as the client sent it.
  public var pointer: String
  /// One clause for people.
  public var detail: String
  public var reaction: SchemaReaction
  /// What a refusal because of this answers: 400, 401, 404, 405, 413 or 415.
  public var status: Int

  public init(
    kind: String, endpoint: String, place: String = "", pointer: String = "", detail: String, reaction: SchemaReaction, status: Int
  ) {
    self.kind = kind
    self.endpoint = endpoint
    self.place = place
    self.pointer = pointer
    self.detail = detail
    self.reaction = reaction
    self.status = status
  }

  /// Whether it speaks against the client.
  public var weighs: Bool { reaction != .count }
}

extension Sequence where Element == SchemaViolation {
  /// What they add to the anomaly score. Each kind in each place counts once: a body with a hundred wrong items is one mistake.
  public var anomaly: Int {
    var seen: Set<String> = []
    var total = 0
    for violation in self {
      guard case .score(let points) = violation.reaction, seen.insert(violation.kind + "\0" + violation.place).inserted else { continue }
      total += points
    }
    return total
  }
}
