/// A client as it is kept: one line of 64 bytes from its first request on, and a second one from its second request, or from the first
/// thing that speaks against it.
///
/// Bits of evidence are kept in steps of 1/512. A flood of identities that ask once each costs 64 bytes each and no second line.
struct HotLine {
  var steps = SIMD8<UInt16>(repeating: 0)
  /// Keyed hash of the identity; 0 marks an empty place.
  var tag: UInt64 = 0
  var stepDetails = SIMD8<UInt8>(repeating: 0)
  var lastRequests = SIMD4<UInt16>(repeating: 0)
  /// Milliseconds, modulo 2^32: times are told apart over 49 days.
  var lastSeen: UInt32 = 0
  var requests: UInt32 = 0
  /// One more than the number of its second line; 0 for none.
  var cold: UInt32 = 0
  var flags: UInt16 = 0
  var order: Int16 = 0
  var timing: Int16 = 0
  var novelty: Int16 = 0
  var failedLogins: UInt8 = 0
  var inherited: UInt8 = 0
  var run: UInt8 = 0
  /// Three bits of how many steps wait to be learned from, and the upper five of the flags.
  var waitingAndFlags: UInt8 = 0

  var allFlags: ClientFlags { ClientFlags(rawValue: UInt32(flags) | UInt32(waitingAndFlags >> 3) << 16) }
}

struct ColdLine {
  var objects: UInt64 = 0
  var stepGap0: UInt32 = 0
  var stepGap1: UInt32 = 0
  var stepGap2: UInt32 = 0
  var transitions: UInt32 = 0
  /// 24 bits of the last id, 8 of `discipline`.
  var lastIDAndDiscipline: UInt32 = 0
  /// 11 bits each of the step before and of the step that were the oddest, 8 of how odd.
  var odd: UInt32 = 0
  var repetition: Int16 = 0
  var rules: Int16 = 0
  /// 11 bits of the step, 5 of where log-ins came from.
  var idleStep: UInt16 = 0
  /// Eighths of a second, modulo 2^16.
  var protocolTime: UInt16 = 0
  var protocolPlace: UInt8 = 0
  /// Eighths of a bit.
  var protocolBits: Int8 = 0
  /// Eighths of a bit.
  var mode: UInt8 = 0
  var ruleSet: UInt8 = 0
  /// Sixteenths and quarters of a bit.
  var breadth: Int8 = 0
  var peak: UInt8 = 0
  var malformed: UInt8 = 0
  var schemaViolations: UInt8 = 0
  var reads: UInt8 = 0
  /// Sixteenths of a bit.
  var stack: Int8 = 0
  var cost: UInt8 = 0
  var composition = Composition()
}

extension HotLine {
  init(_ state: ClientState, cold: UInt32) {
    self.cold = cold
    tag = state.tag
    for index in 0..<8 {
      steps[index] = UInt16(truncatingIfNeeded: state.waiting[index])
      stepDetails[index] = UInt8(truncatingIfNeeded: state.waiting[index] >> 16)
    }
    lastRequests = state.lastRequests
    lastSeen = Self.clock(state.lastSeen)
    requests = state.requests
    flags = UInt16(truncatingIfNeeded: state.flags.rawValue)
    order = fixed(state.order)
    timing = fixed(state.timing)
    novelty = fixed(state.novelty)
    failedLogins = state.failedLogins
    inherited = state.inherited
    run = state.run
    waitingAndFlags = state.waitingCount & 7 | UInt8(truncatingIfNeeded: state.flags.rawValue >> 16) << 3
  }

  static func clock(_ microseconds: Int64) -> UInt32 { UInt32(truncatingIfNeeded: microseconds / 1000) }

  /// Milliseconds since the last request.
  func silence(at now: Int64) -> UInt32 {
    let elapsed = Self.clock(now) &- lastSeen
    // Lines of a log can be a little out of order.
    return elapsed > UInt32.max - 86_400_000 ? 0 : elapsed
  }
}

extension ColdLine {
  init(_ state: ClientState) {
    objects = state.objects
    stepGap0 = state.stepGaps[0]
    stepGap1 = state.stepGaps[1]
    stepGap2 = state.stepGaps[2]
    transitions = state.transitions
    lastIDAndDiscipline = state.lastID & 0xFF_FFFF | UInt32(UInt8(bitPattern: small(state.discipline, 16))) << 24
    odd = UInt32(state.oddFrom & 2047) | UInt32(state.oddTo & 2047) << 11 | UInt32(state.oddBits) << 22
    repetition = fixed(state.repetition)
    rules = fixed(state.rules)
    mode = UInt8(max(0, min(31, state.mode)) * 8)
    ruleSet = state.ruleSet
    idleStep = state.idleStep & 2047 | UInt16(state.loginPlace) << 11
    protocolTime = state.protocolTime
    protocolPlace = state.protocolPlace
    protocolBits = small(state.protocolBits, 8)
    breadth = small(state.breadth, 16)
    stack = small(state.stack, 16)
    cost = state.cost
    peak = UInt8(min(63, max(0, state.peak)) * 4)
    malformed = state.malformed
    schemaViolations = state.schemaViolations
    reads = state.reads
    composition = state.composition
  }
}

extension ClientState {
  init(_ hot: HotLine, _ cold: ColdLine?, now: Int64) {
    self.init()
    tag = hot.tag
    lastSeen = (now / 1000 - Int64(hot.silence(at: now))) * 1000
    requests = hot.requests
    for index in 0..<8 { waiting[index] = UInt32(hot.steps[index]) | UInt32(hot.stepDetails[index]) << 16 }
    lastRequests = hot.lastRequests
    flags = hot.allFlags
    order = Float(hot.order) / fixedUnit
    timing = Float(hot.timing) / fixedUnit
    novelty = Float(hot.novelty) / fixedUnit
    failedLogins = hot.failedLogins
    inherited = hot.inherited
    run = hot.run
    waitingCount = hot.waitingAndFlags & 7
    guard let cold else {
      restoreFirst()
      return
    }
    objects = cold.objects
    stepGaps = SIMD3(cold.stepGap0, cold.stepGap1, cold.stepGap2)
    transitions = cold.transitions
    lastID = cold.lastIDAndDiscipline & 0xFF_FFFF
    discipline = Float(Int8(bitPattern: UInt8(cold.lastIDAndDiscipline >> 24))) / 16
    oddFrom = UInt16(cold.odd & 2047)
    oddTo = UInt16(cold.odd >> 11 & 2047)
    oddBits = UInt8(truncatingIfNeeded: cold.odd >> 22)
    repetition = Float(cold.repetition) / fixedUnit
    rules = Float(cold.rules) / fixedUnit
    mode = Float(cold.mode) / 8
    ruleSet = cold.ruleSet
    idleStep = cold.idleStep & 2047
    loginPlace = UInt8(cold.idleStep >> 11)
    protocolTime = cold.protocolTime
    protocolPlace = cold.protocolPlace
    protocolBits = Float(cold.protocolBits) / 8
    stack = Float(cold.stack) / 16
    cost = cold.cost
    breadth = Float(cold.breadth) / 16
    peak = Float(cold.peak) / 4
    malformed = cold.malformed
    schemaViolations = cold.schemaViolations
    reads = cold.reads
    composition = cold.composition
  }

  /// The few things of the first request that matter later.
  private mutating func restoreFirst() {
    guard requests > 0 else { return }
    composition = Composition(firstWasLogin: flags.contains(.firstWasLogin))
    if flags.contains(.firstWasAsset) { composition.assets = 1 }
    if flags.contains(.firstWasWrite) { composition.writes = 1 }
    reads = run
  }

  /// Whether one line is too little for what is known.
  var needsSecondLine: Bool {
    requests > 1 || failedLogins > 0 || rules > 0 || malformed > 0 || schemaViolations > 0 || clientErrors > 0 || protocolPlace > 0
      || !flags.isDisjoint(with: .remarkable)
  }

  /// The flags with what the first request was.
  mutating func noteFirst() {
    if assets > 0 { flags.insert(.firstWasAsset) }
    if writes > 0 { flags.insert(.firstWasWrite) }
    if composition.logins > 0 { flags.insert(.firstWasLogin) }
  }
}

private let fixedUnit: Float = 512

/// In steps of one part in `unit`, as far as eight bits go.
private func small(_ bits: Float, _ unit: Float) -> Int8 { Int8(max(-127, min(127, bits * unit))) }

private func fixed(_ bits: Float) -> Int16 { Int16(max(-63, min(63, bits)) * fixedUnit) }
