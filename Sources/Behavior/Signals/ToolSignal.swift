/// The client names itself a library or a tool, and shows no key.
enum ToolSignal: Signal {
  static let name = "tool"

  static func bits(_ state: ClientState) -> Float { state.flags.contains(.tool) && !state.flags.contains(.hasKey) ? 2 : 0 }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    "names itself a programming library, a command-line tool or nothing, and has no key"
  }
}
