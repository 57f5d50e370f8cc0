import HTTPModel
import OpenAPIValidation
import SchemaValidation
import Testing

/// Header fields of parts (`encoding`, `headers`).
@Suite struct PartHeaderTests {
  private static let text = """
    {"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {"/v": {"post": {"requestBody": {"content": {
      "multipart/form-data": {
        "schema": {"type": "object", "properties": {"file": {"type": "string"}, "note": {"type": "string"}}},
        "encoding": {"file": {"headers": {
          "X-Turn": {"required": true, "schema": {"type": "integer", "maximum": 360}}, "X-Tags": {"schema": {"type": "array", "items": {"enum": ["a", "b"]}}},
          "Content-Type": {"schema": {"type": "integer"}}}}}}}}}}}}
    """

  @Test(
    arguments: [
      ("X-Turn: 90", ""), ("x-turn:  5\r\nX-Tags: a, b", ""), ("X-Tags: a", "missing-parameter body:file:header:X-Turn"),
      ("X-Turn: left", "invalid body:file:header:X-Turn"), ("X-Turn: 361", "invalid body:file:header:X-Turn"),
      ("X-Turn: 1\r\nX-Tags: a,c", "invalid body:file:header:X-Tags"),
      ("X-Turn: 1\r\nX-Turn: 2", "duplicate-parameter body:file:header:X-Turn"),
    ])
  func fields(_ row: (lines: String, finding: String)) throws {
    let inspector = OpenAPIInspector(try OpenAPIDocument(Array(Self.text.utf8)))
    let body = """
      --b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\(row.lines)\r\n\r\nx\r\n--b\r
      Content-Disposition: form-data; name="note"\r\n\r\ny\r\n--b--\r\n
      """
    let findings = inspector.inspectBody(Array(body.utf8), contentTypes: [Array("multipart/form-data; boundary=b".utf8)], operation: 0)
    #expect(findings.map { "\($0.kind.rawValue) \($0.place)" }.joined(separator: " ") == row.finding, "\(findings)")
  }

  @Test func documentSaysNothingIsLeftOut() throws {
    #expect(try OpenAPIDocument(Array(Self.text.utf8)).notes.isEmpty)
  }

  @Test func headersOfPartsAreReadLikeOthers() {
    let wrong = Self.text.replacing(#""X-Turn": {"#, with: #""X-Turn": {"style": "deepObject", "#)
    #expect(throws: SchemaErrors.self) { try OpenAPIDocument(Array(wrong.utf8)) }
  }
}
