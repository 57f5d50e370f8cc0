import HTTPModel
import LogAnalysis
import Testing

@testable import Rehearsal

@Suite("Log text")
struct LogTextTests {
  private func line(_ ask: Ask, _ answer: Answer, _ identity: Identity, at second: Double = 1.25) -> String {
    var text = LogText(start: Timestamp(microseconds: 1_795_194_000_000_000), seed: 1)
    text.append(ask, answer, as: identity, at: second)
    return String(decoding: text.bytes, as: UTF8.self)
  }

  @Test func readsAsItWasWritten() throws {
    let identity = Identity(ip: "2001:db8::7", userAgent: "a \"b\" \\ \u{E9}", session: "s1", key: "k1")
    let text = line(
      Ask("POST", "/v1/search?q=\"x y\"", size: 12, sent: 3).from("https://a.example/"), Answer(status: 422, size: 12, took: 0.0419),
      identity)
    let read = try LogFormat.ropeline.parse(Array(text.utf8.dropLast())).get()
    #expect(Identity(read) == identity)
    #expect(read.request.head.method == Array("POST".utf8))
    #expect(read.request.head.target == Array("/v1/search?q=\"x y\"".utf8))
    #expect(read.request.head.fields.firstValue(of: "referer") == Array("https://a.example/".utf8))
    #expect(read.status == 422)
    #expect(read.bodyBytes == 12)
    #expect(read.request.received.microseconds == 1_795_194_001_250_000)
    #expect(text.contains("[20/Nov/2026:17:00:01 +0000]"))
    #expect(text.contains(" rt=0.041 uct=0.001 urt=0.041 msec=1795194001.250 "))
  }

  @Test func whatTheCacheAnswersHasNoUpstream() {
    let text = line(EventAPI.cover(3), Answer(status: 200, size: 9, took: 0.002), Identity(ip: "240.0.0.1", userAgent: "-"))
    #expect(text.contains(" uct=- urt=- "))
    #expect(text.contains("\"-\" \"-\" rt=0.002"))
    #expect(text.hasSuffix(" sid=- key=-\n"))
  }

  @Test(
    "query values are encoded",
    arguments: [
      ("rock 'n' roll", "rock+%27n%27+roll"), ("\u{E9}", "%C3%A9"), ("a&b=c", "a%26b%3Dc"), ("x-y_z.*", "x-y_z.*"), ("\t", "%09"),
    ])
  func encoding(_ text: String, _ expected: String) { #expect(EventAPI.encoded(text) == expected) }
}
