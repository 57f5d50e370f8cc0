import HTTPWire
import NIOCore
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
    case collecting(HeadBytes, ResponseParts, limit: Int, overLimit: BodyDemand.OverLimit)
    /// Passing the answer on; `framing` says how the client sees its end.
    case relaying(status: Int, framing: BodyFraming)
  }
  private(set) var state = State.none
  /// The head, kept until the body's first bytes, its end, or a pause of the upstream, so that a small answer is one write.
  private var pendingHead: ByteBuffer?

  /// The status that has gone to the client: then no other answer is possible. Nil as long as one is.
  var sentStatus: Int? {
    if case .relaying(let status, _) = state, pendingHead == nil { return status }
    return nil
  }

  var isHeadPending: Bool { pendingHead != nil }

  mutating func expect() {
    guard case .none = state else { return assertionFailure("one answer at a time") }
    state = .awaited
  }

  mutating func collect(_ head: HeadBytes, _ parts: ResponseParts, limit: Int, overLimit: BodyDemand.OverLimit) {
    guard case .awaited = state else { return assertionFailure("nobody waits for this answer") }
    state = .collecting(head, parts, limit: limit, overLimit: overLimit)
  }

  mutating func relay(head: ByteBuffer, status: Int, framing: BodyFraming) {
    switch state {
    case .awaited, .collecting: state = .relaying(status: status, framing: framing)
    case .none, .relaying: return assertionFailure("nobody waits for this answer")
    }
    pendingHead = head
  }

  /// The head, if it has not been taken yet.
  mutating func takeHead() -> ByteBuffer? {
    let head = pendingHead
    pendingHead = nil
    return head
  }

  /// Writes what goes before a piece of the body of `count` bytes, in the client's framing, and gives what goes after it.
  func wrap(count: Int, isLast: Bool, start: inout ByteBuffer) -> StaticString {
    guard case .relaying(_, .chunked) = state else { return "" }
    guard count > 0 else { return isLast ? "0\r\n\r\n" : "" }
    start.writeString(String(count, radix: 16))
    start.writeStaticString("\r\n")
    return isLast ? "\r\n0\r\n\r\n" : "\r\n"
  }

  /// The answer is sent, or given up.
  mutating func end() {
    state = .none
    pendingHead = nil
  }
}
