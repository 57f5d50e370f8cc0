/// A node of one of the documents.
struct SchemaPlace: Equatable {
  /// Index in `SchemaIndex.documents`.
  var document: Int
  var node: Int

  /// For tables: a key of our own type would make the runtime look for its conformances first, which takes longer than a small document.
  var key: Int { document << 40 | node }
}

/// A schema with a URI of its own, and what can be found in it by name (JSON Schema 2020-12 core, section 4.3.5).
struct SchemaResource {
  var root: SchemaPlace
  /// Without a fragment; empty if neither `$id` nor the caller gave one.
  var uri: String
  var base: URIReference
  var dialect: SchemaDialect
  /// `$anchor`, `$dynamicAnchor`, and `$id`s that are only a fragment.
  var anchors: [String: SchemaPlace] = [:]
  var dynamicAnchors: [String: SchemaPlace] = [:]
  /// 2019-09 only.
  var hasRecursiveAnchor = false
}
