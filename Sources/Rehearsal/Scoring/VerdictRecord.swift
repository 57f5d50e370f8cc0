import BodyDecoding
import EvidenceModel

/// One line of `analyze --format ndjson`, as far as scoring needs it.
public struct VerdictRecord: Sendable, Equatable {
  /// The identity keys that the record gives: it covers the requests on which all of them agree. `-` stands for requests without
  /// one, nil for a key that does not matter.
  public var address: AddressKey?
  public var userAgent: String?
  public var session: String?
  public var key: String?
  public var verdict: VerdictKind
  public var label: String
  public var score: Double
  public var requests: Int
  /// The client's own request number at which the verdict was first reached; nil if it was not.
  public var atRequest: Int?

  public enum AddressKey: Sendable, Hashable {
    case prefix(bytes: [UInt8], length: Int)
    /// What is no address: `-`, a name.
    case text(String)
  }

  public var isFlagged: Bool { verdict != .allow }

  /// Reads a line.
  ///
  /// - Throws: `ScoringError` with the place and what is missing or wrong.
  public init(line: UnsafeBufferPointer<UInt8>, file: String, number: Int) throws(ScoringError) {
    func wrong(_ reason: String) -> ScoringError { ScoringError(file: file, line: number, reason: reason) }
    guard line.first(where: { $0 != 0x20 }) == 0x7B else { throw wrong("no JSON object") }
    let decoded = JSONFlattener.flatten(line)
    if let error = decoded.error { throw wrong(error.message) }
    var values: [String: String] = [:]
    decoded.list.forEach { name, value in
      // Leaves of the evidence have names with more dots.
      let name = String(decoding: name, as: UTF8.self)
      guard name.hasPrefix("json."), !name.dropFirst(5).contains("."), !value.isEmpty else { return }
      values[String(name.dropFirst(5))] = String(decoding: value, as: UTF8.self)
    }
    guard let kind = values["verdict"].flatMap(VerdictKind.init(rawValue:)) else {
      throw wrong("no verdict of \(VerdictKind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    verdict = kind
    label = values["label"] ?? ClientClass.undecided.rawValue
    guard let score = values["score"].flatMap(Double.init), (0...1).contains(score) else { throw wrong("no score from 0 to 1") }
    self.score = score
    requests = values["requests"].flatMap(Int.init) ?? 0
    if let text = values["at_request"] {
      guard let request = Int(text), request > 0 else { throw wrong("at_request is no number from 1 on") }
      atRequest = request
    }
    address = values["ip"].map { text in
      AddressPrefix(text).map { .prefix(bytes: $0.bytes, length: $0.length) } ?? .text(text)
    }
    userAgent = values["ua"]
    session = values["sid"]
    key = values["key"]
    guard address != nil || userAgent != nil || session != nil || key != nil else {
      throw wrong("none of ip, ua, sid and key says whom the record is about")
    }
  }
}
