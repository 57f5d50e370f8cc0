import BodyDecoding

/// What stands in a schema of an OpenAPI document and asserts nothing there, though a reader may think that it does.
extension BlockBuilder {
  /// One note for each keyword, at its place.
  func unenforced(_ options: SchemaOptions) -> [SchemaError] {
    guard view.kind(place.node) == .object else { return [] }
    let hidesSiblings = draft.ignoresSiblingsOfRef && keyword("$ref") != nil
    var notes: [SchemaError] = []
    for (key, value) in document.children(of: place.node) {
      guard let key, !Self.annotations.contains(view.text(key), hash: view.keyHash(key)) else { continue }
      if !hidesSiblings, Self.common.contains(view.text(key), hash: view.keyHash(key)) { continue }
      let name = document.string(key)
      if name.hasPrefix("x-") { continue }
      if hidesSiblings {
        if name != "$ref" { notes.append(document.error("\"\(name)\" beside $ref is ignored in this version", at: key)) }
        continue
      }
      if let reason = reason(name, value, options) { notes.append(document.error(reason, at: key)) }
    }
    return notes
  }

  private func reason(_ name: String, _ value: Int, _ options: SchemaOptions) -> String? {
    switch name {
    case "format":
      guard view.kind(value) == .string else { return nil }
      let format = document.string(value)
      if !options.assertsFormats { return "the format \"\(format)\" is not asserted" }
      if ["int32", "int64", "float", "double", "binary", "password"].contains(format) { return nil }
      if format == "byte" || format == "base64", !dialect.isOpenAPI30 {
        return "the format \"\(format)\" is not asserted in 3.1; use contentEncoding"
      }
      return StringFormat(name: format) == nil ? "the format \"\(format)\" is unknown and not asserted" : nil
    case "pattern":
      guard view.kind(value) == .string, let pattern = try? SchemaPattern(document.string(value)), pattern.isCatastrophic else {
        return nil
      }
      return "the pattern takes exponential time on some texts; where the match limit stops it, the value counts as not checked"
    case "nullable":
      if !dialect.isOpenAPI30 { return "\"nullable\" is no keyword of 3.1 and not enforced" }
      return keyword("type") == nil ? "\"nullable\" without \"type\" is not enforced" : nil
    case "discriminator":
      return keyword("oneOf") == nil && keyword("anyOf") == nil ? "\"discriminator\" without oneOf or anyOf is not enforced" : nil
    case "contentEncoding", "contentMediaType", "contentSchema", "xml": return "\"\(name)\" is not enforced"
    default:
      if !dialect.isOpenAPI30 && Self.only31.contains(name) { return nil }
      return "\"\(name)\" is no keyword of this version and not enforced"
    }
  }

  /// Say something to people only.
  private static let annotations = NameTable([
    "title", "description", "default", "example", "examples", "deprecated", "externalDocs", "$comment", "readOnly", "writeOnly",
    "$defs", "definitions", "$id", "$anchor", "$dynamicAnchor", "$schema", "$vocabulary",
  ])
  /// Enforced in every version, whatever they hold.
  private static let common = NameTable([
    "$ref", "type", "enum", "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
    "minItems", "maxItems", "uniqueItems", "items", "minProperties", "maxProperties", "required", "properties",
    "additionalProperties", "allOf", "anyOf", "oneOf", "not",
  ])
  private static let only31: Set<String> = [
    "const", "prefixItems", "contains", "minContains", "maxContains", "patternProperties", "propertyNames", "dependentRequired",
    "dependentSchemas", "dependencies", "unevaluatedItems", "unevaluatedProperties", "if", "then", "else", "$dynamicRef",
  ]
}
