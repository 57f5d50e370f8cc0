/// How far a client's request has been read: one half of what a connection does.
///
/// ```
///  head ──► waiting ──► collecting ──► complete ──► head …
///              │             │             ▲
///              │◄────────────┘             │
///              └──────► streaming ─────────┘
///
///  any ──► over
/// ```
/// The other half is `AnswerHalf`: an upstream may answer before it has the whole request, so neither follows from the other.
/// A value; what is done about it is done by `ClientHandler`.
struct RequestHalf {
  /// What follows from a body that is longer than the rules look at in one piece.
  enum OverLimit { case reject, partial, windows }

  enum State {
    /// Waiting for, or in, a request's head.
    case head
    /// The head is there. Nothing more is read until the rules have spoken or, for a body that is sent on as it comes, until there
    /// is a connection to send it to.
    case waiting
    /// Collecting the body for phase 2.
    case collecting(limit: Int, overLimit: OverLimit)
    /// Sending the body on as it comes.
    case streaming
    /// All of the request was read. What comes now is the next one, and stays where it is.
    case complete
    /// Nothing more is taken for a request: bytes are read and dropped.
    case over
  }
  private(set) var state = State.head

  mutating func headArrived() {
    guard case .head = state else { return assertionFailure("a head within a request") }
    state = .waiting
  }

  mutating func collect(limit: Int, overLimit: OverLimit) {
    guard case .waiting = state else { return assertionFailure("a body without a head") }
    state = .collecting(limit: limit, overLimit: overLimit)
  }

  /// What is left of the body is to be sent on; there is no connection for it yet.
  mutating func wait() {
    switch state {
    case .waiting, .collecting, .streaming: state = .waiting
    case .head, .complete, .over: assertionFailure("no body is left to wait with")
    }
  }

  mutating func stream() {
    guard case .waiting = state else { return assertionFailure("streaming begins where it was waited for") }
    state = .streaming
  }

  mutating func complete() {
    switch state {
    case .waiting, .collecting, .streaming, .complete: state = .complete
    case .head, .over: assertionFailure("no request to complete")
    }
  }

  /// The answer is sent, and the connection carries another request.
  mutating func next() {
    if case .over = state { return assertionFailure("a request after the last") }
    state = .head
  }

  mutating func end() { state = .over }
}
