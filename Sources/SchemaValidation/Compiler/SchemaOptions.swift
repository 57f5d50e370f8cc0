/// How schemas are compiled.
public struct SchemaOptions: Sendable, Equatable {
  /// The edition of a schema without `$schema`. Default 2020-12.
  public var defaultDraft = SchemaDraft.draft202012
  /// Whether `format` refuses values. Default false: it is an annotation (2020-12 validation, section 7.2.1). A meta-schema that
  /// lists the vocabulary `format-assertion` turns it on for its schemas in any case.
  public var assertsFormats = false

  public init(defaultDraft: SchemaDraft = .draft202012, assertsFormats: Bool = false) {
    self.defaultDraft = defaultDraft
    self.assertsFormats = assertsFormats
  }
}
