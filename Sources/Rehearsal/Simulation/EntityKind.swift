import EvidenceModel

/// Whom a false alarm would hit, or that there is nobody to hit.
public enum EntityGroup: String, Sendable, CaseIterable {
  /// Fans with a line of their own.
  case alone
  case household
  case carrierNAT = "carrier-nat"
  case office
  case campus
  /// Fans who refresh at the drop.
  case powerFan = "power-fan"
  /// Partners, crawlers, monitors, link previews.
  case benignBot = "benign-bot"
  case abuse

  public var isFan: Bool { self != .benignBot && self != .abuse }
}

/// How many of a kind there are, and when they come.
struct Casting: Sendable {
  /// Share of all requests of the log that they make. The shares of all kinds add up to 1; without machines those of the fans do.
  var share: Double
  /// Requests that one of them makes on average.
  var requestsEach: Double
  var arrival: Arrival
}

/// One kind of entity: who they are. What each of them does is its script.
protocol EntityKind: SendableMetatype {
  /// The stable name in `truth.csv`.
  static var name: String { get }
  static var label: ClientClass { get }
  static var group: EntityGroup { get }
  static var casting: Casting { get }
  /// Puts one of them on the stage: gives it its identities and its script.
  static func enter(_ stage: inout Stage) -> any Script
}

/// What an entity does, one turn after the other.
protocol Script: Sendable {
  /// Sends and plans requests.
  ///
  /// - Returns: seconds until its next turn; nil if it has none. What was planned is still sent.
  mutating func turn(_ stage: inout Stage) -> Double?
}

/// As whom a request is sent: what a log shows of its sender.
struct Identity: Hashable, Sendable {
  var ip: String
  var userAgent: String
  /// `-` for none, as in the log.
  var session = "-"
  var key = "-"
}
