import EvidenceModel
import HTTPModel

/// What one request adds to a client's history.
public struct ClientEvent: Sendable {
  public var time: Timestamp
  public var status: Int
  public var path: [UInt8]
  public var query: [UInt8]
  public var method: [UInt8]
  /// Inbound anomaly score of the rules.
  public var anomaly: Int
  /// Whether the rules wished to refuse it.
  public var isRefusedByRules: Bool
  /// Rules that matched and log.
  public var ruleCount: Int
  /// Whether a matched rule speaks of a scanner.
  public var isScanner: Bool
  /// Whether it does not keep to the schema in a way that the policy scores.
  public var violatesSchema = false

  public init(
    time: Timestamp, status: Int, path: [UInt8], query: [UInt8], method: [UInt8], anomaly: Int, isRefusedByRules: Bool, ruleCount: Int,
    isScanner: Bool
  ) {
    self.time = time
    self.status = status
    self.path = path
    self.query = query
    self.method = method
    self.anomaly = anomaly
    self.isRefusedByRules = isRefusedByRules
    self.ruleCount = ruleCount
    self.isScanner = isScanner
  }
}

/// What is remembered of one client: counters of fixed size, whatever it asks for.
public struct ClientHistory: Sendable {
  public private(set) var requests = 0
  public private(set) var firstSeen = Timestamp(microseconds: 0)
  public private(set) var lastSeen = Timestamp(microseconds: 0)
  public private(set) var ruleMatches = 0
  public private(set) var refusedByRules = 0
  public private(set) var worstAnomaly = 0
  public private(set) var scannerMatches = 0
  public private(set) var clientErrors = 0
  public private(set) var unauthorized = 0
  public private(set) var serverErrors = 0
  public private(set) var malformedParameters = 0
  public private(set) var schemaViolations = 0
  /// Paths that were not seen before, and paths sampled.
  public private(set) var distinctPaths = PathSketch()
  public private(set) var assets = 0
  public private(set) var gaps = GapStatistics()
  public private(set) var ascendingIDs = 0
  public private(set) var loginAttempts = 0
  private var lastID = 0

  public init() {}

  public mutating func add(_ event: ClientEvent) {
    if requests == 0 { firstSeen = event.time } else { gaps.add(microseconds: event.time.microseconds - lastSeen.microseconds) }
    requests += 1
    if event.time < firstSeen { firstSeen = event.time }
    if event.time > lastSeen { lastSeen = event.time }
    ruleMatches += event.ruleCount
    worstAnomaly = max(worstAnomaly, event.anomaly)
    if event.isRefusedByRules { refusedByRules += 1 }
    if event.isScanner { scannerMatches += 1 }
    // 429 is our own or the origin's doing, and says nothing about intent.
    if (400..<500).contains(event.status), event.status != 429, event.status != 499 { clientErrors += 1 }
    if event.status == 401 { unauthorized += 1 }
    if event.status >= 500 { serverErrors += 1 }
    if PathShape.isAsset(event.path) { assets += 1 }
    if Malformation.isMalformed(event.query) { malformedParameters += 1 }
    if event.violatesSchema { schemaViolations += 1 }
    distinctPaths.add(event.path)
    if event.method.elementsEqual("POST".utf8), PathShape.isLogin(event.path) { loginAttempts += 1 }
    if let id = PathShape.trailingNumber(event.path) {
      if id > lastID, id - lastID <= 3, lastID > 0 { ascendingIDs += 1 }
      lastID = id
    }
  }
}

/// Counts distinct paths: exactly up to 64, then by a linear-counting bitmap of 1,024 bits, so that memory is fixed.
public struct PathSketch: Sendable {
  private var bits: [UInt64] = Array(repeating: 0, count: 16)
  private var set = 0

  mutating func add(_ path: [UInt8]) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in path { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    hash ^= hash >> 32
    let index = Int(hash & 1023)
    let mask: UInt64 = 1 << UInt64(index & 63)
    if bits[index >> 6] & mask == 0 {
      bits[index >> 6] |= mask
      set += 1
    }
  }

  /// The estimate; about 4,000 at most.
  public var count: Int {
    guard set < 1024 else { return 7100 }
    // n = -m ln(1 - set/m), by the series of ln around 1 in steps that double.
    let free = Double(1024 - set) / 1024
    return Int((1024 * -naturalLogarithm(free)).rounded())
  }
}

/// ln of a number in (0, 1], without Foundation: exponent and an atanh series.
func naturalLogarithm(_ x: Double) -> Double {
  let exponent = Double(x.exponent)
  let significand = x.significand
  let ratio = (significand - 1) / (significand + 1)
  let square = ratio * ratio
  var term = ratio
  var sum = 0.0
  for index in 0..<40 {
    sum += term / Double(2 * index + 1)
    term *= square
  }
  return exponent * 0.693_147_180_559_945_3 + 2 * sum
}

/// Mean and spread of the time between requests (Welford).
public struct GapStatistics: Sendable {
  public private(set) var count = 0
  public private(set) var mean = 0.0
  private var squares = 0.0

  mutating func add(microseconds: Int64) {
    let gap = Double(max(microseconds, 0)) / 1_000_000
    count += 1
    let delta = gap - mean
    mean += delta / Double(count)
    squares += delta * (gap - mean)
  }

  /// Standard deviation over mean: 0 for a clock, about 1 for chance, more for people.
  public var variation: Double {
    guard count > 1, mean > 0 else { return 1 }
    return (squares / Double(count)).squareRoot() / mean
  }
}

/// What a path says by its shape.
public enum PathShape {
  private static let assetEndings = ["css", "js", "png", "jpg", "jpeg", "gif", "svg", "ico", "woff", "woff2", "webp", "map", "ttf"]
    .map { Array($0.utf8) }

  public static func isAsset(_ path: [UInt8]) -> Bool {
    guard let dot = path.lastIndex(of: 0x2E), path.count - dot <= 6 else { return false }
    let ending = path[(dot + 1)...].map(asciiLowercased)
    return assetEndings.contains(ending)
  }

  public static func isLogin(_ path: [UInt8]) -> Bool {
    let lower = path.map(asciiLowercased)
    return ["login", "signin", "sign-in", "session", "token", "wp-login.php"].contains {
      lower.suffix($0.utf8.count).elementsEqual($0.utf8)
    }
  }

  /// The number with which a path ends, such as 1042 in `/v1/tracks/1042`.
  public static func trailingNumber(_ path: [UInt8]) -> Int? {
    guard let slash = path.lastIndex(of: 0x2F) else { return nil }
    let tail = path[(slash + 1)...]
    guard !tail.isEmpty, tail.count <= 15, tail.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
    return tail.reduce(0) { $0 * 10 + Int($1 &- 0x30) }
  }
}

/// Query strings that no application's own client makes.
public enum Malformation {
  /// A `%` without two hex digits, an encoded control byte, a value of more than 512 bytes of one kind, or a raw quote or bracket.
  public static func isMalformed(_ query: [UInt8]) -> Bool {
    var index = 0
    while index < query.count {
      let byte = query[index]
      if byte == 0x25 {
        guard index + 2 < query.count, let high = hex(query[index + 1]), let low = hex(query[index + 2]) else { return true }
        let value = high << 4 | low
        if value < 0x20 && value != 0x09 && value != 0x0A && value != 0x0D || value == 0x7F { return true }
        index += 2
      } else if byte < 0x20 || byte == 0x22 || byte == 0x3C || byte == 0x3E {
        return true
      }
      index += 1
    }
    return false
  }

  private static func hex(_ byte: UInt8) -> UInt8? {
    if byte &- 0x30 < 10 { return byte &- 0x30 }
    let folded = byte | 0x20
    return folded &- 0x61 < 6 ? folded &- 0x61 &+ 10 : nil
  }
}
