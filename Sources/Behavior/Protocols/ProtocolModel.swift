/// Whether clients keep to the protocols of the application: a play owes a start, heartbeats about every thirty seconds, and an end.
///
/// Each client is at one place of one protocol, with the time at which it came there. What it comes from, and how well it keeps the
/// time, is held against the crowd's clients at the same step; what the description forbids counts for a bit at least, unless the crowd
/// itself does it, as phones in pockets do.
///
///     none ──start──► start ──heartbeat──► heartbeat ─┐
///                       │                    ▲  └─────┘ every 30 s
///                       └───────── end ◄─────┘
struct ProtocolModel: Sendable {
  private static let bounds: ClosedRange<Float> = -1...8
  private static let outcomes = 5
  /// What more of the crowd than this do is not held against anybody, whatever was described.
  private static let usual: Float = 0.1
  private static let forbidden: Float = 1

  var description = ProtocolDescription()
  private var steps = HistogramModel(
    contexts: ProtocolDescription.mostProtocols * 8, buckets: 8 * outcomes, bounds: -0.3...1.5)

  private enum Outcome: Int {
    case tooEarly, exact, near, loose, tooLate
  }

  /// - Parameter weight: what the client teaches; 0 for nothing.
  mutating func record(_ event: ClientEvent, weight: Float, voice: Float, in state: inout ClientState) {
    guard !description.steps.isEmpty, event.status < 400, let step = description.step(event.method, event.path) else { return }
    let now = UInt16(truncatingIfNeeded: event.time.microseconds / 125_000)
    let place = Int(state.protocolPlace & 31)
    // A place in another protocol is none in this; so is one that was left two hours ago.
    let isKnown = place >> 3 == step.number && place & 7 > 0 && event.time.microseconds - state.lastSeen < 7_200_000_000
    let before = isKnown ? place & 7 : 0
    let elapsed = isKnown ? Int64(now &- state.protocolTime) * 125 : 0
    let outcome = isKnown ? Self.outcome(elapsed, step.description) : .loose
    let context = step.number * 8 + step.state
    let bucket = before * Self.outcomes + outcome.rawValue
    var bits = steps.evidence(context, bucket) * voice
    let isForbidden =
      step.after != 0 && step.after & 1 << UInt8(before) == 0 || isKnown && Self.isForbidden(elapsed, step.description)
      || step.description.leastBytes > 0 && event.bytes >= 0 && event.bytes < step.description.leastBytes
    if isForbidden, steps.chance(context, bucket) < Self.usual {
      bits = max(bits, Self.forbidden)
      state.protocolPlace = min(state.protocolPlace >> 5, 6) + 1 << 5 | state.protocolPlace & 31
    }
    if weight > 0 { steps.teach(context, bucket, weight: weight) }
    state.protocolBits = bounded(state.protocolBits + bits, Self.bounds)
    state.protocolPlace = state.protocolPlace & 0xE0 | UInt8(step.number << 3 | step.state + 1)
    state.protocolTime = now
  }

  private static func isForbidden(_ elapsed: Int64, _ step: ProtocolStep) -> Bool {
    // Times are kept to an eighth of a second.
    step.atLeast > 0 && elapsed + 250 < step.atLeast || step.atMost > 0 && elapsed > step.atMost + 250
      || step.every > 0 && elapsed * 2 < step.every
  }

  private static func outcome(_ elapsed: Int64, _ step: ProtocolStep) -> Outcome {
    guard step.every > 0 else {
      return elapsed < 15_000 ? .tooEarly : elapsed < 35_000 ? .exact : elapsed < 120_000 ? .near : elapsed < 300_000 ? .loose : .tooLate
    }
    if elapsed * 2 < step.every { return .tooEarly }
    let distance = abs(elapsed - step.every)
    return distance <= 125 ? .exact : distance * 50 <= step.every ? .near : elapsed < step.every * 2 ? .loose : .tooLate
  }

  /// Where a client is, for a person.
  func name(_ place: UInt8) -> String {
    let place = Int(place & 31)
    guard place & 7 > 0, place >> 3 < description.names.count, place & 7 <= description.states[place >> 3].count else { return "" }
    return description.names[place >> 3] + ", last " + description.states[place >> 3][place & 7 - 1]
  }
}

extension ProtocolModel {
  func write(to writer: inout SnapshotWriter) { steps.write(to: &writer) }

  /// The description is the configuration's.
  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) { try steps.read(from: &reader) }
}
