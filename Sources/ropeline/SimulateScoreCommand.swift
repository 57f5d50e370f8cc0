import ArgumentParser
import Rehearsal

/// `ropeline simulate score`: verdicts held against the truth.
struct SimulateScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Hold verdicts against the truth of a simulated evening.")

  func run() throws {}
}
