/// How schemas are compiled.
public struct SchemaOptions: Sendable, Equatable {
  /// The edition of a schema without `$schema`. Default 2020-12.
  public var defaultDraft = SchemaDraft.draft202012
  /// Whether `format` refuses values. Default false: it is an annotation (2020-12 validation, section 7.2.1). A meta-schema that
  /// lists the vocabulary `format-assertion` turns it on for its schemas in any case.
  public var assertsFormats = false
  /// Schemas of an OpenAPI document; nil for plain JSON Schema.
  public var openAPI: OpenAPISchemaOptions?

  public init(defaultDraft: SchemaDraft = .draft202012, assertsFormats: Bool = false, openAPI: OpenAPISchemaOptions? = nil) {
    self.defaultDraft = defaultDraft
    self.assertsFormats = assertsFormats
    self.openAPI = openAPI
  }
}

/// What OpenAPI adds to schemas.
public struct OpenAPISchemaOptions: Sendable, Equatable {
  /// Which way a message goes.
  public enum Direction: Sendable { case request, response }

  /// 3.0 has a dialect of its own; from 3.1 on it is 2020-12.
  public var isVersion30: Bool
  /// In a request `readOnly` members are not required, in a response `writeOnly` ones are not (3.0.3, "Schema Object").
  public var direction: Direction
  /// Whether a `readOnly` member in a request, or a `writeOnly` one in a response, is an error. Default false: clients that read an
  /// object, change it and send it back are common.
  public var refusesOtherDirection = false

  /// Whether an object that lists its members takes no others, though nothing forbids them: finds members that nobody declared.
  /// Schemas that say something about other members (`additionalProperties`, `unevaluatedProperties`, `patternProperties`) are left
  /// as they are, and what `allOf` and the like bring together is closed as a whole. Default false.
  public var closesObjects = false

  public init(isVersion30: Bool, direction: Direction, refusesOtherDirection: Bool = false, closesObjects: Bool = false) {
    self.isVersion30 = isVersion30
    self.direction = direction
    self.refusesOtherDirection = refusesOtherDirection
    self.closesObjects = closesObjects
  }

  /// The keyword of members that do not belong into a message that goes this way.
  var foreignKeyword: String { direction == .request ? "readOnly" : "writeOnly" }
}
