/// Whom a client's connection waits for: it decides which time limit runs, and whose fault it is when it passes.
enum Waiting: Equatable {
  /// The client, for another request; or for nothing, which is as well.
  case nextRequest
  /// The client, for the rest of a request's head.
  case restOfHead
  /// The client, for the rest of a request's body.
  case restOfBody
  /// The upstream: for its answer, or until it takes more of the request.
  case upstream
  /// The client, until it takes what was written for it.
  case reader
  /// The client's end of the connection, after ours.
  case end

  /// - Parameters:
  ///   - hasInput: bytes of a head are there.
  ///   - isClientWritable: the client's connection takes more.
  ///   - isUpstreamWritable: the upstream's connection takes more.
  ///   - hasUnsent: bytes for the client have not left this process. Asked only where it matters.
  static func of(
    _ request: RequestHalf, _ answer: AnswerHalf, hasInput: Bool, isClientWritable: Bool, isUpstreamWritable: Bool,
    hasUnsent: @autoclosure () -> Bool
  ) -> Waiting {
    switch (request.state, answer.state) {
    case (.over, _): return hasUnsent() ? .reader : .end
    case (.head, _):
      // A client that reads no answers is not asked for more requests.
      if !isClientWritable { return .reader }
      if hasInput { return .restOfHead }
      return hasUnsent() ? .reader : .nextRequest
    case (_, .relaying): return isClientWritable ? .upstream : .reader
    case (_, .collecting): return .upstream
    case (.collecting, _): return .restOfBody
    case (.streaming, _): return isUpstreamWritable ? .restOfBody : .upstream
    case (.waiting, _), (.complete, _): return .upstream
    }
  }
}
