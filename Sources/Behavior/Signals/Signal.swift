import EvidenceModel

/// One kind of evidence about a client.
protocol Signal: SendableMetatype {
  /// The stable name in reports.
  static var name: String { get }
  /// Which class it speaks for.
  static var label: ClientClass { get }
  /// The evidence in a history; nil if it says nothing.
  static func evidence(in history: ClientHistory) -> BehaviorSignal?
}

/// All signals: the index.
enum Signals {
  static let all: [any Signal.Type] = [
    RuleSignal.self, ScannerSignal.self, ClientErrorSignal.self, LoginFailureSignal.self, MalformedParameterSignal.self,
    EnumerationSignal.self, BreadthSignal.self, RegularitySignal.self, SchemaSignal.self,
  ]
}

/// A share as a person reads it.
func percent(_ part: Int, of whole: Int) -> String { whole == 0 ? "0 %" : "\((part * 100 + whole / 2) / whole) %" }
