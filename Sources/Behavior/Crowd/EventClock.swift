/// When the evening's event began: at a time that was configured, or when the rate goes over twice what it was in the median of the five
/// minutes before.
///
/// From then on for an hour the crowd is another one: what was learned before stays what it is for the most part, and clients are
/// compared with those of the same minute since the drop and the same kind (`cohort`).
struct EventClock: Sendable {
  private static let minute: Int64 = 60_000_000
  /// Minutes for which an event goes on.
  private static let length: Int64 = 60
  /// Full minutes that must be known before anything is detected.
  private static let known = 15
  private static let median = 5
  /// Requests beyond twice the median: on a quiet site three visitors at once are no event.
  private static let least: Float = 120
  /// How much of a lesson the model for all times takes during an event.
  static let slowness: Float = 0.25

  /// Microseconds since the epoch, in order.
  var configured: [Int64] = []
  private(set) var startedAt: Int64 = 0
  private(set) var isDetected = false
  /// Those that began, the latest last; not kept across restarts.
  private(set) var past: [(start: Int64, isDetected: Bool)] = []
  private var number: Int64 = -1
  private var requests: Float = 0
  private var before = [Float](repeating: 0, count: median)
  private var minutes = 0
  private var usual: Float = 0

  /// Takes one request into account.
  mutating func count(at now: Int64) {
    let current = now / Self.minute
    if current != number { turn(to: current) }
    requests += 1
    if let drop = configured.last(where: { $0 <= now }), now - drop < Self.length * Self.minute {
      guard startedAt != drop else { return }
      return start(at: drop, isDetected: false)
    }
    guard !isOn(at: now), minutes >= Self.known, requests > 2 * usual + Self.least else { return }
    start(at: current * Self.minute, isDetected: true)
  }

  func isOn(at now: Int64) -> Bool { startedAt > 0 && now >= startedAt && now - startedAt < Self.length * Self.minute }

  /// Which minute of an event it is: 0 for none, 1 to 10 for the first ten, then in wider steps to 14.
  func phase(at now: Int64) -> Int {
    guard isOn(at: now) else { return 0 }
    let minutes = Int((now - startedAt) / Self.minute)
    return switch minutes {
    case ..<10: minutes + 1
    case ..<15: 11
    case ..<20: 12
    case ..<35: 13
    default: 14
    }
  }

  static let phases = 15

  private mutating func start(at time: Int64, isDetected: Bool) {
    startedAt = time
    self.isDetected = isDetected
    if past.count == 16 { past.removeFirst() }
    past.append((time, isDetected))
  }

  private mutating func turn(to current: Int64) {
    // Lines out of order belong to the minute that is on.
    guard current > number else { return }
    if number >= 0 {
      let passed = min(current - number, Int64(Self.median))
      for step in 0..<passed {
        before.removeFirst()
        before.append(step == 0 ? requests : 0)
      }
      minutes += Int(min(current - number, Int64(Self.known)))
      usual = before.sorted()[Self.median / 2]
    }
    number = current
    requests = 0
  }
}

extension EventClock {
  func write(to writer: inout SnapshotWriter) {
    writer.put(startedAt)
    writer.put(isDetected ? UInt8(1) : 0)
    writer.put(number)
    writer.put(requests)
    writer.put(before)
    writer.put(Int64(minutes))
    writer.put(usual)
  }

  /// What is configured stays as it is.
  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) {
    var flag: UInt8 = 0
    var count: Int64 = 0
    try reader.take(&startedAt)
    try reader.take(&flag)
    try reader.take(&number)
    try reader.take(&requests)
    try reader.take(&before)
    try reader.take(&count)
    try reader.take(&usual)
    isDetected = flag != 0
    minutes = Int(min(max(count, 0), 1 << 40))
  }
}
