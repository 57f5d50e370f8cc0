import BodyDecoding
import Testing

@Suite("XML")
struct XMLDecoderTests {
  private func decode(_ text: String, limits: XMLLimits = XMLLimits()) -> DecodedXML { XMLDecoder.decode(Array(text.utf8), limits: limits) }

  private func text(_ decoded: DecodedXML) -> String? { decoded.text.map { String(decoding: $0, as: UTF8.self) } }

  /// (document, character data, attributes)
  private static let wellFormed: [(String, String, [String])] = [
    ("<a>x</a>", "x", []),
    ("<?xml version=\"1.0\"?><a b=\"1\" c='2'>x<d e=\"3\">y</d>z</a>", "xyz", ["1", "2", "3"]),
    ("<a><![CDATA[<script>]]></a>", "<script>", []),
    ("<a>&lt;b&gt; &#x41;&#66;</a>", "<b> AB", []),
    ("<a b=\"&quot;or 1=1&#10;\"/>", "", ["\"or 1=1\n"]),
    ("<a> <b/> </a>", "  ", []),
    ("<n:a xmlns:n=\"urn:x\" n:b=\"v\">t</n:a>", "t", ["v"]),
    ("<a>\u{e9}\u{1F3B5}</a>", "\u{e9}\u{1F3B5}", []),
    ("<?xml version='1.0' encoding='ISO-8859-1'?><a b='x'>y</a>", "y", ["x"]),
    ("<a><!-- c --><?p i?>t</a>", "t", []),
  ]

  @Test func wellFormedDocumentsYieldTextAndAttributes() {
    for (document, expected, attributes) in Self.wellFormed {
      let decoded = decode(document)
      #expect(decoded.error == nil, "\(document)")
      #expect(text(decoded) == expected, "\(document)")
      #expect(decoded.attributes.map { String(decoding: $0, as: UTF8.self) } == attributes, "\(document)")
    }
    #expect(Self.wellFormed.count == 10)
  }

  @Test(
    "What is not well-formed is an error",
    arguments: ["", " ", "x", "<a>", "<a></b>", "<a b=c/>", "<a><b></a>", "<a/><b/>", "<a>&unknown;</a>", "<a\u{1}/>", "{\"a\":1}"])
  func illFormed(_ document: String) {
    let decoded = decode(document)
    #expect(decoded.error?.message.hasPrefix("XML parsing error: ") == true)
  }

  @Test func whatStandsBehindAnErrorIsSeenAllTheSame() {
    let decoded = decode("<a><b c=1></b><d>' or 1=1 --</d></a>")
    #expect(decoded.error != nil)
    #expect(text(decoded)?.contains("or 1=1") == true)
  }

  @Test func entitiesAreNeitherDeclaredNorExpanded() {
    let bomb = """
      <?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">
      <!ENTITY f SYSTEM "file:///etc/passwd">]><l x="&c;">&c;&f;<t>seen</t></l>
      """
    let decoded = decode(bomb)
    #expect(decoded.error?.message == "XML parsing error: a document type declaration is not read")
    #expect((decoded.text ?? []).count < 100)
    #expect(text(decoded)?.contains("root:") == false)
    #expect(text(decoded)?.contains("seen") == true)
  }

  @Test func defaultsOfAttributesDoNotMultiply() {
    let value = String(repeating: "v", count: 1000)
    let decoded = decode("<!DOCTYPE a [<!ATTLIST b c CDATA \"\(value)\">]><a>" + String(repeating: "<b d='1'/>", count: 1000) + "</a>")
    #expect(decoded.attributes == Array(repeating: [UInt8(ascii: "1")], count: 1000))
    #expect(decoded.hasDocumentType)
  }

  @Test func limitsEndTheReading() {
    var limits = XMLLimits()
    limits.maximumNodes = 10
    #expect(!decode(String(repeating: "<a>", count: 10) + String(repeating: "</a>", count: 10), limits: limits).isCut)
    #expect(decode("<r>" + String(repeating: "<a/>", count: 10) + "</r>", limits: limits).isCut)
    limits.maximumDepth = 5
    #expect(decode(String(repeating: "<a>", count: 6) + String(repeating: "</a>", count: 6), limits: limits).isCut)
    #expect(!decode(String(repeating: "<a>", count: 5) + String(repeating: "</a>", count: 5), limits: limits).isCut)
    #expect(decode(String(repeating: "<a>", count: 100_000)).error != nil)
  }

  @Test func everyPrefixIsAnErrorAndNoCrash() {
    let document = Array("<?xml version='1.0'?><a b='c'><![CDATA[x]]>&amp;<d/></a>".utf8)
    for count in 0..<document.count { #expect(XMLDecoder.decode(Array(document[..<count])).error != nil, "\(count)") }
  }

  @Test func pathsFindNodes() throws {
    let body = Array("<o xmlns='urn:o'><i p='1'>x</i><i p='2'>y</i><n>3</n></o>".utf8)
    let namespace = [XMLPath.Namespace(prefix: "q", uri: "urn:o")]
    let paths = try [
      #require(XMLPath("/q:o/q:i", namespaces: namespace)), #require(XMLPath("//@p")), #require(XMLPath("count(//*)")),
      #require(XMLPath("/nothing")), #require(XMLPath("//q:n/text()", namespaces: namespace)),
    ]
    let found = XMLPath.evaluate(paths, in: body).map { $0.map { String(decoding: $0, as: UTF8.self) } }
    #expect(found == [["x", "y"], ["1", "2"], ["4"], [], ["3"]])
    #expect(XMLPath("//[") == nil)
    #expect(XMLPath.evaluate(paths, in: Array("no xml".utf8)).allSatisfy { $0.isEmpty || $0 == [[UInt8(ascii: "0")]] })
  }
}
