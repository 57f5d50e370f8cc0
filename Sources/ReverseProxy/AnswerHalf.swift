import HTTPWire
import RuleEngine

/// How far the answer has come on its way to the client: the other half beside `RequestHalf`.
///
/// ```
///  none ──► awaited ──► collecting ──► relaying ──► none
///              │                          ▲
///              └──────────────────────────┘
/// ```
/// An answer of our own goes from any state to `none`, as long as nothing of the upstream's has been sent. A value.
struct AnswerHalf {
  enum State {
    /// Nobody waits for an answer.
    case none
    /// The answer's head has not come.
    case awaited
    /// Collecting the answer's body for phase 4.
    case collecting(ParsedResponseHead, limit: Int, overLimit: BodyDemand.OverLimit)
    /// Passing the answer on; `framing` says how the client sees its end.
    case relaying(status: Int, framing: BodyFraming)
  }
  private(set) var state = State.none
  /// The head, kept until the body's first bytes, its end, or a pause of the upstream, so that a small answer is one write.
  private var pendingHead: [UInt8] = []

  /// The status that has gone to the client: then no other answer is possible. Nil as long as one is.
  var sentStatus: Int? {
    if case .relaying(let status, _) = state, pendingHead.isEmpty { return status }
    return nil
  }

  var isHeadPending: Bool { !pendingHead.isEmpty }

  mutating func expect() {
    guard case .none = state else { return assertionFailure("one answer at a time") }
    state = .awaited
  }

  mutating func collect(_ head: ParsedResponseHead, limit: Int, overLimit: BodyDemand.OverLimit) {
    guard case .awaited = state else { return assertionFailure("nobody waits for this answer") }
    state = .collecting(head, limit: limit, overLimit: overLimit)
  }

  mutating func relay(head: [UInt8], status: Int, framing: BodyFraming) {
    switch state {
    case .awaited, .collecting: state = .relaying(status: status, framing: framing)
    case .none, .relaying: return assertionFailure("nobody waits for this answer")
    }
    pendingHead = head
  }

  /// What goes before and after a piece of the body of `count` bytes, in the client's framing.
  mutating func wrap(count: Int, isLast: Bool) -> (start: [UInt8], end: StaticString) {
    var start = pendingHead
    pendingHead = []
    guard case .relaying(_, .chunked) = state else { return (start, "") }
    guard count > 0 else { return (start, isLast ? "0\r\n\r\n" : "") }
    start += Array("\(String(count, radix: 16))\r\n".utf8)
    return (start, isLast ? "\r\n0\r\n\r\n" : "\r\n")
  }

  /// The answer is sent, or given up.
  mutating func end() {
    state = .none
    pendingHead = []
  }
}
