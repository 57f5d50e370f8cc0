import BodyDecoding
import Testing

@Suite struct ContentTypeTests {
  static let rows: [(String, String, [[String]])] = [
    ("", "", []),
    ("text/plain", "text/plain", []),
    ("Text/PLAIN", "text/plain", []),
    ("text/plain;", "text/plain", []),
    ("text/plain; charset=UTF-8", "text/plain", [["charset", "UTF-8"]]),
    ("text/plain;Charset=\"UTF-8\"", "text/plain", [["charset", "UTF-8"]]),
    ("text/plain ; a=1 ;b=2", "text/plain", [["a", "1"], ["b", "2"]]),
    ("a/b; x=\"c;d\\\"e\"", "a/b", [["x", "c;d\"e"]]),
    ("a/b; x=1; x=2", "a/b", [["x", "1"], ["x", "2"]]),
    ("a/b; x", "a/b", [["x", ""]]),
    ("; x=1", "", [["x", "1"]]),
    ("a/b; =1", "a/b", [["=1", ""]]),
  ]

  @Test("A media type is parsed with its parameters", arguments: rows)
  func parses(field: String, type: String, parameters: [[String]]) {
    let parsed = ContentType(parsing: bytes(field))
    #expect(parsed.type.text == type)
    #expect(parsed.parameters.map { [$0.name.text, $0.value.text] } == parameters)
  }

  @Test func theTableHasAllItsRows() { #expect(Self.rows.count == 12) }

  @Test func aParameterIsFoundByName() {
    let parsed = ContentType(parsing: bytes("a/b; Charset=x; charset=y"))
    #expect(parsed.parameter("charset") == bytes("x"))
    #expect(parsed.parameter("boundary") == nil)
  }
}
