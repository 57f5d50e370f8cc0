/// How an honest player reports a play: start, a heartbeat about every 30 seconds, end.
struct Player: Sendable {
  static let heartbeatSeconds = 30.0
  /// The play that runs ends here.
  private(set) var busyUntil = 0.0

  /// Starts a play and plans what the player will report of it.
  ///
  /// - Returns: seconds until it is over; nil if the start was refused twice.
  mutating func play(_ track: Int, _ stage: inout Stage, as identity: Int) -> Double? {
    let start = stage.send(EventAPI.playStart(track), as: identity)
    var delay = 0.0
    if start.isOverload {
      // Players try once more by themselves.
      guard stage.random.chance(0.7) else { return nil }
      delay = stage.random.uniform(1...3)
      stage.plan(EventAPI.playStart(track), in: delay, as: identity)
    }
    let listened = Self.listened(track, &stage.random)
    var pauseAt = Double.infinity
    var pause = 0.0
    if stage.random.chance(0.1) {
      pauseAt = stage.random.uniform(0...listened)
      pause = stage.random.logNormal(median: 40, spread: 1)
    }
    // A phone in the pocket: the system stops the app's timer for the rest of the play.
    let sleepsAfter = stage.random.chance(0.04) ? stage.random.uniform(0...listened) : .infinity
    var beat = Self.heartbeatSeconds
    while beat < listened, beat < sleepsAfter {
      let late = stage.random.chance(0.03) ? stage.random.logNormal(median: 5, spread: 0.8) : 0
      let network = stage.random.logNormal(median: 0.09, spread: 0.9)
      if !stage.random.chance(0.012) {
        stage.plan(EventAPI.heartbeat(track), in: delay + beat + (beat > pauseAt ? pause : 0) + network + late, as: identity)
      }
      beat += Self.heartbeatSeconds
    }
    let over = delay + listened + (listened > pauseAt ? pause : 0)
    if sleepsAfter == .infinity, !stage.random.chance(0.05) {
      stage.plan(EventAPI.playEnd(track), in: over + stage.random.logNormal(median: 0.09, spread: 0.9), as: identity)
    }
    busyUntil = stage.now + over
    return over
  }

  /// One play in five is skipped soon, most others are heard to their end.
  private static func listened(_ track: Int, _ random: inout RandomSource) -> Double {
    let length = Catalogue.length(of: track)
    if random.chance(0.22) { return min(length, 3 + random.logNormal(median: 14, spread: 0.9)) }
    return random.chance(0.85) ? length : length * random.uniform(0.3...1)
  }
}
