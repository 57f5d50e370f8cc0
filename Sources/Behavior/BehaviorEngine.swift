import EvidenceModel
import HTTPModel

/// How clients are judged.
public struct BehaviorConfiguration: Sendable {
  /// Clients that are remembered; 128 bytes each, used only when touched. 1,048,576 by default.
  public var maximumClients = 1 << 20
  /// Mixed into identities' hashes, so that nobody can aim at a place of the table. A log's replay uses 0.
  public var secret: UInt64 = 0

  public init() {}
}

/// Judges each request's client by all that came before it, in constant time and memory. Confined to one thread.
public final class BehaviorEngine {
  private var crowd = CrowdModel()
  private let clients: ClientTable
  private let addresses: AddressTable
  private var leaving = LeavingQueue()
  private var campaigns = CampaignBook()
  private let secret: UInt64

  public init(_ configuration: BehaviorConfiguration = .init()) {
    clients = ClientTable(capacity: configuration.maximumClients)
    addresses = AddressTable(capacity: configuration.maximumClients)
    secret = mixed(configuration.secret)
  }

  /// Takes one answered request into account.
  ///
  /// - Returns: what the client has come to with it.
  public func observe(_ event: ClientEvent, of identity: ClientIdentity) -> ClientState {
    let tag = mixed(identity.client ^ secret) | 1
    let (index, isNew) = clients.place(tag)
    if isNew {
      clients[index].flags = DeclaredClient.flags(event.userAgent)
      clients[index].firstSeen = UInt32(clamping: event.time.microseconds / 1_000_000)
      leaving.enter(index, tag, at: event.time.microseconds)
    }
    learnFromThoseWhoLeft(at: event.time.microseconds)
    if isNew { count(event, identity) }
    StepRecorder.record(event, tag: tag, network: identity.network, in: &clients[index], crowd: &crowd)
    // Whoever does something with what it found is no harvester's hand.
    if event.isWrite, event.status < 400, clients[index].flags.contains(.suspicious), !clients[index].flags.contains(.forgiven) {
      clients[index].flags.insert(.forgiven)
      campaigns.forgive(clients[index].shape)
    }
    inherit(identity, index)
    let bits = Signals.bits(clients[index])
    if bits - InheritedSignal.bits(clients[index]) >= Judgement.kinship, !clients[index].flags.contains(.odd) {
      clients[index].flags.insert(.odd)
      addresses[identity.agent].odd.countUp()
    }
    if bits - InheritedSignal.bits(clients[index]) >= Judgement.suspicion, !clients[index].flags.contains(.suspicious) {
      clients[index].flags.insert(.suspicious)
      suspect(clients[index], identity)
      if event.hasSession { addresses[identity.agent].suspiciousSessions.countUp() }
    }
    if bits >= Judgement.threshold { clients[index].flags.insert(.flagged) }
    return clients[index]
  }

  /// All evidence on a client.
  public func bits(_ state: ClientState) -> Float { Signals.bits(state) }

  /// The evidence for a state in words; the strongest first.
  public func evidence(_ state: ClientState) -> [BehaviorSignal] { Signals.evidence(state, crowd) }

  // MARK: What others did

  private func count(_ event: ClientEvent, _ identity: ClientIdentity) {
    crowd.logins.countClient(at: event.time.microseconds)
    addresses[identity.address].clients.countUp()
    addresses[identity.agent].clients.countUp()
    if event.hasSession { addresses[identity.agent].sessions.countUp() }
  }

  private func suspect(_ state: ClientState, _ identity: ClientIdentity) {
    addresses[identity.address].suspicious.countUp()
    addresses[identity.agent].suspicious.countUp()
    campaigns.note(
      state.shape, network: identity.network, others: crowd.share(from: Int(state.oddFrom), to: Int(state.oddTo)) * crowd.teachers,
      at: state.lastSeen)
  }

  /// Half-guilty clients among none but such, or with the oddity of a campaign, are held to belong to the rest.
  private func inherit(_ identity: ClientIdentity, _ index: Int) { clients[index].inherited = inheritance(clients[index], identity).tenths }

  private func inheritance(_ state: ClientState, _ identity: ClientIdentity) -> (tenths: UInt8, time: Int64) {
    guard state.flags.isDisjoint(with: [.declared, .hasKey]) else { return (0, 0) }
    var bits: Float = state.failedLogins > 0 ? crowd.logins.bits(isBare: state.isBare, at: state.lastSeen) : 0
    if state.idleStep != 0 { bits = max(bits, crowd.idle.bits(Int(state.idleStep))) }
    var time: Int64 = 0
    let own = Signals.bits(state) - InheritedSignal.bits(state)
    bits = max(bits, addresses[identity.address].guilt(besides: state.flags.contains(.suspicious)))
    // Sessions that one source makes without end are that source, whatever each of them did so far.
    let agent = addresses[identity.agent]
    if agent.odd >= 3, Int(agent.odd) * 4 >= Int(agent.clients) * 3 {
      bits = max(bits, min(6, 2 * agent.oddity(besides: state.flags.contains(.odd))))
    }
    guard own >= Judgement.kinship else { return (UInt8(min(bits, 10) * 10), time) }
    if let established = campaigns.established(state.shape) {
      bits += established.bits
      time = established.time
    }
    return (UInt8(min(bits, 10) * 10), time)
  }

  /// What a client that was let pass comes to by what others did later; nil if it is not flagged by that either.
  public func afterthought(_ state: ClientState, of identity: ClientIdentity, hasSession: Bool) -> (ClientState, Timestamp)? {
    var state = state
    let (tenths, time) = inheritance(state, identity)
    state.inherited = tenths
    guard Signals.bits(state) >= Judgement.threshold, hasSession || !isShared(state, identity) else { return nil }
    return (state, Timestamp(microseconds: max(time, state.lastSeen)))
  }

  /// Whether a client without a session is in truth the first requests of so many with one that a verdict on it would hit them.
  public func isShared(_ state: ClientState, _ identity: ClientIdentity) -> Bool {
    let agent = addresses[identity.agent]
    return agent.honestSessions * Judgement.requestsPerCollateral >= Int(state.requests)
  }

  public func withoutVerdict(_ state: ClientState) -> ClientState {
    var state = state
    state.flags.insert(.shared)
    return state
  }

  private func learnFromThoseWhoLeft(at now: Int64) {
    while let (index, tag) = leaving.next(before: now) {
      guard clients[index].tag == tag else { continue }
      if now - clients[index].lastSeen > LeavingQueue.silence {
        StepRecorder.teachRest(of: &clients[index], crowd: &crowd)
        StepRecorder.teachVisit(clients[index], crowd: &crowd)
      } else {
        leaving.enter(index, tag, at: now)
      }
    }
  }
}

/// Clients in the order in which they came, to learn from those that left soon. A ring of fixed size.
struct LeavingQueue {
  /// Microseconds after which a new client's visit is looked at.
  private static let visit: Int64 = 900_000_000
  static let silence: Int64 = 300_000_000
  private static let capacity = 1 << 16

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
