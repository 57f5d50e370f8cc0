import Glibc

/// How long people go on in one mode before they change to the other: looking (reads of one object after the other) and acting
/// (writes, and what a page loads along). People look at a few things and then do something with one of them; a harvester only
/// reads, and a machine that pretends to listen never looks.
///
/// Where too few runs were seen, the tail is taken to go on falling off as it does between one run in ten and one in a hundred.
struct RunModel: Sendable {
  enum Mode: Int, CaseIterable, Sendable {
    /// Reads until something is written or loaded along.
    case looking
    /// Writes until something is read.
    case acting
    /// Reads until something is written, whatever pages load along.
    case reading
  }

  static let longest = 255
  /// Runs from which on a kind of client speaks for itself.
  static let enough: Float = 60
  /// Modes for each kind of client: what belongs to a page divides a browser's runs, and an app loads nothing along.
  private static let all = modes * ClientFlags.kinds
  /// Bits that a run must be rarer than, as each client has several.
  private static let offset: Float = 4
  private static let beyond = 4
  private static let maximumBitsBeyond: Float = 14
  private static let maximumBits: Float = 10
  private static let near: Float = 0.1
  /// The tail is read off as far out as there are so many runs to read, but not beyond this share: further out are machines.
  private static let farRuns: Float = 12
  private static let farthest: Float = 0.002
  private static let nearest: Float = 0.03

  /// Runs that went on for at least so many, by weight, for each mode.
  private var reached = [Float](repeating: 0, count: all * (longest + 1))
  /// The lengths that one run in ten and one in a hundred reach, for each mode.
  private var nearLength = [Int](repeating: longest, count: all)
  private var farLength = [Int](repeating: longest, count: all)
  private var far = [Float](repeating: nearest, count: all)
  private var learnedAt = [Float](repeating: 0, count: all)

  mutating func teach(_ mode: Mode, ofKind kind: Int = 0, length: Int, weight: Float) {
    let mode = kind * Self.modes + mode.rawValue
    let base = mode * (Self.longest + 1)
    for index in 0...min(length, Self.longest) { reached[base + index] += weight }
    guard reached[base] > learnedAt[mode] * 1.05 + 1 else { return }
    learnedAt[mode] = reached[base]
    nearLength[mode] = self.length(reachedBy: Self.near, mode)
    far[mode] = min(Self.nearest, max(Self.farthest, Self.farRuns / reached[base]))
    farLength[mode] = self.length(reachedBy: far[mode], mode)
  }

  /// The kind's own place, or that of the kind that was seen most where too few of its own were.
  private func place(_ mode: Mode, _ kind: Int) -> Int {
    var most = kind
    if seen(kind) < Self.enough {
      for other in 0..<ClientFlags.kinds where seen(other) > seen(most) { most = other }
    }
    return most * Self.modes + mode.rawValue
  }

  private static let modes = 3

  /// Runs of looking of a kind, by weight.
  private func seen(_ kind: Int) -> Float { reached[kind * Self.modes * (Self.longest + 1)] }

  private func length(reachedBy share: Float, _ mode: Int) -> Int {
    let base = mode * (Self.longest + 1)
    return (1...Self.longest).first { reached[base + $0] <= share * reached[base] } ?? Self.longest
  }

  /// The share of runs that go on for so long.
  func survival(_ mode: Mode, ofKind kind: Int = 0, length: Int) -> Float {
    let mode = place(mode, kind)
    let base = mode * (Self.longest + 1)
    let length = min(length, Self.longest)
    if length <= farLength[mode] { return (reached[base + length] + 0.5) / (reached[base] + 1) }
    let slope = log2(Self.near / far[mode]) / Float(max(farLength[mode] - nearLength[mode], 2))
    let fitted = far[mode] * exp2(-slope * Float(length - farLength[mode]))
    // Never rarer than the fit, nor than what was seen.
    return max(fitted, (reached[base + length] - 2) / (reached[base] + 1))
  }

  func evidence(_ mode: Mode, ofKind kind: Int = 0, length: Int) -> Float {
    guard length > 0 else { return 0 }
    // People differ more than any fit says: rarer than so is believed only of what is far out of everybody's reach.
    let isBeyond = length >= Self.beyond * farLength[place(mode, kind)]
    return min(
      isBeyond ? Self.maximumBitsBeyond : Self.maximumBits, max(0, -log2(survival(mode, ofKind: kind, length: length)) - Self.offset))
  }
}

extension RunModel {
  func write(to writer: inout SnapshotWriter) {
    writer.put(reached)
    writer.put(far)
    writer.put(nearLength)
    writer.put(farLength)
    writer.put(learnedAt)
  }

  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) {
    try reader.take(&reached)
    try reader.take(&far)
    try reader.take(&nearLength)
    try reader.take(&farLength)
    try reader.take(&learnedAt)
  }
}
