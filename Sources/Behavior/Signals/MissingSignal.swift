/// What its pages do not load along.
enum MissingSignal: Signal {
  static let name = "missing-assets"

  static func bits(_ state: ClientState) -> Float { state.missing }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    state.missing < 0
      ? "loads what belongs to pages as others of its kind do"
      : "\(state.assets) of \(state.counted) requests are for what pages load along; others of its kind load more"
  }
}
