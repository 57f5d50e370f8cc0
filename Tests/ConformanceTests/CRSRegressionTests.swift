import Detection
import EvidenceModel
import Foundation
import NIOPosix
import ReverseProxy
import SecLang
import Synchronization
import Telemetry
import Testing

/// The regression tests of the OWASP CRS 3.3, sent through the real proxy on loopback.
@Suite("CRS regression")
struct CRSRegressionTests {
  /// What the suite's README asks for before the rules.
  private static let setup = """
    SecAction "id:900005,phase:1,nolog,pass,ctl:ruleEngine=DetectionOnly,ctl:ruleRemoveById=910000,\
    setvar:tx.paranoia_level=4,setvar:tx.crs_validate_utf8_encoding=1,setvar:tx.arg_name_length=100,\
    setvar:tx.arg_length=400,setvar:tx.total_arg_length=64000,setvar:tx.max_num_args=255,\
    setvar:tx.max_file_size=64100,setvar:tx.combined_file_sizes=65535"
    SecResponseBodyAccess On
    SecResponseBodyMimeType text/plain text/html text/xml application/json
    """

  @Test func theRulesBehaveAsTheirTestsSay() async throws {
    guard let folder = ConformanceMaterial.folder("crs-3.3") else { return }
    guard FileManager.default.fileExists(atPath: "/usr/share/modsecurity-crs/rules") else {
      print("*** conformance: the OWASP CRS IS NOT INSTALLED (Debian's modsecurity-crs): nothing was run ***")
      return
    }
    let cases = try CRSTestCase.read(folder: folder.appendingPathComponent("tests"))
    #expect(cases.count > 2000, "an empty folder is no pass")

    let setupFile = FileManager.default.temporaryDirectory.appendingPathComponent("ropeline-crs-setup-\(UUID().uuidString).conf")
    try Self.setup.write(to: setupFile, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: setupFile) }
    var options = RulesOptions()
    options.loadsCRS = true
    options.before = [setupFile.path]
    // 3.3.4 was written for Apache, whose reader halves the backslashes of operands.
    options.halvesBackslashes = true
    let inspector = try Inspector(ruleSet: try RulesLoader(options: options).load(), configuration: InspectorConfiguration(mode: .block))

    let records = Mutex<[ExchangeRecord]>([])
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let origin = try await SampleOrigin(group: group)
    var configuration = ProxyConfiguration(upstreams: [Upstream(host: "127.0.0.1", port: origin.port)])
    configuration.listenPort = 0
    configuration.onExchange = { record in records.withLock { $0.append(record) } }
    let proxy = try await ProxyServer.start(configuration: configuration, inspector: inspector)

    var failures: [String: [String]] = [:]
    var counts: [String: Int] = [:]
    let isVerbose = ProcessInfo.processInfo.environment["ROPELINE_CONFORMANCE_VERBOSE"] != nil
    for test in cases {
      records.withLock { $0.removeAll() }
      let answer = RawClient.exchange(test.request, port: proxy.port)
      let seen = records.withLock { $0 }
      let family = String(test.id.prefix(3))
      counts[family, default: 0] += 1
      if let reason = judge(test, answer: answer, records: seen) {
        failures[family, default: []].append(test.id)
        if isVerbose { print("crs-3.3 \(test.id): \(reason)") }
      }
    }
    try await proxy.drain()
    try await origin.stop()
    try await group.shutdownGracefully()

    for family in counts.keys.sorted() {
      let failed = failures[family, default: []]
      print("crs-3.3 family \(family): \(counts[family, default: 0] - failed.count) of \(counts[family, default: 0])" + (failed.isEmpty ? "" : ", not \(failed.joined(separator: " "))"))
    }
    let failed = failures.values.reduce(0) { $0 + $1.count }
    ConformanceMaterial.report("crs-3.3", passed: cases.count - failed, failed: failed)
    for family in ["911", "913", "920", "930", "931", "932", "933", "941", "942", "943"] {
      let count = counts[family, default: 0]
      #expect(count > 0 && Double(count - failures[family, default: []].count) / Double(count) >= Self.floor, "family \(family)")
    }
  }

  /// The part of each family that must pass; to be raised with every step towards all of them.
  private static let floor = 0.80

  /// Nil if the expectation holds, else why not.
  private func judge(_ test: CRSTestCase, answer: [UInt8], records: [ExchangeRecord]) -> String? {
    let rules = records.flatMap(\.outcome.evidence.rules).filter(\.isLogged)
    let ids = Set(rules.map(\.id))
    let expectation = test.expectation
    let status = RawClient.status(of: answer)
    if !expectation.statuses.isEmpty {
      guard let status, expectation.statuses.contains(status) else {
        // A status or a match: a front end that refuses does what the rule asks for.
        return "status \(status.map(String.init) ?? "none"), not \(expectation.statuses)"
      }
    }
    if expectation.expectsError { return status == nil || status == 400 ? nil : "expected no answer, got \(status ?? 0)" }
    for id in expectation.expectedRules where !ids.contains(id) { return "\(id) did not match; \(ids.sorted()) did" }
    for id in expectation.unexpectedRules where ids.contains(id) { return "\(id) matched" }
    let lines = rules.map { rule in
      let tags = rule.tags.map { "[tag \"\(String(decoding: $0, as: UTF8.self))\"]" }.joined(separator: " ")
      return "[id \"\(rule.id)\"] [msg \"\(String(decoding: rule.message, as: UTF8.self))\"] [data \"\(String(decoding: rule.data, as: UTF8.self))\"] \(tags)"
    }
    for pattern in expectation.patterns {
      guard let regex = try? Regex(pattern) else { return "cannot read the pattern \(pattern)" }
      if !lines.contains(where: { $0.contains(regex) }) { return "no line has \(pattern)" }
    }
    for pattern in expectation.unwantedPatterns {
      guard let regex = try? Regex(pattern) else { return "cannot read the pattern \(pattern)" }
      if lines.contains(where: { $0.contains(regex) }) { return "a line has \(pattern)" }
    }
    return nil
  }
}
