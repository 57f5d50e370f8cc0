import BodyDecoding

/// Where keywords have schemas below them.
enum SchemaKeyword {
  /// How a keyword holds schemas.
  private enum Shape { case one, list, map, oneOrList, mapOfOneOrNames }

  private static func shape(_ keyword: String, _ draft: SchemaDraft) -> Shape? {
    switch keyword {
    case "additionalProperties", "not": .one
    case "additionalItems": draft < .draft202012 ? .one : nil
    case "items": draft < .draft202012 ? .oneOrList : .one
    case "contains", "propertyNames": draft >= .draft6 ? .one : nil
    case "if", "then", "else": draft >= .draft7 ? .one : nil
    case "unevaluatedItems", "unevaluatedProperties", "contentSchema": draft >= .draft201909 ? .one : nil
    case "allOf", "anyOf", "oneOf": .list
    case "prefixItems": draft >= .draft202012 ? .list : nil
    case "properties", "patternProperties", "definitions": .map
    case "$defs", "dependentSchemas": draft >= .draft201909 ? .map : nil
    case "dependencies": .mapOfOneOrNames
    default: nil
    }
  }

  private static let filter = NameFilter([
    "additionalProperties", "not", "additionalItems", "items", "contains", "propertyNames", "if", "then", "else", "unevaluatedItems",
    "unevaluatedProperties", "contentSchema", "allOf", "anyOf", "oneOf", "prefixItems", "properties", "patternProperties", "definitions",
    "$defs", "dependentSchemas", "dependencies",
  ])

  /// False for most names that hold no schemas.
  static func mayHoldSchemas(_ name: UnsafeBufferPointer<UInt8>) -> Bool { filter.mayContain(name) }

  /// The nodes below a keyword's value that are schemas in this edition. Values of the wrong kind have none.
  static func schemas(under keyword: String, value: Int, in document: SchemaDocument, draft: SchemaDraft) -> [Int] {
    let kind = document.view.kind(value)
    switch shape(keyword, draft) {
    case .one: return [value]
    case .list: return kind == .array ? document.elements(of: value) : []
    case .map: return kind == .object ? document.elements(of: value) : []
    case .oneOrList: return kind == .array ? document.elements(of: value) : [value]
    case .mapOfOneOrNames:
      return kind == .object ? document.elements(of: value).filter { document.view.kind($0) != .array } : []
    case nil: return []
    }
  }
}
