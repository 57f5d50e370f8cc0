import BodyDecoding
import Glibc
import HTTPWire
import LogAnalysis
import RuleEngine
import SecLang

/// `growth PARSER BYTES`: lets one parser read texts of so many bytes, for whoever counts its instructions. Each text repeats a piece
/// that could make a careless parser go back over what it has read.
@main
struct Growth {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let parser = Parser(rawValue: arguments[1]), let size = Int(arguments[2]), size >= 0 else {
      print(Parser.allCases.map(\.rawValue).joined(separator: "\n"))
      exit(arguments.count == 1 ? 0 : 1)
    }
    for piece in parser.pieces {
      let text = Array((parser.beginning + String(repeating: piece, count: size / piece.utf8.count)).utf8)
      // Not a byte of the text is to be read before it counts.
      if size > 0 { text.withUnsafeBufferPointer { parser.read($0, text) } }
    }
  }
}

enum Parser: String, CaseIterable {
  case json, multipart, form, cookies, xml, seclang, transformations, sql, html, logs, heads, chunks, phrases

  /// What a text begins with, so that the parser takes the repeated pieces seriously.
  var beginning: String {
    switch self {
    case .json: "["
    case .multipart: "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"
    case .xml: "<a>"
    case .heads: "GET / HTTP/1.1\r\nHost: a\r\n"
    case .seclang: "SecRule ARGS "
    default: ""
    }
  }

  var pieces: [String] {
    let common = [
      "a", " ", "\"", "'", "(", "[", "{", "<", "%", "\\", "/", "-", "a=", "a,", "\r\n", "\n", "&", ";", ":", "=", "0", ".", "\t", "*", "#",
    ]
    switch self {
    case .json: return common + ["1,", "\"a\",", "[]", "{\"a\":1},", "\"\\u0041\",", "[[", "-", "1e9,"]
    case .multipart: return common + ["\r\n--b\r\n\r\n", "--b", "\r\n--", "\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"]
    case .form: return common + ["a=b&", "&&", "%41", "%u0041", "+"]
    case .cookies: return common + ["a=b; ", ";;", "a=\"b\"; "]
    case .xml: return common + ["<a>", "<a b='c'/>", "<!--", "<![CDATA[", "&amp;", "</", "<a b='"]
    case .seclang:
      return common + ["SecRule ARGS \"@rx a\" \"id:1,pass\"\n", "\\\n", "\"a\\\"", "|ARGS", ",t:none", "SecAction \"id:1\"\n", "'a',"]
    case .transformations:
      return common + [
        "%25", "%u0025", "&#x26;", "&amp", "\\u005c", "\\x5c", "/../", "/./", "//", "/*", "*/", "<!--", "-->", "--", "\u{e9}", "0x41",
      ]
    case .sql:
      return common + ["/*", "*/", "/*!", "--", "||", "@@", "$$", "1 or ", "union select ", "x'", "n'", "q'[", "`", "0x", "\u{a0}"]
    case .html: return common + ["<a ", "<!--", "-->", "<![CDATA[", "a=b ", "a='", "a=\"", "</", "<a/", "&#x6a", "javascript:", "<svg "]
    case .logs: return common + ["[", "\"", "- ", "\\x22", "[20/Nov/2026:19:58:02 +0000] ", "{\"a\":"]
    case .heads: return common + ["a: b\r\n", ": ", " b\r\n", "a: b,", "\r\n "]
    case .chunks: return common + ["1\r\na\r\n", "0", "1;a=b\r\na\r\n", "a\r\n"]
    case .phrases: return common + ["aaab", "union", "select", "etc/pass"]
    }
  }

  func read(_ view: UnsafeBufferPointer<UInt8>, _ text: [UInt8]) {
    switch self {
    case .json: _ = JSONFlattener.flatten(view, limits: JSONLimits(), naming: .modSecurity3)
    case .multipart:
      _ = MultipartDecoder.decode(text, contentType: Array("multipart/form-data; boundary=b".utf8), limits: MultipartLimits())
    case .form: _ = URLEncodedDecoder.decode(view, maximumCount: 100_000)
    case .cookies:
      var cookies: [NamedValue] = []
      CookieDecoder.decode(text, into: &cookies)
    case .xml: _ = XMLDecoder.decode(text, limits: XMLLimits())
    case .seclang:
      var parser = RuleSetParser(reader: NoFiles())
      parser.parse(text: text, path: "growth.conf")
      _ = parser.finish()
    case .transformations:
      var output: [UInt8] = []
      for name in TransformationName.allCases { _ = transform(name, view, context: TransformationContext(), into: &output) }
    case .sql: _ = SQLInjectionDetector.detect(view)
    case .html: _ = CrossSiteScriptingDetector.detect(view)
    case .logs: for format in LogFormat.allCases { _ = format.parse(text) }
    case .heads: _ = RequestHeadParser().parse(UnsafeRawBufferPointer(view))
    case .chunks:
      var decoder = ChunkedDecoder()
      var output: [UInt8] = []
      _ = decoder.decode(UnsafeRawBufferPointer(view), into: &output)
    case .phrases:
      for name in [OperatorName.pm, .contains, .containsWord, .within, .endsWith] {
        let test = try? CompiledOperator.compile(
          name, operand: Array("aaaa aaaab etc/passwd union".utf8), dataLines: nil, options: OperatorOptions())
        var none: CaptureList?
        _ = test?.evaluate(view, scratch: OperatorScratch(), captures: &none)
      }
    }
  }
}

/// No file but the text itself.
private struct NoFiles: RuleFileReader {
  struct Missing: Error {}
  func read(_ path: String) throws -> [UInt8] { throw Missing() }
  func glob(_ pattern: String) -> [String] { [] }
}
