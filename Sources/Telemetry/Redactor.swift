import Detection
import EvidenceModel
import HTTPModel

/// Takes out of one record what must not stand in it: what `Redaction` knows by name, and what the rules' `sanitise…` actions named.
struct Redactor {
  private let hidden: HiddenTexts

  init(_ outcome: InspectionOutcome) { hidden = outcome.hidden }

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
    match.data = isSecret ? Redaction.mark : text(match.data)
    return match
  }

  private func value(_ value: RuleMatch.Value) -> [UInt8] {
    if Redaction.isSecret(value.name) { return Redaction.mark }
    // Variables that hold a whole message, with everybody's secrets in it.
    switch String(decoding: value.name, as: UTF8.self) {
    case "REQUEST_URI", "REQUEST_URI_RAW", "REQUEST_LINE": return target(value.value)
    case "QUERY_STRING": return Array(target([0x3F] + value.value).dropFirst())
    case "REQUEST_BODY", "FULL_REQUEST": return body(value.value)
    default: return text(value.value)
    }
  }

  /// The text with every hidden value starred out.
  private func text(_ text: [UInt8]) -> [UInt8] {
    var text = text
    for value in hidden.values where !value.isEmpty && value.count <= text.count {
      var start = 0
      while start + value.count <= text.count {
        if text[start] == value[0], text[start..<(start + value.count)].elementsEqual(value) {
          for index in start..<(start + value.count) { text[index] = 0x2A }
          start += value.count
        } else {
          start += 1
        }
      }
    }
    return text
  }
}
