/// A node of one of the documents.
struct SchemaPlace: Hashable {
  /// Index in `SchemaIndex.documents`.
  var document: Int
  var node: Int
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
