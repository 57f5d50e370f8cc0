/// The head of a request exactly as it was received.
///
/// Shape: `line` is the raw request line without its line end; `method`, `target` and `version` are its parts, empty where the
/// line had fewer. `version` is the text of the wire, such as `HTTP/1.1`. Nothing is decoded, normalised or reordered.
public struct RequestHead: Sendable, Equatable {
  public var line: [UInt8]
  public var method: [UInt8]
  public var target: [UInt8]
  public var version: [UInt8]
  public var fields: [Field]

  public init(line: [UInt8], method: [UInt8], target: [UInt8], version: [UInt8], fields: [Field]) {
    self.line = line
    self.method = method
    self.target = target
    self.version = version
    self.fields = fields
  }

  /// Builds the line from its parts, with one blank between them.
  public init(method: String, target: String, version: String = "HTTP/1.1", fields: [Field] = []) {
    let line = version.isEmpty ? "\(method) \(target)" : "\(method) \(target) \(version)"
    self.init(
      line: Array(line.utf8), method: Array(method.utf8), target: Array(target.utf8), version: Array(version.utf8),
      fields: fields)
  }
}

/// Which header fields of a request were observable. A log line shows a few; the wire shows all.
public enum FieldCoverage: Sendable, Equatable {
  /// Every field that was sent is in `fields`.
  case all
  /// Only fields of these names (lower case) could be seen; one of these that is not in `fields` was absent.
  case only(Set<String>)
}

/// Everything that was seen of one request.
public struct Request: Sendable {
  public var head: RequestHead
  public var fieldCoverage: FieldCoverage
  /// The body's bytes with transfer coding removed and content coding untouched.
  public var body: Observation<[UInt8]>
  public var client: Endpoint
  public var server: Endpoint
  public var received: Timestamp
  /// The request's id (`UNIQUE_ID`, `X-Request-ID`): 8 to 128 of `[A-Za-z0-9._-]`.
  public var id: String

  public init(
    head: RequestHead, fieldCoverage: FieldCoverage = .all, body: Observation<[UInt8]> = .absent, client: Endpoint,
    server: Endpoint = Endpoint(address: "127.0.0.1"), received: Timestamp, id: String
  ) {
    self.head = head
    self.fieldCoverage = fieldCoverage
    self.body = body
    self.client = client
    self.server = server
    self.received = received
    self.id = id
  }
}

/// Everything that was seen of one response.
public struct Response: Sendable {
  public var version: [UInt8]
  public var status: Int
  public var reason: [UInt8]
  public var fields: [Field]
  public var body: Observation<[UInt8]>

  public init(
    version: [UInt8] = Array("HTTP/1.1".utf8), status: Int, reason: [UInt8] = [], fields: [Field],
    body: Observation<[UInt8]> = .unobserved
  ) {
    self.version = version
    self.status = status
    self.reason = reason
    self.fields = fields
    self.body = body
  }
}
