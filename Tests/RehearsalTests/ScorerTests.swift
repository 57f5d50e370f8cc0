import EvidenceModel
import Telemetry
import Testing

@testable import Rehearsal

private func record(_ text: String) throws -> VerdictRecord {
  try Array(text.utf8).withUnsafeBufferPointer { try VerdictRecord(line: $0, file: "v.ndjson", number: 12) }
}

private func row(
  _ entity: Int, _ label: ClientClass, _ group: EntityGroup, ip: String = "192.0.2.1", ua: String = "a", sid: String = "-",
  key: String = "-",
  requests: Int = 10
) -> TruthRow {
  TruthRow(
    entity: entity, ip: ip, userAgent: ua, session: sid, key: key, label: label, group: group, kind: label.rawValue, requests: requests)
}

private func score(_ records: [String], _ rows: [TruthRow]) throws -> Scoreboard {
  Scorer.score(try records.map(record), against: rows) { ShortHash.text(Array($0.utf8)) }
}

@Suite("Verdict record")
struct VerdictRecordTests {
  @Test func readsALineOfAnalyze() throws {
    let read = try record(
      #"{"ip":"203.0.113.7","ua":"x \"y\"","sid":"-","verdict":"block","label":"scraper","score":0.97,"requests":812,"at_request":9,"ts":17.2,"evidence":[{"signal":"s","bits":6.1,"detail":"verdict","label":"fan"}]}"#
    )
    #expect(read.address == .prefix(bytes: [203, 0, 113, 7], length: 32))
    #expect(read.userAgent == "x \"y\"")
    #expect(read.session == "-")
    #expect(read.key == nil)
    #expect(read.verdict == .block)
    #expect(read.label == "scraper")
    #expect(read.requests == 812)
    #expect(read.atRequest == 9)
    #expect(try record(#"{"ip":"-","verdict":"allow","score":0,"at_request":null}"#).atRequest == nil)
  }

  @Test(
    "says where a line is wrong",
    arguments: [
      "", "[]", "{", #"{"ip":"1.2.3.4","score":0.5}"#, #"{"ip":"1.2.3.4","verdict":"maybe","score":0.5}"#,
      #"{"ip":"1.2.3.4","verdict":"block"}"#,
      #"{"ip":"1.2.3.4","verdict":"block","score":1.5}"#, #"{"verdict":"block","score":1}"#,
      #"{"ip":"1.2.3.4","verdict":"block","score":1,"at_request":0}"#,
    ])
  func mistakes(_ text: String) {
    let error = #expect(throws: ScoringError.self) { try record(text) }
    #expect(error?.description.hasPrefix("v.ndjson:12: ") == true)
  }
}

@Suite("Scorer")
struct ScorerTests {
  private static let block = #""verdict":"block","label":"scraper","score":0.9,"at_request":4"#
  private static let allow = #""verdict":"allow","label":"fan","score":0,"at_request":null"#

  @Test(
    "a record covers the requests on which every given key agrees",
    arguments: [
      (#""ip":"192.0.2.1""#, true), (#""ip":"192.0.2.2""#, false), (#""ip":"192.0.2.0/24""#, true), (#""ip":"192.0.3.0/24""#, false),
      (#""ip":"::/0""#, false),
      (#""ua":"a""#, true), (#""ua":"b""#, false), (#""sid":"s1""#, true), (#""sid":"-""#, false), (#""key":"-""#, true),
      (#""key":"k""#, false),
      (#""ip":"192.0.2.1","ua":"a","sid":"s1","key":"-""#, true), (#""ip":"192.0.2.1","ua":"a","sid":"s2","key":"-""#, false),
      (#""ip":"192.0.2.1","sid":null"#, true), (#""sid":"\#(ShortHash.text(Array("s1".utf8)))""#, true),
      (#""sid":"\#(ShortHash.text(Array("s2".utf8)))""#, false),
    ] as [(String, Bool)])
  func coverage(_ keys: String, _ isCovered: Bool) throws {
    let board = try score(["{\(keys),\(Self.block)}"], [row(1, .scraper, .abuse, sid: "s1")])
    #expect(board.entities.caught == (isCovered ? 1 : 0))
    #expect(board.uncoveredRequests == (isCovered ? 0 : 10))
    #expect(board.strayRecords == (isCovered ? 0 : 1))
  }

  @Test func noSessionMeansOnlyRequestsWithoutOne() throws {
    // A bot without a session on an address with a common agent: the people there keep theirs.
    let rows = [row(1, .scraper, .abuse), row(2, .fan, .carrierNAT, sid: "s1"), row(3, .fan, .carrierNAT, sid: "s2")]
    let narrow = try score(
      [#"{"ip":"192.0.2.1","ua":"a","sid":"-",\#(Self.block)}"#, #"{"ip":"192.0.2.1","sid":"s1",\#(Self.allow)}"#], rows)
    #expect(narrow.entities.caught == 1)
    #expect(narrow.entities.falseAlarms == 0)
    #expect(narrow.uncoveredRequests == 10)
    let wide = try score([#"{"ip":"192.0.2.1",\#(Self.block)}"#, #"{"ip":"192.0.2.1","sid":"s1",\#(Self.allow)}"#], rows)
    #expect(wide.entities.falseAlarms == 2)
    #expect(wide.groups == [.init(group: .carrierNAT, entities: 2, requests: 20, flaggedEntities: 2, flaggedRequests: 20)])
    #expect(wide.doublyCoveredRequests == 10)
    #expect(wide.entities.precision == 1.0 / 3)
  }

  @Test("an abuser is caught from half of its requests on", arguments: [(9, 0), (10, 1), (11, 1)])
  func half(_ flagged: Int, _ caught: Int) throws {
    let rows = [
      row(1, .scraper, .abuse, ip: "192.0.2.1", requests: flagged), row(1, .scraper, .abuse, ip: "192.0.2.2", requests: 20 - flagged),
    ]
    let board = try score([#"{"ip":"192.0.2.1",\#(Self.block)}"#, #"{"ip":"192.0.2.2",\#(Self.allow)}"#], rows)
    #expect(board.entities.caught == caught)
    #expect(board.identities.caught == 1)
    #expect(board.requests.caught == flagged)
    #expect(board.medianDelay == (caught == 1 ? 4 : nil))
  }

  @Test func oneFlaggedRequestIsAFalseAlarm() throws {
    let rows = [row(1, .fan, .household, ip: "192.0.2.1", requests: 1), row(1, .fan, .household, ip: "192.0.2.2", requests: 99)]
    let board = try score([#"{"ip":"192.0.2.1",\#(Self.block)}"#, #"{"ip":"192.0.2.2",\#(Self.allow)}"#], rows)
    #expect(board.entities.falseAlarms == 1)
    #expect(board.requests.falseAlarms == 1)
    #expect(board.groups.first?.rate == 1)
  }

  @Test func delayIsTheLowerMedianOfTheEarliestVerdicts() throws {
    var records: [String] = []
    var rows: [TruthRow] = []
    for (index, at) in [30, 3, 11, 200].enumerated() {
      rows.append(row(index, .scraper, .abuse, ip: "192.0.2.\(index)"))
      records.append(
        #"{"ip":"192.0.2.\#(index)","verdict":"throttle","label":"\#(index == 0 ? "fuzzer" : "scraper")","score":0.7,"at_request":\#(at)}"#)
    }
    let board = try score(records, rows)
    #expect(board.medianDelay == 11)
    #expect(board.rightLabels == 3)
    #expect(board.kinds.first?.medianDelay == 11)
    #expect(board.entities.areaUnderCurve == nil)
  }

  @Test func reportsSayTheSameAsText() throws {
    let board = try score(
      [#"{"ip":"192.0.2.1",\#(Self.block)}"#, #"{"ip":"192.0.2.9",\#(Self.allow)}"#],
      [row(1, .scraper, .abuse), row(2, .fan, .alone, ip: "192.0.2.9")])
    let json = String(decoding: ScoreboardJSON.object(board), as: UTF8.self)
    #expect(
      json.hasPrefix(
        #"{"version":1,"precision":1.0,"recall":1.0,"auc":1.0,"entities":{"precision":1.0,"recall":1.0,"auc":1.0,"caught":1,"missed":0,"false_alarms":0,"spared":1}"#
      )
    )
    #expect(json.contains(#""median_delay":4,"#))
    let text = ScoreboardText.text(board)
    #expect(text.contains("entities          1.000    1.000    1.000          1         0              0\n"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }
}

@Suite("Area under the curve")
struct AreaUnderCurveTests {
  @Test func agreesWithCountingAllPairs() {
    var random = RandomSource(seed: 21)
    for _ in 0..<50 {
      let samples = (0..<40).map { _ in
        (score: Double(random.index(8)) / 8, isAbuse: random.chance(0.4), weight: Double(1 + random.index(3)))
      }
      var won = 0.0
      var pairs = 0.0
      for guilty in samples where guilty.isAbuse {
        for innocent in samples where !innocent.isAbuse {
          let weight = guilty.weight * innocent.weight
          pairs += weight
          won += weight * (guilty.score > innocent.score ? 1 : guilty.score == innocent.score ? 0.5 : 0)
        }
      }
      let area = AreaUnderCurve.of(samples)
      #expect(pairs == 0 ? area == nil : abs((area ?? 0) - won / pairs) < 1e-12)
    }
  }

  @Test func hasNoValueWithOneSideOnly() {
    #expect(AreaUnderCurve.of([]) == nil)
    #expect(AreaUnderCurve.of([(0.5, true, 1)]) == nil)
    #expect(AreaUnderCurve.of([(0.5, false, 1)]) == nil)
    #expect(AreaUnderCurve.of([(0.5, false, 1), (0.5, true, 1)]) == 0.5)
  }
}
