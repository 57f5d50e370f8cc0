import EvidenceModel
import Glibc
import HTTPModel

/// How clients are judged.
public struct BehaviorConfiguration: Sendable {
  /// Clients that are remembered; 128 bytes each, used only when touched. 1,048,576 by default.
  public var maximumClients = 1 << 20
  /// Mixed into identities' hashes, so that nobody can aim at a place of the table. A log's replay uses 0.
  public var secret: UInt64 = 0
  /// Wrong on at most one honest client in so many; 4,096 by default. The threshold is its logarithm: 12 bits.
  public var honestClientsPerError = 4096
  /// Clients with a second line of 64 bytes, which all with more than one request have; nil for all.
  public var secondLines: Int?
  /// Requests that a verdict on an address must stop for each person whom it would hit besides; 60 by default. Where it stops fewer, the
  /// verdict is not given.
  public var requestsPerCollateral = 60
  /// When events begin; one is also detected by its rate.
  public var drops: [Timestamp] = []
  /// Protocols that the application's own clients keep to.
  public var protocols = ProtocolDescription()
  /// Endpoints that are known, as in an OpenAPI document: `/tracks/{id}`.
  public var endpoints: [(method: [UInt8], path: [UInt8])] = []

  public init() {}
}

/// Judges each request's client by all that came before it, in constant time and memory. Confined to one thread.
public final class BehaviorEngine {
  var crowd = CrowdModel()
  let clients: ClientTable
  let addresses: AddressTable
  private var leaving = LeavingQueue()
  var campaigns = CampaignBook()
  private var agents = AgentMemory()
  var issued = IssuedSessions()
  var secret: UInt64
  private let requestsPerCollateral: Int
  /// Bits from which on a client is flagged.
  public let threshold: Float

  public init(_ configuration: BehaviorConfiguration = .init()) {
    crowd.event.configured = configuration.drops.map(\.microseconds).sorted()
    crowd.protocols.description = configuration.protocols
    for endpoint in configuration.endpoints { crowd.declare(method: endpoint.method, path: endpoint.path) }
    requestsPerCollateral = max(1, configuration.requestsPerCollateral)
    clients = ClientTable(capacity: configuration.maximumClients, secondLines: configuration.secondLines)
    addresses = AddressTable(capacity: min(configuration.maximumClients / 4, 1 << 19))
    secret = mixed(configuration.secret)
    threshold = log2(Float(max(2, configuration.honestClientsPerError)))
  }

  /// Takes one answered request into account.
  ///
  /// - Returns: what the client has come to with it.
  public func observe(_ event: ClientEvent, of identity: ClientIdentity) -> ClientState {
    let tag = tag(of: identity.client)
    let now = event.time.microseconds
    learnFromThoseWhoLeft(at: now)
    crowd.event.count(at: now)
    let (index, isNew) = clients.place(tag, of: identity.network, at: now)
    if isNew {
      leaving.enter(index, tag, at: now)
      count(event, identity)
    }
    var state = clients.load(index, at: now)
    state.fade(until: now)
    if isNew { state.flags.formUnion(agents.flags(event.userAgent)) }
    state.take(event.standing)
    let number = state.requests
    StepRecorder.record(
      event, actor: identity.client, network: identity.network,
      family: event.headerOrder != 0 || event.fingerprint != 0 ? agents.family(event.userAgent) : 0, isTeaching: true, in: &state,
      crowd: &crowd)
    // Whoever does something with what it found is no harvester's hand.
    if event.isWrite, event.status < 400, state.flags.contains(.suspicious), !state.flags.contains(.forgiven) {
      state.flags.insert(.forgiven)
      campaigns.forgive(state.shape)
      addresses[identity.address ^ secret].suspicious.countDown()
      if identity.site != identity.address { addresses[identity.site ^ secret].suspicious.countDown() }
      addresses[identity.agent ^ secret].suspicious.countDown()
      if event.hasSession, number >= Self.unproven { addresses[identity.agent ^ secret].suspiciousSessions.countDown() }
    }
    if event.hasSession, number == Self.unproven {
      addresses[identity.agent ^ secret].sessions.countUp()
      if state.flags.contains(.suspicious) { addresses[identity.agent ^ secret].suspiciousSessions.countUp() }
    }
    state.inherited = inheritance(state, identity).tenths
    state.minting = event.hasSession && number < Judgement.fresh ? minting(identity) : 0
    let bits = Signals.bits(state)
    let own = bits - InheritedSignal.bits(state)
    if own >= Judgement.kinship, !state.flags.contains(.odd) {
      state.flags.insert(.odd)
      addresses[identity.agent ^ secret].odd.countUp()
    }
    if own >= Judgement.suspicion, !state.flags.contains(.suspicious) {
      state.flags.insert(.suspicious)
      suspect(state, identity)
      if event.hasSession, number >= Self.unproven { addresses[identity.agent ^ secret].suspiciousSessions.countUp() }
    }
    if bits >= threshold { state.flags.insert(.flagged) }
    clients.store(state, at: index)
    if event.hasSession, number < Self.unproven, !issued.contains(tag) { takeOverFromUnproven(event, of: identity, to: &state) }
    return state
  }

  /// Notes that the origin gave a session to whoever answers to this identity: it counts for itself from its first request on.
  public func issue(_ identity: ClientIdentity) { issued.note(tag(of: identity.client)) }

  /// When events began, the latest sixteen, and whether they were detected by their rate.
  public var events: [(start: Timestamp, isDetected: Bool)] {
    crowd.event.past.map { (Timestamp(microseconds: $0.start), $0.isDetected) }
  }

  /// People with sessions whom a verdict on this identity would hit besides; 0 for whoever has a session or a key of its own.
  public func collateral(_ identity: ClientIdentity, hasSession: Bool) -> Int {
    hasSession ? 0 : addresses[identity.agent ^ secret].honestSessions
  }

  /// What is known of a client; nil if it was never seen.
  public func state(of identity: ClientIdentity, at time: Timestamp) -> ClientState? {
    guard let index = clients.find(tag(of: identity.client)) else { return nil }
    var state = clients.load(index, at: time.microseconds)
    state.fade(until: time.microseconds)
    state.calibrated = crowd.calibration.bits(state.order + state.timing + state.novelty)
    crowd.pages.judge(&state, voice: crowd.voice)
    state.minting = state.requests <= Judgement.fresh ? minting(identity) : 0
    return state
  }

  /// What a client has come to.
  ///
  /// - Parameters:
  ///   - declared: the class that the user agent claims, if it claims one.
  ///   - hasKey: whether it shows a key.
  public func judgement(_ state: ClientState, declared: ClientClass?, hasKey: Bool) -> Verdict {
    let bits = bits(state)
    let benign: ClientClass = declared ?? (hasKey ? .partner : state.requests >= 3 ? .fan : .undecided)
    return Verdict.ofClient(
      bits: Double(bits), threshold: Double(threshold), label: bits >= threshold ? AbuseClass.of(state) : benign)
  }

  private func tag(of client: UInt64) -> UInt64 { mixed(client ^ secret) | 1 }

  // MARK: Sessions that prove nothing yet

  /// Requests under a session until it counts as somebody's.
  public static let unproven: UInt32 = 2
  private static let shadow: UInt64 = 0x5E55_1011_5AD0_0000

  /// A session that was just made up must not give a clean record: until its third request it stands for what all such sessions of its
  /// address and user agent did together.
  private func takeOverFromUnproven(_ event: ClientEvent, of identity: ClientIdentity, to state: inout ClientState) {
    let now = event.time.microseconds
    let tag = tag(of: identity.agent ^ Self.shadow)
    let (index, isNew) = clients.place(tag, at: now)
    var together = clients.load(index, at: now)
    if isNew { together.flags.formUnion(agents.flags(event.userAgent)) }
    var event = event
    event.hasSession = false
    StepRecorder.record(event, actor: identity.agent, network: identity.network, isTeaching: false, in: &together, crowd: &crowd)
    clients.store(together, at: index)
    let bits = Signals.bits(together)
    // Where other people came with sessions too, a new one is more likely the next of them.
    guard addresses[identity.agent ^ secret].honestSessions * requestsPerCollateral < Int(together.requests) else { return }
    if bits >= threshold { state.inherited = max(state.inherited, UInt8(min(25, bits) * 10)) }
  }

  /// All evidence on a client.
  public func bits(_ state: ClientState) -> Float {
    let sum = Signals.bits(state)
    if state.flags.contains(.allowed) { return min(sum, 0) }
    if state.flags.contains(.verified) { return min(sum, threshold - 1) }
    return state.flags.contains(.shared) ? min(sum, threshold - 1) : sum
  }

  /// The evidence for a state in words; the strongest first.
  public func evidence(_ state: ClientState) -> [BehaviorSignal] { Signals.evidence(state, crowd) }

  /// Whether its log-ins failed for good where far more fail than people explain; too little for a verdict if they were few.
  public func isAmongFailingLogins(_ state: ClientState) -> Bool {
    state.failedLogins > 0 && state.loginPlace != 0
      && crowd.logins.bits(isBare: state.isBare, from: state.loginPlace, at: state.lastSeen) > 0
  }

  /// What a client mostly does by its last steps, what pages load along aside; nil if it does this and that.
  public func habit(_ state: ClientState) -> Int? {
    StepRecorder.habit(state)
  }

  /// A step in words, such as `POST /v1/login (refused)`.
  public func name(ofStep step: Int) -> String { crowd.name(step) }

  // MARK: What others did

  /// Sessions of an address and user agent that are never used again, beside few that are.
  private func minting(_ identity: ClientIdentity) -> Float {
    let agent = addresses[identity.agent ^ secret]
    guard agent.clients >= Judgement.minted, Int(agent.sessions) * 8 < Int(agent.clients) else { return 0 }
    return min(4, log2(Float(agent.clients) / Float(Judgement.minted)) + 1)
  }

  private func count(_ event: ClientEvent, _ identity: ClientIdentity) {
    crowd.logins.countClient(at: event.time.microseconds)
    addresses[identity.address ^ secret].clients.countUp()
    if identity.site != identity.address { addresses[identity.site ^ secret].clients.countUp() }
    addresses[identity.agent ^ secret].clients.countUp()
  }

  private func suspect(_ state: ClientState, _ identity: ClientIdentity) {
    addresses[identity.address ^ secret].suspicious.countUp()
    if identity.site != identity.address { addresses[identity.site ^ secret].suspicious.countUp() }
    addresses[identity.agent ^ secret].suspicious.countUp()
    campaigns.note(
      state.shape, network: identity.network, others: crowd.share(from: Int(state.oddFrom), to: Int(state.oddTo)) * crowd.teachers,
      at: state.lastSeen)
  }

  /// Half-guilty clients among none but such, or with the oddity of a campaign, are held to belong to the rest.
  private func inheritance(_ state: ClientState, _ identity: ClientIdentity, isOver: Bool = false) -> (tenths: UInt8, time: Int64) {
    guard state.flags.isDisjoint(with: .machine) else { return (0, 0) }
    let own = Signals.bits(state) - InheritedSignal.bits(state)
    var bits: Float = 0
    // Whoever went on to something else was a person, or must be found by that.
    if state.failedLogins > 0, state.loginPlace != 0 {
      let isOneOfMany = state.failedLogins >= (isOver ? Judgement.loginsOfManyInTheEnd : Judgement.loginsOfMany)
      if isOneOfMany || state.isBare {
        bits = crowd.logins.bits(isBare: state.isBare, from: isOneOfMany ? state.loginPlace : 0, at: state.lastSeen)
      }
      // A visit as people make it, before the log-ins, is part of what these many hands have in common: it is no credit.
      if bits > 0 { bits -= min(0, Signals.credit(state)) }
    }
    // Whoever has nothing of its own to answer for does not answer for others.
    guard own >= Judgement.neighborly || bits > 0 || state.flags.contains(.polls) else { return (0, 0) }
    if isOver, state.flags.contains(.polls), let step = StepRecorder.habit(state) {
      bits = max(bits, crowd.polls.bits(step, at: state.lastSeen, clients: crowd.logins.clients(at: state.lastSeen)))
    }
    if state.idleStep != 0 { bits = max(bits, crowd.idle.bits(Int(state.idleStep))) }
    var time: Int64 = 0
    bits = max(bits, addresses[identity.address ^ secret].guilt(besides: state.flags.contains(.suspicious)))
    if identity.site != identity.address {
      bits = max(bits, addresses[identity.site ^ secret].guilt(besides: state.flags.contains(.suspicious)))
    }
    // Sessions that one source makes without end are that source, whatever each of them did so far.
    let agent = addresses[identity.agent ^ secret]
    if agent.odd >= 3, Int(agent.odd) * 4 >= Int(agent.clients) * 3 {
      bits = max(bits, min(6, 2 * agent.oddity(besides: state.flags.contains(.odd))))
    }
    guard own >= Judgement.kinship else { return (UInt8(min(bits, Judgement.mostInherited) * 10), time) }
    if let established = campaigns.established(state.shape) {
      // Whoever did much had as many more occasions for one odd step.
      bits += max(0, established.bits - max(0, log2(Float(state.requests) / Judgement.campaignVisit)))
      time = established.time
    }
    return (UInt8(min(bits, Judgement.mostInherited) * 10), time)
  }

  /// What a client that was let pass comes to by what others did later; nil if it is not flagged by that either.
  ///
  /// - Parameters:
  ///   - state: when there was most against it.
  ///   - last: in the end; nil if it is not remembered.
  public func afterthought(_ state: ClientState, asLastSeen last: ClientState?, of identity: ClientIdentity, hasSession: Bool) -> (
    ClientState, Timestamp
  )? {
    var state = state
    // Whether it did one thing only shows in the end.
    if let last, last.flags.contains(.polls) { state = last } else { state.flags.remove(.polls) }
    if let last, last.hasLoggedIn(since: state) { state.forgetFailures() }
    let (tenths, time) = inheritance(state, identity, isOver: true)
    state.inherited = tenths
    guard Signals.bits(state) >= threshold, hasSession || !isShared(state, identity) else { return nil }
    return (state, Timestamp(microseconds: max(time, state.lastSeen)))
  }

  /// Whether what was held against a client was that its log-ins failed, a few times, and then one succeeded: it was somebody who had
  /// mistyped a password.
  ///
  /// - Returns: what is left against it in the end; nil if the verdict stands.
  public func withdrawal(_ state: ClientState, asLastSeen last: ClientState?) -> ClientState? {
    guard let last, last.hasLoggedIn(since: state) else { return nil }
    var rest = state
    rest.forgetFailures()
    rest.inherited = last.inherited
    return bits(rest) < threshold ? rest : nil
  }

  /// Whether a client without a session is in truth the first requests of so many with one that a verdict on it would hit them.
  public func isShared(_ state: ClientState, _ identity: ClientIdentity) -> Bool {
    let agent = addresses[identity.agent ^ secret]
    return agent.honestSessions * requestsPerCollateral >= Int(state.requests)
  }

  public func withoutVerdict(_ state: ClientState) -> ClientState {
    var state = state
    state.flags.insert(.shared)
    return state
  }

  private func learnFromThoseWhoLeft(at now: Int64) {
    while let (index, tag) = leaving.next(before: now) {
      guard clients.holds(tag, at: index) else { continue }
      var state = clients.load(index, at: now)
      guard now - state.lastSeen > LeavingQueue.silence else {
        leaving.enter(index, tag, at: now)
        continue
      }
      StepRecorder.teachRest(of: &state, crowd: &crowd)
      StepRecorder.teachVisit(state, crowd: &crowd)
      clients.store(state, at: index)
    }
  }
}

/// Clients in the order in which they came, to learn from those that left soon. A ring of fixed size.
struct LeavingQueue {
  /// Microseconds after which a new client's visit is looked at.
  private static let visit: Int64 = 900_000_000
  static let silence: Int64 = 300_000_000
  private static let capacity = 1 << 15

  private var entries = [(index: Int32, tag: UInt64, time: Int64)](repeating: (0, 0, 0), count: capacity)
  private var head = 0
  private var count = 0

  mutating func enter(_ index: Int, _ tag: UInt64, at time: Int64) {
    // Full in a flood of new identities: those are no loss as teachers.
    guard count < Self.capacity else { return }
    entries[(head + count) & (Self.capacity - 1)] = (Int32(index), tag, time)
    count += 1
  }

  mutating func next(before now: Int64) -> (Int, UInt64)? {
    guard count > 0, now - entries[head].time > Self.visit else { return nil }
    let entry = entries[head]
    head = (head + 1) & (Self.capacity - 1)
    count -= 1
    return (Int(entry.index), entry.tag)
  }
}
