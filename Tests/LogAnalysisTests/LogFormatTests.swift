import Testing

@testable import LogAnalysis

@Suite("Log formats")
struct LogFormatTests {
  struct Line: Sendable {
    var text: String
    var format: LogFormat
    var client: String
    var target: String
    var status: Int
    var seconds: Int64
  }

  static let lines = [
    Line(
      text: #"192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326"#, format: .common, client: "192.0.2.1",
      target: "/a.gif", status: 200, seconds: 971_211_336),
    Line(
      text: #"2001:db8::1 - frank [20/Nov/2026:20:00:00 +0000] "GET / HTTP/1.1" 304 -"#, format: .common, client: "2001:db8::1",
      target: "/", status: 304, seconds: 1_795_204_800),
    Line(
      text: #"192.0.2.1 - - [20/Nov/2026:21:00:00 +0100] "POST /x?a=b HTTP/2.0" 201 5 "-" "curl/8""#, format: .combined,
      client: "192.0.2.1", target: "/x?a=b", status: 201, seconds: 1_795_204_800),
    Line(
      text: #"192.0.2.1 - - [20/Nov/2026:20:00:00 +0000] "GET /a\x22b HTTP/1.1" 404 5 "http://r/" "x \"y\"""#, format: .combined,
      client: "192.0.2.1", target: "/a\"b", status: 404, seconds: 1_795_204_800),
    Line(
      text: #"192.0.2.1 - - [20/Nov/2026:20:00:00 +0000] "" 400 0 "-" "-""#, format: .combined, client: "192.0.2.1", target: "",
      status: 400, seconds: 1_795_204_800),
    Line(
      text: #"192.0.2.1 - - [20/Nov/2026:20:00:00 +0000] "\x16\x03\x01" 400 150 "-" "-""#, format: .combined, client: "192.0.2.1",
      target: "", status: 400, seconds: 1_795_204_800),
    Line(
      text: #"192.0.2.1 - - [20/Nov/2026:20:00:00 +0000] "GET /?q=a b HTTP/1.1" 200 1 "-" "-""#, format: .combined, client: "192.0.2.1",
      target: "/?q=a b", status: 200, seconds: 1_795_204_800),
    Line(
      text:
        #"192.0.2.1 - - [20/Nov/2026:20:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-" rt=0.1 msec=1795204801.250 rid=abcdefgh host=h in=1 out=2 sid=s key=-"#,
      format: .ropeline, client: "192.0.2.1", target: "/", status: 200, seconds: 1_795_204_801),
    Line(
      text: #"{"remote_addr":"192.0.2.1","msec":1795204800.5,"request":"GET /j HTTP/1.1","status":200,"http_user_agent":"x"}"#,
      format: .json, client: "192.0.2.1", target: "/j", status: 200, seconds: 1_795_204_800),
    Line(
      text: #"{"client":"192.0.2.1","ts":"2026-11-20T20:00:00.114Z","method":"GET","uri":"/k","protocol":"HTTP/1.1","status":403}"#,
      format: .json, client: "192.0.2.1", target: "/k", status: 403, seconds: 1_795_204_800),
  ]

  @Test("each format gives what the line says", arguments: lines)
  func format(_ line: Line) throws {
    let logged = try #require(LoggedRequest(line: Array(line.text.utf8)))
    #expect(logged.format == line.format)
    #expect(logged.request.client.address == line.client)
    #expect(String(decoding: logged.request.head.target, as: UTF8.self) == line.target)
    #expect(logged.status == line.status)
    #expect(logged.request.received.microseconds / 1_000_000 == line.seconds)
  }

  @Test(
    "what is no line is malformed, with a reason",
    arguments: [
      "", "x", "192.0.2.1 - -", "192.0.2.1 - - [now] \"GET / HTTP/1.1\" 200 1",
      "192.0.2.1 - - [20/Nov/2026:20:00:00 +0000] \"GET / HTTP/1.1 200 1",
      "192.0.2.1 - - [20/Nov/2026:20:00:00 +0000] \"GET / HTTP/1.1\" twohundred 1",
      "192.0.2.1 - - [20/Nov/2026:25:00:00 +0000] \"GET / HTTP/1.1\" 200 1",
      "{\"remote_addr\":\"192.0.2.1\"}", "{\"remote_addr\":", "192.0.2.1 - - [20/Zzz/2026:20:00:00 +0000] \"GET / HTTP/1.1\" 200 1",
    ])
  func malformed(_ text: String) {
    for format in LogFormat.allCases {
      guard case .failure(let error) = format.parse(Array(text.utf8)) else {
        Issue.record("\(format) reads \(text)")
        continue
      }
      #expect(!error.reason.isEmpty)
    }
  }

  @Test func everyPrefixOfALineIsReadOrRefused() {
    for line in Self.lines {
      let bytes = Array(line.text.utf8)
      for end in 0...bytes.count {
        for format in LogFormat.allCases { _ = format.parse(Array(bytes[..<end])) }
      }
    }
    #expect(Self.lines.count == 10)
  }
}
