import HTTPModel
import OpenAPIValidation
import SchemaValidation
import Testing

/// Styles of parameters: what is taken and what is refused, each by a schema that fixes the value.
@Suite struct ParameterStyleTests {
  struct Row: Sendable {
    var parameter: String
    var accepts: [String]
    var refuses: [String]
  }

  /// Targets below `/v/`: for a path parameter `p` the segment, else a query.
  @Test(arguments: rows) func styles(_ row: Row) throws {
    let isPath = row.parameter.contains(#""in": "path""#)
    let document = try OpenAPIDocument(
      Array(
        #"{"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {"\#(isPath ? "/v/{p}" : "/v")": {"get": {"parameters": [{"name": "p", \#(row.parameter)}]}}}}"#
          .utf8))
    let inspector = OpenAPIInspector(document)
    for (targets, isGood) in [(row.accepts, true), (row.refuses, false)] {
      for target in targets {
        let head = RequestHead(method: "GET", target: isPath ? "/v/\(target)" : "/v?\(target)")
        let result = inspector.inspect(head)
        #expect(result.operation == 0)
        #expect(result.findings.isEmpty == isGood, "\(row.parameter): \(target): \(result.findings)")
      }
    }
  }

  @Test func tableIsComplete() {
    #expect(Self.rows.count >= 28)
    #expect(Self.rows.reduce(0) { $0 + $1.accepts.count + $1.refuses.count } >= 95)
  }

  private static let list = #""schema": {"type": "array", "items": {"type": "integer"}, "const": [3, 4, 5]}"#
  private static let words = #""schema": {"type": "array", "const": ["a", "b,c"]}"#
  private static let color =
    #""schema": {"type": "object", "properties": {"R": {"type": "integer"}, "G": {"type": "string"}}, "const": {"R": 100, "G": "200"}}"#

  static let rows = [
    Row(
      parameter: #""in": "query", "schema": {"type": "integer", "maximum": 50}"#, accepts: ["p=5", "p=50", "p=5%30", ""],
      refuses: ["p=51", "p=x", "p=", "p", "p=1&p=2", "p=1.5", "p=%35x", "q=1", "p=0x5", "p=05"]),
    Row(
      parameter: #""in": "query", "required": true, "schema": {"type": "boolean"}"#, accepts: ["p=true", "p=false"],
      refuses: ["", "p=1", "p=True", "p=yes"]),
    Row(
      parameter: #""in": "query", "schema": {"type": "string", "maxLength": 3}"#,
      accepts: ["p=5", "p=%C3%A9%C3%A9%C3%A9", "p=a+b", "p=\"", "p="], refuses: ["p=abcd", "p=%FF", "p=%C3"]),
    Row(
      parameter: #""in": "query", "schema": {"type": ["number", "null"]}"#, accepts: ["p=1.5", "p=-1e3", "p=null", "p="],
      refuses: ["p=abc", "p=1.", "p=.5", "p=+1"]),
    Row(parameter: #""in": "query", "schema": {"enum": [1, 2]}"#, accepts: ["p=1", "p=2"], refuses: ["p=3", "p=a"]),
    Row(
      parameter: #""in": "query", "schema": {"anyOf": [{"type": "integer"}, {"type": "boolean"}]}"#, accepts: ["p=1", "p=true"],
      refuses: ["p=a"]),
    Row(parameter: #""in": "query", \#(list)"#, accepts: ["p=3&p=4&p=5"], refuses: ["p=3,4,5", "p=3&p=4", "p=3&p=4&p=x"]),
    Row(
      parameter: #""in": "query", "explode": false, \#(list)"#, accepts: ["p=3,4,5"],
      refuses: ["p=3&p=4&p=5", "p=3,4", "p=3,4,", "p=3|4|5"]),
    Row(parameter: #""in": "query", "explode": false, \#(words)"#, accepts: ["p=a,b%2Cc"], refuses: ["p=a,b,c"]),
    Row(
      parameter: #""in": "query", "style": "spaceDelimited", "explode": false, \#(list)"#, accepts: ["p=3%204%205", "p=3+4+5"],
      refuses: ["p=3,4,5"]),
    Row(
      parameter: #""in": "query", "style": "pipeDelimited", "explode": false, \#(list)"#, accepts: ["p=3|4|5", "p=3%7C4%7c5"],
      refuses: ["p=3,4,5"]),
    Row(parameter: #""in": "query", "style": "pipeDelimited", "explode": true, \#(list)"#, accepts: ["p=3&p=4&p=5"], refuses: ["p=3|4|5"]),
    Row(
      parameter: #""in": "query", \#(color)"#, accepts: ["R=100&G=200", "G=200&R=100"],
      refuses: ["R=100", "R=100&G=200&G=200", "R=a&G=200", "R=100&G=200&B=1"]),
    Row(
      parameter: #""in": "query", "explode": false, \#(color)"#, accepts: ["p=R,100,G,200"],
      refuses: ["p=R,100,G", "p=R,100", "p=R=100,G=200"]),
    Row(
      parameter: #""in": "query", "style": "deepObject", \#(color)"#, accepts: ["p[R]=100&p[G]=200", "p%5BR%5D=100&p%5bG%5d=200"],
      refuses: ["p[R]=100", "p[R]=100&p[G]=200&p[G]=200", "p[R][x]=1", "p[]=1", "R=100&G=200", "p[R=100"]),
    Row(
      parameter:
        #""in": "query", "style": "deepObject", "schema": {"type": "object", "additionalProperties": false, "properties": {"a": {"type": "object", "additionalProperties": false, "properties": {"b": {"type": "integer"}}}, "l": {"type": "array", "maxItems": 2, "items": {"type": "integer"}}, "o": {"type": "array", "items": {"type": "object", "required": ["x"], "properties": {"x": {"type": "boolean"}}}}}}"#,
      accepts: [
        "p[a][b]=1", "p[l]=1", "p[l]=1&p[l]=2", "p[l][]=1&p[l][]=2", "p[l][0]=1&p[l][1]=2", "p[o][0][x]=true&p[o][1][x]=false",
        "p[a][b]=1&p[l][]=3", "p%5Ba%5D%5Bb%5D=1",
      ],
      refuses: [
        "p[a][b]=x", "p[a][c]=1", "p[a]=1", "p[l][]=x", "p[l]=1&p[l]=2&p[l]=3", "p[l][1]=1&p[l][2]=2", "p[o][0][x]=5", "p[o][0][y]=true",
        "p[a][b]=1&p[a][b]=2", "p[a]=1&p[a][b]=1", "p[l][][]=1", "p[][a]=1", "p[a][b]x]=1", "p[a]x[b]=1", "p[a][b][c]=1",
        "p" + String(repeating: "[a]", count: 17) + "=1",
      ]),
    Row(
      parameter: #""in": "query", "style": "deepObject", "schema": {"type": "object", "properties": {"a": {"type": "string"}}}"#,
      accepts: ["p[x]=1&p[x]=2", "p[x][y]=1&p[x][y]=2", "p[a]=1&p[x][]=2"],
      refuses: ["p[a]=1&p[a]=2", "p[a][]=1", "p[9[x]=1", "p[9]x]=1", "p[[x]]=1"]),
    Row(
      parameter: #""in": "query", "content": {"application/json": {"schema": {"type": "object", "required": ["a"]}}}"#,
      accepts: ["p=%7B%22a%22:1%7D"], refuses: ["p=%7B%7D", "p=%7B", "p=%7B%22a%22:1,%22a%22:2%7D"]),
    Row(
      parameter: #""in": "path", "required": true, "schema": {"type": "integer"}"#, accepts: ["5", "-5", "%35"],
      refuses: ["x", "5.5", "5x", "%2F"]),
    Row(
      parameter: #""in": "path", "required": true, "schema": {"type": "string", "pattern": "^[a-z/]+$"}"#, accepts: ["abc", "a%2Fb"],
      refuses: ["A", "a+b", "a%20b"]),
    Row(parameter: #""in": "path", "required": true, \#(list)"#, accepts: ["3,4,5"], refuses: ["3,4", "3.4.5"]),
    Row(parameter: #""in": "path", "required": true, \#(color)"#, accepts: ["R,100,G,200"], refuses: ["R=100,G=200", "R,100,G"]),
    Row(parameter: #""in": "path", "required": true, "explode": true, \#(color)"#, accepts: ["R=100,G=200"], refuses: ["R,100,G,200"]),
    Row(
      parameter: #""in": "path", "required": true, "style": "label", "schema": {"type": "integer"}"#, accepts: [".5"], refuses: ["5", ".x"]),
    Row(parameter: #""in": "path", "required": true, "style": "label", \#(list)"#, accepts: [".3,4,5"], refuses: [".3.4.5", "3,4,5"]),
    Row(
      parameter: #""in": "path", "required": true, "style": "label", "explode": true, \#(list)"#, accepts: [".3.4.5"], refuses: [".3,4,5"]),
    Row(
      parameter: #""in": "path", "required": true, "style": "label", "explode": true, \#(color)"#, accepts: [".R=100.G=200"],
      refuses: [".R,100,G,200"]),
    Row(
      parameter: #""in": "path", "required": true, "style": "matrix", "schema": {"type": "integer"}"#, accepts: [";p=5"],
      refuses: ["5", ";q=5", "p=5", ";p"]),
    Row(parameter: #""in": "path", "required": true, "style": "matrix", \#(list)"#, accepts: [";p=3,4,5"], refuses: [";p=3;p=4;p=5"]),
    Row(
      parameter: #""in": "path", "required": true, "style": "matrix", "explode": true, \#(list)"#, accepts: [";p=3;p=4;p=5"],
      refuses: [";p=3,4,5", ";p=3;q=4;p=5", ";p"]),
    Row(
      parameter: #""in": "path", "required": true, "style": "matrix", \#(color)"#, accepts: [";p=R,100,G,200"], refuses: [";R=100;G=200"]),
    Row(
      parameter: #""in": "path", "required": true, "style": "matrix", "explode": true, \#(color)"#, accepts: [";R=100;G=200"],
      refuses: [";p=R,100,G,200", "R=100"]),
  ]

  @Test(arguments: [
    (#""in": "header", "name": "X-List", \#(list)"#, "X-List", "3, 4,5", true),
    (#""in": "header", "name": "X-List", \#(list)"#, "x-list", "3 4 5", false),
    (#""in": "header", "name": "X-N", "required": true, "schema": {"type": "integer"}"#, "X-N", "7", true),
    (#""in": "header", "name": "X-N", "required": true, "schema": {"type": "integer"}"#, "X-M", "7", false),
    (#""in": "header", "name": "X-O", "explode": true, \#(color)"#, "X-O", "R=100, G=200", true),
    (#""in": "cookie", "name": "c", "schema": {"type": "integer"}"#, "Cookie", "a=b; c=5", true),
    (#""in": "cookie", "name": "c", "schema": {"type": "integer"}"#, "Cookie", "c=x", false),
    (#""in": "cookie", "name": "c", "required": true, "schema": {"type": "integer"}"#, "Cookie", "a=b", false),
  ])
  func fieldsAndCookies(_ row: (parameter: String, field: String, value: String, isGood: Bool)) throws {
    let document = try OpenAPIDocument(
      Array(
        #"{"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {"/v": {"get": {"parameters": [{\#(row.parameter)}]}}}}"#.utf8
      ))
    let head = RequestHead(
      method: "GET", target: "/v", fields: [Field(name: Array(row.field.utf8), value: Array(row.value.utf8))])
    let findings = OpenAPIInspector(document).inspect(head).findings.filter { $0.kind != .unknownCookie && $0.kind != .unknownHeader }
    #expect(findings.isEmpty == row.isGood, "\(findings)")
  }
}
