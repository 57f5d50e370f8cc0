/// Bounds on what a peer may send before its body.
public struct HeadLimits: Sendable {
  /// Bytes of the request line; longer is 414. 16 KiB by default.
  public var maximumLineBytes = 16 * 1024
  /// Bytes of one field line; longer is 431. 16 KiB by default.
  public var maximumFieldBytes = 16 * 1024
  /// Bytes of all field lines; more is 431. 64 KiB by default.
  public var maximumSectionBytes = 64 * 1024
  /// Field lines; more is 431. 128 by default.
  public var maximumFieldCount = 128

  public init() {}

  /// Nothing longer is ever kept while the end of a head is sought.
  public var maximumHeadBytes: Int { maximumLineBytes + maximumSectionBytes + 8 }
}

/// How the end of a body is found (RFC 9112 section 6.3).
public enum BodyFraming: Sendable, Equatable {
  case none
  /// Bytes.
  case length(Int)
  case chunked
  /// To the end of the connection; responses only.
  case untilClose
}

/// How far the search for a head's end has come, so that a head that arrives byte by byte is not searched anew each time.
///
/// Offsets from the head's first byte. Start with a fresh one for each head.
public struct HeadScan: Sendable {
  var position = 0
  var lineStart = 0

  public init() {}

  init(position: Int, lineStart: Int) {
    self.position = position
    self.lineStart = lineStart
  }
}
