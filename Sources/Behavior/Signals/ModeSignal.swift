/// Reading one thing after the other without ever doing anything with it, or acting without ever looking, longer than people do.
enum ModeSignal: Signal {
  static let name = "one-sided"

  static func bits(_ state: ClientState) -> Float { state.mode }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    let isActing = state.flags.contains(.acting)
    let kind = state.flags.kind
    let share = min(
      crowd.runs.survival(isActing ? .acting : .looking, ofKind: kind, length: Int(state.run)),
      isActing ? 1 : crowd.runs.survival(.reading, ofKind: kind, length: Int(state.reads)))
    return
      (isActing
      ? "\(state.run) steps without ever looking at anything"
      : "\(max(state.run, state.reads)) different reads without doing anything with one")
      + ", where \(Int((share * 10_000).rounded())) in 10000 people go on for so long"
  }
}
