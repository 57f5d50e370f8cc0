import Detection
import EvidenceModel
import HTTPModel

/// Takes out of one record what must not stand in it: what `Redaction` knows by name, and what the rules' `sanitise…` actions named.
struct Redactor {
  private let hidden: HiddenTexts
  /// What stands under a secret's name in this exchange, in lower case: rules may have copied it to anywhere, in any case.
  private let secrets: [[UInt8]]

  /// Shorter values would be found in harmless texts.
  private static let shortestSecret = 4
  /// Cookies are many, and often words such as `dark` or `en`.
  private static let shortestCookie = 8

  /// Each is searched for in all of a record.
  private static let mostSecrets = 32

  init(_ record: ExchangeRecord) {
    hidden = record.outcome.hidden
    secrets = record.outcome.evidence.rules.contains(where: \.isLogged) ? Self.secrets(of: record) : []
  }

  private static func secrets(of record: ExchangeRecord) -> [[UInt8]] {
    let head = record.request.head
    var found: [(value: [UInt8], shortest: Int)] = []
    if let mark = head.target.firstIndex(of: 0x3F) {
      for value in Redaction.secretValues(ofQuery: head.target[(mark + 1)...]) {
        found += [(value, shortestSecret), (Redaction.unescaped(value), shortestSecret)]
      }
    }
    for field in head.fields + record.outcome.responseFields where Redaction.isSecretField(field) {
      if field.isNamed("cookie") || field.isNamed("set-cookie") {
        for pair in field.value.split(separator: 0x3B).prefix(field.isNamed("cookie") ? 100 : 1) {
          if let equals = pair.firstIndex(of: 0x3D) { found.append((Array(pair[(equals + 1)...]), shortestCookie)) }
        }
      } else {
        // The scheme of credentials, such as Bearer, is none.
        found += [(field.value, shortestSecret), (Array(field.value.split(separator: 0x20).last ?? []), shortestSecret)]
      }
    }
    // After transformations as well: who logs them in base64 has logged them.
    for value in record.outcome.evidence.rules.flatMap(\.matched) where Redaction.isSecret(value.name) {
      let isCookie = value.name.starts(with: "REQUEST_COOKIES".utf8)
      found.append((value.value, isCookie ? shortestCookie : shortestSecret))
    }
    var secrets: [[UInt8]] = []
    for (value, shortest) in found where value.count >= shortest {
      let lower = value.map(asciiLowercased)
      if !secrets.contains(lower) { secrets.append(lower) }
    }
    // A secret that is the beginning of another must not leave the end of that one.
    return Array(secrets.sorted { $0.count > $1.count }.prefix(mostSecrets))
  }

  /// A request target: secret parameters and hidden values.
  func target(_ target: [UInt8]) -> [UInt8] { text(Redaction.target(target, also: hidden.names)) }

  func body(_ body: [UInt8]) -> [UInt8] { text(Redaction.body(body, also: hidden.names)) }

  func field(_ field: Field) -> [UInt8] {
    Redaction.isSecretField(field) || hidden.isField(Array(field.name)) ? Redaction.mark : text(field.value)
  }

  /// A match whose values, message and data show no secret.
  func match(_ match: RuleMatch) -> RuleMatch {
    var match = match
    var isSecret = false
    for index in match.matched.indices {
      let shown = value(match.matched[index])
      if shown != match.matched[index].value { isSecret = true }
      match.matched[index].value = shown
    }
    match.message = text(match.message)
    match.tags = match.tags.map(text)
    match.data = isSecret ? Redaction.mark : text(match.data)
    return match
  }

  private func value(_ value: RuleMatch.Value) -> [UInt8] {
    if Redaction.isSecret(value.name) || isHidden(value.name) { return Redaction.mark }
    // Variables that hold a whole message, with everybody's secrets in it.
    switch String(decoding: value.name, as: UTF8.self) {
    case "REQUEST_URI", "REQUEST_URI_RAW", "REQUEST_LINE": return target(value.value)
    case "QUERY_STRING": return Array(target([0x3F] + value.value).dropFirst())
    case "REQUEST_BODY", "FULL_REQUEST": return body(value.value)
    default: return text(value.value)
    }
  }

  /// Whether a `sanitise…` action named the argument or field of `COLLECTION:key`, if only after this match.
  private func isHidden(_ name: [UInt8]) -> Bool {
    guard !(hidden.names.isEmpty && hidden.fields.isEmpty), let colon = name.firstIndex(of: 0x3A) else { return false }
    let key = Array(name[(colon + 1)...])
    return name.starts(with: "ARGS".utf8) ? hidden.names.contains(key.map(asciiLowercased)) : hidden.isField(key)
  }

  /// The text without secrets: what stands behind a secret's name, every hidden value, and every secret of this exchange.
  func text(_ text: [UInt8]) -> [UInt8] {
    var text = FreeTextRedaction.apply(to: text)
    for value in hidden.values where !value.isEmpty { Self.star(&text, value.map(asciiLowercased)) }
    for secret in secrets { Self.star(&text, secret) }
    return text
  }

  /// - Parameter value: in lower case, not empty.
  private static func star(_ text: inout [UInt8], _ value: [UInt8]) {
    var start = 0
    while start + value.count <= text.count {
      if value.indices.allSatisfy({ asciiLowercased(text[start + $0]) == value[$0] }) {
        for index in start..<(start + value.count) { text[index] = 0x2A }
        start += value.count
      } else {
        start += 1
      }
    }
  }
}
