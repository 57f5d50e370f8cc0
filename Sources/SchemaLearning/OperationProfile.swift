/// What was seen of one method on one path. Of bounded size.
struct OperationProfile {
  struct Parameter {
    /// Requests in which it stood.
    var requests = 0
    /// Requests in which it stood more than once.
    var repeated = 0
    /// Requests in which its value had commas and nothing but words between them.
    var lists = 0
    var clients = ClientSketch()
    var values = ValueProfile()
  }

  private(set) var requests = 0
  private(set) var statuses: [Int: Int] = [:]
  private(set) var clients = ClientSketch()
  private(set) var parameters: [[UInt8]: Parameter] = [:]
  private(set) var droppedParameters = 0

  private static let maximumParameters = 100
  private static let maximumStatuses = 60

  mutating func add(_ request: ObservedRequest) {
    requests += 1
    clients.add(request.client)
    if statuses[request.status] != nil || statuses.count < Self.maximumStatuses { statuses[request.status, default: 0] += 1 }
    var seen: [[UInt8]: Int] = [:]
    for (name, value) in request.query.prefix(200) {
      guard parameters[name] != nil || parameters.count < Self.maximumParameters else {
        droppedParameters += 1
        continue
      }
      seen[name, default: 0] += 1
      parameters[name, default: Parameter()].values.add(value)
      let parts = value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      if parts.count > 1, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(ValueShape.isWordByte) }) { parameters[name]?.lists += 1 }
    }
    for (name, times) in seen {
      parameters[name]?.requests += 1
      parameters[name]?.clients.add(request.client)
      if times > 1 { parameters[name]?.repeated += 1 }
    }
  }

  mutating func merge(_ other: OperationProfile) {
    requests += other.requests
    clients.merge(other.clients)
    for (status, count) in other.statuses { statuses[status, default: 0] += count }
    for (name, parameter) in other.parameters {
      guard var known = parameters[name] else {
        if parameters.count < Self.maximumParameters { parameters[name] = parameter } else { droppedParameters += 1 }
        continue
      }
      known.requests += parameter.requests
      known.repeated += parameter.repeated
      known.lists += parameter.lists
      known.clients.merge(parameter.clients)
      known.values.merge(parameter.values)
      parameters[name] = known
    }
  }

  /// Parameters that are the application's own as far as can be told: seen from several clients, or in a good part of the requests. A
  /// scanner's guesses are neither.
  var believableParameters: [(name: [UInt8], profile: Parameter)] {
    parameters.filter { $0.value.requests * 20 >= requests || ($0.value.clients.count >= 3 && $0.value.requests * 500 >= requests) }
      .map { ($0.key, $0.value) }.sorted { $0.0.lexicographicallyPrecedes($1.0) }
  }

  /// `high`, `medium` or `low`: how many different clients agree.
  var confidence: String {
    if requests >= 100, clients.count >= 10 { return "high" }
    return requests >= 20 && clients.count >= 3 ? "medium" : "low"
  }
}

/// Counts distinct clients up to a hundred.
struct ClientSketch {
  private var hashes: Set<UInt64> = []
  private static let maximum = 100

  var count: Int { hashes.count }

  mutating func add(_ client: String) {
    guard hashes.count < Self.maximum else { return }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in client.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hashes.insert(hash)
  }

  mutating func merge(_ other: ClientSketch) {
    for hash in other.hashes where hashes.count < Self.maximum { hashes.insert(hash) }
  }
}

/// A request of a log, as far as learning needs it.
public struct ObservedRequest: Sendable {
  public var method: [UInt8]
  /// Without the query, as sent.
  public var path: [UInt8]
  /// Decoded.
  public var query: [(name: [UInt8], value: [UInt8])]
  public var status: Int
  public var client: String

  public init(method: [UInt8], path: [UInt8], query: [(name: [UInt8], value: [UInt8])], status: Int, client: String) {
    self.method = method
    self.path = path
    self.query = query
    self.status = status
    self.client = client
  }
}
