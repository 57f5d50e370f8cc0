import Glibc

/// How long people go on in one mode before they change to the other: looking (reads of one object after the other) and acting
/// (writes, and what a page loads along). People look at a few things and then do something with one of them; a harvester only
/// reads, and a machine that pretends to listen never looks.
///
/// Where too few runs were seen, the tail is taken to go on falling off as it does between one run in ten and one in a hundred.
struct RunModel: Sendable {
  static let longest = 255
  /// Bits that a run must be rarer than, as each client has several.
  private static let offset: Float = 4
  private static let maximumBits: Float = 14
  private static let near: Float = 0.1
  private static let far: Float = 0.01

  /// Runs that went on for at least so many, by weight, for each mode.
  private var reached = [Float](repeating: 0, count: 2 * (longest + 1))
  /// The lengths that one run in ten and one in a hundred reach, for each mode.
  private var nearLength: [Int] = [longest, longest]
  private var farLength: [Int] = [longest, longest]
  private var learnedAt: [Float] = [0, 0]

  mutating func teach(isActing: Bool, length: Int, weight: Float) {
    let mode = isActing ? 1 : 0
    let base = mode * (Self.longest + 1)
    for index in 0...min(length, Self.longest) { reached[base + index] += weight }
    guard reached[base] > learnedAt[mode] * 1.05 + 1 else { return }
    learnedAt[mode] = reached[base]
    nearLength[mode] = self.length(reachedBy: Self.near, mode)
    farLength[mode] = self.length(reachedBy: Self.far, mode)
  }

  private func length(reachedBy share: Float, _ mode: Int) -> Int {
    let base = mode * (Self.longest + 1)
    return (1...Self.longest).first { reached[base + $0] <= share * reached[base] } ?? Self.longest
  }

  /// The share of runs that go on for so long.
  func survival(isActing: Bool, length: Int) -> Float {
    let mode = isActing ? 1 : 0
    let base = mode * (Self.longest + 1)
    let length = min(length, Self.longest)
    if length <= farLength[mode] { return (reached[base + length] + 0.5) / (reached[base] + 1) }
    let slope = log2(Self.near / Self.far) / Float(max(farLength[mode] - nearLength[mode], 2))
    let fitted = Self.far * exp2(-slope * Float(length - farLength[mode]))
    // Never rarer than the fit, nor than what was seen.
    return max(fitted, (reached[base + length] - 2) / (reached[base] + 1))
  }

  func evidence(isActing: Bool, length: Int) -> Float {
    guard length > 0 else { return 0 }
    return min(Self.maximumBits, max(0, -log2(survival(isActing: isActing, length: length)) - Self.offset))
  }
}
