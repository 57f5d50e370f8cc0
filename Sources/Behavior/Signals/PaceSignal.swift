/// The time between steps and how closely it repeats, against the crowd at the same step.
enum PaceSignal: Signal {
  static let name = "pace"

  static func bits(_ state: ClientState) -> Float { state.timing }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    state.timing < 0
      ? "takes the time that people take" : "steps come at times, or repeat their intervals, as hardly anybody's at the same steps"
  }
}
