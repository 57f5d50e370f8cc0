import BodyDecoding

/// Finds out which nodes are schemas, which URI each has, and what a reference means.
///
/// Only places where a keyword expects a schema are looked into: an `$id` inside of `const`, `enum` or an unknown keyword is
/// data. A document is looked into when something first refers to it.
struct SchemaIndex {
  private let supply: SchemaDocuments
  private let fallbackDialect: SchemaDialect
  private(set) var documents: [SchemaDocument] = []
  private(set) var resources: [SchemaResource] = []
  private var resourceByURI: [String: Int] = [:]
  /// The resource that each known schema belongs to, by `SchemaPlace.key`.
  private var resourceByPlace: [Int: Int] = [:]
  /// Where references lead to: the same few schemas are referred to again and again.
  private var targets: [Reference: SchemaPlace] = [:]

  private struct Reference: Hashable {
    let resource: Int
    let text: String
  }

  init(supply: SchemaDocuments, fallbackDialect: SchemaDialect) {
    self.supply = supply
    self.fallbackDialect = fallbackDialect
  }

  /// The resource of a schema that is already known.
  func resource(of place: SchemaPlace) -> Int { resourceByPlace[place.key] ?? 0 }

  /// Takes in a whole document. Its root is a schema.
  /// - Returns: the resource of its root.
  mutating func insert(_ document: SchemaDocument) throws(SchemaError) -> Int {
    let place = SchemaPlace(document: documents.count, node: 0)
    documents.append(document)
    let resource = try insertResource(place, uri: document.uri, dialect: resources.first?.dialect ?? fallbackDialect, isDocument: true)
    if resourceByURI[document.uri] == nil { resourceByURI[document.uri] = resource }
    return resource
  }

  /// Makes a schema of a place that is none for JSON Schema, such as one within an OpenAPI document.
  mutating func adopt(_ place: SchemaPlace, resource: Int) throws(SchemaError) {
    if resourceByPlace[place.key] == nil { try scan(place, resource: resource) }
  }

  // MARK: Looking for schemas

  /// A place that begins a resource: a document, or a schema with an `$id`.
  private mutating func insertResource(
    _ place: SchemaPlace, uri: String, dialect inherited: SchemaDialect, isDocument: Bool
  ) throws(SchemaError) -> Int {
    let document = documents[place.document]
    var dialect = inherited
    if !inherited.isOpenAPI30, let node = document.member("$schema", of: place.node), document.view.kind(node) == .string {
      dialect = try self.dialect(document.string(node), at: node, in: document, depth: 0)
    }
    var base = URIReference(uri)
    if isDocument, let node = identifier(of: place.node, in: document, dialect: dialect) {
      base = URIReference(document.string(node)).resolved(against: base)
    }
    base.fragment = nil
    let index = resources.count
    resources.append(SchemaResource(root: place, uri: base.absolute, base: base, dialect: dialect))
    if resourceByURI[base.absolute] == nil { resourceByURI[base.absolute] = index }
    try scan(place, resource: index, isRoot: true)
    return index
  }

  private func identifier(of node: Int, in document: SchemaDocument, dialect: SchemaDialect) -> Int? {
    guard let keyword = dialect.identifierKeyword, let node = document.member(keyword, of: node), document.view.kind(node) == .string
    else { return nil }
    return node
  }

  private mutating func scan(_ place: SchemaPlace, resource: Int, isRoot: Bool = false) throws(SchemaError) {
    let document = documents[place.document]
    guard document.view.kind(place.node) == .object, resourceByPlace[place.key] == nil else {
      resourceByPlace[place.key] = resourceByPlace[place.key] ?? resource
      return
    }
    let draft = resources[resource].dialect.draft
    let isReference = draft.ignoresSiblingsOfRef && document.member("$ref", of: place.node) != nil
    if !isRoot, !isReference, let (uri, node) = try ownURI(of: place, in: document, resource: resource) {
      _ = node
      _ = try insertResource(place, uri: uri, dialect: resources[resource].dialect, isDocument: false)
      return
    }
    resourceByPlace[place.key] = resource
    if !isReference || isRoot { try noteAnchors(of: place, in: document, resource: resource) }
    let end = document.view.next(place.node)
    var key = place.node + 1
    while key < end {
      if SchemaKeyword.mayHoldSchemas(document.view.text(key)) {
        for child in SchemaKeyword.schemas(under: document.string(key), value: key + 1, in: document, draft: draft) {
          try scan(SchemaPlace(document: place.document, node: child), resource: resource)
        }
      }
      key = document.view.next(key + 1)
    }
  }

  /// The URI that an `$id` gives to a schema inside of a resource; nil if there is none or it is only a fragment.
  private func ownURI(of place: SchemaPlace, in document: SchemaDocument, resource: Int) throws(SchemaError) -> (String, Int)? {
    var dialect = resources[resource].dialect
    // An embedded schema of another edition says so itself, and its `$id` may be spelled differently.
    if let node = document.member("$schema", of: place.node), document.view.kind(node) == .string,
      let draft = SchemaDraft(uri: URIReference(document.string(node)).absolute)
    {
      dialect.draft = draft
    }
    guard let node = identifier(of: place.node, in: document, dialect: dialect) else { return nil }
    let text = document.string(node)
    let reference = URIReference(text)
    if text.hasPrefix("#"), dialect.draft <= .draft7 { return nil }
    if let fragment = reference.fragment, !fragment.isEmpty, dialect.draft >= .draft201909 {
      throw document.error("$id must not have a fragment", at: node)
    }
    return (reference.resolved(against: resources[resource].base).absolute, node)
  }

  private mutating func noteAnchors(of place: SchemaPlace, in document: SchemaDocument, resource: Int) throws(SchemaError) {
    func text(_ keyword: String) throws(SchemaError) -> String? {
      guard let node = document.member(keyword, of: place.node) else { return nil }
      guard document.view.kind(node) == .string else { throw document.error("\(keyword) must be a string", at: node) }
      return document.string(node)
    }
    let draft = resources[resource].dialect.draft
    if draft <= .draft7 {
      if let node = identifier(of: place.node, in: document, dialect: resources[resource].dialect),
        let fragment = URIReference(document.string(node)).fragment, !fragment.isEmpty
      {
        resources[resource].anchors[fragment] = place
      }
      return
    }
    if let anchor = try text("$anchor") { resources[resource].anchors[anchor] = place }
    if draft == .draft201909, let node = document.member("$recursiveAnchor", of: place.node), document.view.kind(node) == .true {
      resources[resource].hasRecursiveAnchor = true
    }
    if draft >= .draft202012, let anchor = try text("$dynamicAnchor") {
      resources[resource].anchors[anchor] = place
      resources[resource].dynamicAnchors[anchor] = place
    }
  }

  // MARK: Dialects

  private func dialect(_ text: String, at node: Int, in document: SchemaDocument, depth: Int) throws(SchemaError) -> SchemaDialect {
    let uri = URIReference(text).absolute
    if let draft = SchemaDraft(uri: uri) { return SchemaDialect(draft) }
    guard depth < 8, let meta = supply.document(uri) else {
      throw document.error("the $schema \"\(text)\" is unknown, and no such document was given", at: node)
    }
    guard let schema = meta.member("$schema", of: 0), meta.view.kind(schema) == .string else {
      throw document.error("the meta-schema \"\(text)\" has no $schema", at: node)
    }
    var dialect = try self.dialect(meta.string(schema), at: schema, in: meta, depth: depth + 1)
    guard dialect.draft >= .draft201909, let list = meta.member("$vocabulary", of: 0) else { return dialect }
    var names: Set<String> = []
    for (key, value) in meta.children(of: list) {
      guard let key else { continue }
      if let name = SchemaDialect.vocabularyName(meta.string(key)) {
        names.insert(name)
      } else if meta.view.kind(value) == .true {
        throw meta.error("the vocabulary \"\(meta.string(key))\" is required but unknown", at: value)
      }
    }
    dialect = SchemaDialect(dialect.draft, vocabularies: names)
    return dialect
  }

  // MARK: References

  /// What a reference in `resource` points to (JSON Schema 2020-12 core, section 8.2.3).
  mutating func resolve(_ text: String, at node: Int, in place: SchemaPlace, resource: Int) throws(SchemaError) -> SchemaPlace {
    let reference = Reference(resource: resource, text: text)
    if let known = targets[reference] { return known }
    let target = try find(text, at: node, in: place, resource: resource)
    targets[reference] = target
    return target
  }

  private mutating func find(_ text: String, at node: Int, in place: SchemaPlace, resource: Int) throws(SchemaError) -> SchemaPlace {
    let document = documents[place.document]
    let reference = URIReference(text).resolved(against: resources[resource].base)
    let uri = reference.absolute
    let target: Int
    if let known = resourceByURI[uri] {
      target = known
    } else if let supplied = supply.document(uri) {
      target = try insert(supplied)
    } else {
      throw document.error("\"\(text)\" refers to \"\(uri)\", which cannot be read or is not among the documents given", at: node)
    }
    let fragment = URIReference.percentDecoded(reference.fragment ?? "")
    if fragment.isEmpty { return resources[target].root }
    if fragment.hasPrefix("/") { return try follow(fragment, from: target, at: node, in: document) }
    guard let found = resources[target].anchors[fragment] else {
      throw document.error("\"\(text)\": there is no anchor \"\(fragment)\" in \"\(uri)\"", at: node)
    }
    return found
  }

  private mutating func follow(
    _ pointer: String, from resource: Int, at node: Int, in document: SchemaDocument
  ) throws(SchemaError) -> SchemaPlace {
    guard let parts = JSONPointer.parts(pointer) else { throw document.error("\"\(pointer)\" is not a JSON Pointer", at: node) }
    var place = resources[resource].root
    var owner = resource
    let target = documents[place.document]
    for part in parts {
      let next: Int?
      if target.view.kind(place.node) == .array {
        let elements = target.elements(of: place.node)
        next = Int(part).flatMap { elements.indices.contains($0) && String($0) == part ? elements[$0] : nil }
      } else {
        next = target.member(part, of: place.node)
      }
      guard let next else { throw document.error("there is nothing at \"\(pointer)\" in \"\(resources[resource].uri)\"", at: node) }
      place.node = next
      owner = resourceByPlace[place.key] ?? owner
    }
    // A place where no keyword of ours expects a schema becomes one by being referred to.
    if resourceByPlace[place.key] == nil { try scan(place, resource: owner) }
    return place
  }
}
