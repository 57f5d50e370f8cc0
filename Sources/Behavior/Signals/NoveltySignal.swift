/// Whether others ask for the same objects.
enum NoveltySignal: Signal {
  static let name = "objects"

  static func bits(_ state: ClientState) -> Float { state.novelty }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    state.novelty < 0 ? "asks for what others ask for" : "asks for objects that nobody else asks for"
  }
}
