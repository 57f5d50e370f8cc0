import Detection
import EvidenceModel
import HTTPModel
import SecLang
import Testing

@testable import Telemetry

private struct NoFiles: RuleFileReader {
  struct Missing: Error {}
  func read(_ path: String) throws -> [UInt8] { throw Missing() }
  func glob(_ pattern: String) -> [String] { [] }
}

@Suite("Records")
struct LogTextTests {
  private func record(target: String, agent: [UInt8], rules: String) throws -> ExchangeRecord {
    var parser = RuleSetParser(reader: NoFiles())
    parser.parse(text: Array(rules.utf8), path: "test.conf")
    let inspector = try Inspector(ruleSet: parser.finish(), configuration: InspectorConfiguration(mode: .block))
    let fields = [Field("Host", "h"), Field(name: Array("User-Agent".utf8), value: agent)]
    let request = Request(
      head: RequestHead(method: "GET", target: target, fields: fields), client: Endpoint(address: "192.0.2.1"),
      received: Timestamp(microseconds: 1_795_204_800_114_000), id: "request-1")
    let scratch = inspector.makeScratch()
    let inspection = inspector.begin(request, scratch: scratch)
    _ = inspection.inspectHead()
    _ = inspection.inspectBody([])
    return ExchangeRecord(request: request, status: 403, outcome: inspection.finish(status: 403))
  }

  @Test func noByteOfAClientReachesARecordRaw() throws {
    let record = try record(
      target: "/?q=a", agent: Array("\u{1B}[2J\n{\"level\"\u{2028}\u{7F}".utf8) + [0xFF, 0x00],
      rules: "SecRule REQUEST_HEADERS:User-Agent \"@rx .\" \"id:1,phase:1,deny,log,msg:'%{MATCHED_VAR}'\"")
    for line in [AuditRecord.line(for: record), AccessLogLine.line(for: record)] {
      #expect(line.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
      #expect(String(validating: line, as: UTF8.self) != nil)
      #expect(!String(decoding: line, as: UTF8.self).contains("\u{2028}"))
    }
  }

  @Test func secretsAreRedacted() throws {
    let record = try record(
      target: "/login?user=mo&password=hunter2&token=abc", agent: [0x78],
      rules: "SecRule ARGS \"@rx .\" \"id:1,phase:1,deny,log,logdata:'%{MATCHED_VAR}'\"")
    let audit = String(decoding: AuditRecord.line(for: record), as: UTF8.self)
    #expect(!audit.contains("hunter2") && !audit.contains("abc") && audit.contains("ARGS:user"))
    #expect(!String(decoding: AccessLogLine.line(for: record), as: UTF8.self).contains("hunter2"))
  }

  @Test func theAuditRecordHasItsKeys() throws {
    let record = try record(target: "/", agent: [0x78], rules: "SecAction \"id:7,phase:1,deny,log,msg:'m',tag:'t',severity:'CRITICAL'\"")
    let text = String(decoding: AuditRecord.line(for: record), as: UTF8.self)
    for key in [
      "ts", "request_id", "client", "identity", "method", "uri", "protocol", "status", "verdict", "would", "score", "label", "anomaly",
      "rules",
      "schema", "evidence", "inspected", "queue_us", "inspect_us", "upstream_us",
    ] {
      #expect(text.contains("\"\(key)\":"), "\(key)")
    }
    #expect(text.contains("\"ts\":\"2026-11-20T20:00:00.114Z\""))
    #expect(text.contains("\"rules\":[{\"id\":7,\"phase\":1,\"severity\":\"CRITICAL\",\"msg\":\"m\""))
    #expect(text.contains("\"verdict\":\"block\",\"would\":null"))
  }

  @Test func timesAreWrittenAsHTTPWritesThem() {
    #expect(TimestampText.http(Timestamp(microseconds: 784_111_777_000_000)) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(TimestampText.http(Timestamp(microseconds: 1_795_204_800_114_000)) == "Fri, 20 Nov 2026 20:00:00 GMT")
  }

  @Test func metricsCountByVerdictAndRule() throws {
    let metrics = Metrics(version: "1")
    let record = try record(target: "/", agent: [0x78], rules: "SecAction \"id:7,phase:1,deny,log\"")
    let shards = [metrics.makeShard(), metrics.makeShard()]
    for shard in shards { metrics.record(record, in: shard) }
    let text = metrics.text(droppedLines: 3)
    #expect(text.contains("ropeline_rule_matches_total{rule_id=\"7\"} 2\n"))
    #expect(text.contains("ropeline_requests_total{verdict=\"block\",reason=\"rules\"} 2\n"))
    #expect(text.contains("ropeline_log_dropped_total 3\n"))
    #expect(text.contains("ropeline_request_duration_seconds_count 2\n"))
  }

  @Test("a rule that could not be decided is counted, and a rule may refuse for it")
  func metricsCountMatchLimits() throws {
    let metrics = Metrics(version: "1")
    let shard = metrics.makeShard()
    let limited = "SecPcreMatchLimit 100\nSecRule ARGS \"@rx ^(?:a+)+$\" \"id:1,phase:1,deny\"\n"
    let closed = limited + "SecRule TX:MSC_PCRE_LIMITS_EXCEEDED \"@eq 1\" \"id:2,phase:1,deny\"\n"
    let target = "/?a=" + String(repeating: "a", count: 40) + "!"
    for (rules, verdict) in [(limited, VerdictKind.allow), (closed, .block)] {
      let record = try record(target: target, agent: [0x78], rules: rules)
      #expect(record.verdict == verdict && record.outcome.inspected == .partial)
      metrics.record(record, in: shard)
    }
    #expect(metrics.text(droppedLines: 0).contains("\nropeline_match_limits_total 2\n"))
    #expect(metrics.text(droppedLines: 0).contains("\nropeline_uninspected_total{reason=\"partial\"} 2\n"))
  }
}
