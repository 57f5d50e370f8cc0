import Detection
import Foundation
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
    let run = try await ProxyRun(rules: options, mode: .block)

    var failures: [String: [String]] = [:]
    var counts: [String: Int] = [:]
    let isVerbose = ProcessInfo.processInfo.environment["ROPELINE_CONFORMANCE_VERBOSE"] != nil
    for test in cases {
      let (answer, records) = run.send(test.request)
      let family = String(test.id.prefix(3))
      counts[family, default: 0] += 1
      if let reason = test.failure(answer: answer, records: records) {
        failures[family, default: []].append(test.id)
        if isVerbose { print("crs-3.3 \(test.id): \(reason)") }
      }
    }
    try await run.stop()

    for family in counts.keys.sorted() {
      let failed = failures[family, default: []]
      print(
        "crs-3.3 family \(family): \(counts[family, default: 0] - failed.count) of \(counts[family, default: 0])"
          + (failed.isEmpty ? "" : ", not \(failed.joined(separator: " "))"))
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
}
