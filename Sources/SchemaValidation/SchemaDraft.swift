/// The editions of JSON Schema, told apart by `$schema`.
public enum SchemaDraft: Int, Sendable, Comparable, CaseIterable {
  case draft4 = 4
  case draft6 = 6
  case draft7 = 7
  case draft201909 = 2019
  case draft202012 = 2020

  public static func < (left: SchemaDraft, right: SchemaDraft) -> Bool { left.rawValue < right.rawValue }

  /// Up to draft 7 everything beside `$ref` is ignored (draft 7 core, section 8.3).
  var ignoresSiblingsOfRef: Bool { self <= .draft7 }

  /// The edition that a `$schema` names, its fragment being cut off; nil if it is none of these.
  init?(uri: String) {
    var uri = uri[...]
    if uri.hasPrefix("https://") { uri = uri.dropFirst(8) } else if uri.hasPrefix("http://") { uri = uri.dropFirst(7) }
    switch uri {
    case "json-schema.org/draft-04/schema": self = .draft4
    case "json-schema.org/draft-06/schema": self = .draft6
    case "json-schema.org/draft-07/schema": self = .draft7
    case "json-schema.org/draft/2019-09/schema": self = .draft201909
    case "json-schema.org/draft/2020-12/schema": self = .draft202012
    // OpenAPI 3.1: the same with annotations beside it.
    case "spec.openapis.org/oas/3.1/dialect/base": self = .draft202012
    default: return nil
    }
  }
}

/// Which keywords of an edition count. A vocabulary that a meta-schema leaves out takes its keywords with it
/// (JSON Schema 2020-12 core, section 8.1.2).
struct SchemaDialect: Equatable {
  var draft: SchemaDraft
  var hasApplicators = true
  var hasValidation = true
  var hasUnevaluated = true
  /// The meta-schema asks for formats to be asserted, whatever the switch says.
  var assertsFormats = false
  /// OpenAPI 3.0's own mixture: draft 4 with `nullable` and `discriminator`, without `id`, `patternProperties`, `dependencies`,
  /// `additionalItems` and lists of types.
  var isOpenAPI30 = false

  /// The keyword that names a schema, if there is one.
  var identifierKeyword: String? { isOpenAPI30 ? nil : draft == .draft4 ? "id" : "$id" }

  init(_ draft: SchemaDraft) { self.draft = draft }

  /// Names that end the URI of a vocabulary; `content` and `meta-data` assert nothing.
  static let knownVocabularies: Set<String> = [
    "core", "applicator", "unevaluated", "validation", "meta-data", "format", "format-annotation", "format-assertion", "content",
  ]

  /// The name of a vocabulary of 2019-09 or 2020-12, nil for others.
  static func vocabularyName(_ uri: String) -> String? {
    for prefix in ["https://json-schema.org/draft/2020-12/vocab/", "https://json-schema.org/draft/2019-09/vocab/"]
    where uri.hasPrefix(prefix) {
      let name = String(uri.dropFirst(prefix.count))
      return knownVocabularies.contains(name) ? name : nil
    }
    return nil
  }

  /// The dialect of a meta-schema that lists exactly these vocabularies.
  init(_ draft: SchemaDraft, vocabularies: Set<String>) {
    self.draft = draft
    hasApplicators = vocabularies.contains("applicator")
    hasValidation = vocabularies.contains("validation")
    // 2019-09 has them among the applicators.
    hasUnevaluated = draft == .draft201909 ? hasApplicators : vocabularies.contains("unevaluated")
    assertsFormats = vocabularies.contains("format-assertion")
  }
}
