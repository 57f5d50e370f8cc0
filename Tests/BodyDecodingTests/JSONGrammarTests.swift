import BodyDecoding
import Testing

/// Texts that RFC 8259 allows and texts that it forbids; each of the latter is taken by some parser in use.
@Suite struct JSONGrammarTests {
  static let accepted: [String] = [
    "0", "-0", "1", "-1", "10", "1.0", "0.1", "-0.1", "1e1", "1E1", "1e+1", "1e-1", "0e0", "0E+00", "1.5e300", "-0.0e-0",
    "123456789012345678901234567890", "1e999999", "0.00000000000000000000000001",
    "true", "false", "null", " true", "true ", "\ttrue\r\n", "\"\"", "\"a\"", "\" \"", "\"\u{7f}\"", "\"\u{e9}\"", "\"\u{1f600}\"",
    "\"\u{2028}\"", #""\"""#, #""\\""#, #""\/""#, #""\b\f\n\r\t""#, #""\u0000""#, #""\uD834\uDD1E""#, #""\uFFFF""#, #""\uAbCd""#,
    #""\ud800""#, #""\udc00""#, #""\\u0041""#, #""/*not a comment*/""#, #""//""#, "[]", "[ ]", "[\n]", "[[]]", "[1]", "[ 1 ]",
    "[1,2]", "[1 , 2]", "[null]", "[[],[]]", "[{}]", "{}", "{ }", #"{"a":1}"#, #"{ "a" : 1 }"#, #"{"a":1,"b":2}"#, #"{"a":1,"a":1}"#,
    #"{"":""}"#, #"{"a":{}}"#, #"{"a":[]}"#, #"{"\u0061":1}"#, #"{"a":{"a":{"a":[]}}}"#, "\r\n{\r\n\"a\"\t:\r1\n}\n",
    #"["a",1,true,null,{},[]]"#,
  ]

  static let rejected: [String] = [
    // Numbers
    "+1", "01", "-01", "00", "1.", ".1", "-.1", "-", "1e", "1e+", "1.e1", "1.5.5", "1e1.5", "0x10", "0b1", "1_000", "NaN", "Infinity",
    "-Infinity",
    "1 000", "--1", "1-1", "1a", "-a", "0e", "\u{ff11}",
    // Words
    "True", "TRUE", "nul", "nulll", "tru", "truefalse", "none", "undefined", "t", "a",
    // Strings
    "\"", "\"a", "'a'", #""\x41""#, #""\a""#, #""\0""#, #""\'""#, #""\u""#, #""\u1""#, #""\u12""#, #""\u123""#, #""\u123g""#, #""\U0041""#,
    "\"\n\"",
    "\"\t\"", "\"\u{0}\"", "\"\u{1f}\"", "\"\\\n\"", #""\"#, #""\""#, #""\ud800\u""#, "\"a\"b", "`a`", "\u{201c}a\u{201d}",
    // Arrays
    "[", "]", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1;2]", "[1:2]", "[1}", "[[]", "[]]", "[\"a\"", "[1]1", "[][]", "(1)",
    // Objects
    "{", "}", "{]", #"{"a"}"#, #"{"a":}"#, #"{"a":1"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{"a":1,,"b":2}"#, #"{a:1}"#, #"{'a':1}"#, #"{1:1}"#,
    #"{null:1}"#,
    #"{"a" 1}"#, #"{"a"=1}"#, #"{"a"::1}"#, #"{"a":1 "b":2}"#, #"{"a":1;"b":2}"#, #"{"a":1]"#, #"{"a":1}}"#, #"{"a":1}{}"#, #"{"a":1}#"#,
    #"{:1}"#,
    #"{"a":1,"#, #"{"a"#, #"{"a":"#, #"{[]:1}"#,
    // Around the value
    " ", "\n", "1,", ",1", "\u{feff}1", "1\u{0}", "\u{0}1", "/**/1", "1/**/", "1//", "#1", "\u{a0}1", "\u{b}1", "\u{c}1", "1 2", "<a/>",
    "a=1", "\u{2028}1",
    "while(1);[]", ")]}',\n[]", "callback([])",
  ]

  @Test("RFC 8259 allows it", arguments: accepted)
  func accepts(_ text: String) {
    #expect(JSONFlattener.flatten(Array(text.utf8)).error == nil)
  }

  @Test("RFC 8259 forbids it", arguments: rejected)
  func rejects(_ text: String) {
    #expect(JSONFlattener.flatten(Array(text.utf8)).error != nil)
  }

  @Test func theTablesHaveAllTheirRows() {
    #expect(Self.accepted.count == 69)
    #expect(Self.rejected.count == 126)
  }
}
