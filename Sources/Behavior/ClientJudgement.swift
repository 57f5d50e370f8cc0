import EvidenceModel

/// What a client's history comes to.
public struct ClientJudgement: Sendable {
  public var verdict: Verdict
  /// The strongest first.
  public var evidence: [BehaviorSignal]

  /// Weighs all signals. The class is that of the strongest; a client without evidence is a fan once it has asked a few times.
  ///
  /// - Parameter declared: the class that the user agent claims, if it claims one. A crawler that behaves is let pass; one that
  ///   attacks is an attacker, whatever it calls itself.
  public static func of(_ history: ClientHistory, declared: ClientClass?) -> ClientJudgement {
    var found: [(BehaviorSignal, ClientClass)] = []
    for signal in Signals.all {
      if let evidence = signal.evidence(in: history) { found.append((evidence, signal.label)) }
    }
    found.sort { ($0.0.bits, $1.0.signal) > ($1.0.bits, $0.0.signal) }
    var evidence = found.map(\.0)
    var bits = evidence.reduce(0) { $0 + $1.bits }
    if let declared, !found.contains(where: { $0.1 == .attacker || $0.1 == .credentialStuffer || $0.1 == .scanner }) {
      // It says what it is and does what such clients do: breadth, pace and dead links are its business.
      evidence.append(BehaviorSignal(signal: "declared", bits: -bits, detail: "names itself a \(declared.rawValue), and does nothing else"))
      bits = 0
    }
    let label = bits > 0 ? found.first?.1 ?? .undecided : declared ?? (history.requests >= 3 ? .fan : .undecided)
    return ClientJudgement(verdict: Verdict.ofClient(bits: bits, label: label), evidence: evidence)
  }
}

/// What a user agent says it is.
public enum DeclaredClient {
  private static let crawlers = [
    "googlebot", "bingbot", "yandexbot", "baiduspider", "duckduckbot", "slurp", "ahrefsbot", "semrushbot", "mj12bot", "applebot",
    "petalbot",
    "crawler", "spider", "bot/", "bot;", "feed", "facebookexternalhit", "twitterbot", "archive.org",
  ].map { Array($0.utf8) }
  private static let monitors = ["uptimerobot", "pingdom", "statuscake", "site24x7", "nagios", "monitor", "healthcheck", "kube-probe"]
    .map { Array($0.utf8) }

  public static func label(_ userAgent: [UInt8]) -> ClientClass? {
    let lower = userAgent.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
    if monitors.contains(where: { contains(lower, $0) }) { return .monitor }
    return crawlers.contains { contains(lower, $0) } ? .crawler : nil
  }

  private static func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
    guard text.count >= word.count else { return false }
    for start in 0...(text.count - word.count) where text[start] == word[0] && text[start..<(start + word.count)].elementsEqual(word) {
      return true
    }
    return false
  }
}
