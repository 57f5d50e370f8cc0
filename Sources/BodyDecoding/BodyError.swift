/// Why a body could not be read as what it claims to be: always the client's fault, or that of a limit that cut the body.
///
/// It stops nothing by itself; a rule that asks for `REQBODY_ERROR` does. A value; safe from any task.
public struct BodyError: Sendable, Equatable {
  /// What `REQBODY_ERROR_MSG` holds. Begins with `JSON parsing error: ` or `Multipart parsing error: `.
  public var message: String
  /// Where in the body, in bytes from its start.
  public var offset: Int

  public init(message: String, offset: Int) {
    self.message = message
    self.offset = offset
  }
}
