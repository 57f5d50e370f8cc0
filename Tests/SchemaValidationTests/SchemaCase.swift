import SchemaValidation
import Testing

/// A schema, and values that it must take and must refuse.
struct SchemaCase: Sendable, CustomTestStringConvertible {
  var why: String
  var draft = SchemaDraft.draft202012
  var schema: String
  var accepts: [String]
  var refuses: [String]

  var testDescription: String { why }

  init(_ why: String, draft: SchemaDraft = .draft202012, _ schema: String, accepts: [String], refuses: [String]) {
    self.why = why
    self.draft = draft
    self.schema = schema
    self.accepts = accepts
    self.refuses = refuses
  }

  /// Runs all values both ways: to the first error, and to the end.
  func check(documents: SchemaDocuments = SchemaDocuments(), assertsFormats: Bool = false) throws {
    let options = SchemaOptions(defaultDraft: draft, assertsFormats: assertsFormats)
    let schema = try CompiledSchema(Array(schema.utf8), uri: "http://example.com/root.json", documents: documents, options: options)
    let validator = SchemaValidator()
    for (values, verdict) in [(accepts, SchemaVerdict.valid), (refuses, .invalid)] {
      for value in values {
        #expect(validator.validate(Array(value.utf8), schema) == verdict, "\(why): \(value)")
        let report = validator.explain(Array(value.utf8), schema)
        #expect(report.verdict == verdict, "\(why): \(value)")
        #expect(report.issues.isEmpty == (verdict == .valid), "\(why): \(value)")
      }
    }
  }
}
