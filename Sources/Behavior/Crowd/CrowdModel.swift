import Glibc
import HTTPModel

/// What everybody does, learned from the traffic itself: endpoints, their order, the time between steps, the objects asked for.
///
/// Only what has proved itself is learned from: a client's steps wait in its state until eight more have come or it has gone, and are
/// dropped if it looks suspicious by then. A client teaches each transition once in full and later ones little, so that a busy one
/// cannot drown the others.
struct CrowdModel: Sendable {
  /// Steps before any: a client's first request comes after `start`.
  static let start = 0
  private static let rareFound = 1
  private static let rareRefused = 2
  private static let firstTemplateStep = 3
  static let maximumSteps = 2048
  /// Weight of a transition that the client made before.
  private static let repeatWeight: Float = 0.3
  /// Lessons after which the model speaks with half its voice.
  private static let halfVoice: Float = 150

  private(set) var templates = EndpointTemplates()
  private var transitions = TransitionModel()
  private var gaps = HistogramModel(contexts: maximumSteps * 2, buckets: 28, bounds: -0.4...0.8)
  private var repetitions = HistogramModel(contexts: maximumSteps, buckets: 8, bounds: -0.4...1.2)
  private var newcomers = HistogramModel(contexts: maximumSteps, buckets: 2, bounds: -0.3...0.8)
  private var objects = ObjectMemory()
  var runs = RunModel()
  var logins = LoginBook()
  var idle = IdleBook()
  var breadths = HistogramModel(contexts: 4, buckets: 8, bounds: -0.4...2)
  var calibration = Calibration()
  var event = EventClock()
  var retries = RetryModel()
  var stacks = StackModel()
  var pages = PageModel()
  var protocols = ProtocolModel()
  var polls = PollBook()
  private(set) var lessons: Float = 0

  /// How far the model may be trusted: 0 at the beginning, towards 1.
  var voice: Float { lessons / (lessons + Self.halfVoice) }

  // MARK: Steps

  mutating func step(_ event: ClientEvent) -> (step: Int, match: EndpointTemplates.Match) {
    let match = templates.match(method: event.method, path: event.path, isFound: event.isKnownPath)
    let isRefused = event.isClientError
    guard match.template != EndpointTemplates.none else { return (isRefused ? Self.rareRefused : Self.rareFound, match) }
    let step = Self.firstTemplateStep + (match.template - 1) * 2 + (isRefused ? 1 : 0)
    return (step < Self.maximumSteps ? step : isRefused ? Self.rareRefused : Self.rareFound, match)
  }

  /// An endpoint that is known before anybody asks for it; its path has variables in braces.
  mutating func declare(method: [UInt8], path: [UInt8]) { templates.declare(method: method, path: path) }

  /// A step in words.
  func name(_ step: Int) -> String {
    switch step {
    case Self.start: "its first request"
    case Self.rareFound: "a path that hardly anybody asks for"
    case Self.rareRefused: "a path that does not exist"
    default:
      templates.name((step - Self.firstTemplateStep) / 2 + 1) + ((step - Self.firstTemplateStep) % 2 == 1 ? " (refused)" : "")
    }
  }

  /// The crowd's share that makes a step after another one.
  func share(from previous: Int, to step: Int) -> Float { transitions.share(from: previous, to: step) }

  /// Clients that taught, by weight.
  var teachers: Float { transitions.teachers }

  // MARK: Evidence

  /// - Parameter cohort: clients of the same kind, in an event those of the same minute, whose doings explain a step too.
  mutating func orderEvidence(after before: Int, _ previous: Int, to step: Int, cohort: Int) -> Float {
    let bits = transitions.evidence(after: before, previous, to: step)
    guard bits > 0 else { return bits * voice }
    return min(bits, transitions.evidence(after: previous, to: step, cohort: cohort) ?? bits) * voice
  }

  /// The clients with whom one is compared at a time: those of its kind, in an event those of the same minute since the drop.
  func cohort(_ flags: ClientFlags, at time: Int64) -> Int { event.phase(at: time) * ClientFlags.kinds + flags.kind }

  /// For one of several people whose steps are mixed: what was before the last step is not known.
  mutating func orderEvidence(after previous: Int, to step: Int) -> Float {
    transitions.evidence(after: previous, to: step) * voice
  }

  mutating func gapEvidence(from previous: Int, to step: Int, bucket: Int) -> Float {
    gaps.evidence(step * 2 + (previous == step ? 1 : 0), bucket) * voice
  }

  mutating func repetitionEvidence(_ step: Int, bucket: Int) -> Float { repetitions.evidence(step, bucket) * voice }

  mutating func noveltyEvidence(_ step: Int, isNew: Bool) -> Float { newcomers.evidence(step, isNew ? 1 : 0) * voice }

  mutating func visit(_ object: UInt64, actor: UInt64) -> ObjectMemory.Encounter { objects.visit(object: object, actor: actor) }

  // MARK: Learning

  /// - Parameter share: how far the teacher is believed to be a person, up to 1.
  mutating func teach(_ lesson: WaitingStep, after before: Int, _ previous: Int, share: Float, cohort: Int) {
    var weight = (lesson.isFirst ? 1 : Self.repeatWeight) * share
    if !lesson.isForeign { transitions.teach(cohort: cohort, after: previous, to: lesson.step, weight: weight) }
    // What was learned before an event stays what is usual.
    if cohort >= ClientFlags.kinds { weight *= EventClock.slowness }
    if previous == Self.start { transitions.countTeacher(weight: weight) }
    if !lesson.isForeign { transitions.teach(after: before, previous, to: lesson.step, weight: weight) }
    if lesson.gap < 28 { gaps.teach(lesson.step * 2 + (previous == lesson.step ? 1 : 0), lesson.gap, weight: weight) }
    if lesson.repetition < 7 { repetitions.teach(lesson.step, lesson.repetition, weight: weight) }
    newcomers.teach(lesson.step, lesson.isNew ? 1 : 0, weight: weight)
    lessons += weight
  }

  /// A gap's bucket: two for each doubling from 1 ms, 27 at most; 28 for none.
  static func gapBucket(milliseconds: Int64) -> Int {
    guard milliseconds > 0 else { return 0 }
    return min(27, Int(log2(Float(milliseconds)) * 1.25))
  }

  /// How closely a gap repeats the one before the same step: 0 within 0.02 %, 6 for no likeness; 7 for nothing to compare with.
  static func repetitionBucket(_ gap: UInt32, _ before: UInt32) -> Int {
    guard before > 0, gap > 0 else { return 7 }
    let difference = gap > before ? gap - before : before - gap
    let ratio = Float(difference) / Float(max(gap, before))
    return ratio < 0.00015 ? 0 : ratio < 0.0008 ? 1 : ratio < 0.004 ? 2 : ratio < 0.016 ? 3 : ratio < 0.06 ? 4 : ratio < 0.25 ? 5 : 6
  }
}

extension CrowdModel {
  func write(to writer: inout SnapshotWriter) {
    templates.write(to: &writer)
    transitions.write(to: &writer)
    gaps.write(to: &writer)
    repetitions.write(to: &writer)
    newcomers.write(to: &writer)
    breadths.write(to: &writer)
    objects.write(to: &writer)
    runs.write(to: &writer)
    logins.write(to: &writer)
    idle.write(to: &writer)
    calibration.write(to: &writer)
    event.write(to: &writer)
    retries.write(to: &writer)
    stacks.write(to: &writer)
    pages.write(to: &writer)
    protocols.write(to: &writer)
    polls.write(to: &writer)
    writer.put(lessons)
  }

  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) {
    try templates.read(from: &reader)
    try transitions.read(from: &reader)
    try gaps.read(from: &reader)
    try repetitions.read(from: &reader)
    try newcomers.read(from: &reader)
    try breadths.read(from: &reader)
    try objects.read(from: &reader)
    try runs.read(from: &reader)
    try logins.read(from: &reader)
    try idle.read(from: &reader)
    try calibration.read(from: &reader)
    try event.read(from: &reader)
    try retries.read(from: &reader)
    try stacks.read(from: &reader)
    try pages.read(from: &reader)
    try protocols.read(from: &reader)
    try polls.read(from: &reader)
    try reader.take(&lessons)
  }
}
