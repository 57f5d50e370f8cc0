/// How it takes refusals for overload and answers that it has already.
enum RetrySignal: Signal {
  static let name = "retry-discipline"

  static func bits(_ state: ClientState) -> Float { state.discipline }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    state.discipline < 0
      ? "waits after a refusal, and asks whether what it has is still good, as others do"
      : "asks again at once where others wait after a refusal, or has what it has already sent anew"
  }
}
