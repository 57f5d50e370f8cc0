/// The client names itself a security scanner.
enum ScannerSignal: Signal {
  static let name = "scanner"

  static func bits(_ state: ClientState) -> Float { state.flags.contains(.scanner) ? 10 : 0 }

  static func detail(_ state: ClientState, _ crowd: CrowdModel) -> String {
    "names itself a security scanner"
  }
}
