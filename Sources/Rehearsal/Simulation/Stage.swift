/// What all entities share and none changes.
struct Scene: Sendable {
  var configuration: SimulationConfiguration
  var addresses: AddressPlan
  /// Requests that one entity of a kind may make at most, by the kind's index: small logs have small abusers.
  var ceilings: [Int]
}

/// A request on its way out.
struct Delivery {
  var ask: Ask
  /// Index into the sender's identities.
  var identity: Int
  /// Seconds from now; nil if it was sent at once and `answer` came back.
  var delay: Double?
  var answer: Answer?
}

/// What an entity has in its hands during a turn: the time, chance, its identities, and the way out.
struct Stage {
  let scene: Scene
  /// Seconds since the beginning of the log.
  let now: Double
  let kind: Int
  var random: RandomSource
  var origin: Origin
  var identities: [Identity]
  var outbox: [Delivery]

  // MARK: The event

  var secondsSinceDrop: Double { now - scene.configuration.secondsToDrop }
  var isAfterDrop: Bool { secondsSinceDrop >= 0 }
  var secondsLeft: Double { scene.configuration.span - now }
  var isHard: Bool { scene.configuration.isHard }
  var addresses: AddressPlan { scene.addresses }

  // MARK: Identities

  /// Takes on an identity; the same one again if it has it already.
  ///
  /// - Returns: its index, for `send` and `plan`.
  mutating func take(_ identity: Identity) -> Int {
    if let known = identities.lastIndex(of: identity) { return known }
    identities.append(identity)
    return identities.count - 1
  }

  mutating func newSession() -> String { random.hex(16) }

  // MARK: Requests

  /// Sends a request now.
  @discardableResult
  mutating func send(_ ask: Ask, as identity: Int) -> Answer {
    let answer = origin.answer(ask, at: now, &random)
    outbox.append(Delivery(ask: ask, identity: identity, delay: nil, answer: answer))
    return answer
  }

  /// Sends a request in so many seconds. Its answer is not seen by the sender.
  mutating func plan(_ ask: Ask, in seconds: Double, as identity: Int) {
    outbox.append(Delivery(ask: ask, identity: identity, delay: max(seconds, 0), answer: nil))
  }

  // MARK: Amounts

  /// How many requests one entity will make: somewhere in a range, small ones as often as large ones, never above the ceiling of
  /// its kind in a log of this size.
  mutating func volume(_ range: ClosedRange<Double>) -> Int {
    max(3, min(Int(random.logUniform(range)), scene.ceilings[kind]))
  }
}
