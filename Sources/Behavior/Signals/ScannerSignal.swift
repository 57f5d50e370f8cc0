import EvidenceModel

/// The client names itself a security scanner.
enum ScannerSignal: Signal {
  static let name = "scanner"
  static let label = ClientClass.scanner

  static func evidence(in history: ClientHistory) -> BehaviorSignal? {
    guard history.scannerMatches > 0 else { return nil }
    return BehaviorSignal(signal: name, bits: 6, detail: "names itself a security scanner in \(history.scannerMatches) requests")
  }
}
