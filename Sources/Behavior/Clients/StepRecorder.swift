import HTTPModel

/// Folds one request into a client's state and lets the crowd learn.
enum StepRecorder {
  /// Credit is bounded, so that a client cannot save up for an attack by acting as a person first.
  private static let orderBounds: ClosedRange<Float> = -2.5...24
  private static let timingBounds: ClosedRange<Float> = -2...5
  private static let repetitionBounds: ClosedRange<Float> = -1...12
  private static let noveltyBounds: ClosedRange<Float> = -2...5
  /// What a transition counts that the client made before: people's oddities repeat, and are one oddity.
  private static let repeatedOddity: Float = 0.6
  private static let suspicious: Float = 3
  /// How far steps are believed of which nothing came.
  private static let idleShare: Float = 0.1
  private static let pollShare: Float = 0.15
  /// Bits to which asking for the same again can bring a client.
  private static let mostFromPolls: Float = 2
  /// What is left of the evidence of order at the next request: a drift too small to tell a person from a machine must not add up.
  private static let remembered: Float = 0.97
  /// Steps of which the crowd learns later; the ring holds two more as what came before them.
  private static let lag = 6

  /// - Parameters:
  ///   - actor: whose objects these are.
  ///   - isTeaching: whether the crowd is to learn from it; an event counts once.
  static func record(
    _ event: ClientEvent, actor: UInt64, network: UInt64, family: UInt64 = 0, isTeaching: Bool, in state: inout ClientState,
    crowd: inout CrowdModel
  ) {
    let (step, match) = crowd.step(event)
    let purpose = crowd.templates.purpose(match, event.path)
    let number = Int(state.requests)
    let elapsed = number == 0 ? 0 : max(0, event.time.microseconds - state.lastSeen) / 1000
    let previous = recent(1, of: state)
    var lesson = WaitingStep(
      step: step, gap: number == 0 ? 28 : CrowdModel.gapBucket(milliseconds: elapsed),
      repetition: number == 0 ? 7 : repetition(of: elapsed, before: step, in: &state), isFirst: isFirst(previous, step, &state),
      isNew: false, isForeign: false, isActing: match.isAsset || event.isWrite && event.status < 400)

    let cohort = crowd.cohort(state.flags, at: event.time.microseconds)
    var order = crowd.orderEvidence(after: recent(2, of: state), previous, to: step, cohort: cohort)
    if !event.hasSession, !event.hasKey, number > 0 {
      let explained = leastOrderEvidence(of: step, in: state, &crowd)
      if explained < order {
        order = explained
        lesson.isForeign = true
      }
    }
    let oddness = UInt8(max(0, order) * 16)
    if oddness > state.oddBits, !state.flags.contains(.suspicious) {
      state.oddBits = oddness
      state.oddFrom = UInt16(previous)
      state.oddTo = UInt16(step)
    }
    if !lesson.isFirst, order > 0 { order *= repeatedOddity }
    // What is refused earns nothing.
    if event.isClientError { order = max(order, 0) }
    let object = objectHash(event)
    let request = requestHash(event, object)
    let isKnown = any(state.lastRequests .== request)
    // Asked again because the origin had failed: the client did what the answer asked for.
    let isRetry = state.lastRequests[0] == request && state.flags.contains(.failed)
    // Read again and again: patience, by thumb or by a program that a person started. What is asked for but once tells more.
    let isPoll = isKnown && !event.isWrite
    if isRetry {
      order = 0
    } else if isPoll {
      order = min(max(order, -1) * pollShare, max(0, mostFromPolls - state.order))
    }
    if !isKnown {
      state.lastRequests = SIMD4(request, state.lastRequests[0], state.lastRequests[1], state.lastRequests[2])
    } else if state.lastRequests[0] != request {
      for place in 1..<4 where state.lastRequests[place] == request { state.lastRequests[place] = state.lastRequests[0] }
      state.lastRequests[0] = request
    }

    var timing: Float = 0
    // Without a session several people may be one client: the time between their steps is nobody's.
    if lesson.gap < 28, event.hasSession, !isRetry {
      timing = crowd.gapEvidence(from: previous, to: step, bucket: lesson.gap)
      // How often somebody refreshes is nobody's business.
      if isPoll { timing = min(timing, 0) }
    }
    var repetition: Float = 0
    if lesson.repetition < 7, !isPoll, !isRetry {
      repetition = crowd.repetitionEvidence(step, bucket: lesson.repetition) * (event.hasSession ? 1 : 0.5)
    }

    var novelty: Float = 0
    var isOwn = true
    if match.hasVariable || !event.query.isEmpty {
      isOwn = state.objects & 1 << (object >> 58) != 0
      state.objects |= 1 << (object >> 58)
      switch crowd.visit(object, actor: actor) {
      case .own: break
      case .new:
        lesson.isNew = true
        novelty = crowd.noveltyEvidence(step, isNew: true)
      case .shared: novelty = crowd.noveltyEvidence(step, isNew: false)
      }
    }
    state.order = bounded(state.order * remembered + order, orderBounds)
    state.timing = bounded(state.timing + timing, timingBounds)
    state.repetition = bounded(state.repetition + repetition, repetitionBounds)
    state.novelty = bounded(state.novelty + novelty, noveltyBounds)
    state.composition.count(event, match, purpose, isSameStep: previous == step, isPoll: isPoll)
    HardEvidence.record(
      event, match, purpose, previous: previous, network: network, isKnown: isKnown, isTeaching: isTeaching, in: &state, crowd: &crowd)
    run(event, match, step, network, isTeaching: isTeaching, isOwn: isOwn, isOtherStep: previous != step, &state, &crowd)
    if isTeaching { judgeBreadth(&state, &crowd) }
    recordHabits(
      event, match, step, network, gap: lesson.gap, isAgain: isPoll && !isRetry, family: family, isTeaching: isTeaching, &state, &crowd)
    if event.isOverload { state.flags.insert(.failed) } else { state.flags.remove(.failed) }
    let sum = state.order + state.timing + state.novelty
    state.peak = max(state.peak, sum)
    state.calibrated = crowd.calibration.bits(sum)
    state.lastSeen = max(state.lastSeen, event.time.microseconds)
    wait(lesson, isTeaching: isTeaching, &state, &crowd)
    state.requests &+= 1
  }

  /// Those who left early teach what they did, if they did nothing odd.
  static func teachRest(of state: inout ClientState, crowd: inout CrowdModel) {
    if isTeacher(state) {
      let share = humanity(of: state)
      for age in stride(from: Int(state.waitingCount), to: 0, by: -1) { teach(age, of: state, share, &crowd) }
    }
    state.waitingCount = 0
  }

  /// What is known of a visit when it is over.
  static func teachVisit(_ state: ClientState, crowd: inout CrowdModel) {
    guard state.flags.isDisjoint(with: .noVisitor), Signals.hardBits(state) < suspicious else { return }
    let share = engagement(of: state)
    guard share > 0.2, state.requests >= 4 else { return }
    crowd.calibration.teach(state.peak, weight: share)
    // Whoever went away has ended the last run too.
    if !state.flags.contains(.flagged), state.mode < suspicious {
      if !state.flags.contains(.acting) { crowd.runs.teach(.looking, ofKind: state.flags.kind, length: Int(state.run), weight: share) }
      crowd.runs.teach(.reading, ofKind: state.flags.kind, length: Int(state.reads), weight: share)
    }
  }

  /// What is held against the crowd beside the order of things: pauses, stack, pages, protocols.
  private static func recordHabits(
    _ event: ClientEvent, _ match: EndpointTemplates.Match, _ step: Int, _ network: UInt64, gap: Int, isAgain: Bool, family: UInt64,
    isTeaching: Bool, _ state: inout ClientState, _ crowd: inout CrowdModel
  ) {
    let weight = isTeaching && isTeacher(state) ? engagement(of: state) : 0
    let voice = crowd.voice
    crowd.retries.record(event, step: step, gap: gap, isAgain: isAgain, weight: weight, voice: voice, in: &state)
    crowd.stacks.record(event, family: family, isAsset: match.isAsset, weight: state.requests < 8 ? weight : 0, in: &state)
    crowd.pages.record(event, isAsset: match.isAsset, weight: weight, voice: voice, in: &state)
    crowd.protocols.record(event, weight: weight, voice: voice, in: &state)
    guard isTeaching, state.flags.isDisjoint(with: .machine) else { return }
    let isOneThing = state.transitions.nonzeroBitCount <= 2 && state.assets == 0 && state.writes == 0
    if !isOneThing, state.flags.contains(.polls) {
      state.flags.remove(.polls)
      crowd.polls.resolve(recent(1, of: state), at: state.lastSeen)
    } else if isOneThing, state.composition.total == PollBook.length {
      state.flags.insert(.polls)
      crowd.polls.enter(step, network: network, at: event.time.microseconds)
    }
  }

  /// Counts how long the client goes on in one mode.
  private static func run(
    _ event: ClientEvent, _ match: EndpointTemplates.Match, _ step: Int, _ network: UInt64, isTeaching: Bool, isOwn: Bool,
    isOtherStep: Bool,
    _ state: inout ClientState, _ crowd: inout CrowdModel
  ) {
    let isActing = match.isAsset || event.isWrite && !event.isClientError
    if isActing != state.flags.contains(.acting) {
      if state.requests > 0, isTeaching, isTeacher(state) {
        crowd.runs.teach(isActing ? .looking : .acting, ofKind: state.flags.kind, length: Int(state.run), weight: engagement(of: state))
      }
      if isActing { state.flags.insert(.acting) } else { state.flags.remove(.acting) }
      state.run = 0
    }
    // A page asked for again is patience; what counts is one thing after the other.
    if isActing ? isOtherStep && !match.isAsset : !isOwn {
      state.run = min(state.run, 254) + 1
      if isTeaching, !isActing, state.run == IdleBook.length, state.flags.isDisjoint(with: .machine) {
        state.idleStep = UInt16(step)
        crowd.idle.enter(step, network: network, at: event.time.microseconds)
      }
    }
    if event.isWrite, event.status < 400 {
      if state.idleStep != 0 { crowd.idle.resolve(Int(state.idleStep)) }
      state.idleStep = 0
      if isTeaching, isTeacher(state) {
        crowd.runs.teach(.reading, ofKind: state.flags.kind, length: Int(state.reads), weight: engagement(of: state))
      }
      state.reads = 0
      // Until then a page that is seen again is no other page, whatever it loads along.
      state.objects = 0
    } else if !isActing, !isOwn {
      state.reads = min(state.reads, 254) + 1
    }
    let kind = state.flags.kind
    state.mode =
      max(
        crowd.runs.evidence(isActing ? .acting : .looking, ofKind: kind, length: Int(state.run)),
        isActing ? 0 : crowd.runs.evidence(.reading, ofKind: kind, length: Int(state.reads))) * crowd.voice
  }

  /// At the 8th, 16th, 32nd and 64th request: how many different steps that were.
  private static func judgeBreadth(_ state: inout ClientState, _ crowd: inout CrowdModel) {
    let context: Int
    switch state.requests + 1 {
    case 8: context = 0
    case 16: context = 1
    case 32: context = 2
    case 64: context = 3
    default: return
    }
    // Whoever mostly refreshes did less than so many requests say.
    let total = Int(state.composition.total)
    guard Int(state.composition.hammered) * 2 < total || Int(state.reads) * 4 > total else { return }
    let breadth = min(7, state.transitions.nonzeroBitCount / 2)
    if breadth < 4 { state.breadth = bounded(state.breadth + crowd.breadths.evidence(context, breadth) * crowd.voice, -1...1.5) }
    if isTeacher(state) { crowd.breadths.teach(context, breadth, weight: engagement(of: state)) }
  }

  // MARK: The last steps

  /// The step so many requests ago, 1 for the last; `start` before the first.
  private static func recent(_ age: Int, of state: ClientState) -> Int {
    let number = Int(state.requests) - age
    return number < 0 ? CrowdModel.start : WaitingStep(state.waiting[number & 7]).step
  }

  /// The step that makes up at least half of the last eight; a refused log-in if the visit ended with it.
  static func habit(_ state: ClientState) -> Int? {
    let count = min(8, Int(state.requests))
    guard count > 0 else { return nil }
    if state.loginPlace != 0 { return recent(1, of: state) }
    let steps = (1...count).map { recent($0, of: state) }
    var best = (step: 0, count: 0)
    for step in steps {
      let same = steps.count { $0 == step }
      if same > best.count || same == best.count && step < best.step { best = (step, same) }
    }
    return best.count * 2 >= count ? best.step : nil
  }

  private static func wait(_ lesson: WaitingStep, isTeaching: Bool, _ state: inout ClientState, _ crowd: inout CrowdModel) {
    if state.waitingCount >= lag {
      if isTeaching, isTeacher(state), state.mode < suspicious { teach(lag, of: state, humanity(of: state), &crowd) }
    } else {
      state.waitingCount += 1
    }
    state.waiting[Int(state.requests) & 7] = lesson.packed
  }

  private static func teach(_ age: Int, of state: ClientState, _ share: Float, _ crowd: inout CrowdModel) {
    let lesson = WaitingStep(state.waiting[(Int(state.requests) - age) & 7])
    // A step is believed if something came of it soon after; whoever only reads does not say what people read.
    var cameOfIt = lesson.isActing
    for later in stride(from: age - 1, to: 0, by: -1) where !cameOfIt {
      cameOfIt = WaitingStep(state.waiting[(Int(state.requests) - later) & 7]).isActing
    }
    crowd.teach(
      lesson, after: recent(age + 2, of: state), recent(age + 1, of: state), share: cameOfIt ? share : share * idleShare,
      cohort: crowd.cohort(state.flags, at: state.lastSeen))
  }

  /// Behind one address and user agent without a session may be several people whose steps are mixed: a step may belong to any of the
  /// last ones, or be somebody's first.
  private static func leastOrderEvidence(of step: Int, in state: ClientState, _ crowd: inout CrowdModel) -> Float {
    var least = crowd.orderEvidence(after: CrowdModel.start, to: step)
    for age in 1...min(7, Int(state.requests)) { least = min(least, crowd.orderEvidence(after: recent(age, of: state), to: step)) }
    return least
  }

  private static func isFirst(_ previous: Int, _ step: Int, _ state: inout ClientState) -> Bool {
    let bit = UInt32(1) << UInt32(mixed(UInt64(previous) << 16 | UInt64(step)) & 31)
    defer { state.transitions |= bit }
    return state.transitions & bit == 0
  }

  private static func repetition(of elapsed: Int64, before step: Int, in state: inout ClientState) -> Int {
    let gap = UInt32(min(elapsed, 0xF_FFFF))
    let tag = UInt32(step & 0xFFF) << 20
    for slot in 0..<3 where state.stepGaps[slot] & 0xFFF0_0000 == tag && state.stepGaps[slot] != 0 {
      let before = state.stepGaps[slot] & 0xF_FFFF
      state.stepGaps[slot] = tag | gap
      return CrowdModel.repetitionBucket(gap, before)
    }
    state.stepGaps[Int(state.requests % 3)] = tag | gap
    return 7
  }

  // MARK: Who teaches

  /// How much the crowd learns from a client's next lesson. Whoever uses an application as a whole - writes, loads what belongs to a
  /// page - is believed more than one who only reads; and a busy client is one client.
  private static func humanity(of state: ClientState) -> Float {
    let share = engagement(of: state)
    return max(leastHumanity, share * share) * min(1, busy / Float(max(state.requests, 1)))
  }

  private static func engagement(of state: ClientState) -> Float {
    let engaged = (Float(state.writes) - Float(state.failedLogins) + Float(state.assets)) / Float(state.counted)
    return min(1, max(0, engaged / fullEngagement))
  }

  /// A client of which this share of requests are writes and assets is believed in full.
  private static let fullEngagement: Float = 0.25
  private static let leastHumanity: Float = 0.005
  /// Requests from which on a client's lessons weigh less and less.
  private static let busy: Float = 24

  private static func isTeacher(_ state: ClientState) -> Bool {
    state.flags.isDisjoint(with: .noTeacher) && state.order + state.timing + state.novelty < suspicious
      && Signals.hardBits(state) < suspicious
  }

  private static func requestHash(_ event: ClientEvent, _ object: UInt64) -> UInt16 {
    var hash: UInt64 = 0x6A09_E667_F3BC_C908
    for byte in event.method { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return UInt16(truncatingIfNeeded: mixed(hash ^ object)) | 1
  }

  private static func objectHash(_ event: ClientEvent) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in event.path { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    for byte in event.query { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return mixed(hash)
  }
}

@inline(__always)
func bounded(_ value: Float, _ bounds: ClosedRange<Float>) -> Float { min(max(value, bounds.lowerBound), bounds.upperBound) }
