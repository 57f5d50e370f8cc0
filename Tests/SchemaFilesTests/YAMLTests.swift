import OpenAPIValidation
import SchemaFiles
import SchemaValidation
import Testing

/// What YAML says, asked of the errors: an enum names its values, and a wrong document its places.
@Suite("YAML")
struct YAMLTests {
  private static func load(_ text: String) throws(SchemaErrors) -> OpenAPIDocument {
    try SchemaFileLoader { _ in Array(text.utf8) }.openAPI(at: "/a.yaml")
  }

  private static func document(_ schema: String) -> String {
    """
    openapi: 3.1.0
    info: {title: T, version: '1'}
    paths:
      /a:
        post:
          requestBody:
            required: true
            content:
              application/json:
                schema: \(schema)
    """
  }

  @Test(
    "values mean what YAML 1.2 says",
    arguments: [
      ("{const: yes}", #""yes""#), ("{const: on}", #""on""#), ("{const: True}", "true"), ("{const: ~}", "null"), ("{const: }", "null"),
      ("{const: Null}", "null"), ("{const: FALSE}", "false"), ("{const: 012}", "12"), ("{const: 0x1F}", "31"), ("{const: 0o17}", "15"),
      ("{const: +1.50}", "1.5"), ("{const: .5}", "0.5"), ("{const: 1e2}", "100"), ("{const: 'true'}", #""true""#),
      ("{const: !!str 5}", #""5""#), ("{const: \"a\\tb\\\\\\\"\\e\"}", #""a\tb\\\"\u001b""#), ("{const: tru}", #""tru""#),
      ("{const: -}", #""-""#), ("{const: nulls}", #""nulls""#), ("{const: .inf}", #"".inf""#),
      ("{const: [&x {a: [1, b]}, *x, *x]}", #"[{"a":[1,"b"]},{"a":[1,"b"]},{"a":[1,"b"]}]"#),
      ("{const: {&k a: 1, b: *k, c: {*k : 2}}}", #"{"a":1,"b":"a","c":{"a":2}}"#),
      ("{const: [&x 1, &x 2, *x]}", "[1,2,2]"), ("{const: {200: 1, ~: 2}}", #"{"200":1,"~":2}"#),
    ])
  func values(_ row: (schema: String, value: String)) throws {
    let inspector = OpenAPIInspector(try Self.load(Self.document(row.schema)))
    let type = [Array("application/json".utf8)]
    #expect(inspector.inspectBody(Array(row.value.utf8), contentTypes: type, operation: 0).isEmpty)
    #expect(!inspector.inspectBody(Array(#"["other"]"#.utf8), contentTypes: type, operation: 0).isEmpty)
  }

  @Test(
    "mistakes have their place",
    arguments: [
      ("{const: *x}", "no anchor"), ("&x {const: *x}", "no anchor"), ("{const: {[a]: 1}}", "plain text"),
      ("{const: {<<: {a: 1}}}", "merge keys"), ("{const: 1}\n---\na: 1", "more than one document"),
      ("{const: [&k [1], {*k : 1}]}", "plain text"), ("{const: {a: 1, \"a\": 2}}", "stands twice"),
      ("{const: \"a}", "not YAML"), ("{const: \u{1}}", "not YAML"),
      (String(repeating: "[", count: 300) + String(repeating: "]", count: 300), "too deeply"),
    ])
  func mistakes(_ row: (schema: String, part: String)) {
    let errors = #expect(throws: SchemaErrors.self) { try Self.load(Self.document(row.schema)) }
    #expect(errors?.description.contains(row.part) == true, "\(errors?.description ?? "")")
    #expect(errors?.list.first.map { $0.line >= 10 } == true, "\(errors?.description ?? "")")
  }

  @Test func aliasesDoNotGrowWithoutEnd() {
    var lists = "&l0 [a, a, a, a, a, a, a, a, a, a]"
    for level in 1..<9 { lists += ", &l\(level) [" + (0..<10).map { _ in "*l\(level - 1)" }.joined(separator: ", ") + "]" }
    let errors = #expect(throws: SchemaErrors.self) { try Self.load(Self.document("{enum: [\(lists)]}")) }
    #expect(errors?.description.contains("too much text") == true)
  }
}
