/// How closely the time before a step repeats itself, against the crowd's at the same step: a program's timer is never late.
enum RepetitionSignal: Signal {
  static let name = "repetition"

  static func bits(_ state: ClientState) -> Float { state.repetition }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    state.repetition < 0
      ? "its intervals vary as people's do" : "the time before a step is the same each time, closer than people's at that step"
  }
}
