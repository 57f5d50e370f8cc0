import HTTPModel

/// What is known of where a request comes from, beside its address.
public struct SourceStanding: Sendable, Equatable {
  /// The operator lets it do what it likes.
  public var isAllowed = false
  /// It names itself a crawler, and its address is its operator's.
  public var isVerifiedCrawler = false
  /// It names itself a crawler whose operator says where from it comes, and comes from elsewhere.
  public var isImpostor = false
  /// Servers stand in its network.
  public var isHosting = false
  /// ISO 3166-1, and the number of the autonomous system; nil if no database says.
  public var country: String?
  public var system: Int?

  public init() {}
}

/// One answered request, as far as behavior is judged by it.
public struct ClientEvent: Sendable {
  public var time: Timestamp
  public var status: Int
  public var path: [UInt8]
  public var query: [UInt8]
  public let method: [UInt8]
  let isWrite: Bool
  public var userAgent: [UInt8]
  /// Whether it says from where it comes.
  public var hasReferrer: Bool
  /// Whether it shows an API key.
  public var hasKey: Bool
  /// Whether it shows a session, so that it is one client and not several behind one address.
  public var hasSession: Bool
  /// Inbound anomaly score of the rules.
  public var anomaly: Int
  /// Whether the rules wished to refuse it.
  public var isRefusedByRules: Bool
  /// Rules that matched and log.
  public var ruleIDs: [Int]
  /// Whether a matched rule speaks of a scanner.
  public var isScanner: Bool
  /// Whether it does not keep to the schema in a way that the policy scores.
  public var violatesSchema = false
  /// What it took the origin to answer, in milliseconds as logs tell it; -1 if nobody knows.
  public var milliseconds: Int32 = -1
  /// Body bytes of the answer; -1 if nobody knows.
  public var bytes = -1
  /// A hash of the header names in their order, and of the TLS fingerprint; 0 if nobody knows.
  public var headerOrder: UInt64 = 0
  public var fingerprint: UInt64 = 0
  public var standing = SourceStanding()

  public init(
    time: Timestamp, status: Int, path: [UInt8], query: [UInt8] = [], method: [UInt8], userAgent: [UInt8] = [], hasReferrer: Bool = false,
    hasKey: Bool = false, hasSession: Bool = false, anomaly: Int = 0, isRefusedByRules: Bool = false, ruleIDs: [Int] = [],
    isScanner: Bool = false
  ) {
    self.time = time
    self.status = status
    self.path = path
    self.query = query
    self.method = method
    isWrite = Self.isWrite(method)
    self.userAgent = userAgent
    self.hasReferrer = hasReferrer
    self.hasKey = hasKey
    self.hasSession = hasSession
    self.anomaly = anomaly
    self.isRefusedByRules = isRefusedByRules
    self.ruleIDs = ruleIDs
    self.isScanner = isScanner
  }

  /// - Parameter target: as it stands in logs, with secrets taken out.
  public init(
    _ request: Request, target: [UInt8], status: Int, hasKey: Bool, hasSession: Bool, anomaly: Int, isRefusedByRules: Bool,
    ruleIDs: [Int], isScanner: Bool
  ) {
    let mark = target.firstIndex(of: 0x3F) ?? target.count
    let fields = request.head.fields
    let referrer = fields.first { $0.isNamed("referer") }?.value ?? []
    self.init(
      // Logs know milliseconds.
      time: Timestamp(microseconds: request.received.microseconds / 1000 * 1000), status: status, path: Array(target[..<mark]),
      query: mark < target.count ? Array(target[(mark + 1)...]) : [], method: request.head.method,
      userAgent: fields.first { $0.isNamed("user-agent") }?.value ?? [0x2D], hasReferrer: !referrer.isEmpty, hasKey: hasKey,
      hasSession: hasSession, anomaly: anomaly, isRefusedByRules: isRefusedByRules, ruleIDs: ruleIDs, isScanner: isScanner)
  }

  /// A hash of a text that tells stacks apart, never 0.
  public static func stackHash(_ text: [UInt8]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return mixed(hash) | 1
  }

  /// Found, and nothing wrong with the request: the endpoint exists for this client.
  var isKnownPath: Bool {
    switch status {
    case 400, 403, 404, 405, 410, 414, 501: false
    default: true
    }
  }

  /// The application calls the request wrong.
  var isCalledWrong: Bool {
    switch status {
    case 400, 405, 414, 415, 422, 501: true
    default: false
    }
  }

  /// The client's own fault. 429 is the origin's doing and 499 the network's: both say nothing about intent.
  var isClientError: Bool { (400..<500).contains(status) && status != 429 && status != 499 && status != 408 }

  /// The origin could not answer, so that asking again is the right thing to do.
  var isOverload: Bool { status >= 500 && status != 501 || status == 429 || status == 408 }

  /// Whether a method asks for something to be done: not GET, HEAD or OPTIONS.
  private static func isWrite(_ method: [UInt8]) -> Bool {
    switch method.count {
    case 3: !(method[0] == 0x47 && method[1] == 0x45 && method[2] == 0x54)
    case 4: !(method[0] == 0x48 && method[1] == 0x45 && method[2] == 0x41 && method[3] == 0x44)
    case 7: !method.elementsEqual("OPTIONS".utf8)
    default: true
    }
  }
}
