import HTTPModel
import OpenAPIValidation
import SchemaFiles
import SchemaValidation
import Testing

@Suite("Schema files")
struct SchemaFileLoaderTests {
  struct Missing: Error {}

  private static func load(_ files: [String: String], _ path: String = "/api/openapi.yaml") throws(SchemaErrors) -> OpenAPIDocument {
    try SchemaFileLoader { path in
      guard let text = files[path] else { throw Missing() }
      return Array(text.utf8)
    }.openAPI(at: path)
  }

  private static let root = """
    openapi: 3.0.3
    info: {title: T, version: 1.0.0}
    paths:
      /songs/{id}:
        $ref: paths/song.yaml
      /songs:
        post:
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: 'schemas.json#/Song'
          responses:
            201: {description: made}
    """
  private static let files = [
    "/api/openapi.yaml": root,
    "/api/paths/song.yaml": """
    parameters:
      - $ref: ../parameters.yaml#/Id
    get:
      responses:
        200:
          description: ok
          content:
            application/json:
              schema: {$ref: ../schemas.json#/Song}
    """,
    "/api/parameters.yaml": "Id: {name: id, in: path, required: true, schema: {type: integer, minimum: 0x10}}",
    "/api/schemas.json":
      ##"{"Song": {"type": "object", "required": ["title"], "properties": {"title": {"$ref": "#/Title"}}}, "Title": {"type": "string", "maxLength": 5}}"##,
  ]

  @Test func severalFilesAreOneDocument() throws {
    let document = try Self.load(Self.files)
    #expect(document.operations.map { "\($0.method) \($0.path)" } == ["GET /songs/{id}", "POST /songs"])
    let inspector = OpenAPIInspector(document)
    #expect(inspector.inspect(RequestHead(method: "GET", target: "/songs/16")).findings.isEmpty)
    #expect(inspector.inspect(RequestHead(method: "GET", target: "/songs/15")).findings.map(\.kind) == [.invalid])
    let type = [Array("application/json".utf8)]
    #expect(inspector.inspectBody(Array(#"{"title": "short"}"#.utf8), contentTypes: type, operation: 1).isEmpty)
    #expect(inspector.inspectBody(Array(#"{"title": "longer"}"#.utf8), contentTypes: type, operation: 1).map(\.pointer) == ["/title"])
    #expect(document.operations[1].responses.keys.sorted() == ["201"])
  }

  @Test(
    "mistakes name file, line and column",
    arguments: [
      ("/api/parameters.yaml", "Id:\n  name: id\n  in: path\n  required: true\n  schema:\n    type: intger", "/api/parameters.yaml:6:11"),
      ("/api/schemas.json", "{\"Song\":\n {\"type\": 5},\n \"Title\": {}}", "schemas.json:2:11"),
      ("/api/openapi.yaml", Self.root + "\n      requestbody: {}", "/api/openapi.yaml:16:"),
      ("/api/openapi.yaml", Self.root.replacing("schemas.json", with: "missing.json"), "cannot be read"),
      ("/api/openapi.yaml", Self.root.replacing("#/Song", with: "#/Sing"), "/api/openapi.yaml:13:"),
      ("/api/openapi.yaml", Self.root.replacing("required: true", with: "required: \"yes\""), "must be true or false"),
      ("/api/openapi.yaml", "a: [1, 2", "not YAML"), ("/api/openapi.yaml", "", "empty"),
      ("/api/openapi.yaml", "a: 1\na: 2", "stands twice"),
      ("/api/openapi.yaml", "<<: {a: 1}", "merge keys"), ("/api/openapi.yaml", "? [a]\n: b", "plain text"),
      ("/api/schemas.json", #"{"Song": {"type": "object", "type": "string"}}"#, "stands twice"),
    ])
  func mistakes(_ row: (file: String, text: String, part: String)) {
    var files = Self.files
    files[row.file] = row.text
    let errors = #expect(throws: SchemaErrors.self) { try Self.load(files) }
    #expect(errors?.description.contains(row.part) == true, "\(errors?.description ?? "")")
  }

  @Test func allMistakesAreNamed() {
    let text = """
      openapi: 3.1.0
      info: {title: T, version: '1'}
      paths:
        /a:
          get: {parameters: [{name: x, in: nowhere, schema: {}}], responses: {999: {description: ''}}}
        /b:
          post: {requestBody: {}, security: [{none: []}]}
        c: {}
      components:
        schemas:
          Unused: {type: strin, pattern: '('}
      """
    let errors = #expect(throws: SchemaErrors.self) { try Self.load(["/api/openapi.yaml": text]) }
    #expect(errors?.list.map(\.line) == [5, 5, 7, 7, 8, 11, 11], "\(errors?.description ?? "")")
  }

  @Test func whatIsNotEnforcedIsNamed() throws {
    let text = """
      openapi: 3.0.3
      info: {title: T, version: '1'}
      paths:
        /a:
          post:
            requestBody:
              content:
                application/xml: {schema: {type: object}}
                application/json:
                  schema:
                    type: object
                    patternProperties: {a: {}}
                    properties:
                      a: {type: string, minLenght: 5, format: isbn}
                      b: {$ref: '#/components/schemas/B', maxLength: 4}
                      c: {type: string, pattern: '^(a+)+$'}
                      d: {nullable: true}
            callbacks: {}
            responses: {200: {description: '', links: {}}}
      components: {schemas: {B: {type: string}}}
      """
    let document = try Self.load(["/api/openapi.yaml": text])
    let lines = document.notes.map { "\($0.line) \($0.message.prefix(28))" }.sorted()
    #expect(document.notes.map(\.line).sorted() == [8, 12, 14, 14, 15, 16, 17, 18, 19], "\(lines)")
    #expect(document.notes.contains { $0.message.contains("minLenght") } && document.notes.contains { $0.message.contains("exponential") })
  }

  @Test(
    "plain scalars follow YAML 1.2",
    arguments: [
      ("yes", "\"yes\""), ("on", "\"on\""), ("~", "null"), ("True", "true"), ("1_000", "\"1_000\""), ("0x1F", "31"), ("0o17", "15"),
      ("+12", "12"), ("007", "7"), (".5", "0.5"), ("5.", "5"), ("1e3", "1e3"), (".inf", "\".inf\""),
      ("12345678901234567890123", "12345678901234567890123"),
      ("2026-11-20", "\"2026-11-20\""), ("'5'", "\"5\""), ("1:30", "\"1:30\""), ("-", nil), ("- 5", nil), ("1.2.3", "\"1.2.3\""),
      ("\"a\\tb\"", #""a\u0009b""#),
    ] as [(String, String?)])
  func scalars(_ row: (yaml: String, json: String?)) throws {
    guard let json = row.json else { return }
    let text = """
      openapi: 3.1.0
      info: {title: T, version: '1'}
      paths: {/a: {post: {requestBody: {content: {application/json: {schema: {const: \(row.yaml)}}}}}}}
      """
    let inspector = OpenAPIInspector(try Self.load(["/api/openapi.yaml": text]))
    let type = [Array("application/json".utf8)]
    #expect(inspector.inspectBody(Array(json.utf8), contentTypes: type, operation: 0).isEmpty)
    #expect(inspector.inspectBody(Array("[]".utf8), contentTypes: type, operation: 0).map(\.kind) == [.invalid])
  }

  @Test func nestingAndAliasesAreLimited() {
    let bomb =
      "a: &a [x,x,x,x,x,x,x,x,x]\n"
      + (1..<12).map { "l\($0): &l\($0) [" + Array(repeating: $0 == 1 ? "*a" : "*l\($0 - 1)", count: 9).joined(separator: ",") + "]\n" }
      .joined()
    for text in [String(repeating: "[", count: 900) + String(repeating: "]", count: 900), String(repeating: "[", count: 100_000), bomb] {
      #expect(throws: SchemaErrors.self) { try Self.load(["/api/openapi.yaml": text]) }
    }
  }
}
