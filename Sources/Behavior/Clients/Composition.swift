import EvidenceModel
import HTTPModel

/// What a client's requests are made of, in thirteen bytes: what kind of abuse it is, if it is one.
///
/// Counts are halved together when the first of them is full, so that shares stay right and old habits fade.
struct Composition: Sendable {
  private(set) var total: UInt8 = 0
  /// Paths that nobody knows.
  private(set) var missing: UInt8 = 0
  /// Requests that the application calls wrong: 400, 405, 414, 415, 422, 501.
  private(set) var invalid: UInt8 = 0
  private(set) var logins: UInt8 = 0
  private(set) var refusedLogins: UInt8 = 0
  /// Plays and their heartbeats.
  private(set) var plays: UInt8 = 0
  /// Tickets, carts, orders.
  private(set) var purchases: UInt8 = 0
  /// The same endpoint as the request before, with another object in its path.
  private(set) var sameEndpoint: UInt8 = 0
  /// The same endpoint as the request before with another query, or the very same request.
  private(set) var hammered: UInt8 = 0
  /// What pages load along.
  var assets: UInt8 = 0
  var writes: UInt8 = 0
  /// Answered 4xx, but for 401 and what is the origin's doing.
  var clientErrors: UInt8 = 0
  /// Ids one after the other in rising order.
  var ascendingIDs: UInt8 = 0

  init() {}

  /// After one request of which only this is known.
  init(firstWasLogin: Bool) {
    total = 1
    logins = firstWasLogin ? 1 : 0
  }

  mutating func count(_ event: ClientEvent, _ match: EndpointTemplates.Match, _ purpose: PathPurpose, isSameStep: Bool, isPoll: Bool) {
    if total == 255 { halve() }
    total += 1
    guard !match.isAsset else { return }
    if match.template == EndpointTemplates.none, event.status == 404 || event.status == 403 || event.status == 410 {
      missing += 1
    } else if event.isCalledWrong {
      invalid += 1
    }
    if event.isWrite, purpose.contains(.login) {
      logins += 1
      if event.status == 401 || event.status == 403 { refusedLogins += 1 }
    }
    if event.isWrite, purpose.contains(.play) { plays += 1 }
    if purpose.contains(.purchase) { purchases += 1 }
    guard isSameStep, !event.isWrite else { return }
    if match.hasVariable, !isPoll { sameEndpoint += 1 } else { hammered += 1 }
  }

  func share(_ count: UInt8) -> Float { total == 0 ? 0 : Float(count) / Float(total) }

  private mutating func halve() {
    total /= 2
    missing /= 2
    invalid /= 2
    logins /= 2
    refusedLogins /= 2
    plays /= 2
    purchases /= 2
    sameEndpoint /= 2
    hammered /= 2
    assets /= 2
    writes /= 2
    clientErrors /= 2
    ascendingIDs /= 2
  }
}

/// The class of a client against which there is enough evidence.
enum AbuseClass {
  static func of(_ state: ClientState) -> ClientClass {
    let parts = state.composition
    let errors = parts.share(parts.clientErrors)
    if state.flags.contains(.scanner) || parts.missing >= 5 && parts.share(parts.missing) > 0.3 { return .scanner }
    if parts.clientErrors >= 10, errors > 0.75, parts.invalid < parts.clientErrors / 2, parts.logins < parts.clientErrors / 4 { return .scanner }
    if parts.refusedLogins >= 2 && parts.share(parts.refusedLogins) > 0.3 || state.failedLogins > 12 { return .credentialStuffer }
    let faults = Float(max(state.malformed, state.schemaViolations))
    let broken = parts.share(parts.invalid) + faults / Float(max(state.requests, 1))
    // Payloads by hand between ordinary requests; a fuzzer breaks most of what it sends.
    if state.ruleSet.nonzeroBitCount >= 2, broken < 0.2 || state.requests < 40 && broken < 0.45 { return .attacker }
    if broken > 0.25 || errors > 0.35 { return .fuzzer }
    if state.rules >= 5 { return .attacker }
    if parts.share(parts.plays) > 0.5 { return .streamFraud }
    if parts.share(parts.purchases) > 0.4 { return .ticketBot }
    if parts.share(parts.ascendingIDs) > 0.4 { return .enumerator }
    if parts.share(parts.sameEndpoint) > 0.7 { return .enumerator }
    if parts.share(parts.hammered) > 0.6 { return .flooder }
    return .scraper
  }
}
