import BodyDecoding
import Testing

@Suite struct MultipartDecoderTests {
  static let type = bytes("multipart/form-data; boundary=b0")

  /// A whole body of one part with these header lines.
  static func part(_ headers: String..., value: String = "v") -> String {
    "--b0\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n" + value + "\r\n--b0--\r\n"
  }

  static func decode(_ body: String, _ contentType: String = "multipart/form-data; boundary=b0") -> DecodedMultipart {
    MultipartDecoder.decode(bytes(body), contentType: bytes(contentType))
  }

  static let disposition = #"Content-Disposition: form-data; name="n""#

  @Test func fieldsFilesAndHeadersAreToldApart() {
    let body =
      "--b0\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n--b0\r\n"
      + "Content-Disposition: form-data; name=\"f\"; filename=\"x.php\"\r\nContent-Type:  text/plain\r\n\r\n<?php\r\n--b0--\r\n"
    let decoded = Self.decode(body)
    #expect(decoded.error == nil)
    #expect(!decoded.flags.strictError)
    #expect(decoded.flags.unmatchedBoundary == 0)
    #expect(decoded.fields == [NamedValue("a", "1\r\n2")])
    #expect(decoded.files.count == 1)
    #expect(decoded.files.first?.fieldName == bytes("f"))
    #expect(decoded.files.first?.fileName == bytes("x.php"))
    #expect(decoded.files.first?.extendedFileName == nil)
    #expect(decoded.files.first?.contentType == bytes("text/plain"))
    #expect(decoded.files.first?.size == 5)
    #expect(decoded.files.first.map { Array(bytes(body)[$0.content]) } == bytes("<?php"))
    #expect(
      decoded.partHeaders == [
        NamedValue("a", "content-disposition: form-data; name=\"a\""),
        NamedValue("f", "Content-Disposition: form-data; name=\"f\"; filename=\"x.php\""),
        NamedValue("f", "Content-Type:  text/plain"),
      ])
  }

  struct FlagRow: Sendable {
    var flag: String
    var body: String
    var contentType = "multipart/form-data; boundary=b0"
    var hasError = false
    var unmatched = 0
    /// The value that must still be offered.
    var value: String? = "v"
  }

  static let flagRows: [FlagRow] = [
    FlagRow(flag: "", body: part(disposition)),
    FlagRow(flag: "", body: part("Content-Disposition: form-data; name=n")),
    FlagRow(flag: "", body: part("Content-Disposition: FORM-DATA; NAME=n")),
    FlagRow(flag: "", body: part(disposition), contentType: "Multipart/Form-Data; charset=utf-8; Boundary=b0"),
    FlagRow(flag: "", body: part(disposition), contentType: "multipart/form-data;boundary=b0;"),
    FlagRow(flag: "", body: part(disposition).replacing("--b0--\r\n", with: "--b0--")),
    FlagRow(flag: "", body: "--b0--\r\n", value: nil),
    FlagRow(flag: "boundaryQuoted", body: part(disposition), contentType: "multipart/form-data; boundary=\"b0\""),
    FlagRow(flag: "boundaryWhitespace", body: part(disposition), contentType: "multipart/form-data; boundary =b0"),
    FlagRow(flag: "boundaryWhitespace", body: part(disposition), contentType: "multipart/form-data; boundary= b0"),
    FlagRow(flag: "boundaryWhitespace", body: part(disposition).replacing("--b0\r\n", with: "--b0 \r\n")),
    FlagRow(flag: "boundaryWhitespace", body: part(disposition).replacing("--b0--\r\n", with: "--b0-- \t\r\n")),
    FlagRow(flag: "dataBefore", body: "x\r\n" + part(disposition)),
    FlagRow(flag: "dataBefore", body: "\r\n" + part(disposition)),
    FlagRow(flag: "dataAfter", body: part(disposition) + "x"),
    FlagRow(flag: "dataAfter", body: part(disposition) + "\r\n"),
    FlagRow(flag: "headerFolding", body: part("Content-Disposition: form-data;", #" name="n""#)),
    FlagRow(flag: "headerFolding,invalidHeaderFolding", body: part(disposition, " \t")),
    FlagRow(flag: "headerFolding,invalidHeaderFolding", body: part("Content-Disposition: form-data;", "\u{b}name=n")),
    FlagRow(flag: "headerFolding,invalidHeaderFolding", body: part(" X: y", disposition), hasError: true),
    FlagRow(flag: "lfLine", body: part(disposition).replacing("\r\n", with: "\n")),
    FlagRow(flag: "lfLine,crlfLFLines", body: part(disposition).replacing("v\r\n", with: "v\n")),
    FlagRow(flag: "lfLine,crlfLFLines", body: part(disposition).replacing("--b0\r\n", with: "--b0\n")),
    FlagRow(flag: "missingSemicolon", body: part(disposition), contentType: "multipart/form-data boundary=b0"),
    FlagRow(flag: "missingSemicolon", body: part(#"Content-Disposition: form-data name="n""#)),
    FlagRow(flag: "missingSemicolon", body: part(#"Content-Disposition: form-data; name="n" x="y""#)),
    FlagRow(flag: "invalidQuoting", body: part("Content-Disposition: form-data; name='n'")),
    FlagRow(flag: "invalidQuoting", body: part(#"Content-Disposition: form-data; name=n"x""#)),
    FlagRow(flag: "invalidQuoting", body: part(#"Content-Disposition: form-data; name="n"; x='y'"#)),
    FlagRow(flag: "invalidQuoting,missingSemicolon,invalidPart", body: part(#"Content-Disposition: form-data; name="n"x"#), value: "v"),
    FlagRow(flag: "invalidQuoting", body: part(#"Content-Disposition: form-data; name="n"#), hasError: true),
    FlagRow(flag: "invalidPart", body: part("Content-Type: text/plain"), hasError: true),
    FlagRow(flag: "invalidPart", body: part("Content-Disposition: form-data"), hasError: true),
    FlagRow(flag: "invalidPart", body: part("Content-Disposition: attachment; name=n"), hasError: true),
    FlagRow(flag: "invalidPart", body: part(disposition + "; name=m"), hasError: true),
    FlagRow(flag: "invalidPart", body: part(disposition, disposition), hasError: true),
    FlagRow(flag: "invalidPart", body: part(disposition, "Content-Type: a/b", "content-type: c/d"), hasError: true),
    FlagRow(flag: "invalidPart", body: part("Content-Disposition: form-data; name*=utf-8''n"), hasError: true),
    FlagRow(flag: "invalidPart", body: part("Content-Disposition: form-data; name = n")),
    FlagRow(flag: "invalidPart", body: "--b0\r\n\(disposition)\r\n--b0--\r\n", hasError: true, value: ""),
    FlagRow(flag: "invalidPart", body: "--b0\r\n\(disposition)", hasError: true, value: ""),
    FlagRow(flag: "", body: part("X\u{0}Y: z", disposition), hasError: true),
    FlagRow(flag: "", body: part("X: \u{1}", disposition), hasError: true),
    FlagRow(flag: "", body: part("X\u{e9}: z", disposition), hasError: true),
    FlagRow(flag: "", body: part("X: \u{e9}", disposition)),
    FlagRow(flag: "", body: part("Content-Disposition : form-data; name=n"), hasError: true),
    FlagRow(flag: "", body: part("no colon", disposition), hasError: true),
    FlagRow(flag: "", body: part(disposition).replacing("\r\n--b0--\r\n", with: ""), hasError: true),
    FlagRow(flag: "dataBefore", body: "hello", hasError: true, value: nil),
    FlagRow(flag: "dataAfter", body: part(disposition) + part(disposition), hasError: true),
    FlagRow(flag: "", body: part(disposition) + "--b0--\r\n", hasError: true),
    FlagRow(flag: "", body: part(disposition, value: "-----BEGIN X-----"), unmatched: 2, value: "-----BEGIN X-----"),
    FlagRow(flag: "", body: part(disposition, value: "- -b0 -b0 b0"), value: "- -b0 -b0 b0"),
    FlagRow(flag: "", body: part(disposition, value: "--B0"), unmatched: 1, value: "--B0"),
    FlagRow(flag: "", body: part(disposition, value: "-- b0"), unmatched: 1, value: "-- b0"),
    FlagRow(flag: "", body: part(disposition, value: "--\"b0\""), unmatched: 1, value: "--\"b0\""),
    FlagRow(flag: "", body: part(disposition, value: " --b0"), unmatched: 1, value: " --b0"),
    FlagRow(flag: "", body: part(disposition, value: "x\r--b0"), unmatched: 1, value: "x\r--b0"),
    FlagRow(flag: "", body: part(disposition, value: "--b0x"), hasError: true, unmatched: 1, value: "--b0x"),
    FlagRow(flag: "", body: part(disposition, value: "--b0--x"), hasError: true, unmatched: 1, value: "--b0--x"),
    FlagRow(flag: "", body: part(disposition, value: "--x").replacing("--b0--", with: ""), hasError: true, unmatched: 1, value: nil),
  ]

  static func names(_ flags: MultipartFlags) -> Set<String> {
    let all: [(String, Bool)] = [
      ("boundaryQuoted", flags.boundaryQuoted), ("boundaryWhitespace", flags.boundaryWhitespace), ("dataBefore", flags.dataBefore),
      ("dataAfter", flags.dataAfter), ("headerFolding", flags.headerFolding), ("lfLine", flags.lfLine),
      ("crlfLFLines", flags.crlfLFLines), ("missingSemicolon", flags.missingSemicolon), ("invalidQuoting", flags.invalidQuoting),
      ("invalidPart", flags.invalidPart), ("invalidHeaderFolding", flags.invalidHeaderFolding),
      ("fileLimitExceeded", flags.fileLimitExceeded),
    ]
    return Set(all.filter(\.1).map(\.0))
  }

  @Test("Each deviation sets its flag, no other, and hides no value", arguments: flagRows.indices)
  func flags(index: Int) {
    let row = Self.flagRows[index]
    let decoded = Self.decode(row.body, row.contentType)
    let comment = "row \(index): \(row.contentType) \(row.body.debugDescription) \(String(describing: decoded.error))"
    #expect(Self.names(decoded.flags) == Set(row.flag.split(separator: ",").map(String.init)), "\(comment)")
    #expect((decoded.error != nil) == row.hasError, "\(comment)")
    #expect(decoded.flags.unmatchedBoundary == row.unmatched, "\(comment)")
    #expect(decoded.flags.strictError == !row.flag.isEmpty, "\(comment)")
    if let value = row.value { #expect(decoded.fields.first?.value == bytes(value), "\(comment)") }
    if let message = decoded.error?.message { #expect(message.hasPrefix("Multipart parsing error: Multipart: ")) }
  }

  @Test func theFlagTableHasAllItsRows() { #expect(Self.flagRows.count == 61) }

  static let refusedTypes: [String] = [
    "", "multipart/form-data", "multipart/form-data;", "multipart/form-data; boundary", "multipart/form-data; boundary=",
    "multipart/form-data; boundary=\"\"", "multipart/form-data; boundary=\"b0", "multipart/form-data; boundary=b0\"",
    "multipart/form-data; boundary='b0'", "multipart/form-data; boundary=b0; boundary=b1", "multipart/form-data; boundary=b0; boundary=b0",
    "multipart/form-data; x=\"; boundary=b1\"; boundary=b0", "multipart/form-data; boundary*=b0",
    "multipart/form-data; boundary=b0; boundary*0=b1",
    "multipart/form-data; boundary*0=b; boundary*1=0", "multipart/form-data; xboundary=b0", "multipart/form-data; boundary=b 0",
    "multipart/form-data; boundary=\"b0 \"", "multipart/form-data; boundary=b\u{e9}", "multipart/form-data; boundary=b\u{0}",
    "multipart/form-data; boundary=\"b@0\"", "multipart/form-data; boundary=b0, text/plain", "multipart/form-data, a; boundary=b0",
    "multipart/form-datax; boundary=b0", "multipart/mixed; boundary=b0", "text/plain; boundary=b0", "multipart/form-data; boundary=\"b0\"x",
    "multipart/form-data; boundary=" + String(repeating: "b", count: 71),
  ]

  @Test("A Content-Type in which parsers find no or two boundaries is refused", arguments: refusedTypes)
  func refuses(contentType: String) {
    #expect(Self.decode(Self.part(Self.disposition), contentType).error != nil)
    #expect(Self.decode("", contentType).error != nil)
  }

  @Test func theTypeTableHasAllItsRows() { #expect(Self.refusedTypes.count == 28) }

  @Test(
    "Boundaries of allowed lengths and characters are taken",
    arguments: [
      "b", String(repeating: "b", count: 69), String(repeating: "b", count: 70), "----WebKitFormBoundary7MA4YWxk", "boundary",
      "a'()+_,-./:=?", "--", "-",
    ])
  func boundaries(boundary: String) {
    let body = Self.part(Self.disposition).replacing("--b0", with: "--" + boundary)
    let decoded = Self.decode(body, "multipart/form-data; boundary=" + boundary)
    #expect(decoded.error == nil)
    #expect(decoded.fields == [NamedValue("n", "v")])
  }

  static let fileNames: [(String, String?, String?)] = [
    (#"filename="a.txt""#, "a.txt", nil),
    (#"filename="""#, "", nil),
    (#"filename="C:\dir\a.txt""#, #"C:\dir\a.txt"#, nil),
    (#"filename="a\"b\\c""#, #"a"b\c"#, nil),
    (#"filename="a;b""#, "a;b", nil),
    (#"filename="it's""#, "it's", nil),
    (#"filename=a b.php"#, "a b.php", nil),
    (#"filename="a.txt"; filename*=UTF-8''b%2Ephp"#, "a.txt", "b.php"),
    (#"filename*=UTF-8'en'b%20c"#, "b c", nil),
    (#"filename*=''b"#, "b", nil),
    (#"filename*=b.php"#, "b.php", nil),
    (#"filename*0="b.php""#, "b.php", nil),
    (#"x=y"#, nil, nil),
  ]

  @Test("Both forms of a file name are offered", arguments: fileNames)
  func fileName(parameter: String, fileName: String?, extended: String?) {
    let decoded = Self.decode(Self.part(Self.disposition + "; " + parameter))
    #expect(decoded.files.first?.fileName.text == fileName)
    #expect(decoded.files.first?.extendedFileName?.text == extended)
    #expect(decoded.files.count + decoded.fields.count == 1)
  }

  @Test func bytesOfAValueAreUntouched() {
    let value: [UInt8] = Array(0...255) + bytes("\r\n\r\n") + [0, 0xFF, 0x0D]
    let body = bytes("--b0\r\n\(Self.disposition)\r\n\r\n") + value + bytes("\r\n--b0--\r\n")
    let decoded = MultipartDecoder.decode(body, contentType: Self.type)
    #expect(decoded.fields.first?.value == value)
    #expect(decoded.error == nil)
    #expect(!decoded.flags.strictError)
  }

  @Test func foldedHeadersAreJoinedWithABlank() {
    let decoded = Self.decode(Self.part(Self.disposition, "Content-Type: text/plain;", "\t charset=utf-7"))
    #expect(decoded.partHeaders.last == NamedValue("n", "Content-Type: text/plain; charset=utf-7"))
  }

  @Test func everyPartOffersItsHeaders() {
    let one = "--b0\r\n\(Self.disposition)\r\nContent-Type: text/plain; charset=utf-7\r\n\r\nx\r\n"
    let decoded = Self.decode(one + one.replacing("utf-7", with: "utf-8") + "--b0--\r\n")
    #expect(decoded.partHeaders.filter { $0.value.text.contains("charset") }.count == 2)
  }

  static func body(parts: Int, extra: String = "") -> String {
    String(repeating: "--b0\r\n\(disposition)\(extra)\r\n\r\nv\r\n", count: parts) + "--b0--\r\n"
  }

  @Test("Parts, files, header bytes and header lines are limited", arguments: [(2, false), (3, false), (4, true)])
  func limits(count: Int, exceeds: Bool) {
    var limits = MultipartLimits()
    limits.maximumParts = 3
    let parts = MultipartDecoder.decode(bytes(Self.body(parts: count)), contentType: Self.type, limits: limits)
    #expect((parts.error != nil) == exceeds)
    #expect(parts.fields.count == min(count, 3))

    let files = MultipartDecoder.decode(bytes(Self.body(parts: count, extra: "; filename=f")), contentType: Self.type, maximumFiles: 3)
    #expect(files.flags.fileLimitExceeded == exceeds)
    #expect(files.error == nil)
    #expect(files.files.count == min(count, 3))
    #expect(files.partHeaders.count == count)

    limits = MultipartLimits()
    limits.maximumHeaderBytes = Self.disposition.utf8.count + 2 + 3
    let long = bytes("--b0\r\n\(Self.disposition)\r\n" + String(repeating: "x", count: count - 2) + ":\r\n\r\nv\r\n--b0--\r\n")
    #expect(MultipartDecoder.decode(long, contentType: Self.type, limits: limits).fields.isEmpty == (count > 2))

    limits = MultipartLimits()
    limits.maximumHeaderLines = 3
    let lines = bytes("--b0\r\n\(Self.disposition)\r\n" + String(repeating: "X: y\r\n", count: count - 1) + "\r\nv\r\n--b0--\r\n")
    #expect((MultipartDecoder.decode(lines, contentType: Self.type, limits: limits).error != nil) == exceeds)
  }

  @Test func anEmptyBodyIsNoError() {
    #expect(Self.decode("").error == nil)
    #expect(!Self.decode("").flags.strictError)
  }

  @Test func everyPrefixIsAnErrorUntilTheFinalBoundary() {
    let body = bytes("--b0\r\n\(Self.disposition)\r\n\r\nabc\r\n--b0\r\n\(Self.disposition); filename=\"f\"\r\n\r\nd\r\n--b0--\r\n")
    for length in 1...body.count {
      let decoded = MultipartDecoder.decode(Array(body[..<length]), contentType: Self.type)
      // The last three prefixes hold the whole final boundary; one of them ends inside its CRLF.
      if length == body.count || length == body.count - 2 {
        #expect(decoded.error == nil)
      } else if length < body.count - 2 {
        #expect(decoded.error != nil)
      }
      #expect(decoded.fields.count + decoded.files.count <= 2)
    }
  }

  @Test func randomBodiesNeverTrap() {
    var random = SplitMix(state: 4)
    let pieces: [[UInt8]] = [
      bytes("--b0"), bytes("--b0--"), bytes("\r\n"), bytes("\n"), bytes("\r"), bytes("Content-Disposition: form-data; name=\"n\""),
      bytes("; filename=\"f\""), bytes("; filename*=u''%4"), bytes("\""), bytes("'"), bytes("\\"), bytes(" "), bytes("\t"), bytes(":"),
      bytes("--"),
      bytes("="), bytes(";"), [0], [0xFF], bytes("Content-Type: a/b"),
    ]
    for _ in 0..<20_000 {
      var body: [UInt8] = bytes("--b0\r\n")
      for _ in 0..<Int.random(in: 0...14, using: &random) { body += pieces[Int.random(in: 0..<pieces.count, using: &random)] }
      let decoded = MultipartDecoder.decode(body, contentType: Self.type)
      for file in decoded.files { #expect(file.content.upperBound <= body.count) }
    }
  }

  @Test func randomContentTypesNeverTrap() {
    var random = SplitMix(state: 5)
    for _ in 0..<5000 {
      let tail = random.bytes(upTo: 30, alphabet: bytes("; boundary=\"'*\\b0"))
      _ = MultipartDecoder.decode(bytes("--b0--"), contentType: bytes("multipart/form-data") + tail)
      _ = ContentType(parsing: tail)
    }
  }
}
