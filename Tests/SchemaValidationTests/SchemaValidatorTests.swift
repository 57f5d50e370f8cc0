import SchemaValidation
import Testing

@Suite struct SchemaValidatorTests {
  @Test func smoke() throws {
    let schema = try CompiledSchema(Array(#"{"type":"string","maxLength":3}"#.utf8))
    #expect(SchemaValidator().validate(Array("\"abc\"".utf8), schema) == .valid)
    #expect(SchemaValidator().validate(Array("\"abcd\"".utf8), schema) == .invalid)
  }
}
