import HTTPModel

/// What an endpoint is there for, by the words of its path.
struct PathPurpose: OptionSet, Sendable {
  let rawValue: UInt8
  /// Logging in: the last segment.
  static let login = PathPurpose(rawValue: 1)
  /// Plays and their heartbeats.
  static let play = PathPurpose(rawValue: 2)
  /// Tickets, carts, orders.
  static let purchase = PathPurpose(rawValue: 4)

  private static let logins = words("login", "signin", "sign-in", "session", "sessions", "token", "auth", "wp-login.php", "authenticate")
  private static let plays = words("play", "plays", "stream", "streams", "heartbeat", "listen", "scrobble", "playback")
  private static let purchases = words(
    "cart", "basket", "checkout", "order", "orders", "ticket", "tickets", "reserve", "reservation", "reservations", "booking", "bookings",
    "seat", "seats", "purchase", "buy")

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init(_ path: [UInt8]) {
    var purpose: PathPurpose = []
    for segment in path.split(separator: 0x2F) {
      let word = segment.map(asciiLowercased)
      purpose.remove(.login)
      if Self.logins.contains(word) { purpose.insert(.login) }
      if Self.plays.contains(word) { purpose.insert(.play) }
      if Self.purchases.contains(word) { purpose.insert(.purchase) }
    }
    self = purpose
  }

  private static func words(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }
}

/// What a path says by its shape.
enum PathShape {
  /// The number with which a path ends, such as 1042 in `/v1/tracks/1042`.
  static func trailingNumber(_ path: [UInt8]) -> Int? {
    var value = 0
    var scale = 1
    var index = path.count - 1
    while index >= 0, path[index] &- 0x30 < 10 {
      guard scale <= 100_000_000 else { return nil }
      value += Int(path[index] &- 0x30) * scale
      scale *= 10
      index -= 1
    }
    return index >= 0 && index < path.count - 1 && path[index] == 0x2F ? value : nil
  }
}
