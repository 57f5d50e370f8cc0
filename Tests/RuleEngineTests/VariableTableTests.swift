import HTTPModel
import RuleEngine
import SecLang
import Testing

/// Every variable of SecLang with what it holds, asked in the phase in which it is there.
@Suite("Variables")
struct VariableTableTests {
  /// What is sent.
  enum Kind: Sendable { case form, parts, brokenParts, json, xml, plain }

  struct Case: Sendable {
    var variable: VariableName
    /// Target and operator.
    var test: String
    var kind: Kind
    var phase: Int

    init(_ variable: VariableName, _ test: String, _ kind: Kind = .form, phase: Int = 2) {
      (self.variable, self.test, self.kind, self.phase) = (variable, test, kind, phase)
    }
  }

  static let cases: [Case] = [
    Case(.args, "&ARGS \"@eq 5\""), Case(.args, "ARGS:q \"@streq b c\"", phase: 1), Case(.args, "ARGS:json.a.array_0 \"@streq 1\"", .json),
    Case(.argsNames, "ARGS_NAMES \"@streq p\""), Case(.argsGet, "&ARGS_GET \"@eq 3\""),
    Case(.argsGetNames, "ARGS_GET_NAMES \"@streq bad\""),
    Case(.argsPost, "ARGS_POST:p \"@streq 1\""), Case(.argsPost, "ARGS_POST:json.a.array_1.b \"@streq 2\"", .json),
    Case(.argsPostNames, "ARGS_POST_NAMES \"@streq r\""), Case(.argsPostNames, "&ARGS_POST_NAMES \"@eq 2\""),
    Case(.argsCombinedSize, "ARGS_COMBINED_SIZE \"@eq 16\""), Case(.argsPath, "ARGS_PATH:name \"@streq page.php\"", phase: 3),
    Case(.authType, "AUTH_TYPE \"@streq Basic\"", phase: 1), Case(.duration, "DURATION \"@rx ^\\d{2,}$\"", phase: 1),
    Case(.env, "ENV:HOME \"@streq /root\"", phase: 1), Case(.env, "ENV:made \"@streq yes\"", phase: 3),
    Case(.files, "FILES:up \"@streq a.txt\"", .parts), Case(.filesNames, "FILES_NAMES \"@streq up\"", .parts),
    Case(.filesSizes, "FILES_SIZES:up \"@eq 4\"", .parts), Case(.filesCombinedSize, "FILES_COMBINED_SIZE \"@eq 4\"", .parts),
    Case(.filesTmpContent, "FILES_TMP_CONTENT:up \"@streq DATA\"", .parts),
    Case(.fullRequest, "FULL_REQUEST \"@rx ^POST [^\\n]*\\r\\nHost: .*\\r\\n\\r\\np=1&r=2$\""),
    Case(.fullRequestLength, "FULL_REQUEST_LENGTH \"@gt 100\""), Case(.highestSeverity, "HIGHEST_SEVERITY \"@eq 4\"", phase: 3),
    Case(.inboundDataError, "INBOUND_DATA_ERROR \"@eq 0\""), Case(.outboundDataError, "OUTBOUND_DATA_ERROR \"@eq 0\"", phase: 4),
    Case(.ip, "IP:count \"@eq 1\"", phase: 3), Case(.global, "GLOBAL:count \"@eq 2\"", phase: 3),
    Case(.session, "SESSION:KEY \"@streq s1\"", phase: 3), Case(.user, "USER:IS_NEW \"@eq 1\"", phase: 3),
    Case(.resource, "RESOURCE:UPDATE_COUNTER \"@eq 0\"", phase: 3), Case(.sessionid, "SESSIONID \"@streq s1\"", phase: 3),
    Case(.userid, "USERID \"@streq u1\"", phase: 3), Case(.webappid, "WEBAPPID \"@streq shop\"", phase: 1),
    Case(.matchedVar, "MATCHED_VAR \"@streq 1\"", phase: 3), Case(.matchedVarName, "MATCHED_VAR_NAME \"@streq ARGS:p\"", phase: 3),
    Case(.modsecBuild, "MODSEC_BUILD \"@rx ^\\d+$\"", phase: 1),
    Case(.multipartPartHeaders, "MULTIPART_PART_HEADERS:up \"@streq Content-Type: text/plain\"", .parts),
    Case(.multipartStrictError, "MULTIPART_STRICT_ERROR \"@eq 0\"", .parts),
    Case(.multipartStrictError, "MULTIPART_STRICT_ERROR \"@eq 1\"", .brokenParts),
    Case(.multipartUnmatchedBoundary, "MULTIPART_UNMATCHED_BOUNDARY \"@eq 0\"", .parts),
    Case(.multipartUnmatchedBoundary, "MULTIPART_UNMATCHED_BOUNDARY \"!@eq 0\"", .brokenParts),
    Case(.multipartBoundaryQuoted, "MULTIPART_BOUNDARY_QUOTED \"@eq 1\"", .brokenParts),
    Case(.multipartBoundaryWhitespace, "MULTIPART_BOUNDARY_WHITESPACE \"@eq 0\"", .parts),
    Case(.multipartDataBefore, "MULTIPART_DATA_BEFORE \"@eq 1\"", .brokenParts),
    Case(.multipartDataAfter, "MULTIPART_DATA_AFTER \"@eq 1\"", .brokenParts),
    Case(.multipartHeaderFolding, "MULTIPART_HEADER_FOLDING \"@eq 1\"", .brokenParts),
    Case(.multipartLfLine, "MULTIPART_LF_LINE \"@eq 1\"", .brokenParts), Case(.multipartLfLine, "MULTIPART_LF_LINE \"@eq 0\"", .parts),
    Case(.multipartCrlfLfLines, "MULTIPART_CRLF_LF_LINES \"@eq 1\"", .brokenParts),
    Case(.multipartMissingSemicolon, "MULTIPART_SEMICOLON_MISSING \"@eq 1\"", .brokenParts),
    Case(.multipartInvalidQuoting, "MULTIPART_INVALID_QUOTING \"@eq 1\"", .brokenParts),
    Case(.multipartInvalidPart, "MULTIPART_INVALID_PART \"@eq 1\"", .brokenParts),
    Case(.multipartInvalidHeaderFolding, "MULTIPART_INVALID_HEADER_FOLDING \"@eq 0\"", .parts),
    Case(.multipartFileLimitExceeded, "MULTIPART_FILE_LIMIT_EXCEEDED \"@eq 1\"", .brokenParts),
    Case(.multipartFilename, "MULTIPART_FILENAME \"@streq a.txt\"", .parts), Case(.multipartName, "MULTIPART_NAME \"@streq up\"", .parts),
    Case(.pathInfo, "PATH_INFO \"@streq /dir/page.php\"", phase: 1),
    Case(.queryString, "QUERY_STRING \"@streq q=a&q=b%20c&bad=%zz\"", phase: 1),
    Case(.remoteAddr, "REMOTE_ADDR \"@ipMatch 192.0.2.0/24\"", phase: 1), Case(.remoteHost, "REMOTE_HOST \"@streq 192.0.2.1\"", phase: 1),
    Case(.remotePort, "REMOTE_PORT \"@eq 40000\"", phase: 1), Case(.remoteUser, "REMOTE_USER \"@streq user\"", phase: 1),
    Case(.reqbodyError, "REQBODY_ERROR \"@eq 1\"", .brokenParts), Case(.reqbodyError, "REQBODY_ERROR \"@eq 0\"", .parts),
    Case(.reqbodyErrorMsg, "REQBODY_ERROR_MSG \"@beginsWith Multipart parsing error: \"", .brokenParts),
    Case(.reqbodyProcessor, "REQBODY_PROCESSOR \"@streq URLENCODED\"", phase: 1),
    Case(.reqbodyProcessor, "REQBODY_PROCESSOR \"@streq XML\"", .xml),
    Case(.reqbodyProcessorError, "REQBODY_PROCESSOR_ERROR \"@eq 1\"", .brokenParts),
    Case(.reqbodyProcessorErrorMsg, "REQBODY_PROCESSOR_ERROR_MSG \"@rx .\"", .brokenParts),
    Case(.requestBasename, "REQUEST_BASENAME \"@streq page.php\"", phase: 1), Case(.requestBody, "REQUEST_BODY \"@streq p=1&r=2\""),
    Case(.requestBodyLength, "REQUEST_BODY_LENGTH \"@eq 7\""), Case(.requestBodyLength, "REQUEST_BODY_LENGTH \"@gt 7\"", .xml),
    Case(.requestCookies, "REQUEST_COOKIES:Theme \"@streq dark\"", phase: 1),
    Case(.requestCookiesNames, "REQUEST_COOKIES_NAMES \"@streq sid\"", phase: 1),
    Case(.requestFilename, "REQUEST_FILENAME \"@streq /dir/page.php\"", phase: 1),
    Case(.requestHeaders, "REQUEST_HEADERS:host \"@streq shop.example:8080\"", phase: 1),
    Case(.requestHeadersNames, "REQUEST_HEADERS_NAMES \"@streq Authorization\"", phase: 1),
    Case(.requestLine, "REQUEST_LINE \"@rx ^POST /dir/page\\.php\\S+ HTTP/1\\.1$\"", phase: 1),
    Case(.requestMethod, "REQUEST_METHOD \"@streq POST\"", phase: 1),
    Case(.requestProtocol, "REQUEST_PROTOCOL \"@streq HTTP/1.1\"", phase: 1),
    Case(.requestURI, "REQUEST_URI \"@streq /dir/page.php?q=a&q=b%20c&bad=%zz\"", phase: 1),
    Case(.requestURIRaw, "REQUEST_URI_RAW \"@endsWith %zz\"", phase: 1), Case(.requestXml, "REQUEST_XML:/* \"@streq onetwo\"", .xml),
    Case(.responseBody, "RESPONSE_BODY \"@contains leak\"", phase: 4),
    Case(.responseContentLength, "RESPONSE_CONTENT_LENGTH \"@eq 18\"", phase: 3),
    Case(.responseContentType, "RESPONSE_CONTENT_TYPE \"@streq application/json\"", phase: 3),
    Case(.responseHeaders, "RESPONSE_HEADERS:x-powered-by \"@streq PHP\"", phase: 3),
    Case(.responseHeadersNames, "RESPONSE_HEADERS_NAMES \"@streq X-Powered-By\"", phase: 3),
    Case(.responseProtocol, "RESPONSE_PROTOCOL \"@streq HTTP/1.1\"", phase: 3),
    Case(.responseStatus, "RESPONSE_STATUS \"@streq 500\"", phase: 3),
    Case(.responseArgs, "RESPONSE_ARGS:json.a \"@streq leak\"", phase: 4),
    Case(.responseXml, "RESPONSE_XML://@* \"@streq leak\"", .xml, phase: 4),
    Case(.responseXml, "RESPONSE_XML:/* \"@streq text\"", .xml, phase: 4),
    Case(.resBodyError, "RES_BODY_ERROR \"@eq 1\"", .plain, phase: 4),
    Case(.resBodyErrorMsg, "RES_BODY_ERROR_MSG \"@beginsWith JSON parsing error: \"", .plain, phase: 4),
    Case(.resBodyProcessor, "RES_BODY_PROCESSOR \"@streq JSON\"", phase: 4),
    Case(.resBodyProcessorError, "RES_BODY_PROCESSOR_ERROR \"@eq 0\"", phase: 4),
    Case(.resBodyProcessorErrorMsg, "RES_BODY_PROCESSOR_ERROR_MSG \"@rx .\"", .plain, phase: 4),
    Case(.rule, "RULE:id \"@eq 1\"", phase: 1), Case(.serverAddr, "SERVER_ADDR \"@rx ^\"", phase: 1),
    Case(.serverName, "SERVER_NAME \"@streq shop.example\"", phase: 1),
    Case(.serverPort, "SERVER_PORT \"@ge 0\"", phase: 1), Case(.status, "STATUS \"@eq 500\"", phase: 3),
    Case(.statusLine, "STATUS_LINE \"@beginsWith HTTP/1.1 500\"", phase: 3), Case(.time, "TIME \"@rx ^\\d\\d:\\d\\d:\\d\\d$\"", phase: 1),
    Case(.timeDay, "TIME_DAY \"@eq 21\"", phase: 1), Case(.timeEpoch, "TIME_EPOCH \"@eq 1790000000\"", phase: 1),
    Case(.timeHour, "TIME_HOUR \"@eq 14\"", phase: 1),
    Case(.timeMin, "TIME_MIN \"@eq 13\"", phase: 1), Case(.timeMon, "TIME_MON \"@eq 8\"", phase: 1),
    Case(.timeSec, "TIME_SEC \"@eq 20\"", phase: 1),
    Case(.timeWday, "TIME_WDAY \"@eq 1\"", phase: 1), Case(.timeYear, "TIME_YEAR \"@eq 2026\"", phase: 1),
    Case(.tx, "TX:set \"@streq x\"", phase: 3),
    Case(.tx, "TX:/^SE/ \"@streq x\"", phase: 3), Case(.uniqueId, "UNIQUE_ID \"@streq test-request-1\"", phase: 1),
    Case(.urlencodedError, "URLENCODED_ERROR \"@eq 1\"", phase: 1), Case(.xml, "XML:/* \"@streq onetwo\"", .xml),
    Case(.xml, "XML://@* \"@streq v\"", .xml), Case(.xml, "XML://b/text() \"@streq two\"", .xml),
  ]

  /// `GEO` is tested with a database, `MATCHED_VARS` in chains; files are not stored, and Coraza gives `JSON` no value either.
  static let elsewhere: Set<VariableName> = [.geo, .matchedVars, .matchedVarsNames, .filesTmpnames, .json]

  @Test func theTableNamesEveryVariable() {
    #expect(Self.cases.count == 122)
    #expect(Set(Self.cases.map(\.variable)).union(Self.elsewhere) == Set(VariableName.allCases))
  }

  /// What fills the variables that rules fill; ids from 100 on.
  private static let setup = """
    SecWebAppId shop
    SecResponseBodyAccess On
    SecResponseBodyMimeType application/json text/xml
    SecUploadFileLimit 1
    SecAction "id:100,phase:1,pass,nolog,severity:WARNING,setvar:tx.set=x,initcol:ip=%{REMOTE_ADDR},setvar:ip.count=+1,initcol:global=g,setvar:global.count=+2"
    SecAction "id:101,phase:1,pass,nolog,setsid:s1,setuid:u1,setrsc:r1,setenv:made=yes"
    SecRule REQUEST_URI "@restpath /{folder}/{name}" "id:102,phase:1,pass,nolog"
    SecRule REQUEST_HEADERS:Content-Type "@contains xml" "id:103,phase:1,pass,nolog,ctl:responseBodyProcessor=XML"
    SecRule REQUEST_HEADERS:Content-Type "!@contains xml" "id:104,phase:1,pass,nolog,ctl:responseBodyProcessor=JSON"
    SecRule ARGS:p "@streq 1" "id:105,phase:2,pass,nolog"

    """

  private static let fields = [
    Field("Host", "shop.example:8080"), Field("Cookie", "sid=1; theme=dark"), Field("Authorization", "Basic dXNlcjpwYXNz"),
  ]

  private static func message(_ kind: Kind) -> (type: String, body: String) {
    switch kind {
    case .form: ("application/x-www-form-urlencoded", "p=1&r=2")
    case .parts:
      (
        "multipart/form-data; boundary=b",
        "--b\r\nContent-Disposition: form-data; name=\"p\"\r\n\r\n1\r\n--b\r\n"
          + "Content-Disposition: form-data; name=\"up\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nDATA\r\n--b--\r\n"
      )
    case .brokenParts:
      (
        "multipart/form-data; boundary=\"b\"",
        "before\r\n--b\nContent-Disposition: form-data; name='p' x=1\r\n\r\n1\r\n--c\r\n--b\r\n"
          + "Content-Disposition: form-data;\r\n name=\"up\"; filename=\"a.txt\"\r\n\r\nDATA\r\n--b\r\n"
          + "Content-Disposition: form-data; name=\"up\"; filename=\"a.txt\"; filename=\"b.txt\"\r\n\r\nDATA\r\n--b--\r\nafter"
      )
    case .json: ("application/json", "{\"a\":[1,{\"b\":2}]}")
    case .xml: ("text/xml", "<a k=\"v\">one<b>two</b></a>")
    case .plain: ("text/plain", "text")
    }
  }

  @Test("a variable holds what it says", arguments: cases)
  func variables(_ test: Case) {
    let message = Self.message(test.kind)
    var answer = RuleRun.Answer(status: 500)
    let isXML = test.kind == .xml
    answer.fields = [
      Field("Content-Type", isXML ? "text/xml" : "application/json"), Field("Content-Length", "18"), Field("X-Powered-By", "PHP"),
    ]
    answer.body = isXML ? "<r s=\"leak\">text</r>" : test.kind == .plain ? "{\"a\":\"leak\"" : "{\"a\":\"leak\",\"b\":1}"
    let run = RuleRun(
      Self.setup + "SecRule \(test.test) \"id:1,phase:\(test.phase),pass,log\"", method: "POST",
      target: "/dir/page.php?q=a&q=b%20c&bad=%zz",
      fields: Self.fields + [Field("Content-Type", message.type)], body: message.body, answer: answer)
    #expect(run.matchedRules.contains(1), "\(test.test)")
  }
}
