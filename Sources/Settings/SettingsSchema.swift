/// The JSON Schema (2020-12) of `ropeline.yaml`, made from the list of settings, for editors that check and complete YAML.
public enum SettingsSchema {
  public static func text() -> String {
    var sections: [(name: String, keys: [SettingKey])] = []
    for key in SettingKey.all {
      if sections.last?.name != key.section { sections.append((key.section, [])) }
      sections[sections.count - 1].keys.append(key)
    }
    let body = sections.map { section in
      let keys = section.keys.map { "        \(quoted($0.name)): \(schema(of: $0))" }.joined(separator: ",\n")
      return """
            \(quoted(section.name)): {
              "type": ["object", "null"],
              "additionalProperties": false,
              "properties": {
        \(keys)
              }
            }
        """
    }
    return """
      {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ropeline.yaml",
        "type": ["object", "null"],
        "additionalProperties": false,
        "properties": {
      \(body.joined(separator: ",\n"))
        }
      }

      """
  }

  private static func schema(of key: SettingKey) -> String {
    var description = key.summary
    if let standard = key.standard { description += " Default: \(standard)." }
    let value = type(of: key.kind)
    if key.isList { return #"{"description": \#(quoted(description)), "type": ["array", "null"], "items": {\#(value)}}"# }
    return #"{"description": \#(quoted(description)), \#(value)}"#
  }

  private static func type(of kind: SettingKind) -> String {
    switch kind {
    case .text, .path: #""type": "string", "minLength": 1"#
    case .switchable: #""type": "boolean""#
    case .number(let range): #""type": "integer", "minimum": \#(range.lowerBound), "maximum": \#(range.upperBound)"#
    case .seconds(let range):
      #""anyOf": [{"type": "integer", "minimum": \#(range.lowerBound), "maximum": \#(range.upperBound)}, {"type": "string", "pattern": "^[0-9]+[smh]?$"}]"#
    case .bytes(let range):
      #""anyOf": [{"type": "integer", "minimum": \#(range.lowerBound), "maximum": \#(range.upperBound)}, {"type": "string", "pattern": "^[0-9]+([kKmMgG]([iI][bB])?|[bB])?$"}]"#
    case .reaction: #""type": ["string", "boolean"], "pattern": "^(off|count|block|score [1-9][0-9]{0,3})$""#
    case .choice(let words): #""enum": [\#(words.map(quoted).joined(separator: ", "))]"#
    }
  }

  /// Summaries hold no control characters, so quotes and backslashes are all there is to escape.
  private static func quoted(_ text: String) -> String {
    "\"" + text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] } + "\""
  }
}
