import EvidenceModel

/// The result of an analysis, as data. Renderers turn it into text; they add nothing to it.
public struct Report: Sendable {
  public struct Client: Sendable {
    public var ip: String
    public var userAgent: [UInt8]
    /// Short hashes, or as they stood in the log; nil for requests without one.
    public var session: String?
    public var key: String?
    public var verdict: Verdict
    public var requests: Int
    public var ruleMatches: Int
    /// The client's own request number at which the verdict was first reached, and when; nil for `allow`.
    public var atRequest: Int?
    public var reachedAt: Double?
    /// RFC 3339.
    public var firstSeen: String
    public var lastSeen: String
    public var evidence: [BehaviorSignal]
    /// ISO 3166-1, and the number of the autonomous system, if a database says.
    public var country: String?
    public var system: Int?
    /// People whom the verdict would hit besides, as far as they were told apart.
    public var collateral = 0

    public init(
      ip: String, userAgent: [UInt8], session: String?, key: String?, verdict: Verdict, requests: Int, ruleMatches: Int, atRequest: Int?,
      reachedAt: Double?, firstSeen: String, lastSeen: String, evidence: [BehaviorSignal], country: String? = nil,
      system: Int? = nil, collateral: Int = 0
    ) {
      self.country = country
      self.system = system
      self.collateral = collateral
      self.ip = ip
      self.userAgent = userAgent
      self.session = session
      self.key = key
      self.verdict = verdict
      self.requests = requests
      self.ruleMatches = ruleMatches
      self.atRequest = atRequest
      self.reachedAt = reachedAt
      self.firstSeen = firstSeen
      self.lastSeen = lastSeen
      self.evidence = evidence
    }
  }
  /// Many clients that are one actor.
  public struct Campaign: Sendable {
    public var label: ClientClass
    /// What they share, for a person.
    public var shape: String
    /// Places in `clients`; the flagged ones first.
    public var members: [Int]
    /// How many of them are flagged.
    public var flagged: Int
    public var addresses: Int
    /// IPv4 /24 and IPv6 /48.
    public var networks: Int
    public var requests: Int
    /// RFC 3339.
    public var firstSeen: String
    public var lastSeen: String

    public init(
      label: ClientClass, shape: String, members: [Int], flagged: Int, addresses: Int, networks: Int, requests: Int, firstSeen: String,
      lastSeen: String
    ) {
      self.label = label
      self.shape = shape
      self.members = members
      self.flagged = flagged
      self.addresses = addresses
      self.networks = networks
      self.requests = requests
      self.firstSeen = firstSeen
      self.lastSeen = lastSeen
    }
  }
  public struct Malformed: Sendable {
    public var file: String
    public var line: Int
    public var reason: String

    public init(file: String, line: Int, reason: String) {
      self.file = file
      self.line = line
      self.reason = reason
    }
  }
  public struct Format: Sendable {
    public var file: String
    public var format: String
    public var matched: Int
    public var sampled: Int

    public init(file: String, format: String, matched: Int, sampled: Int) {
      self.file = file
      self.format = format
      self.matched = matched
      self.sampled = sampled
    }
  }
  public struct RuleCount: Sendable {
    public var id: Int
    public var message: [UInt8]
    public var requests: Int

    public init(id: Int, message: [UInt8], requests: Int) {
      self.id = id
      self.message = message
      self.requests = requests
    }
  }
  public struct EndpointCount: Sendable {
    public var method: String
    public var path: String
    public var requests: Int
    public var clientErrors: Int
    public var serverErrors: Int
    public var refused: Int

    public init(method: String, path: String, requests: Int, clientErrors: Int, serverErrors: Int, refused: Int) {
      self.method = method
      self.path = path
      self.requests = requests
      self.clientErrors = clientErrors
      self.serverErrors = serverErrors
      self.refused = refused
    }
  }
  /// Violations of the schema by endpoint and field.
  public struct SchemaCount: Sendable {
    /// As declared, such as `GET /albums/{id}`; as asked for, if nobody declared it.
    public var endpoint: String
    public var kind: String
    /// `query:limit`, `body/email`; empty for the request as a whole.
    public var field: String
    public var requests: Int

    public init(endpoint: String, kind: String, field: String, requests: Int) {
      self.endpoint = endpoint
      self.kind = kind
      self.field = field
      self.requests = requests
    }
  }
  /// A drop: when it began, and whether it was detected or configured.
  public struct Event: Sendable {
    public var start: String
    public var isDetected: Bool

    public init(start: String, isDetected: Bool) {
      self.start = start
      self.isDetected = isDetected
    }
  }
  public struct Minute: Sendable {
    /// Epoch seconds of its start.
    public var start: Int
    public var requests: Int
    public var refused: Int

    public init(start: Int, requests: Int, refused: Int) {
      self.start = start
      self.requests = requests
      self.refused = refused
    }
  }

  public var files: [String] = []
  public var formats: [Format] = []
  /// Malformed ones counted in.
  public var lines = 0
  public var malformed = 0
  public var parsed = 0
  /// The first of them.
  public var malformedPlaces: [Malformed] = []
  public var first: String?
  public var last: String?
  /// Sorted: the worst score first, then by requests, address and agent.
  public var clients: [Client] = []
  /// The largest first.
  public var campaigns: [Campaign] = []
  public var rules: [RuleCount] = []
  public var endpoints: [EndpointCount] = []
  /// The most frequent first.
  public var schema: [SchemaCount] = []
  public var timeline: [Minute] = []
  public var events: [Event] = []
  public var rulesAsked = 0
  public var rulesUnasked = 0
  /// Clients that were folded into one record because the table was full.
  public var overflowClients = 0
  /// Interrupted, or a file could not be read to its end.
  public var isPartial = false
  public var problems: [String] = []

  public init() {}

  /// Leaves out clients whose verdict is `allow`, also in campaigns.
  public mutating func keepFlagged() {
    var places: [Int: Int] = [:]
    for (index, client) in clients.enumerated() where client.verdict.kind != .allow { places[index] = places.count }
    clients.removeAll { $0.verdict.kind == .allow }
    for index in campaigns.indices { campaigns[index].members = campaigns[index].members.compactMap { places[$0] } }
  }
}
