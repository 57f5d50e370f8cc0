import HTTPModel

/// Invents the traffic of an evening: who comes, what they do, and what the log shows of it.
///
/// ```
///  arrivals of each kind ──► entities ──turns──► requests ──► log
///            └───────────┬──────┴──────────┬────────┘
///                   one heap of events, ordered by time      (an entity that leaves ──► truth)
/// ```
/// Memory follows the entities that are present at a time, not the requests. A value; the same configuration gives the same bytes.
public struct Simulation {
  private let configuration: SimulationConfiguration
  private let kinds: [any EntityKind.Type]
  private let scene: Scene
  private var events = EventHeap<Event>()
  /// How many of each kind are meant to come.
  private let counts: [Int]
  private var arrivals: [OrderedArrivals]
  private var arrivalRandom: [RandomSource]
  private var entities = Slots<Entity>()
  private var parked = Slots<Parked>()
  private var origin: Origin
  private var log: LogText
  private var truth = TruthText()
  private var entered = 0
  private var written = 0
  /// The longest that the outbox was; its storage is used again.
  private var outbox: [Delivery] = []

  private enum Event {
    case arrival(kind: Int)
    case turn(entity: Int)
    case request(parked: Int)
  }

  private struct Entity {
    var number: Int
    var kind: Int
    var script: (any Script)?
    var random: RandomSource
    var identities: [Identity] = []
    var counts: [Int] = []
    /// Requests of it that are still to be sent.
    var outstanding = 0
  }

  private struct Parked {
    var entity: Int
    var identity: Int
    var ask: Ask
  }

  public init(_ configuration: SimulationConfiguration) {
    self.configuration = configuration
    kinds = EntityKinds.all(isClean: configuration.isClean)
    let weights = kinds.map { $0.casting.share * Self.eagerness(of: $0, configuration) }
    let total = weights.reduce(0, +)
    let shares = weights.map { $0 / total }
    let requests = Double(max(configuration.requests, 1))
    let counts = zip(kinds, shares).map { kind, share in
      max(1, Int((requests * share / min(kind.casting.requestsEach, max(requests * share, 3))).rounded()))
    }
    self.counts = counts
    let fans = zip(kinds, counts).reduce(0) { $0 + ($1.0.group.isFan ? $1.1 : 0) }
    scene = Scene(
      configuration: configuration, addresses: AddressPlan(seed: configuration.seed, fans: fans),
      ceilings: shares.map { max(8, Int(requests * $0 * 0.6)) })
    var curves: [Arrival: RateCurve] = [:]
    arrivals = []
    arrivalRandom = []
    for (index, kind) in kinds.enumerated() {
      let arrival = kind.casting.arrival
      let curve = curves[arrival] ?? RateCurve(arrival, configuration)
      curves[arrival] = curve
      arrivals.append(OrderedArrivals(counts[index], along: curve))
      arrivalRandom.append(RandomSource(seed: RandomSource.mix(configuration.seed &+ 0xA221 &* UInt64(index + 1))))
    }
    // The crowd's base rate, as the surge adds a quarter of itself to the mean; the origin is built for most of the peak.
    let base = requests / configuration.span / (1 + configuration.surge * 0.25)
    origin = Origin(capacity: base * max(1 + configuration.surge, 3) * 1.3)
    log = LogText(start: configuration.start, seed: configuration.seed)
  }

  /// How many fans press on at the drop, as a multiple of what is cast for the usual surge: without a surge nobody does.
  private static func eagerness(of kind: any EntityKind.Type, _ configuration: SimulationConfiguration) -> Double {
    guard kind.group == .powerFan else { return 1 }
    let usual = SimulationConfiguration().surge
    return configuration.surge / (configuration.surge + 1) * (usual + 1) / usual
  }

  /// Bytes that are handed out at once, about.
  private static let pieceBytes = 1 << 18

  /// Runs the evening.
  ///
  /// - Parameters:
  ///   - log: takes pieces of `access.log`, lines of the `ropeline` format, ordered by time.
  ///   - truth: takes pieces of `truth.csv`.
  /// - Throws: what these throw.
  public mutating func run(log writeLog: ([UInt8]) throws -> Void, truth writeTruth: ([UInt8]) throws -> Void) throws {
    for kind in kinds.indices { planArrival(of: kind, after: 0) }
    while written < configuration.requests, let event = events.pop() {
      handle(event.payload, at: event.time)
      if log.bytes.count >= Self.pieceBytes {
        try writeLog(log.bytes)
        log.removeAll()
      }
      if truth.bytes.count >= Self.pieceBytes {
        try writeTruth(truth.bytes)
        truth.removeAll()
      }
    }
    for entity in entities.all.sorted(by: { $0.number < $1.number }) { leave(entity) }
    try writeLog(log.bytes)
    try writeTruth(truth.bytes)
  }

  /// Plans the next of a kind. When all have come and the log is not full, the audience keeps coming at its mean rate.
  private mutating func planArrival(of kind: Int, after now: Double) {
    if let second = arrivals[kind].next(&arrivalRandom[kind]) {
      events.push(.arrival(kind: kind), at: Self.microseconds(second))
    } else if kinds[kind].group.isFan, kinds[kind].casting.arrival == .audience {
      let second = max(now, configuration.span * 0.98) + arrivalRandom[kind].exponential(mean: configuration.span / Double(counts[kind]))
      events.push(.arrival(kind: kind), at: Self.microseconds(second))
    }
  }

  private mutating func handle(_ event: Event, at time: Int64) {
    let now = Double(time) / 1_000_000
    switch event {
    case .arrival(let kind):
      enter(kind, at: now)
      planArrival(of: kind, after: now)
    case .turn(let slot):
      act(slot, at: now)
    case .request(let place):
      let request = parked.remove(place)
      let answer = origin.answer(request.ask, at: now, &entities[request.entity].random)
      write(request.ask, answer, of: request.entity, identity: request.identity, at: now)
      entities[request.entity].outstanding -= 1
      retire(request.entity)
    }
  }

  private mutating func enter(_ kind: Int, at now: Double) {
    entered += 1
    var entity = Entity(
      number: entered, kind: kind, random: RandomSource(seed: RandomSource.mix(configuration.seed ^ UInt64(entered) << 20)))
    var stage = Stage(
      scene: scene, now: now, kind: kind, random: entity.random, origin: origin, identities: [], outbox: [])
    entity.script = kinds[kind].enter(&stage)
    entity.random = stage.random
    entity.identities = stage.identities
    entity.counts = Array(repeating: 0, count: stage.identities.count)
    let slot = entities.insert(entity)
    act(slot, at: now)
  }

  /// Lets an entity have its turn and sends what comes of it.
  private mutating func act(_ slot: Int, at now: Double) {
    guard var script = entities[slot].script else { return }
    // Lent for the turn: a second owner would make each write copy.
    entities[slot].script = nil
    var stage = Stage(
      scene: scene, now: now, kind: entities[slot].kind, random: entities[slot].random, origin: origin,
      identities: exchange(&entities[slot].identities, for: []), outbox: exchange(&outbox, for: []))
    let next = script.turn(&stage)
    origin = stage.origin
    entities[slot].random = stage.random
    entities[slot].identities = stage.identities
    while entities[slot].counts.count < stage.identities.count { entities[slot].counts.append(0) }
    for delivery in stage.outbox {
      if let answer = delivery.answer {
        write(delivery.ask, answer, of: slot, identity: delivery.identity, at: now)
      } else {
        let place = parked.insert(Parked(entity: slot, identity: delivery.identity, ask: delivery.ask))
        entities[slot].outstanding += 1
        events.push(.request(parked: place), at: Self.microseconds(now + (delivery.delay ?? 0)))
      }
    }
    stage.outbox.removeAll(keepingCapacity: true)
    outbox = stage.outbox
    if let next {
      entities[slot].script = script
      // A turn that takes no time would never end the evening.
      events.push(.turn(entity: slot), at: Self.microseconds(now + max(next, 0.001)))
    } else {
      retire(slot)
    }
  }

  private mutating func write(_ ask: Ask, _ answer: Answer, of slot: Int, identity: Int, at now: Double) {
    guard written < configuration.requests else { return }
    written += 1
    entities[slot].counts[identity] += 1
    log.append(ask, answer, as: entities[slot].identities[identity], at: now)
  }

  private mutating func retire(_ slot: Int) {
    guard entities[slot].script == nil, entities[slot].outstanding == 0 else { return }
    leave(entities.remove(slot))
  }

  private mutating func leave(_ entity: Entity) {
    let kind = kinds[entity.kind]
    for (identity, count) in zip(entity.identities, entity.counts) where count > 0 {
      truth.append(
        TruthRow(
          entity: entity.number, ip: identity.ip, userAgent: identity.userAgent, session: identity.session, key: identity.key,
          label: kind.label, group: kind.group, kind: kind.name, requests: count))
    }
  }

  private static func microseconds(_ seconds: Double) -> Int64 { Int64((seconds * 1_000_000).rounded()) }
}

/// Gives a new value and takes the old one.
private func exchange<Value>(_ place: inout Value, for new: Value) -> Value {
  var other = new
  swap(&place, &other)
  return other
}
